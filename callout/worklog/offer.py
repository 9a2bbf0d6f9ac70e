"""What a quote says: hours or an amount, its cap, until when it is good. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from callout.errors import BadInput
from callout.ledger.event import format_utc
from callout.policy.quotes import Cap, parse_cap
from callout.policy.rates import rate_for
from callout.policy.similar_work import Basis, Likeness
from callout.worklog.rounding import Rounding, billed_minutes

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.policy import Policy

STATE_IT = "Say it with --minutes N or --amount A."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be quoted. Exactly one of `minutes`, `amount` and `like` says how much.

    `text` is what is included, in the customer's words. `cap` is as typed (`3h`, `400.00`, `p90`), empty for none;
    `valid_until` is the last second (aware), None for the policy's days.
    """

    ticket: str
    text: str
    system: str = ""
    callout: str = ""
    role: str = "engineer"
    minutes: int | None = None
    amount: Decimal | None = None
    like: Likeness | None = None
    cap: str = ""
    valid_until: dt.datetime | None = None


def offer_body(
    customer: Customer, policy: Policy, wanted: Wanted, basis: Basis | None, now: dt.datetime
) -> dict[str, Any]:
    """All of a `quoted` event but its number. Nothing here looks at a ledger.

    Raises BadInput where it says too little, too much or contradicts itself, where too little past work is like
    it (with how much there is), where no rate is on file, and for a validity that is past.
    """
    _check(wanted)
    decimals = _decimals(customer.currency)
    money = policy.money
    rate = rate_for(wanted.role, customer.rates, money.rates).amount
    rounding = Rounding(money.increment_minutes, money.minimum_minutes)
    minutes: dict[str, int] = {}
    if basis is not None:
        if not basis.enough:
            raise BadInput(f"There is too little past work to quote from. {' '.join(basis.reasons)}", STATE_IT)
        minutes = {
            "median": billed_minutes(basis.median_seconds, rounding),
            "p90": billed_minutes(basis.p90_seconds, rounding),
        }
    elif wanted.minutes is not None:
        minutes = {"stated": wanted.minutes}
    amount = wanted.amount
    if amount is None:
        amount = _priced(minutes.get("median", minutes.get("stated", 0)), rate, decimals, wanted.role)
    cap = parse_cap(wanted.cap, minutes.get("p90"), rate) if wanted.cap else None
    _check_cap(cap, minutes.get("median", minutes.get("stated")), amount)
    until = wanted.valid_until or _days_on(now, policy.quotes.valid_days, customer.time_zone)
    if until <= now:
        raise BadInput("The quote would be good until a time that is past.", "Give a later --valid-until.")
    return {
        "ticket": wanted.ticket.strip(),
        "callout": wanted.callout,
        "text": wanted.text.strip(),
        "minutes": minutes,
        "amount": f"{_in_currency(amount, decimals):f}",
        "currency": customer.currency,
        "decimals": decimals,
        "role": wanted.role,
        "rate": f"{rate:f}" if rate is not None else None,
        "cap": _cap_dict(cap, decimals),
        "valid_until": format_utc(until),
        "basis": list(basis.events) if basis is not None else [],
        "jobs": len(basis.jobs) if basis is not None else 0,
        "reasons": list(basis.reasons) if basis is not None else [],
        "method": "stated" if basis is None else "ledger",
    }


def last_second(written: str, zone: str) -> dt.datetime:
    """The last second (UTC) of a day `YYYY-MM-DD` in `zone`, or the moment that is written with an offset.

    Raises BadInput for anything else.
    """
    hint = "Write a day like 2026-04-30, or a moment with its offset."
    try:
        if len(written) == len("2026-04-30"):
            day = dt.date.fromisoformat(written)
            # Where that time comes twice the second one is the last.
            end = dt.datetime.combine(day, dt.time(23, 59, 59, fold=1), ZoneInfo(zone))
            return end.astimezone(dt.UTC)
        moment = dt.datetime.fromisoformat(written)
    except (ValueError, OverflowError):
        raise BadInput(f"{written[:40]!r} is no day and no moment.", hint) from None
    if moment.tzinfo is None:
        raise BadInput(f"{written[:40]!r} has no offset.", hint)
    return moment.astimezone(dt.UTC).replace(microsecond=0)


def _check(wanted: Wanted) -> None:
    if not wanted.ticket.strip():
        raise BadInput("A quote needs a ticket: every matter is one.", "Give it with --ticket.")
    if not wanted.text.strip():
        raise BadInput("A quote needs to say what is included.", "Give it with --text.")
    ways = [wanted.minutes is not None, wanted.amount is not None, wanted.like is not None]
    if sum(ways) != 1:
        said = "nothing" if not any(ways) else "more than one of them"
        raise BadInput(
            f"A quote says how much in one way, and this one in {said}.",
            "Give --minutes N, or --amount A, or what past work it is like (--like, --bundle, --playbook, --activity).",
        )
    if wanted.minutes is not None and not 0 < wanted.minutes <= 100_000:
        raise BadInput(f"--minutes {wanted.minutes} is no length of work.", "Give whole minutes, 1 or more.")
    if wanted.amount is not None and not (wanted.amount.is_finite() and 0 <= wanted.amount < 10**9):
        raise BadInput(f"--amount {wanted.amount} is no amount.", "Write it like 400.00.")


def _check_cap(cap: Cap | None, minutes: int | None, amount: Decimal) -> None:
    if cap is None:
        return
    too_low = (cap.minutes is not None and minutes is not None and cap.minutes < minutes) or (
        cap.amount is not None and cap.amount < amount
    )
    if too_low or cap.minutes == 0 or cap.amount == 0:
        raise BadInput("The cap is below what is quoted: the work could not be ended under it.", "Give a higher --cap.")


def _priced(minutes: int, rate: Decimal | None, decimals: int, role: str) -> Decimal:
    if rate is None:
        raise BadInput(
            f"There is no rate of {role}, so {minutes} minutes have no price.",
            "Write it into callout_customer.rates or callout_policy.money.rates, or state --amount.",
        )
    return _in_currency(minutes * rate / 60, decimals)


def _in_currency(amount: Decimal, decimals: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _cap_dict(cap: Cap | None, decimals: int) -> dict[str, Any] | None:
    if cap is None:
        return None
    return {"minutes": cap.minutes} if cap.amount is None else {"amount": f"{_in_currency(cap.amount, decimals):f}"}


def _days_on(now: dt.datetime, days: int, zone: str) -> dt.datetime:
    day = now.astimezone(ZoneInfo(zone)).date() + dt.timedelta(days=days)
    return last_second(day.isoformat(), zone)


def _decimals(currency: str) -> int:
    precision: int = get_currency_precision(currency)
    return precision
