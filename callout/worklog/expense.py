"""Travel and other expenses: what was paid, when, and for which matter. Amounts are decimal text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from callout.errors import BadInput, CalloutError
from callout.ledger.event import Event
from callout.worklog.amended import amended
from callout.worklog.moments import day_of

AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")


class ExpenseKind(StrEnum):
    """What it was for."""

    TRAVEL = "travel"
    LODGING = "lodging"
    MATERIAL = "material"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Expense:
    """One `expense_logged` event as amended. `amount` is above zero, in `currency` (ISO 4217)."""

    event: Event
    date: dt.date
    expense: ExpenseKind
    amount: Decimal
    currency: str
    ticket: str
    note: str
    internal_note: str
    amendments: tuple[str, ...] = ()
    withdrawn: bool = False


def expenses_of(events: Iterable[Event], *, withdrawn: bool = False) -> list[Expense]:
    """All expenses among `events` with their amendments applied, in the ledger's order; withdrawn ones on demand.

    `events` as for `amended.entries_of`. Raises CalloutError naming an event that is not whole.
    """
    return [
        _expense(one.event, one.body, one.amendments, one.withdrawn)
        for one in amended(events, "expense_logged")
        if withdrawn or not one.withdrawn
    ]


def expense_body(
    *, date: dt.date, expense: str, amount: str, currency: str, ticket: str, note: str = "", internal_note: str = ""
) -> dict[str, Any]:
    """The body of an `expense_logged` event. Raises BadInput for what cannot be; see `check_expense`."""
    body = {
        "date": date.isoformat(),
        "expense": expense,
        "amount": amount,
        "currency": currency,
        "ticket": ticket.strip(),
        "note": note.strip(),
        "internal_note": internal_note.strip(),
    }
    check_expense(body)
    return body


def check_expense(body: Mapping[str, Any]) -> None:
    """Raises BadInput for another kind, no ticket, no date, or an amount that is no amount above zero."""
    day_of(str(body.get("date", "")), "--date")
    if body.get("expense") not in tuple(ExpenseKind):
        known = ", ".join(ExpenseKind)
        raise BadInput(f"{str(body.get('expense'))[:40]!r} is no kind of expense.", f"Use one of: {known}.")
    amount = str(body.get("amount", ""))
    if not AMOUNT.fullmatch(amount) or not Decimal(amount):
        raise BadInput(f"{amount[:40]!r} is no amount above zero.", "Write it with a point, like 12.30.")
    if not re.fullmatch(r"[A-Z]{3}", str(body.get("currency", ""))):
        raise BadInput(f"{str(body.get('currency'))[:40]!r} is no currency.", "Write its ISO 4217 code, like EUR.")
    if not str(body.get("ticket", "")).strip():
        raise BadInput("An expense needs a ticket: every matter is one.", "Give it with --ticket.")


def _expense(event: Event, body: Mapping[str, Any], amendments: tuple[str, ...], withdrawn: bool) -> Expense:
    try:
        check_expense(body)
    except BadInput as error:
        raise CalloutError(
            f"Event {event.id} (number {event.seq}) is no whole expense_logged event: {error.message}",
            "callout ledger verify says whether the ledger was changed.",
        ) from None
    return Expense(
        event=event,
        date=dt.date.fromisoformat(body["date"]),
        expense=ExpenseKind(body["expense"]),
        amount=Decimal(body["amount"]),
        currency=body["currency"],
        ticket=body["ticket"],
        note=str(body.get("note", "")),
        internal_note=str(body.get("internal_note", "")),
        amendments=amendments,
        withdrawn=withdrawn,
    )
