"""How far quotes were from the truth: each accepted one beside the work under it, and all of them together. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from callout.ledger.event import Event
from callout.policy.quotes import QuoteState
from callout.worklog.amended import entries_of
from callout.worklog.entry import Entry
from callout.worklog.quote_use import counted_seconds, work_among
from callout.worklog.quoting import Quote, quote_state
from callout.worklog.session import running_sessions

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class QuoteOutcome:
    """A quote beside what was worked under it until now.

    `done` says that nothing runs any more: the work has begun and no call-out of it is open, no session running.
    `error_percent` is of the quoted minutes (positive: it took longer), None where only an amount was quoted or the
    work is not done. `within_cap` is None without a cap, and where its amount cannot be compared; `within_p90` where
    the quote was not from past work.
    """

    quote: Quote
    actual_seconds: int
    done: bool
    error_percent: Decimal | None
    within_cap: bool | None
    within_p90: bool | None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """All quotes of a customer, or of all (`customer` empty).

    `finished` of the `accepted` ones can be compared. `median_error_percent` is of the errors without their sign,
    `median_bias_percent` of those with it (positive: we quote too little); both None without any. `capped` is how
    many had a cap that can be judged, `within_cap` how many of them stayed in it; `p90` and `within_p90` likewise.
    """

    customer: str
    quoted: int
    accepted: int
    declined: int
    expired: int
    finished: int
    median_error_percent: Decimal | None
    median_bias_percent: Decimal | None
    capped: int
    within_cap: int
    p90: int
    within_p90: int


def outcomes_of(events: Iterable[Event], now: dt.datetime) -> list[QuoteOutcome]:
    """Every quote among `events` (all of one customer) as it stands at `now`, in the order of the ledger.

    What is counted is what the gate holds the cap against: not what was judged free, deducted or worked twice.
    """
    listed = list(events)
    quotes = list(quote_state(listed, now).values())
    # Most customers were never quoted anything: their work need not be read for it.
    accepted = any(quote.state is QuoteState.ACCEPTED for quote in quotes)
    entries = entries_of(listed) if accepted else []
    seen = _Seen(listed, entries, quotes, _open_jobs(listed) if accepted else frozenset())
    return [_outcome(seen, quote) for quote in seen.quotes]


def accuracy_of(outcomes: Sequence[QuoteOutcome], customer: str = "") -> Accuracy:
    """All of `outcomes` together, or those of one customer."""
    own = [one for one in outcomes if customer in ("", one.quote.customer)]
    states = [one.quote.state for one in own]
    errors = [one.error_percent for one in own if one.error_percent is not None]
    caps = [one.within_cap for one in own if one.within_cap is not None]
    p90 = [one.within_p90 for one in own if one.within_p90 is not None]
    return Accuracy(
        customer=customer,
        quoted=len(own),
        accepted=states.count(QuoteState.ACCEPTED),
        declined=states.count(QuoteState.DECLINED),
        expired=states.count(QuoteState.EXPIRED),
        finished=len(errors),
        median_error_percent=_rounded(median(abs(error) for error in errors)) if errors else None,
        median_bias_percent=_rounded(median(errors)) if errors else None,
        capped=len(caps),
        within_cap=sum(caps),
        p90=len(p90),
        within_p90=sum(p90),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is looked at once for all quotes of a customer; `open_jobs` are (customer, ticket, call-out)."""

    events: Sequence[Event]
    entries: Sequence[Entry]
    quotes: Sequence[Quote]
    open_jobs: frozenset[tuple[str, str, str]]


def _outcome(seen: _Seen, quote: Quote) -> QuoteOutcome:
    if quote.state is not QuoteState.ACCEPTED:
        return QuoteOutcome(quote, 0, False, None, None, None)
    entries = work_among(seen.entries, quote, seen.quotes)
    seconds = counted_seconds(seen.events, entries)
    done = bool(entries) and not any(quote.covers(*job) for job in seen.open_jobs)
    error = None
    if done and quote.minutes:
        error = _rounded((Decimal(seconds) - 60 * quote.minutes) * 100 / (60 * quote.minutes))
    within_p90 = seconds <= 60 * quote.p90_minutes if done and quote.p90_minutes is not None else None
    return QuoteOutcome(quote, seconds, done, error, _within_cap(quote, seconds) if done else None, within_p90)


def _open_jobs(events: Sequence[Event]) -> frozenset[tuple[str, str, str]]:
    """Call-outs that are open, and sessions that run."""
    closed = {event.callout for event in events if event.kind == "closed"}
    jobs = [event for event in events if event.kind == "opened" and event.callout not in closed]
    jobs += running_sessions(events)
    return frozenset((one.customer, str(one.body.get("ticket", "")), one.callout) for one in jobs)


def _within_cap(quote: Quote, seconds: int) -> bool | None:
    if quote.cap is None:
        return None
    if quote.cap.minutes is not None:
        return seconds <= 60 * quote.cap.minutes
    if quote.rate is None or quote.cap.amount is None:
        return None
    return quote.rate * seconds / 3600 <= quote.cap.amount


def _rounded(percent: Decimal) -> Decimal:
    return Decimal(percent).quantize(_TENTH, ROUND_HALF_UP)
