"""Money that was spent for the customer, as it stands on the bill of the month that its date lies in. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from callout.errors import CalloutError
from callout.ledger.event import Event
from callout.policy.chargeable import Charge
from callout.worklog.amended import Amended, amended
from callout.worklog.bill import ExpenseLine, LineState, Override
from callout.worklog.month import Month
from callout.worklog.paying import unit


def expenses_of(
    events: Iterable[Event], overrides: Mapping[str, Override], month: Month, currency: str, decimals: int
) -> tuple[ExpenseLine, ...]:
    """The month's expenses by date; those that were withdrawn are not there.

    They are charged as they were spent, unless a person judged otherwise. One in another currency waits for a person:
    no rate of exchange is ever made up. Raises CalloutError naming an event that is not whole.
    """
    found = []
    for one in amended(events, "expense_logged"):
        if not one.withdrawn:
            line = _line(one, overrides.get(one.event.id), currency, decimals)
            if month.first_day <= line.date <= month.last_day:
                found.append(line)
    return tuple(sorted(found, key=lambda line: (line.date, line.event_id)))


def _line(one: Amended, override: Override | None, currency: str, decimals: int) -> ExpenseLine:
    event, body = one.event, one.body
    try:
        date = dt.date.fromisoformat(body["date"])
        spent = Decimal(body["amount"])
        spent_in = str(body["currency"])
        if not spent.is_finite() or spent < 0:
            raise ValueError(f"amount is {body['amount']!r}")
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise CalloutError(
            f"Event {event.id} (number {event.seq}) is no whole expense_logged event: {error!r}.",
            "callout ledger verify says whether the ledger was changed.",
        ) from None
    asked = spent.quantize(unit(decimals), ROUND_HALF_UP) if spent_in == currency else None
    steps = [f"Spent on {date.isoformat()} by {event.actor}: {body['amount']} {spent_in}; event {event.id}."]
    if one.amendments:
        steps.append(f"Amended by {', '.join(one.amendments)}; what was logged first stays in the ledger.")
    state, amount = LineState.PRICED, asked
    if override is not None and override.charge is Charge.NO:
        state, amount = LineState.NOT_CHARGED, Decimal(0).quantize(unit(decimals))
        steps.append(f"Not charged, judged by {override.actor} (event {override.event_id}): {override.reason}.")
    elif asked is None:
        state = LineState.UNDECIDED
        steps.append(f"It is not in {currency}: amend it with what it comes to in {currency}.")
    else:
        steps.append(f"Charged as it was spent: {amount} {currency}.")
    return ExpenseLine(
        id=event.id[:8],
        event_id=event.id,
        date=date,
        expense=str(body.get("expense", "other")),
        ticket=str(body.get("ticket", "")),
        callout=event.callout,
        note=str(body.get("note", "")),
        actor=event.actor,
        spent=str(body["amount"]),
        spent_currency=spent_in,
        state=state,
        amount=amount,
        original_amount=asked,
        override=override,
        steps=tuple(steps),
    )
