"""`callout inventory`: is everything on file that the published procedure demands?"""

from __future__ import annotations

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, new_app, print_json
from callout.findings import exit_code

app = new_app("The inventory: customers, systems, contracts, policy.")


@app.callback()
def entry() -> None:
    """Keeps `lint` a verb of its own while it is the only one."""


@app.command()
def lint(as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Name every missing access detail, per system, with file and key. Exits 3 where any is missing."""
    from callout.steps.inventory_lint import lint_inventory
    from callout.views.inventory import lint_text

    systems = lint_inventory(context_for(inventory).places)
    findings = [finding for found in systems.values() for finding in found]
    if as_json:
        print_json({"systems": {name: [one.as_dict() for one in found] for name, found in systems.items()}})
    else:
        print(lint_text(systems))
    raise typer.Exit(exit_code(findings))
