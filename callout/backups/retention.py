"""Pure: which backups of a system are kept, which are removed, and why, for each of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from callout.inventory.policy import Retention
from callout.policy.consents import CLOCK_TOLERANCE


class Why(StrEnum):
    """Why a backup is kept; NO_RULE is the one reason for which it is removed."""

    PINNED = "pinned"
    CALL_OUT = "call-out"
    OPEN_ROLLBACK = "open-rollback"
    ONLY = "only"
    NEWEST_VERIFIED = "newest-verified"
    NO_NEWER_VERIFIED = "no-newer-verified"
    UNKNOWN_DATE = "unknown-date"
    LAST = "last"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"
    NO_RULE = "no-rule"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its code, and a sentence for people."""

    why: Why
    seen: str

    def as_dict(self) -> dict[str, str]:
        """JSON-able."""
        return {"why": str(self.why), "seen": self.seen}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One stored backup. `taken_at` is when it began, aware; None where that is not known.

    `holds` are the reasons from outside of the rules: pins, call-outs, rollbacks. Each of them keeps it.
    """

    id: str
    taken_at: dt.datetime | None
    verified: bool
    holds: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one backup, with every reason there is."""

    id: str
    keep: bool
    reasons: tuple[Reason, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"id": self.id, "keep": self.keep, "reasons": [reason.as_dict() for reason in self.reasons]}


def decide(candidates: Sequence[Candidate], rules: Retention, zone: str, now: dt.datetime) -> list[Decision]:
    """One decision per backup of one system, in the order given.

    `zone` is the customer's, by which days, weeks (ISO), months and years are told apart; `now` is aware. The
    rules count verified backups only: one that failed a verification takes no good one's place. What `now`
    adds is removals only: the later, the fewer are kept. What is kept is kept when asked again.
    """
    known = sorted(
        ((one.taken_at, one.id, one) for one in candidates if _is_past(one.taken_at, now)),
        key=lambda dated: dated[:2],
        reverse=True,
    )
    reasons: dict[str, list[Reason]] = {one.id: list(one.holds) for one in candidates}
    verified = [(at.astimezone(ZoneInfo(zone)), one) for at, _, one in known if at and one.verified]
    if len(candidates) == 1:
        reasons[candidates[0].id].append(Reason(Why.ONLY, "It is the only one of this system."))
    for one in candidates:
        if not _is_past(one.taken_at, now):
            reasons[one.id].append(Reason(Why.UNKNOWN_DATE, "When it was taken is not known for certain."))
    for _, _, one in known:
        if one.verified:
            reasons[one.id].append(Reason(Why.NEWEST_VERIFIED, "It is the newest that is verified."))
            break
        reasons[one.id].append(
            Reason(Why.NO_NEWER_VERIFIED, "Its verification failed, but none is newer and verified.")
        )
    for identifier, reason in _by_rules(verified, rules):
        reasons[identifier].append(reason)
    removed = Reason(Why.NO_RULE, "No rule keeps it any longer.")
    return [Decision(one.id, bool(reasons[one.id]), tuple(reasons[one.id]) or (removed,)) for one in candidates]


def _by_rules(verified: Sequence[tuple[dt.datetime, Candidate]], rules: Retention) -> Iterable[tuple[str, Reason]]:
    """`verified` is newest first, in the customer's zone. Of each period the newest, for so many that have one."""
    for place, (_, one) in enumerate(verified[: rules.keep_last], 1):
        yield one.id, Reason(Why.LAST, f"Number {place} of the last {rules.keep_last}.")
    for why, count, period in _periods(rules):
        seen: set[Hashable] = set()
        for at, one in verified:
            if len(seen) >= count:
                break
            key, told = period(at)
            if key not in seen:
                seen.add(key)
                yield one.id, Reason(why, f"The last of {told}, number {len(seen)} of {count} {why} ones.")


def _periods(
    rules: Retention,
) -> Iterable[tuple[Why, int, Callable[[dt.datetime], tuple[Hashable, str]]]]:
    yield Why.DAILY, rules.daily, lambda at: (at.date(), at.strftime("%Y-%m-%d"))
    yield Why.WEEKLY, rules.weekly, lambda at: (at.isocalendar()[:2], at.strftime("week %G-%V"))
    yield Why.MONTHLY, rules.monthly, lambda at: ((at.year, at.month), at.strftime("%Y-%m"))
    yield Why.YEARLY, rules.yearly, lambda at: (at.year, at.strftime("%Y"))


def _is_past(taken_at: dt.datetime | None, now: dt.datetime) -> bool:
    """False for a time without a zone, and for one that a wrong clock put into the future."""
    return taken_at is not None and taken_at.tzinfo is not None and taken_at <= now + CLOCK_TOLERANCE
