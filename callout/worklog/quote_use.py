"""What was worked under a quote: how much of its cap is used, and how far the quote was from the truth. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from callout.ledger.event import Event, parse_utc
from callout.policy.quotes import CapUse, QuoteState
from callout.worklog.amended import entries_of
from callout.worklog.entry import Entry
from callout.worklog.month import Month
from callout.worklog.overlap import overlaps
from callout.worklog.quoting import Quote, quote_state
from callout.worklog.session import running_sessions


@dataclass(frozen=True, slots=True)
class QuoteAgainstActual:
    """A quote beside the work under it, up to a month's end.

    `quoted_minutes` is None where only an amount was quoted; `actual_amount` (at the quote's own rate, nothing
    rounded up to steps) where it had no rate. `difference_percent` is of the minutes, else of the amount, to one
    decimal, positive where it took longer; None where neither can be compared.
    """

    quote: str
    ticket: str
    quoted_minutes: int | None
    actual_seconds: int
    quoted_amount: Decimal
    actual_amount: Decimal | None
    currency: str
    difference_percent: Decimal | None
    cap: CapUse | None


def work_under(events: Sequence[Event], quote: Quote) -> list[Entry]:
    """The work under a quote, in the ledger's order; see `work_among`. `events` are all of the customer."""
    return work_among(entries_of(events), quote, quote_state(events, quote.made_at).values())


def work_among(entries: Iterable[Entry], quote: Quote, quotes: Iterable[Quote]) -> list[Entry]:
    """Those of `entries` that are under the quote: begun since it was made, and not under a later accepted one."""
    later = [one for one in quotes if one.event.seq > quote.event.seq and one.state is QuoteState.ACCEPTED]
    return [
        entry for entry in entries if _under(quote, entry) and not any(_under(one, entry) for one in later)
    ]  # fmt: skip


def cap_used(events: Iterable[Event], quote: Quote, now: dt.datetime) -> CapUse | None:
    """How much of the quote's cap is used at `now`, running sessions included; None where it has no cap.

    `events` are all of the customer. All work under the quote counts, but for what a person judged free of
    charge, what was deducted, and what overlaps with other work: a cap is reached too early rather than too late.
    """
    if quote.cap is None:
        return None
    listed = list(events)
    seconds = counted_seconds(listed, work_under(listed, quote)) + _running_seconds(listed, quote, now)
    return CapUse(quote.number, quote.cap, seconds, quote.rate, quote.currency, quote.decimals)


def quotes_of(events: Iterable[Event], month: Month, zone: str = "UTC") -> list[QuoteAgainstActual]:
    """Accepted quotes with work in the month (by the clock of `zone`), each with all the work under it until its end.

    `events` are all of one customer. In the order of the quotes' numbers.
    """
    listed = list(events)
    start, end = month.span(zone)
    found = []
    for quote in quote_state(listed, end).values():
        if quote.state is not QuoteState.ACCEPTED:
            continue
        entries = [entry for entry in work_under(listed, quote) if entry.started_at < end]
        if any(entry.started_at >= start for entry in entries):
            found.append(_compared(quote, counted_seconds(listed, entries)))
    return found


def _compared(quote: Quote, seconds: int) -> QuoteAgainstActual:
    use = None if quote.cap is None else CapUse(
        quote.number, quote.cap, seconds, quote.rate, quote.currency, quote.decimals
    )  # fmt: skip
    unit = Decimal(1).scaleb(-quote.decimals)
    actual = None if quote.rate is None else (quote.rate * seconds / 3600).quantize(unit, ROUND_HALF_UP)
    pairs = [(quote.minutes and Decimal(60 * quote.minutes), Decimal(seconds)), (quote.amount, actual)]
    percent = next((_percent(quoted, found) for quoted, found in pairs if quoted and found is not None), None)
    return QuoteAgainstActual(
        quote=quote.number,
        ticket=quote.ticket,
        quoted_minutes=quote.minutes,
        actual_seconds=seconds,
        quoted_amount=quote.amount,
        actual_amount=actual,
        currency=quote.currency,
        difference_percent=percent,
        cap=use,
    )


def _percent(quoted: Decimal, actual: Decimal) -> Decimal:
    return ((actual - quoted) * 100 / quoted).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _under(quote: Quote, entry: Entry) -> bool:
    # A run's start is known to the second only.
    begun_since = entry.started_at >= quote.made_at.replace(microsecond=0)
    return begun_since and quote.covers(entry.event.customer, entry.ticket, entry.event.callout)


def counted_seconds(events: Sequence[Event], entries: Sequence[Entry]) -> int:
    """Seconds of `entries` but for what a person judged free of charge, what was deducted, and what overlaps."""
    charged: dict[str, bool] = {}
    deducted: dict[str, int] = {}
    for event in sorted(events, key=lambda one: one.seq):
        if event.kind == "work_judged":
            charged[event.body["work"]] = event.body["charge"] == "yes"
        elif event.kind == "work_deducted":
            work = event.body["work"]
            deducted[work] = deducted.get(work, 0) + 60 * int(event.body["minutes"])
    counted = [entry for entry in entries if charged.get(entry.event.id, True)]
    for work, overlap in overlaps(counted).items():
        deducted[work] = deducted.get(work, 0) + overlap.seconds
    return sum(max(0, entry.seconds - deducted.get(entry.event.id, 0)) for entry in counted)


def _running_seconds(events: Sequence[Event], quote: Quote, now: dt.datetime) -> int:
    begun = [
        parse_utc(session.body["started_at"])
        for session in running_sessions(events)
        if quote.covers(session.customer, session.body["ticket"], session.callout)
    ]
    spans = [now - moment for moment in begun if quote.made_at <= moment <= now]
    return sum(span // dt.timedelta(seconds=1) for span in spans)
