"""`callout time add`, `expense`, `amend` and `withdraw`: work told afterwards, and corrections."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell
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
    ZoneOption,
    shown_by,
    subject_of,
)

IdArgument = Annotated[str, typer.Argument(help="Its id, or the unique beginning of it.", metavar="ID")]
ReasonOption = Annotated[str, typer.Option(help="Why; it stays beside what was said before.")]
DateOption = Annotated[str, typer.Option(help="The day, like 2026-03-01.")]


def register(app: typer.Typer) -> None:
    """Adds the verbs to `callout time`."""
    app.command("add")(add)
    app.command("expense")(expense)
    app.command("amend")(amend)
    app.command("withdraw")(withdraw)


def add(
    ticket: TicketOption = "",
    system: SystemOption = "",
    customer: CustomerOption = "",
    callout: CalloutOption = "",
    start: Annotated[
        str, typer.Option("--from", help="When it began: 2026-03-01T09:00+01:00, or 09:00 with --date.")
    ] = "",
    end: Annotated[str, typer.Option("--to", help="When it ended, likewise.")] = "",
    duration: Annotated[str, typer.Option(help="How long, like 1h30m; with --from or --date.")] = "",
    date: DateOption = "",
    zone: ZoneOption = "",
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
    """Log work that is done: from when to when, or for how long on which day (the bill then asks for the times)."""
    from callout.steps.past_work import add_work
    from callout.steps.zones import zone_for
    from callout.views.numbers import clock_time
    from callout.worklog.details import Details
    from callout.worklog.past import told

    context, clocks = context_for(inventory), zone_for(zone, os.environ)
    when = told(start=start, end=end, duration=duration, day=date, zone=clocks, now=context.now())
    subject, ticket = subject_of(context, callout, system, customer, ticket, afterwards=True)
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
    event = add_work(context, subject, details, when)
    if as_json:
        print_json({"event": event.as_dict()})
        return
    began = when.started_at.astimezone(clocks).isoformat(" ", timespec="minutes")
    shown = (
        f"from {began} ({clocks})" if when.clock_known else f"on {when.started_at.date()}; the bill asks for the times"
    )
    tell(
        f"Logged {clock_time(when.seconds)} for {ticket}, {subject.system or subject.customer}, {shown}. {event.id[:8]}"
    )


def expense(
    kind: Annotated[str, typer.Option(help="travel, lodging, material or other.")],
    amount: Annotated[str, typer.Option(help="What was paid, like 12.30.")],
    date: DateOption,
    currency: Annotated[str, typer.Option(help="ISO 4217 code; default: the customer's.")] = "",
    ticket: TicketOption = "",
    system: SystemOption = "",
    customer: CustomerOption = "",
    callout: CalloutOption = "",
    note: NoteOption = "",
    internal_note: InternalNoteOption = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Log travel or another expense."""
    from callout.steps.past_work import log_expense
    from callout.worklog.expense import expense_body
    from callout.worklog.moments import day_of

    context = context_for(inventory)
    subject, ticket = subject_of(context, callout, system, customer, ticket, afterwards=True)
    body = expense_body(
        date=day_of(date, "--date"),
        expense=kind,
        amount=amount,
        currency=currency or inventory_of(context).customer(subject.customer).currency,
        ticket=ticket,
        note=note,
        internal_note=internal_note,
    )
    event = log_expense(context, subject, body)
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        tell(f"Logged {body['amount']} {body['currency']} for {body['ticket']}. {event.id[:8]}")


def amend(
    identifier: IdArgument,
    changes: Annotated[
        list[str],
        typer.Option(
            "--set",
            help="name=value, may be repeated: from, to, duration, date, ticket, note, internal-note, role, activity, "
            "cause, evidence, rate, clock=confirmed; of an expense: date, kind, amount, currency, ticket, note.",
        ),
    ],
    reason: ReasonOption,
    zone: ZoneOption = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Correct work or an expense. What was said stays on record; invoiced work cannot be corrected."""
    from callout.steps.past_work import amend as amend_step
    from callout.steps.zones import zone_for
    from callout.worklog.amending import assignments

    wanted, clocks = assignments(changes), zone_for(zone, os.environ)
    event = amend_step(context_for(inventory, must_exist=True), identifier, wanted, reason, clocks)
    if as_json:
        print_json({"event": event.as_dict()})
        return
    body = event.body
    changed = "; ".join(f"{name}: {body['was'][name]!r} → {value!r}" for name, value in body["set"].items())
    tell(f"Amended {body['work'][:8]}: {changed}.")


def withdraw(
    identifier: IdArgument,
    reason: ReasonOption,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Withdraw work, an expense or an amendment of them: it stays on record and counts no longer."""
    from callout.steps.past_work import withdraw as withdraw_step

    event = withdraw_step(context_for(inventory, must_exist=True), identifier, reason)
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        tell(f"Withdrawn: {event.body['work']}.")
