"""Time that passes for the desk's clocks: open seconds of the vendor's hours, of whole working days, or of all time.

Computed once for some years (`working_time`), then asked in O(log n). All moments are POSIX seconds (UTC), so that no
change of clocks can make a second twice or none. "Within N business days" (published procedure): as far into the Nth
working day after as one was in the first, measured in open seconds and at most its closing; what comes while nobody
is there counts from the next opening.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from callout.errors import BadInput
from callout.policy.desk_words import Runs
from callout.policy.working_days import ONE_DAY, REACH, DeskHours, WorkingDay, midnight, working_days

SECONDS_OF_A_DAY = 86_400
_BEGINNING = int(dt.datetime(1, 1, 1, tzinfo=dt.UTC).timestamp())
_END = int(dt.datetime(9999, 12, 31, tzinfo=dt.UTC).timestamp())


@dataclass(frozen=True, slots=True, eq=False)
class WorkingTime:
    """Open spans, sorted and disjoint, in parallel tuples; two may touch. Asked from `first` to `last`, both included.

    `passed` are the open seconds before each span, and at its end all of them. `days` is the working day that each
    span belongs to, counted from 0; `first_spans` is where each working day begins, and at its end the number of spans;
    `dates` are the working days' dates.
    """

    runs: Runs
    first: int
    last: int
    starts: tuple[int, ...] = field(repr=False)
    ends: tuple[int, ...] = field(repr=False)
    passed: tuple[int, ...] = field(repr=False)
    days: tuple[int, ...] = field(repr=False)
    first_spans: tuple[int, ...] = field(repr=False)
    dates: tuple[dt.date, ...] = field(repr=False)

    def is_open(self, at: int) -> bool:
        """Whether time passes at that moment: from the opening second on, no more in the closing one."""
        span = self._span_ending_after(at)
        return span < len(self.starts) and self.starts[span] <= at

    def next_open(self, at: int) -> int:
        """The moment itself if it is open, else the next opening."""
        span = self._span_ending_after(at)
        if span == len(self.starts):
            raise self._run_out(f"no opening after {_told(at)}")
        return max(at, self.starts[span])

    def between(self, begin: int, end: int) -> int:
        """Open seconds from `begin` to `end`; negative where `end` is the earlier one."""
        return self._opened_before(end) - self._opened_before(begin)

    def after(self, at: int, seconds: int) -> int:
        """The first moment by which `seconds` (not negative) open seconds have passed since `at`; `at` itself for 0."""
        if seconds < 0:
            raise ValueError(f"{seconds} open seconds")
        wanted = self._opened_before(at) + seconds
        if seconds == 0:
            return at
        if wanted > self.passed[-1]:
            raise self._run_out(f"fewer than {seconds} open seconds after {_told(at)}")
        span = bisect_left(self.passed, wanted) - 1
        return self.starts[span] + wanted - self.passed[span]

    def business_days_after(self, at: int, days: int) -> int:
        """As far into the working day that comes `days` (not negative) after the one of `at`; see above.

        Always, where no day is a working day, it is so many times 24 hours.
        """
        if days < 0:
            raise ValueError(f"{days} business days")
        if self.runs is Runs.ALWAYS:
            return self.after(at, days * SECONDS_OF_A_DAY)
        span = self._span_ending_after(at)
        if span == len(self.starts) or self.days[span] + days >= len(self.dates):
            raise self._run_out(f"fewer than {days} business days after {_told(at)}")
        day = self.days[span]
        offset = self.passed[span] + max(0, at - self.starts[span]) - self.passed[self.first_spans[day]]
        return self._into_day(day + days, offset)

    def working_date(self, at: int) -> dt.date:
        """The date of the working day that the moment falls into, else of the next one to open."""
        span = self._span_ending_after(at)
        if span == len(self.starts):
            raise self._run_out(f"no opening after {_told(at)}")
        return self.dates[self.days[span]]

    def _into_day(self, day: int, offset: int) -> int:
        first, beyond = self.first_spans[day], self.first_spans[day + 1]
        if offset == 0:
            return self.starts[first]
        wanted = min(self.passed[first] + offset, self.passed[beyond])
        span = bisect_left(self.passed, wanted, first, beyond + 1) - 1
        return self.starts[span] + wanted - self.passed[span]

    def _opened_before(self, at: int) -> int:
        span = self._span_ending_after(at)
        if span == len(self.starts):
            return self.passed[-1]
        return self.passed[span] + max(0, at - self.starts[span])

    def _span_ending_after(self, at: int) -> int:
        if not self.first <= at <= self.last:
            raise BadInput(
                f"The desk's calendar was loaded from {_told(self.first)} to {_told(self.last)}: "
                f"{_told(at)} is not in it.",
                "Look at the dates of the case; a year that is this far away is most likely a typing error.",
            )
        return bisect_right(self.ends, at)

    def _run_out(self, what: str) -> BadInput:
        if not self.starts:
            return BadInput(
                f"callout_policy.hours: the desk never opens from {_told(self.first)} to {_told(self.last)}.",
                "Look at days, breaks and closures: callout calendar show YEAR.",
            )
        return BadInput(
            f"The desk's calendar was loaded from {_told(self.first)} to {_told(self.last)}: {what} in it.",
            "Look at the dates of the case, and at closures that never end (callout_policy.hours.closures).",
        )


ALWAYS = WorkingTime(
    Runs.ALWAYS, _BEGINNING, _END, (_BEGINNING,), (_END,), (0, _END - _BEGINNING), (0,), (0, 1), (dt.date.min,)
)


@dataclass(frozen=True, slots=True, eq=False)
class Calendars:
    """The three ways in which time passes, for the same years."""

    hours: WorkingTime
    business_days: WorkingTime
    always: WorkingTime = ALWAYS

    def of(self, runs: Runs) -> WorkingTime:
        """The one by which a clock runs."""
        return {Runs.HOURS: self.hours, Runs.BUSINESS_DAYS: self.business_days, Runs.ALWAYS: self.always}[runs]


def working_time(hours: DeskHours, runs: Runs, first: int, last: int, holidays: Mapping[dt.date, str]) -> WorkingTime:
    """The working time of the years `first` to `last`, both included, by the calendar of the opening zone.

    `holidays` are dates that are no working days, by name: of those years, and of the days around them where hours go
    past midnight. Raises BadInput for years that no calendar has, and for a half day that would be a longer one.
    """
    if runs is Runs.ALWAYS:
        return ALWAYS
    return _spans(runs, hours, _days_around(hours, first, last, holidays), first, last)


def calendars(hours: DeskHours, first: int, last: int, holidays: Mapping[dt.date, str]) -> Calendars:
    """All three; see `working_time`."""
    days = _days_around(hours, first, last, holidays)
    return Calendars(*(_spans(runs, hours, days, first, last) for runs in (Runs.HOURS, Runs.BUSINESS_DAYS)))


def _days_around(hours: DeskHours, first: int, last: int, holidays: Mapping[dt.date, str]) -> list[WorkingDay]:
    if not 2 <= first <= last <= 9990:
        raise BadInput(f"There is no calendar from the year {first} to {last}.", "Write the earlier year first.")
    # The days before may reach into the first one.
    return working_days(hours, holidays, dt.date(first, 1, 1) - REACH * ONE_DAY, dt.date(last, 12, 31))


def _spans(runs: Runs, hours: DeskHours, days: Sequence[WorkingDay], first: int, last: int) -> WorkingTime:
    zone = hours.opens_zone
    begin, end = midnight(dt.date(first, 1, 1), zone), midnight(dt.date(last + 1, 1, 1), zone)
    kept = []
    for day in days:
        whole = runs is Runs.BUSINESS_DAYS
        frames = ((midnight(day.date, zone), midnight(day.date + ONE_DAY, zone)),) if whole else day.frames
        if frames[-1][1] > begin:
            kept.append(WorkingDay(day.date, frames))
    spans = [frame for day in kept for frame in day.frames]
    return WorkingTime(
        runs=runs,
        first=begin,
        last=end,
        starts=tuple(start for start, _ in spans),
        ends=tuple(stop for _, stop in spans),
        passed=tuple(accumulate((stop - start for start, stop in spans), initial=0)),
        days=tuple(number for number, day in enumerate(kept) for _ in day.frames),
        first_spans=tuple(accumulate((len(day.frames) for day in kept), initial=0)),
        dates=tuple(day.date for day in kept),
    )


def _told(at: int) -> str:
    try:
        return f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):
        return "a moment that no calendar has"
