"""What is left of a customer's contracts, in one line for whoever begins to work. Pure, and light to import.

The figures are those of a bill, and making one takes the inventory and a second. So that `callout time start` stays
quick, whoever makes the bill of the running month keeps its balances in a file (`Kept`), and the quick verbs show
them with the time that they are from, and with what was worked since. They are no longer shown once they are old, or
of another month.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

SCHEMA_VERSION = 1
# Somebody looks at bills at least once a week; figures older than that are a guess.
OLDEST = dt.timedelta(days=7)
CLOCK_TOLERANCE = dt.timedelta(minutes=5)
REMEDY = "callout report balances works them out"


@dataclass(frozen=True, slots=True)
class KeptBalance:
    """One contract. `left` and `bought` are in `unit`: `minutes`, or a currency. `ends` is its last day or empty."""

    contract: str
    unit: str
    bought: str
    left: str
    warning: str
    ends: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The balances of one customer's running `month` (`YYYY-MM`, which ends at `until`), as of `made_at`.

    Both times are aware. `seq` is the newest event of the ledger that they know of.
    """

    customer: str
    month: str
    until: dt.datetime
    made_at: dt.datetime
    seq: int
    balances: tuple[KeptBalance, ...]

    def as_text(self) -> str:
        """JSON, as `kept_from` reads it."""
        times = {"until": self.until.isoformat(), "made_at": self.made_at.isoformat()}
        balances = [asdict(one) for one in self.balances]
        return json.dumps({"schema_version": SCHEMA_VERSION, **_plain(self), **times, "balances": balances}, indent=1)


def kept_from(text: str) -> Kept | None:
    """What the file says; None where it is not whole or from another version: it can be made again at any time."""
    try:
        read = json.loads(text)
        if read["schema_version"] != SCHEMA_VERSION:
            return None
        balances = tuple(KeptBalance(**{key: str(value) for key, value in one.items()}) for one in read["balances"])
        for one in balances:
            if not (Decimal(one.bought).is_finite() and Decimal(one.left).is_finite()):
                return None
        until, made_at = (dt.datetime.fromisoformat(read[name]) for name in ("until", "made_at"))
        if until.tzinfo is None or made_at.tzinfo is None:
            return None
        return Kept(str(read["customer"]), str(read["month"]), until, made_at, int(read["seq"]), balances)
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation):
        return None


def balance_line(kept: Kept | None, now: dt.datetime, seconds_since: int, changed_since: int) -> str:
    """One sentence for the person; empty where the customer has no contract of which something can be left.

    `seconds_since` were logged for the customer after `kept`, `changed_since` is how many other events there are that
    a bill depends on (amendments, judgements …). Figures that cannot be believed are not shown at all.
    """
    if kept is None or not kept.balances:
        return ""
    made = f"{kept.made_at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
    if kept.made_at > now + CLOCK_TOLERANCE:
        return f"What is left of the contracts of {kept.customer} was worked out in the future, {made}; {REMEDY}."
    if now - kept.made_at > OLDEST:
        return f"What was left of the contracts of {kept.customer} on {made} is too old to be shown; {REMEDY}."
    if now >= kept.until:
        return f"A month has begun since the contracts of {kept.customer} were looked at, {made}; {REMEDY}."
    told = ", ".join(_told(one) for one in kept.balances)
    return f"Left for {kept.customer} as of {made}{_since(seconds_since, changed_since)}: {told}."


def _told(one: KeptBalance) -> str:
    left = amount_left(Decimal(one.left), one.unit)
    bought = amount_left(Decimal(one.bought), one.unit)
    warned = " – used up" if one.warning == "100" else f" – over {one.warning} % used" if one.warning else ""
    return f"{one.contract} {left} of {bought}{f', until {one.ends}' if one.ends else ''}{warned}"


def amount_left(value: Decimal, unit: str) -> str:
    """Minutes as `h:mm h`, money with its currency; below zero with a sign."""
    if unit != "minutes":
        return f"{value:f} {unit}"
    sign, minutes = ("-" if value < 0 else ""), abs(int(value))
    return f"{sign}{minutes // 60}:{minutes % 60:02d} h"


def _since(seconds: int, changes: int) -> str:
    parts: list[str] = []
    if seconds:
        parts.append(f"{seconds // 3600}:{seconds // 60 % 60:02d} h worked since")
    if changes:
        parts.append(f"{changes} change{'' if changes == 1 else 's'} since")
    return f" (not yet in it: {', '.join(parts)})" if parts else ""


def _plain(kept: Kept) -> Mapping[str, Any]:
    return {"customer": kept.customer, "month": kept.month, "seq": kept.seq}


def balances_kept(balances: Sequence[Any]) -> tuple[KeptBalance, ...]:
    """A bill's balances (`worklog.bill.Balance`) as they are kept."""
    return tuple(
        KeptBalance(
            contract=one.contract,
            unit=one.unit,
            bought=f"{one.bought:f}",
            left=f"{one.left:f}",
            warning=one.warning,
            ends=one.ends.isoformat() if one.ends else "",
        )
        for one in balances
    )
