"""`callout ledger`: is the one memory whole?"""

from __future__ import annotations

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, new_app, print_json
from callout.findings import exit_code

app = new_app("The ledger: the one memory of all call-outs.")


@app.callback()
def entry() -> None:
    """Keeps `verify` a verb of its own while it is the only one."""


@app.command()
def verify(as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Check every event against the hash chain. Exits 3 where anything was changed."""
    from callout.ledger.chain import verify_chain

    context = context_for(inventory, must_exist=True)
    findings = verify_chain(context.ledger.rows(), context.ledger.complaints())
    if as_json:
        print_json({"ledger": context.places.ledger, "findings": [finding.as_dict() for finding in findings]})
    else:
        for finding in findings:
            print(f"{finding.status}: {finding.seen}{' ' + finding.remedy if finding.remedy else ''}")
    raise typer.Exit(exit_code(findings))
