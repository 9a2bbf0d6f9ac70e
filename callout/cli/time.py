"""`callout time`: work by hand, started, stopped, told afterwards and corrected. The quick verbs load nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from callout.cli import time_exchange, time_list, time_past
from callout.cli.balance_line import tell_balance
from callout.cli.shared import InventoryOption, JsonOption, context_for, new_app, print_json, tell
from callout.cli.time_options import (
    ActivityOption,
    CalloutOption,
    CauseOption,
    CustomerOption,
    EvidenceOption,
    InternalNoteOption,
    NoteOption,
    RateOption,
    RateReasonOption,
    RoleOption,
    SystemOption,
    TicketOption,
    shown_by,
    subject_of,
)
from callout.errors import BadInput

app = new_app("Work by hand: start, stop, add, amend, list. Runs of playbooks log themselves.")


@app.command("start")
def start(
    ticket: TicketOption = "",
    system: SystemOption = "",
    customer: CustomerOption = "",
    callout: CalloutOption = "",
    note: NoteOption = "",
    internal_note: InternalNoteOption = "",
    activity: ActivityOption = "maintenance",
    role: RoleOption = "engineer",
    cause: CauseOption = "",
    evidence: EvidenceOption = None,
    rate: RateOption = "",
    rate_reason: RateReasonOption = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Start a session. Only one runs at a time."""
    from callout.steps.work import start_work
    from callout.worklog.details import Details

    context = context_for(inventory)
    subject, ticket = subject_of(context, callout, system, customer, ticket)
    details = Details(
        ticket=ticket,
        note=note,
        internal_note=internal_note,
        activity=activity,
        role=role,
        cause=cause,
        cause_evidence=shown_by(context, evidence),
        rate=rate,
        rate_reason=rate_reason,
    )
    event = start_work(context, subject, details)
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        tell(f"Started: {event.body['ticket']} for {event.system or event.customer}. Stop with: callout time stop")
        tell_balance(context, event.customer)


@app.command("stop")
def stop(
    note: Annotated[str, typer.Option(help="What was done; added to the note of the start.")] = "",
    internal_note: InternalNoteOption = "",
    at: Annotated[str, typer.Option(help="When it ended, with offset, like 2026-03-01T17:30+01:00.")] = "",
    discard: Annotated[str, typer.Option(help="Throw the session away, for this reason.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Stop the running session and log its time."""
    from callout.steps.work import stop_work
    from callout.views.numbers import clock_time

    event = stop_work(
        context_for(inventory, must_exist=True),
        note,
        internal_note=internal_note,
        stated_end=_moment(at) if at else None,
        discard=discard,
    )
    if as_json:
        print_json({"event": event.as_dict()})
    elif discard:
        tell("Thrown away; the ledger keeps that and why.")
    else:
        body = event.body
        tell(f"Logged {clock_time(body['seconds'])} for {body['ticket']}, {event.system or event.customer}.")


@app.command("switch")
def switch(
    ticket: TicketOption = "",
    system: SystemOption = "",
    customer: CustomerOption = "",
    callout: CalloutOption = "",
    done: Annotated[str, typer.Option(help="What was done until now; added to the note of what ends.")] = "",
    note: NoteOption = "",
    internal_note: InternalNoteOption = "",
    activity: ActivityOption = "maintenance",
    role: RoleOption = "engineer",
    cause: CauseOption = "",
    evidence: EvidenceOption = None,
    rate: RateOption = "",
    rate_reason: RateReasonOption = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Stop the running session and start another one in the same moment: both or neither."""
    from callout.steps.work import switch_work
    from callout.views.numbers import clock_time
    from callout.worklog.details import Details

    context = context_for(inventory, must_exist=True)
    subject, ticket = subject_of(context, callout, system, customer, ticket)
    details = Details(
        ticket=ticket,
        note=note,
        internal_note=internal_note,
        activity=activity,
        role=role,
        cause=cause,
        cause_evidence=shown_by(context, evidence),
        rate=rate,
        rate_reason=rate_reason,
    )
    logged, started = switch_work(context, subject, details, done)
    if as_json:
        print_json({"logged": logged.as_dict(), "started": started.as_dict()})
    else:
        ended, begun = logged.body, started.body
        tell(f"Logged {clock_time(ended['seconds'])} for {ended['ticket']}, {logged.system or logged.customer}.")
        tell(f"Started: {begun['ticket']} for {started.system or started.customer}.")
        tell_balance(context, started.customer)


time_past.register(app)
time_list.register(app)
time_exchange.register(app)


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--at {text[:40]!r} is no time.", "Write it like 2026-03-01T17:30+01:00.") from None
