"""When somebody is there: the rule in both zones, this year's weeks, and the days on which nobody is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from callout.inventory.hours import Hours
from callout.policy.hours import WEEKDAYS, day_span
from callout.views.procedure.facts import Facts
from callout.views.procedure.model import Block, Part, Row, Said, Shape, paragraph, points
from callout.views.procedure.telling import Teller

KEY = "callout_policy.hours"
SPAN_KEYS = tuple(f"{KEY}.{name}" for name in ("opens", "opens_zone", "closes", "closes_zone"))
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Weeks:
    """Days in a row, both ends included, on which the hours are the same by every clock that is shown.

    `spans` are like 09:00–23:00, one for each zone that was asked for; `minutes` is how long the day is.
    """

    first: dt.date
    last: dt.date
    spans: tuple[str, ...]
    minutes: int


def weeks_of(year: int, hours: Hours, zones: Sequence[str]) -> tuple[Weeks, ...]:
    """The year in stretches, in order: a new one begins with the first working day on which some clock says
    something else."""
    found = [_weeks(list(days)) for _, days in groupby(_days_of(year, hours, zones), key=lambda one: one[1:])]
    # What lies between two working days belongs to the earlier stretch, and the year has no holes.
    ends = [later.first - DAY for later in found[1:]] + [dt.date(year, 12, 31)]
    firsts = [dt.date(year, 1, 1), *(one.first for one in found[1:])]
    return tuple(
        Weeks(first, last, one.spans, one.minutes) for one, first, last in zip(found, firsts, ends, strict=True)
    )


def hours_part(facts: Facts, teller: Teller) -> Part:
    """The part about hours."""
    return Part("hours", teller.words["hours"], tuple(_blocks(facts, teller)))


def _blocks(facts: Facts, teller: Teller) -> Iterator[Block]:
    hours = facts.policy.hours
    said = [_rule(hours, teller)]
    if hours.opens_zone != hours.closes_zone:
        said.append(teller.say("two zones", f"{KEY}.opens_zone", f"{KEY}.closes_zone"))
    yield paragraph(*said)
    zones = list(dict.fromkeys([hours.opens_zone, hours.closes_zone, *_customers_zone(facts), "UTC"]))
    weeks = weeks_of(facts.today.year, hours, zones)
    yield _table(weeks, zones, facts, teller)
    if hours.opens_zone != hours.closes_zone and (other := _other_weeks(weeks, teller)):
        yield paragraph(other)
    if closed := list(_closed(facts, teller)):
        yield paragraph(teller.say("closed", f"{KEY}.breaks", f"{KEY}.half_days", f"{KEY}.closures", f"{KEY}.holidays"))
        yield points(*closed)


def _rule(hours: Hours, teller: Teller) -> Said:
    return teller.say(
        "hours rule", f"{KEY}.days", *SPAN_KEYS, days=teller.days(hours.days), opens=f"{hours.opens:%H:%M}",
        opens_zone=hours.opens_zone, closes=f"{hours.closes:%H:%M}", closes_zone=hours.closes_zone,
    )  # fmt: skip


def _table(weeks: Sequence[Weeks], zones: Sequence[str], facts: Facts, teller: Teller) -> Block:
    words = teller.words
    keys = (*SPAN_KEYS, *(["callout_customer.time_zone"] if facts.customer else []))
    rows = tuple(
        Row((teller.date(one.first), teller.date(one.last), *one.spans, _length(one.minutes, teller)), keys)
        for one in weeks
    )
    return Block(Shape.TABLE, head=(words["from"], words["until"], *zones, words["length"]), rows=rows)


def _other_weeks(weeks: Sequence[Weeks], teller: Teller) -> Said | None:
    """The stretches whose day is not as long as most days of the year; None where all are alike."""
    days: Counter[int] = Counter()
    for one in weeks:
        days[one.minutes] += (one.last - one.first).days + 1
    usual = days.most_common(1)[0][0]
    other = [one for one in weeks if one.minutes != usual]
    if not other:
        return None
    spans = [teller.words["to"].format(first=teller.date(one.first), last=teller.date(one.last)) for one in other]
    lengths = list(dict.fromkeys(_length(one.minutes, teller) for one in other))
    return teller.say(
        "other weeks", *SPAN_KEYS, spans=teller.listed(spans), length=teller.listed(lengths),
        usual=_length(usual, teller),
    )  # fmt: skip


def _closed(facts: Facts, teller: Teller) -> Iterator[Said]:
    hours, today = facts.policy.hours, facts.today
    for pause in hours.breaks:
        yield teller.say("break", f"{KEY}.breaks", starts=f"{pause.starts:%H:%M}", ends=f"{pause.ends:%H:%M}",
                         zone=pause.zone or hours.opens_zone)  # fmt: skip
    for half in hours.half_days:
        if _is_ahead(half.day, today):
            yield teller.say("half day", f"{KEY}.half_days", day=teller.yearly(half.day),
                             closes=f"{half.closes:%H:%M}", zone=half.zone or hours.closes_zone,
                             reason=half.reason)  # fmt: skip
    for closure in hours.closures:
        if _is_ahead(closure.last, today):
            yield teller.say("closure", f"{KEY}.closures", first=teller.yearly(closure.first),
                             last=teller.yearly(closure.last), reason=closure.reason)  # fmt: skip
    for place in hours.holidays:
        shown = f"{place.country}-{place.subdivision}" if place.subdivision else place.country
        yield teller.say("holidays", f"{KEY}.holidays", place=shown)
    if facts.holidays:
        working = {day: name for day, name in facts.holidays.items() if WEEKDAYS[day.weekday()] in hours.days}
        named = [f"{teller.date(day)}: {name}" for day, name in sorted(working.items())]
        yield teller.say("holidays this year", f"{KEY}.holidays", year=today.year, days="; ".join(named))


def _is_ahead(day: str, today: dt.date) -> bool:
    """A day of every year always is; one that is past is not told any more."""
    return len(day) == len("12-24") or dt.date.fromisoformat(day) >= today


def _customers_zone(facts: Facts) -> list[str]:
    return [facts.customer.time_zone] if facts.customer else []


def _days_of(year: int, hours: Hours, zones: Sequence[str]) -> Iterator[tuple[dt.date, tuple[str, ...], int]]:
    day = dt.date(year, 1, 1)
    while day.year == year:
        if WEEKDAYS[day.weekday()] in hours.days:
            opens, closes = day_span(day, hours)
            shown = tuple(_span(opens, closes, day, zone) for zone in zones)
            yield day, shown, int((closes - opens).total_seconds()) // 60
        day += DAY


def _weeks(days: Sequence[tuple[dt.date, tuple[str, ...], int]]) -> Weeks:
    first, spans, minutes = days[0]
    return Weeks(first, days[-1][0], spans, minutes)


def _span(opens: dt.datetime, closes: dt.datetime, day: dt.date, zone: str) -> str:
    return "–".join(_clock(moment.astimezone(ZoneInfo(zone)), day) for moment in (opens, closes))


def _clock(moment: dt.datetime, day: dt.date) -> str:
    """The time; with the days between where it is not the date of the working day there."""
    apart = (moment.date() - day).days
    return f"{moment:%H:%M}" + (f" ({apart:+d})" if apart else "")


def _length(minutes: int, teller: Teller) -> str:
    whole, rest = divmod(minutes, 60)
    shown = f"{whole}:{rest:02d}" if rest else str(whole)
    return teller.words["hours long"].format(hours=shown)
