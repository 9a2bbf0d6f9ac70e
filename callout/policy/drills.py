"""Pure: does the system's last restore drill let a change through? Unknown is not proven, and not proven refuses."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from callout.findings import Finding, Move, Status
from callout.policy.consents import CLOCK_TOLERANCE

CHECK = "gate.drill"


@dataclass(frozen=True, slots=True)
class DrillSeen:
    """The last drill that the ledger has. `outcome` is `proven`, `failed` or `not proven`; `at` is aware."""

    at: dt.datetime
    system: str
    backup: str
    outcome: str


@dataclass(frozen=True, slots=True)
class DrillAsked:
    """What policy asks for, and what there is. `max_age` None: no age is asked for.

    `of_backup` is the id of the backup that has to have been drilled (policy: a drill before each change), empty where
    any of the system's will do. `to_come` says that a drill of the fresh backup is made before the second look.
    """

    system: str
    last: DrillSeen | None
    max_age: dt.timedelta | None = None
    of_backup: str = ""
    to_come: bool = False

    @property
    def asked(self) -> bool:
        """False where policy asks for no drill at all."""
        return self.max_age is not None or bool(self.of_backup) or self.to_come


def judge_drill(asked: DrillAsked, now: dt.datetime, emergency: str) -> list[Finding]:
    """One finding, or none where policy asks for no drill.

    `emergency` is the stated reason: then a drill that is missing, old or proved nothing only warns, since somebody's
    telephones are down; one that *failed* refuses all the same, since the way back would not work.
    """
    if not asked.asked:
        return []
    if asked.to_come:
        return [Finding(CHECK, Status.PASS, "to-come", "The backup of this call-out is drilled before the change.")]
    code, seen, status = _fault(asked, now)
    if not code:
        return [Finding(CHECK, Status.PASS, "ok", seen)]
    remedy = f"Run: callout backup drill {asked.system}"
    if emergency and code != "failed":
        return [Finding(CHECK, Status.WARN, "emergency", f"{seen} It is an emergency: {emergency}.", Move.US, remedy)]
    return [Finding(CHECK, status, code, seen, Move.US, remedy)]


def _fault(asked: DrillAsked, now: dt.datetime) -> tuple[str, str, Status]:
    last = asked.last
    if last is None:
        return "none", "No backup of this system was ever restored in a drill.", Status.FAIL
    if last.system != asked.system:
        return "other-system", f"The drill is of a backup of {last.system}, not of {asked.system}.", Status.FAIL
    if last.outcome == "failed":
        return "failed", f"The last restore drill, of {last.backup}, failed.", Status.FAIL
    if last.outcome != "proven":
        return "not-proven", f"The last restore drill, of {last.backup}, could not prove it.", Status.UNKNOWN
    age = now - last.at
    if age < -CLOCK_TOLERANCE:
        minutes = -age.total_seconds() // 60
        return "future", f"The last restore drill is dated {minutes:.0f} minutes ahead.", Status.UNKNOWN
    if asked.of_backup and last.backup != asked.of_backup:
        return "other-backup", f"The last restore drill was of {last.backup}, not of {asked.of_backup}.", Status.FAIL
    if asked.max_age is not None and age > asked.max_age:
        seen = f"The last restore drill was {age.days} days ago, more than {asked.max_age.days}."
        return "old", seen, Status.FAIL
    return "", f"{last.backup} was restored in a drill on {last.at.date().isoformat()}, and is proven.", Status.PASS


def is_due(last: DrillSeen | None, now: dt.datetime, max_age: dt.timedelta) -> bool:
    """Whether a schedule should drill the system now: never done, not proven, or older than `max_age`."""
    return last is None or last.outcome != "proven" or now - last.at > max_age
