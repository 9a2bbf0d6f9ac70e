"""Pure: does what is known of drift let a change through? By policy it is ignored, warns, or refuses."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from callout.findings import Finding, Move, Status
from callout.policy.consents import CLOCK_TOLERANCE

CHECK = "gate.drift"


@dataclass(frozen=True, slots=True)
class DriftSeen:
    """The last look for drift that the ledger has, or the baseline where none came after it.

    `at` is aware; `outcome` is `clean`, `explained`, `drift` or `unknown`; `unsupported` and `doubtful` count what
    nobody has explained or waived.
    """

    at: dt.datetime
    outcome: str
    unsupported: int = 0
    doubtful: int = 0


@dataclass(frozen=True, slots=True)
class DriftAsked:
    """What policy makes of drift, and what there is. `max_age` None: no age is asked for; `last` None: no baseline."""

    system: str
    word: Literal["ignore", "warn", "refuse"]
    last: DriftSeen | None
    max_age: dt.timedelta | None = None


def judge_drifted(asked: DriftAsked, now: dt.datetime, emergency: str) -> list[Finding]:
    """One finding, or none where policy ignores drift.

    In an emergency (its stated reason) it only warns: somebody's telephones are down, and what is broken may be the
    very thing that was modified.
    """
    if asked.word == "ignore":
        return []
    code, seen, status, move = _fault(asked, now)
    if not code:
        return [Finding(CHECK, Status.PASS, "ok", seen)]
    remedy = f"Run: callout baseline record {asked.system}" if code == "none" else _REMEDY.format(asked.system)
    if asked.word == "warn":
        return [Finding(CHECK, Status.WARN, code, seen, move, remedy)]
    if emergency:
        return [Finding(CHECK, Status.WARN, "emergency", f"{seen} It is an emergency: {emergency}.", move, remedy)]
    return [Finding(CHECK, status, code, seen, move, remedy)]


_REMEDY = "See callout drift show {0}; look again with callout drift find {0}."
_Fault = tuple[str, str, Status, Move]


def _fault(asked: DriftAsked, now: dt.datetime) -> _Fault:
    last = asked.last
    if last is None:
        return "none", "The system has no baseline: what was changed on it is not known.", Status.UNKNOWN, Move.US
    age = now - last.at
    if age < -CLOCK_TOLERANCE:
        minutes = -age.total_seconds() // 60
        return "future", f"The last look for drift is dated {minutes:.0f} minutes ahead.", Status.UNKNOWN, Move.US
    day = last.at.date().isoformat()
    if last.outcome == "drift":
        seen = f"On {day} the system had {last.unsupported} unsupported modifications that nobody has accepted."
        return "unsupported", seen, Status.FAIL, Move.CUSTOMER
    if last.outcome not in ("clean", "explained"):
        seen = f"On {day} it could not be told of {last.doubtful} changes who made them, or not all was seen."
        return "unknown", seen, Status.UNKNOWN, Move.US
    if asked.max_age is not None and age > asked.max_age:
        seen = f"The last look for drift was {age.days} days ago, more than {asked.max_age.days}."
        return "old", seen, Status.FAIL, Move.US
    return "", f"No drift that nobody has explained, on {day}.", Status.PASS, Move.NOBODY
