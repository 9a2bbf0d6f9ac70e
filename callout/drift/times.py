"""Pure: when a change may have been made, by the system's own clock: a hint, since whoever is root there can set it."""

from __future__ import annotations

import datetime as dt

from callout.drift.change import Change
from callout.drift.evidence import Evidence

# A system's clock and ours, and a change and the record of it, may be so far apart.
SLACK = dt.timedelta(minutes=15)


def happened_at(change: Change, evidence: Evidence) -> dt.datetime | None:
    """When the file was last changed in anything (ctime), by *our* clock, aware; None where that cannot be told."""
    seconds = _seconds((change.after or {}).get("ctime", ""))
    if seconds is None:
        return None
    ahead_s = evidence.after.clock_s - evidence.after.taken_at.timestamp() if evidence.after.clock_s else 0.0
    try:
        return dt.datetime.fromtimestamp(seconds - ahead_s, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def is_believable(happened: dt.datetime, evidence: Evidence) -> bool:
    """False where a file would have been changed before the baseline, in which it was otherwise, or after the look:
    the system's clock was set, or lies."""
    return evidence.before.taken_at - SLACK <= happened <= evidence.after.taken_at + SLACK


def time_hints(change: Change, evidence: Evidence) -> list[str]:
    """Between which looks it was, or before which, and what the file's own times say of when."""
    begun, ended, carried = evidence.before.taken_at, evidence.after.taken_at, change.place in evidence.carried
    if carried:
        hints = [f"Before {_shown(begun)}: it had been found and waived when that baseline was recorded."]
    else:
        hints = [f"Between {_shown(begun)} and {_shown(ended)}."]
    happened = happened_at(change, evidence)
    if happened is not None:
        hints.append(f"By its ctime it was last changed on {_shown(happened)}.")
        if not carried and not is_believable(happened, evidence):
            hints.append("That is not between the two looks: the system's clock was set, or lies.")
        written = _seconds((change.after or {}).get("mtime", ""))
        if written is not None and happened.timestamp() - written > 86400 and not change.only("time", "mode", "owner"):
            hints.append("Its mtime is more than a day older than its ctime: it was unpacked, copied or set by hand.")
    return hints


def _seconds(told: str) -> float | None:
    try:
        seconds = float(told)
    except ValueError:
        return None
    return seconds if 0 < seconds < 253_402_300_800 else None


def _shown(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
