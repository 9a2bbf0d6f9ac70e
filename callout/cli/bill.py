"""`callout bill`: one customer's month, with the reason of every line."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.bill_review import add_review
from callout.cli.bill_verbs import add_verbs
from callout.cli.shared import InventoryOption, context_for, inventory_of, new_app, tell
from callout.cli.written import write_private
from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.worklog.bill import Bill


class Format(StrEnum):
    """What comes out."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


app = new_app("One customer's month: looked at, reviewed, approved.")
add_verbs(app)
add_review(app)


@app.callback(invoke_without_command=True)
def command(
    verb: typer.Context,
    customer: Annotated[str, typer.Option(help="The customer, by its inventory group.")] = "",
    month: Annotated[str, typer.Option(help="The month by the customer's calendar, like 2026-03.")] = "",
    form: Annotated[Format, typer.Option("--format", help="What comes out.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    inventory: InventoryOption = None,
) -> None:
    """Preview a customer's bill. Writes nothing to the ledger; exits 4 where a person should look first."""
    if verb.invoked_subcommand:
        return
    if not (customer and month):
        raise BadInput("Whose bill, and of which month?", "Give --customer and --month, or one of the verbs.")
    from callout.findings import exit_code
    from callout.steps.bill import make_bill
    from callout.steps.standing import keep_balances, newest_known
    from callout.worklog.month import parse_month

    parse_month(month)  # before half a second is spent on the inventory
    context = context_for(inventory, must_exist=True)
    known = newest_known(context, customer)
    bill = make_bill(context, inventory_of(context), customer, month)
    if trouble := keep_balances(context, bill, known):
        tell(f"warn  {trouble}")
    text = _rendered(bill, form)
    if output is None:
        print(text, end="" if text.endswith("\n") else "\n")
    else:
        write_private(output, text)
        tell(f"Wrote {output}.")
    # The text says it already; a file or a program's reader would not be seen by the person.
    for finding in bill.findings if output is not None or form is not Format.TEXT else ():
        tell(f"warn  {finding.seen} {finding.remedy}")
    if bill.findings:
        raise typer.Exit(exit_code(bill.findings))


def _rendered(bill: Bill, form: Format) -> str:
    from callout.views.bill_data import bill_csv, bill_dict
    from callout.views.bill_html import bill_html
    from callout.views.bill_text import bill_text

    if form is Format.JSON:
        # ASCII only: U+009B in a name would be an escape sequence to a terminal.
        return json.dumps(bill_dict(bill), indent=2)
    if form is Format.CSV:
        return bill_csv(bill)
    return bill_html(bill) if form is Format.HTML else bill_text(bill)
