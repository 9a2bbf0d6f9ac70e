"""Quotes by rule: how long one is good, who may take it, and what its cap lets through."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.policy.consents import CLOCK_TOLERANCE

CHECK = "gate.quote"
_CAP_HINT = "Write a time like 3h or 90m, an amount like 400.00, or p90: nine of ten jobs took no longer."
WARN_AT_PERCENT = 80
# A quote that is good until 23:59:59 is good for the whole of that second.
LAST_SECOND = dt.timedelta(seconds=1)


class QuoteState(StrEnum):
    """Where a quote stands. An answer stays, whatever the clock says later."""

    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    DECLINED = "declined"


def open_or_expired(valid_until: dt.datetime, now: dt.datetime) -> QuoteState:
    """The state of a quote that nobody has answered; both times aware."""
    return QuoteState.OPEN if now < valid_until + LAST_SECOND else QuoteState.EXPIRED


@dataclass(frozen=True, slots=True)
class Cap:
    """What the customer pays at most: whole minutes of work, or an amount; exactly one of the two."""

    minutes: int | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CapUse:
    """How much of a quote's cap is used by the work under it.

    `seconds` of work are logged, or still running. `rate` is the quote's per hour, None where it had none;
    `currency` is the quote's.
    """

    quote: str
    cap: Cap
    seconds: int
    rate: Decimal | None
    currency: str
    decimals: int = 2

    @property
    def amount(self) -> Decimal | None:
        """What the seconds come to at the quote's rate; None without a rate."""
        if self.rate is None:
            return None
        return (self.rate * self.seconds / 3600).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)

    @property
    def percent(self) -> Decimal | None:
        """Used of the cap, exact; None where an amount was capped and the quote had no rate.

        A cap of nothing is used up from the beginning.
        """
        if self.cap.minutes is not None:
            return Decimal(100) if not self.cap.minutes else Decimal(self.seconds) * 100 / (60 * self.cap.minutes)
        if self.rate is None or self.cap.amount is None:
            return None
        return Decimal(100) if not self.cap.amount else self.rate * self.seconds / 36 / self.cap.amount

    @property
    def sentence(self) -> str:
        """Used of the cap, in the cap's own unit."""
        if self.cap.minutes is not None:
            return f"{-(-self.seconds // 60)} of {self.cap.minutes} minutes of quote {self.quote} are used"
        used = "an unknown amount" if self.amount is None else f"{self.amount:f}"
        return f"{used} of {self.cap.amount:f} {self.currency} of quote {self.quote} are used"


def judge_cap(use: CapUse) -> Finding:
    """Whether work may go on under a cap: refused when it is reached, a warning from 80 %, unknown without a rate."""
    evidence = {"quote": use.quote, "seconds": use.seconds}
    percent = use.percent
    if percent is None:
        remedy = "Quote anew with a rate on file, or ask the customer."
        return Finding(CHECK, Status.UNKNOWN, "cap-unknown", f"{use.sentence}.", Move.US, remedy, evidence)
    remedy = "Ask the customer: a new quote with a higher cap, before anything more is done."
    if percent >= 100:
        return Finding(CHECK, Status.FAIL, "cap-reached", f"{use.sentence}.", Move.CUSTOMER, remedy, evidence)
    if percent >= WARN_AT_PERCENT:
        seen = f"{use.sentence}: {int(percent)} %."
        return Finding(
            CHECK, Status.WARN, "cap-near", seen, Move.US, "Ask the customer before it is used up.", evidence
        )
    return Finding(CHECK, Status.PASS, "ok", f"{use.sentence}.", evidence=evidence)


@dataclass(frozen=True, slots=True)
class QuoteSeen:
    """The accepted quote that counts for a ticket, as the gate sees it. `use` is None where it has no cap."""

    number: str
    order_reference: str
    accepted_at: dt.datetime
    use: CapUse | None

    @property
    def sentence(self) -> str:
        """What the customer agreed to."""
        return f"the customer agreed to be charged by quote {self.number}, order {self.order_reference}."


@dataclass(frozen=True, slots=True)
class Answer:
    """A customer's yes to a quote, as it was told to us. All times aware; `until` is the quote's last second."""

    quote: str
    state: QuoteState
    made_at: dt.datetime
    until: dt.datetime
    given_at: dt.datetime
    now: dt.datetime
    by: str
    registered: bool


def judge_acceptance(answer: Answer) -> list[Finding]:
    """Every reason why a quote cannot be taken like that; empty where it can.

    What counts is when the customer said yes: an answer that came on the last day may be recorded on the next.
    """
    found: list[Finding] = []

    def refuse(code: str, seen: str, move: Move, remedy: str) -> None:
        found.append(Finding("quote.accept", Status.FAIL, code, seen, move, remedy))

    if answer.state in (QuoteState.ACCEPTED, QuoteState.DECLINED):
        refuse("answered", f"{answer.quote} is {answer.state} already.", Move.US, "Make a new quote.")
    elif open_or_expired(answer.until, answer.given_at) is QuoteState.EXPIRED:
        until = answer.until.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        refuse("expired", f"{answer.quote} was good until {until}.", Move.US, "Make a new quote.")
    if answer.given_at > answer.now + CLOCK_TOLERANCE:
        refuse("future", "The customer's answer is dated in the future.", Move.US, "Check this machine's clock.")
    elif answer.given_at < answer.made_at - CLOCK_TOLERANCE:
        refuse("before", "The customer's answer is older than the quote.", Move.US, "Give when they answered.")
    if not answer.registered:
        seen = f"{answer.by} is no registered address of the customer."
        refuse("not-registered", seen, Move.CUSTOMER, "Have the answer sent from a registered address.")
    return found


def parse_cap(written: str, p90_minutes: int | None, rate: Decimal | None) -> Cap:
    """The cap that `3h`, `90m`, `400.00` (an amount) or `p90` names.

    Raises BadInput for anything else, for `p90` where the quote is not from past work, and for an amount
    without a rate: nobody could say when it is reached.
    """
    text = written.strip().lower()
    if text == "p90":
        if p90_minutes is None:
            raise BadInput("--cap p90 needs a quote from past work.", _CAP_HINT)
        return Cap(minutes=p90_minutes)
    if found := re.fullmatch(r"([0-9]{1,5}) ?(h|m|min)", text, re.ASCII):
        return Cap(minutes=int(found[1]) * (60 if found[2] == "h" else 1))
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,4})?", text, re.ASCII):
        raise BadInput(f"{written[:40]!r} is no cap.", _CAP_HINT)
    if rate is None:
        raise BadInput("A cap in money needs a rate: nobody could say when it is reached.", "Give it as a time: 3h.")
    return Cap(amount=Decimal(text))
