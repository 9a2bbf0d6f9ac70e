"""The clock of a critical bug: it gets a patch within 24 hours, by the wall clock (published procedure).

Nights, weekends and closures count. Whether the end falls into the vendor's hours, which open in one zone and close
in another, is told all the same: a patch that is due on Sunday needs somebody who is asked on Friday.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from callout.policy.hours import within_hours
from callout.policy.working_days import DeskHours, off_on

CRITICAL = "critical"
PROMISED = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PatchClock:
    """When the patch is due (UTC), and how that stands.

    `left` is negative once it is late; `made_after` is how long after the bug's confirmation the patch was there, None
    where it is not yet, or where that would be before. `hours` says where the end falls in the vendor's hours.
    """

    confirmed_at: dt.datetime
    due_at: dt.datetime
    left: dt.timedelta
    made_after: dt.timedelta | None
    inside_hours: bool
    hours: str

    @property
    def kept(self) -> bool | None:
        """Whether the promise was kept; None while there is no patch and there is still time."""
        if self.made_after is not None:
            return self.made_after <= PROMISED
        return None if self.left >= dt.timedelta() else False


def patch_clock(
    severity: str,
    confirmed_at: dt.datetime | None,
    made_at: dt.datetime | None,
    now: dt.datetime,
    hours: DeskHours,
    holidays: Mapping[dt.date, str],
) -> PatchClock | None:
    """The clock; all times are aware. None where none runs: not critical, or nobody said when it was confirmed.

    `holidays` are the vendor's, by date in the zone where the day opens. They and closures do not move the end: whether
    somebody is there then is told.
    """
    if severity != CRITICAL or confirmed_at is None:
        return None
    confirmed = confirmed_at.astimezone(dt.UTC)
    # Elapsed time, in UTC: over a change of clocks 24 hours are not "the same time tomorrow".
    due = confirmed + PROMISED
    made_after = made_at.astimezone(dt.UTC) - confirmed if made_at is not None else None
    if made_after is not None and made_after < dt.timedelta():
        made_after = dt.timedelta()  # the patch was there before anybody confirmed the bug
    verdict = within_hours(due, hours)
    inside, why = verdict.inside, verdict.why
    if verdict.opens_at is not None:
        day = verdict.opens_at.astimezone(ZoneInfo(hours.opens_zone)).date()
        if off := off_on(day, hours, holidays):
            inside, why = False, f"{day:%A} {day.isoformat()} is closed: {off.why}"
    return PatchClock(confirmed, due, due - now.astimezone(dt.UTC), made_after, inside, why)
