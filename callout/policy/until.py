"""Until when a change may wait for calls to end: a moment that a person writes in the customer's own time."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from callout.errors import BadInput

LONGEST = dt.timedelta(hours=24)
_HINT = "Write the customer's own time, like 22:30, or with its day, like 2026-11-24 02:00."


def deadline(written: str, now: dt.datetime, zone: str) -> dt.datetime:
    """The moment (UTC) that `written` means in `zone`: the next `HH:MM`, or `YYYY-MM-DD HH:MM`.

    A time that the clocks skip is read as if they had not been changed; one that comes twice is the first of the two
    that is still ahead. Raises BadInput for what is no time, is past, or more than 24 hours away.
    """
    match = re.fullmatch(r"(?:(\d{4})-(\d\d)-(\d\d)[T ])?(\d\d):(\d\d)", written.strip(), re.ASCII)
    try:
        if match is None:
            raise ValueError
        clock = dt.time(int(match[4]), int(match[5]))
        day = dt.date(int(match[1]), int(match[2]), int(match[3])) if match[1] else None
    except ValueError:
        raise BadInput(f"{written[:40]!r} is no time until which a change could wait.", _HINT) from None
    today = now.astimezone(ZoneInfo(zone)).date()
    days = [day] if day else [today, today + dt.timedelta(days=1)]
    moments = sorted(moment for one in days for moment in _moments(one, clock, ZoneInfo(zone)))
    ahead = [moment for moment in moments if moment > now]
    if not ahead:
        raise BadInput(f"{written[:40]} is past in {zone}.", _HINT)
    if ahead[0] - now > LONGEST:
        raise BadInput(f"{written[:40]} in {zone} is more than 24 hours away.", "Come back on that day.")
    return ahead[0]


def _moments(day: dt.date, clock: dt.time, zone: ZoneInfo) -> list[dt.datetime]:
    """The moments (UTC) at which clocks there show that time of that day: one, two, or for a skipped one the first."""
    local = dt.datetime.combine(day, clock, zone)
    both = [local.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1)]
    return [moment for moment in both if moment.astimezone(zone).time() == clock] or both[:1]
