"""What is wrong with a year of the desk's calendar: published hours that are not true, rules that never count. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from callout.findings import Finding, Move, Status
from callout.policy.desk_year import DeskYear
from callout.policy.published_hours import Error, Published, WrongHours
from callout.policy.working_days import OffKind, breaks_on, half_day_on, opening_and_closing

PUBLISHED = "callout_policy.desk.published_hours"
HOURS = "callout_policy.hours"
_REMEDY = "Publish the rule in both zones instead of times in GMT, or say in which weeks the times are others."


def calendar_findings(year: DeskYear) -> list[Finding]:
    """Everything that is wrong, each as a failure, in the order of the calendar; empty where nothing is."""
    if not year.working:
        return [
            _finding(
                "hours",
                "never-opens",
                f"{HOURS}: the desk never opens in {year.year}.",
                "Look at days, breaks and closures.",
            )
        ]
    return [*map(_wrong, year.wrong), *_unstated(year), *_idle_half_days(year), *_idle_breaks(year), *_no_time(year)]


def how_wrong(error: Error) -> str:
    """In words, like `opens 1 h later, closes 30 min earlier`; `as published` where it is right."""
    told = [
        f"{what} {_length(minutes)} {'later' if minutes > 0 else 'earlier'}"
        for what, minutes in (("opens", error.opens_later), ("closes", error.closes_later))
        if minutes
    ]
    return ", ".join(told) or "as published"


def statement(published: Published) -> str:
    """The statement as its page has it, like `08:00-22:00 (UTC+00:00, winter)`."""
    season = "" if published.season == "year" else f", {published.season}"
    return f"{published.opens}-{published.closes} (UTC{published.offset}{season})"


def _stretch(wrong: WrongHours) -> str:
    """`2026-03-09 to 2026-03-27, 15 working days, weeks 11 to 13`, or one day."""
    first, last = wrong.dates[0], wrong.dates[-1]
    if first == last:
        return f"{first.isoformat()}, 1 working day, week {first.isocalendar().week}"
    weeks = [date.isocalendar().week for date in (first, last)]
    told = f"week {weeks[0]}" if weeks[0] == weeks[1] else f"weeks {weeks[0]} to {weeks[1]}"
    return f"{first.isoformat()} to {last.isoformat()}, {len(wrong.dates)} working days, {told}"


def _wrong(wrong: WrongHours) -> Finding:
    error = wrong.error
    seen = (
        f"{_stretch(wrong)}: {error.published.source} says {statement(error.published)}, "
        f"but it is {wrong.opens}-{wrong.closes}: {how_wrong(error)}."
    )
    for other in wrong.otherwise:
        reading = f"who goes by the season of the closing zone reads {statement(other.published)}"
        seen += f" And {reading}: {how_wrong(other)}." if not other.right else f" Right is what {reading}."
    evidence = {
        "first": wrong.dates[0].isoformat(),
        "last": wrong.dates[-1].isoformat(),
        "working_days": len(wrong.dates),
        "weeks": [*wrong.weeks],
        "opens": wrong.opens,
        "closes": wrong.closes,
        **_evidence(error),
        "otherwise": [_evidence(other) for other in wrong.otherwise],
    }
    return Finding("calendar.published_hours", Status.FAIL, "wrong", seen, Move.US, _REMEDY, evidence)


def _evidence(error: Error) -> dict[str, object]:
    return {
        "source": error.published.source,
        "published": f"{error.published.opens}-{error.published.closes}",
        "offset": error.published.offset,
        "season": error.published.season,
        "opens_later_minutes": error.opens_later,
        "closes_later_minutes": error.closes_later,
        "promises_too_much": error.promises_too_much,
    }


def _unstated(year: DeskYear) -> Iterator[Finding]:
    if year.unstated:
        first, last, count = year.unstated[0], year.unstated[-1], len(year.unstated)
        seen = (
            f"{PUBLISHED}: of {count} working days between {first.isoformat()} and {last.isoformat()} nothing is said."
        )
        yield _finding("published_hours", "unstated", seen, "Say what is published for the other season, too.")


def _idle_half_days(year: DeskYear) -> Iterator[Finding]:
    """A half day of every year may fall on a weekend; one in a closure or on a holiday never counts, nor one written
    for a date on which nobody works.
    """
    for day in year.days:
        half = half_day_on(day.date, year.hours)
        if half is None or day.off is None:
            continue
        if day.off.kind is OffKind.WEEKDAY and half.day != day.date.isoformat():
            continue
        seen = f"{HOURS}.half_days: {half.day} never counts, on {day.date.isoformat()} nobody works: {day.off.why}."
        yield _finding("half_day", "idle", seen, "Take it out, or end the closure before it.")


def _idle_breaks(year: DeskYear) -> Iterator[Finding]:
    for one in year.hours.breaks:
        for day in year.working:
            opens, closes = opening_and_closing(day.date, year.hours)
            if any(starts < closes and ends > opens for starts, ends in breaks_on(day.date, year.hours, [one])):
                break
        else:
            zone = one.zone or year.hours.opens_zone
            seen = f"{HOURS}.breaks: {one.starts:%H:%M}-{one.ends:%H:%M} {zone} is never inside the hours."
            yield _finding("break", "idle", seen, "Correct its times or its zone, or take it out.")


def _no_time(year: DeskYear) -> Iterator[Finding]:
    dates = [day.date for day in year.days if day.off and day.off.kind is OffKind.NO_TIME]
    if dates:
        shown = ", ".join(date.isoformat() for date in dates[:3]) + (
            f" and {len(dates) - 3} more" if len(dates) > 3 else ""
        )
        seen = f"{HOURS}: on {shown} no time is left between opening and closing."
        yield _finding("hours", "no-time", seen, "Look at both zones' changes of clocks, and at breaks.")


def _finding(check: str, code: str, seen: str, remedy: str) -> Finding:
    return Finding(f"calendar.{check}", Status.FAIL, code, seen, Move.US, remedy)


def _length(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))
