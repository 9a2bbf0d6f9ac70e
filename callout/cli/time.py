"""`callout time`: work by hand, started and stopped. Quick: the inventory is read only to look up a name."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json, tell
from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.steps.context import Context

app = new_app("Work by hand: start, stop, list. Runs of playbooks log themselves.")


@app.command("start")
def start(
    ticket: Annotated[str, typer.Option(help="The ticket; default: the call-out's.")] = "",
    system: Annotated[str, typer.Option(help="The system that is worked on, by its inventory name.")] = "",
    customer: Annotated[str, typer.Option(help="The customer, where it is about no one system.")] = "",
    callout: Annotated[str, typer.Option(help="The call-out that it belongs to; needs no other name.")] = "",
    note: Annotated[str, typer.Option(help="What is being done; the customer reads it on the bill.")] = "",
    activity: Annotated[str, typer.Option(help="maintenance (we do) or support (we explain).")] = "maintenance",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Start a session. Only one runs at a time."""
    from callout.steps.work import start_work

    context = context_for(inventory)
    if callout:
        owner, system, ticket = _of_callout(context, callout, system, customer, ticket)
    else:
        owner = _looked_up(context, system, customer)
    event = start_work(
        context, customer=owner, system=system, callout=callout, ticket=ticket, note=note, activity=activity
    )
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        tell(f"Started: {event.body['ticket']} for {system or owner}. Stop with: callout time stop")


@app.command("stop")
def stop(
    note: Annotated[str, typer.Option(help="What was done; added to the note of the start.")] = "",
    at: Annotated[str, typer.Option(help="When it ended, with offset, like 2026-03-01T17:30+01:00.")] = "",
    discard: Annotated[str, typer.Option(help="Throw the session away, for this reason.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Stop the running session and log its time."""
    from callout.steps.work import stop_work
    from callout.views.numbers import clock_time

    event = stop_work(
        context_for(inventory, must_exist=True), note, stated_end=_moment(at) if at else None, discard=discard
    )
    if as_json:
        print_json({"event": event.as_dict()})
    elif discard:
        tell("Thrown away; the ledger keeps that and why.")
    else:
        body = event.body
        tell(f"Logged {clock_time(body['seconds'])} for {body['ticket']}, {event.system or event.customer}.")


@app.command("list")
def list_work(
    month: Annotated[str, typer.Option(help="Only work that began in this month (UTC), like 2026-03.")] = "",
    customer: Annotated[str, typer.Option(help="Only this customer's.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List logged work, oldest first, and the sessions that run."""
    from callout.steps.work import sessions_running, work_entries
    from callout.views.worked import worked_dict, worked_text
    from callout.worklog.month import parse_month

    wanted = parse_month(month) if month else None
    ledger = context_for(inventory, must_exist=True).ledger
    entries, running = work_entries(ledger, customer, wanted), sessions_running(ledger, customer)
    if as_json:
        print_json(worked_dict(entries, running))
    else:
        print(worked_text(entries, running))


def _of_callout(context: Context, callout: str, system: str, customer: str, ticket: str) -> tuple[str, str, str]:
    """Customer, system and ticket of an open call-out. Raises BadInput where a name given beside it is another."""
    from callout.steps.record import require_open

    opened = require_open(context.ledger, callout, system)
    if customer and customer != opened.customer:
        raise BadInput(f"{callout} is about {opened.customer}, not {customer}.", "Leave --customer out.")
    of_callout = opened.body.get("ticket", "")
    if ticket and ticket != of_callout:
        raise BadInput(f"{callout} has ticket {of_callout}, not {ticket}.", "Leave --ticket out.")
    return opened.customer, opened.system, of_callout


def _looked_up(context: Context, system: str, customer: str) -> str:
    """The customer's id, after both names were found in the inventory. Raises BadInput for an unknown one."""
    if not system and not customer:
        raise BadInput("Whom is it for?", "Give --callout, --system or --customer.")
    inventory = inventory_of(context)
    if not system:
        return inventory.customer(customer).id
    owner = inventory.system(system).customer.id
    if customer and customer != owner:
        raise BadInput(f"{system} belongs to {owner}, not to {customer}.", "Leave --customer out.")
    return owner


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--at {text[:40]!r} is no time.", "Write it like 2026-03-01T17:30+01:00.") from None
