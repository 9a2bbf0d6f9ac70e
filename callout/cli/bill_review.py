"""`callout bill submit|approve|reject|write-off|status`: a month's bill on its way to the invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell
from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.ledger import Event

CustomerArgument = Annotated[str, typer.Argument(help="The customer, by its inventory group.", metavar="CUSTOMER")]
MonthArgument = Annotated[str, typer.Argument(help="The month by the customer's calendar.", metavar="MONTH")]


def add_review(app: typer.Typer) -> None:
    """Gives `callout bill` the verbs of the review."""
    app.command("submit")(submit)
    app.command("approve")(approve)
    app.command("reject")(reject)
    app.command("write-off")(write_off)
    app.command("status")(status)


def submit(
    customer: CustomerArgument, month: MonthArgument, as_json: JsonOption = False, inventory: InventoryOption = None
) -> None:
    """Put a month's bill before a reviewer. Refused while a line is undecided or has no price."""
    from callout.steps.review import submit_bill

    event = submit_bill(*_world(inventory, month), customer, month)
    body = event.body
    _told(event, as_json, f"Submitted: {customer}, {month}, {body['total']} {body['currency']}.")


def approve(
    customer: CustomerArgument, month: MonthArgument, as_json: JsonOption = False, inventory: InventoryOption = None
) -> None:
    """Approve a submitted bill. Refused to whoever worked on it, and where it has changed since, saying what."""
    from callout.steps.review import approve_bill

    event = approve_bill(*_world(inventory, month), customer, month)
    _told(event, as_json, f"Approved by {event.actor}: {customer}, {month}, {event.body['total']}.")


def reject(
    customer: CustomerArgument,
    month: MonthArgument,
    reason: Annotated[str, typer.Option(help="What has to be done first.")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Send a submitted or approved bill back, with the reason."""
    from callout.steps.review import reject_bill

    event = reject_bill(*_world(inventory, month), customer, month, reason)
    _told(event, as_json, f"Sent back: {customer}, {month}.")


def write_off(
    customer: CustomerArgument,
    month: MonthArgument,
    line: Annotated[str, typer.Argument(help="The line's id, as callout bill shows it.", metavar="LINE")],
    reason: Annotated[str, typer.Option(help="Why it is not asked for; stays in the house.")],
    amount: Annotated[str, typer.Option(help="So much of it, like 40.00.")] = "",
    minutes: Annotated[int | None, typer.Option(help="So many minutes of it, at its own rate.")] = None,
    whole: Annotated[bool, typer.Option("--all", help="All of it.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Do not ask for a line, or not for all of it. The posted amount stays beside; only before the invoice."""
    from callout.steps.review import write_off as write_line_off

    if sum([bool(amount), minutes is not None, whole]) != 1:
        raise BadInput("How much is written off?", "Give --amount A, --minutes N or --all.")
    asked = _amount(amount) if amount else None
    event = write_line_off(*_world(inventory, month), customer, month, line, reason, amount=asked, minutes=minutes)
    body = event.body
    off = body["posted"] if body["all"] else body["amount"]
    _told(event, as_json, f"Written off: {off} of {body['posted']}, line {line} of {customer}, {month}.")


def status(
    customer: CustomerArgument, month: MonthArgument, as_json: JsonOption = False, inventory: InventoryOption = None
) -> None:
    """Show where a month's bill stands, what keeps it, and which other months wait."""
    from callout.steps.review_status import review_status
    from callout.views.review_text import status_dict, status_text

    found = review_status(*_world(inventory, month), customer, month)
    if as_json:
        print_json(status_dict(found))
    else:
        print(status_text(found))


def _world(inventory: Any, month: str) -> tuple[Any, Any]:
    from callout.worklog.month import parse_month

    parse_month(month)  # before half a second is spent on the inventory
    context = context_for(inventory, must_exist=True)
    return context, inventory_of(context)


def _told(event: Event, as_json: bool, sentence: str) -> None:
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        tell(sentence)


def _amount(written: str) -> Decimal:
    from callout.policy.amounts import amount_of

    return amount_of(written, "--amount")
