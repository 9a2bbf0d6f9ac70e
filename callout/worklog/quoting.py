"""Quotes as the ledger tells them: what was offered, and what the customer said. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from callout.errors import BadInput, CalloutError
from callout.ledger.event import Event, parse_utc
from callout.policy.quotes import Cap, QuoteState, open_or_expired

KINDS = ("quoted", "quote_accepted", "quote_declined")


@dataclass(frozen=True, slots=True)
class Quote:
    """One quote and what became of it.

    `median_minutes` and `p90_minutes` are from so many past `jobs` (`basis`, event ids), or `stated_minutes` by hand;
    what does not apply is None. `amount` is in `currency` with `decimals` decimals; `rate` is per hour, None where an
    amount was stated without one. `valid_until` (UTC): good for the whole of that second. `answer` is the event
    that accepted or declined it, `reason` what was said when it was declined.
    """

    event: Event
    number: str
    ticket: str
    callout: str
    text: str
    method: str
    median_minutes: int | None
    p90_minutes: int | None
    stated_minutes: int | None
    amount: Decimal
    currency: str
    decimals: int
    role: str
    rate: Decimal | None
    cap: Cap | None
    valid_until: dt.datetime
    basis: tuple[str, ...]
    jobs: int
    reasons: tuple[str, ...]
    state: QuoteState
    answer: Event | None = None

    @property
    def customer(self) -> str:
        """The customer's inventory group."""
        return self.event.customer

    @property
    def made_at(self) -> dt.datetime:
        """When it was made, aware."""
        return self.event.happened_at

    @property
    def minutes(self) -> int | None:
        """The minutes that were quoted: stated, or the median; None where only an amount was."""
        return self.stated_minutes if self.stated_minutes is not None else self.median_minutes

    @property
    def order_reference(self) -> str:
        """The customer's own, empty until it is accepted."""
        return str(self.answer.body.get("order_reference", "")) if self.answer is not None else ""

    def covers(self, customer: str, ticket: str, callout: str) -> bool:
        """Whether work under that ticket, or in that call-out, is the work that was quoted."""
        return self.customer == customer and (
            (bool(callout) and callout == self.callout) or (bool(ticket) and ticket == self.ticket)
        )


def quote_state(events: Iterable[Event], now: dt.datetime) -> dict[str, Quote]:
    """Number → quote as it stands at `now` (aware), in the order in which they were made.

    `events` may hold any kinds, but all `KINDS` of whatever is asked about. Only the first answer counts. Raises
    CalloutError naming an event that is not whole.
    """
    quotes: dict[str, Event] = {}
    answers: dict[str, Event] = {}
    for event in sorted((one for one in events if one.kind in KINDS), key=lambda one: one.seq):
        number = str(event.body.get("quote", ""))
        if event.kind == "quoted":
            quotes.setdefault(number, event)
        elif number in quotes:
            answers.setdefault(number, event)
    return {number: _quote(event, answers.get(number), now) for number, event in quotes.items()}


def quote_named(events: Iterable[Event], number: str, now: dt.datetime) -> Quote:
    """The quote of that number. Raises BadInput where there is none."""
    quotes = quote_state(events, now)
    if number not in quotes:
        raise BadInput(f"There is no quote {number!r} in the ledger.", "callout quote list shows those that there are.")
    return quotes[number]


def accepted_for(quotes: Iterable[Quote], customer: str, ticket: str, callout: str) -> Quote | None:
    """The newest accepted quote for work under that ticket or in that call-out: the one that counts; None without.

    A customer who takes a second quote for the same work has given more room.
    """
    of_work = [
        quote for quote in quotes if quote.state is QuoteState.ACCEPTED and quote.covers(customer, ticket, callout)
    ]
    return max(of_work, key=lambda quote: quote.event.seq, default=None)


def _quote(event: Event, answer: Event | None, now: dt.datetime) -> Quote:
    body = event.body
    try:
        minutes, cap = body["minutes"], body["cap"]
        valid_until = parse_utc(body["valid_until"])
        return Quote(
            event=event,
            number=body["quote"],
            ticket=body["ticket"],
            callout=body.get("callout", ""),
            text=body["text"],
            method=body["method"],
            median_minutes=minutes.get("median"),
            p90_minutes=minutes.get("p90"),
            stated_minutes=minutes.get("stated"),
            amount=Decimal(body["amount"]),
            currency=body["currency"],
            decimals=body.get("decimals", 2),
            role=body.get("role", ""),
            rate=Decimal(body["rate"]) if body.get("rate") is not None else None,
            cap=None if cap is None else Cap(cap.get("minutes"), _amount(cap.get("amount"))),
            valid_until=valid_until,
            basis=tuple(body["basis"]),
            jobs=int(body.get("jobs", 0)),
            reasons=tuple(body.get("reasons", ())),
            state=_state(answer, valid_until, now),
            answer=answer,
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise CalloutError(
            f"Event {event.id} (number {event.seq}) is no whole quoted event: {error!r}.",
            "callout ledger verify says whether the ledger was changed.",
        ) from None


def _state(answer: Event | None, valid_until: dt.datetime, now: dt.datetime) -> QuoteState:
    if answer is None:
        return open_or_expired(valid_until, now)
    return QuoteState.ACCEPTED if answer.kind == "quote_accepted" else QuoteState.DECLINED


def _amount(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
