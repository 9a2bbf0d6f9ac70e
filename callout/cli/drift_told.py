"""`callout drift letter|fleet`: what the customer is told of drift, and how all systems stand."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, tell
from callout.cli.written import write_private


class LetterForm(StrEnum):
    """How a letter comes out."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"


class FleetForm(StrEnum):
    """How the table of all systems comes out."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("letter")(letter)
    app.command("fleet")(show_fleet)


def letter(
    system: Annotated[str, typer.Argument(help="The system, as the inventory names it.", metavar="SYSTEM")],
    ticket: Annotated[str, typer.Option(help="The ticket that it answers.")] = "",
    form: Annotated[LetterForm, typer.Option("--format", help="text, markdown or html.")] = LetterForm.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Into this file instead (0600).")] = None,
    inventory: InventoryOption = None,
) -> None:
    """Write the customer what was changed, since when, why it matters, what it may cost, and what they can do.

    In their language, from the last look. It accuses nobody of what is not known. Writes nothing to the ledger.
    """
    from callout.steps.drift_letter import letter_about
    from callout.views.drift_letter_forms import drift_letter_html, drift_letter_markdown, drift_letter_text

    context = context_for(inventory, must_exist=True)
    written = letter_about(context, inventory_of(context).system(system), ticket)
    forms = {
        LetterForm.TEXT: drift_letter_text,
        LetterForm.MARKDOWN: drift_letter_markdown,
        LetterForm.HTML: drift_letter_html,
    }
    _give(forms[form](written), output)


def show_fleet(
    customer: Annotated[str, typer.Option("--customer", help="Of this customer's systems only.")] = "",
    form: Annotated[FleetForm, typer.Option("--format", help="text, json or html.")] = FleetForm.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Into this file instead (0600).")] = None,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Show how all systems stand by the last look at each, worst first; asks nothing of any system."""
    from callout.steps.drift_fleet import fleet
    from callout.views.drift_fleet_forms import fleet_dict, fleet_html, fleet_text

    context = context_for(inventory, must_exist=True)
    rows = fleet(context, inventory_of(context), customer)
    if as_json or form is FleetForm.JSON:
        _give(json.dumps(fleet_dict(rows, now=context.now()), indent=2), output)
    elif form is FleetForm.HTML:
        _give(fleet_html(rows, now=context.now()), output)
    else:
        _give(fleet_text(rows), output)


def _give(content: str, output: Path | None) -> None:
    if output is None:
        print(content.rstrip("\n"))
    else:
        write_private(output, content)
        tell(f"Wrote {output}.")
