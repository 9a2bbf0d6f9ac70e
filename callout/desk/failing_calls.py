"""How many calls fail: what a look at the system shows, or what a named person states. Unknown is not fine. Pure.

Published procedure: the emergency phone is for cases in which 50 % of calls or more cannot pass. A look counts calls
in progress, never failed ones: it shows that *all* fail where Asterisk does not answer there, and else it shows
nothing about the share. Nobody may read "Asterisk runs" as "calls pass", nor a silent SIP port, which may be a
firewall in front of us, as "no call passes": for those somebody has to state it, with their name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from access_check.escaping import shown
from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.ledger.event import Event

LOOKS = ("health_checked", "verified")
CHECK = "entitlement.failing_calls"
# A look that is older says how it was, not how it is.
FRESH = dt.timedelta(minutes=60)


class Source(StrEnum):
    """Where the share comes from."""

    SEEN = "seen"
    STATED = "stated"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FailingCalls:
    """The share of calls that fail in whole percent, None where nobody knows.

    `look` is the id of the event that a share was seen in, or that speaks beside a stated one; `seen` says in a
    sentence what that look came to, empty where there is none.
    """

    percent: int | None
    source: Source
    stated_by: str = ""
    look: str = ""
    seen: str = ""

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "percent": self.percent,
            "source": str(self.source),
            "stated_by": self.stated_by,
            "look": self.look,
            "seen": self.seen,
        }


def failing_calls(
    looks: Iterable[Event], now: dt.datetime, stated_percent: int | None = None, stated_by: str = ""
) -> FailingCalls:
    """The share of one system's calls that fail. `looks` are its `health_checked` and `verified` events, any order.

    A statement counts, whatever a look says; what the look says stays beside it. Raises BadInput for a share that is
    none, and for a statement by nobody.
    """
    look, percent, seen = _looked(looks, now)
    if stated_percent is None:
        if stated_by.strip():
            raise BadInput(f"{stated_by[:60]!r} states nothing.", "Give the share in percent: --failing 60.")
        return FailingCalls(percent, Source.NONE if percent is None else Source.SEEN, "", look, seen)
    if not 0 <= stated_percent <= 100:
        raise BadInput(f"{stated_percent} % of calls cannot fail.", "Give a share from 0 to 100: --failing.")
    if not stated_by.strip():
        raise BadInput("A share that nobody stated counts for nothing.", "Name who said so: --stated-by.")
    return FailingCalls(stated_percent, Source.STATED, stated_by.strip(), look, seen)


def judge_failing(failing: FailingCalls, needed_percent: int) -> Finding:
    """Whether so many calls fail that it is an emergency; `unknown`, which blocks, where nobody knows."""
    evidence = failing.as_dict()
    beside = f" {failing.seen}" if failing.seen else ""
    if failing.percent is None:
        seen = f"How many calls fail is not known.{beside}"
        remedy = "Ask the caller, and name them: --failing PERCENT --stated-by NAME."
        return Finding(CHECK, Status.UNKNOWN, "unknown", seen, Move.CUSTOMER, remedy, evidence)
    if failing.percent < needed_percent:
        return Finding(
            CHECK, Status.FAIL, "too-few", f"{failing.percent} % of calls fail; it takes {needed_percent} %.",
            Move.CUSTOMER, "Open it as a case of high priority: it is answered in the hours.", evidence,
        )  # fmt: skip
    if failing.source is Source.SEEN:
        return Finding(CHECK, Status.PASS, "seen", failing.seen, evidence=evidence)
    said = f"{shown(failing.stated_by, 120)} states that {failing.percent} % of calls fail."
    return Finding(CHECK, Status.PASS, "stated", f"{said}{beside}", evidence=evidence)


def _looked(looks: Iterable[Event], now: dt.datetime) -> tuple[str, int | None, str]:
    """The newest look's id, the share that it shows (None for none), and what it saw in a sentence."""
    newest = max((one for one in looks if one.happened_at <= now), key=lambda one: (one.at, one.seq), default=None)
    if newest is None:
        return "", None, ""
    at = f"{newest.happened_at:%Y-%m-%d %H:%M} UTC"
    if now - newest.happened_at > FRESH:
        return newest.id, None, f"The last look at its health, of {at}, is too old to tell."
    answer = {raw.get("check"): raw for raw in newest.body.get("findings", []) if isinstance(raw, dict)}
    running = answer.get("asterisk.running", {})
    if running.get("status") == Status.FAIL and running.get("code") == "not-running":
        return newest.id, 100, f"Asterisk did not answer on the system itself at {at}: no call can pass."
    if running.get("status") == Status.PASS:
        return newest.id, None, f"Asterisk ran at {at}; whether calls passed that look cannot tell."
    return newest.id, None, f"The look at its health at {at} could not ask Asterisk."
