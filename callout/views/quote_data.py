"""Quotes for a terminal and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from callout.ledger.event import format_utc
from callout.policy.quotes import Cap, CapUse
from callout.programs import printable
from callout.views.numbers import hours_minutes, plain
from callout.views.table import columns
from callout.worklog.quoting import Quote

HEAD = ("Quote", "Customer", "Ticket", "Time", "Amount", "At most", "Good until (UTC)", "State", "Order")


def quote_dict(quote: Quote, use: CapUse | None = None) -> dict[str, Any]:
    """JSON-able. Amounts are strings, times UTC; `used` is there where there is a cap."""
    answer = quote.answer
    return {
        "quote": quote.number,
        "state": str(quote.state),
        "customer": quote.customer,
        "system": quote.event.system,
        "ticket": quote.ticket,
        "callout": quote.callout,
        "text": quote.text,
        "method": quote.method,
        "minutes": {
            "median": quote.median_minutes,
            "p90": quote.p90_minutes,
            "stated": quote.stated_minutes,
        },
        "amount": plain(quote.amount),
        "currency": quote.currency,
        "role": quote.role,
        "rate": plain(quote.rate),
        "cap": None if quote.cap is None else {"minutes": quote.cap.minutes, "amount": plain(quote.cap.amount)},
        "used": None if use is None else _use_dict(use),
        "made_at": format_utc(quote.made_at),
        "made_by": quote.event.actor,
        "valid_until": format_utc(quote.valid_until),
        "basis": list(quote.basis),
        "reasons": list(quote.reasons),
        "answer": None if answer is None else {"event": answer.id, "actor": answer.actor, **answer.body},
    }


def quote_text(quote: Quote, use: CapUse | None = None) -> str:
    """One quote with everything that it rests on; nothing in it moves a cursor."""
    said: list[tuple[str, str]] = [
        ("Quote", f"{quote.number}, {quote.state}"),
        ("Customer", quote.customer),
        ("Ticket", " ".join(part for part in (quote.ticket, quote.callout, quote.event.system) if part)),
        ("Included", quote.text),
        ("Time", _time(quote)),
        ("Amount", f"{plain(quote.amount)} {quote.currency}"),
        ("Rate", "" if quote.rate is None else f"{plain(quote.rate)} {quote.currency} an hour, {quote.role}"),
        ("At most", _cap(quote.cap, quote.currency)),
        ("Used", "" if use is None else f"{use.sentence}."),
        ("Good until", f"{_second(quote)} UTC"),
        *(("From", reason) for reason in quote.reasons),
        *_answer(quote),
    ]
    lines = [f"{name + ':':<12}{printable(value)}" for name, value in said if value]
    if quote.basis:
        lines += ["", "It rests on the work (events of the ledger):", *(f"  {printable(one)}" for one in quote.basis)]
    return "\n".join(lines)


def quotes_text(quotes: Sequence[Quote]) -> str:
    """Aligned columns for a terminal."""
    if not quotes:
        return "There are no quotes."
    rows = [
        (
            quote.number, quote.customer, quote.ticket, _time(quote), f"{plain(quote.amount)} {quote.currency}",
            _cap(quote.cap, quote.currency), _second(quote), str(quote.state), quote.order_reference,
        )
        for quote in quotes
    ]  # fmt: skip
    return "\n".join(columns(HEAD, rows, right=(4,)))


def _answer(quote: Quote) -> list[tuple[str, str]]:
    if quote.answer is None:
        return []
    body = quote.answer.body
    if quote.answer.kind == "quote_declined":
        return [("Declined", body.get("reason", ""))]
    return [
        ("Accepted", f"{body.get('given_by', '')} by {body.get('channel', '')} ({body.get('evidence', '')})"),
        ("Order", quote.order_reference),
    ]


def _time(quote: Quote) -> str:
    if quote.median_minutes is not None:
        return f"{hours_minutes(quote.median_minutes)} (nine of ten: {hours_minutes(quote.p90_minutes)})"
    return "" if quote.stated_minutes is None else hours_minutes(quote.stated_minutes)


def _cap(cap: Cap | None, currency: str) -> str:
    if cap is None:
        return ""
    return hours_minutes(cap.minutes) if cap.minutes is not None else f"{plain(cap.amount)} {currency}"


def _second(quote: Quote) -> str:
    return quote.valid_until.strftime("%Y-%m-%d %H:%M:%S")


def _use_dict(use: CapUse) -> dict[str, Any]:
    percent = use.percent
    shown = None if percent is None else percent.quantize(Decimal("0.1"))
    return {"seconds": use.seconds, "amount": plain(use.amount), "percent": plain(shown)}
