"""Hours of a desk as hypothesis draws them, and what the walk through their minutes says to ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from hypothesis import assume, reject
from hypothesis import strategies as st

from callout.errors import BadInput
from callout.inventory.hours import Hours
from callout.policy.desk_words import Runs
from callout.policy.working_time import WorkingTime, working_time
from tests.unit.policy.minute_walk import STANDARD, MinuteWalk

# Around each of them some clock is changed, a year ends, or a month has a day more.
ANCHORS = [
    "2025-12-31",
    "2026-03-08",
    "2026-03-29",
    "2026-04-05",
    "2026-04-24",
    "2026-10-25",
    "2026-11-01",
    "2028-02-29",
]
LENGTH = 13
ALL_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
clock_times = st.builds(dt.time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
zones = st.sampled_from(sorted(STANDARD))


@st.composite
def breaks(draw: Callable[..., Any]) -> dict[str, Any]:
    starts, ends = sorted((draw(clock_times), draw(clock_times)))
    assume(starts < ends)
    return {"starts": starts, "ends": ends, "zone": draw(st.none() | zones)}


@st.composite
def tried(draw: Callable[..., Any]) -> tuple[Hours, set[dt.date], dt.date]:
    """Hours, holidays, and the first day of the walk."""
    first = dt.date.fromisoformat(draw(st.sampled_from(ANCHORS))) - dt.timedelta(days=6)
    near = st.builds(lambda days: first + dt.timedelta(days=days), st.integers(0, LENGTH))

    def closure() -> dict[str, str]:
        one, other = draw(near), draw(near)
        if draw(st.booleans()):
            one, other = sorted((one, other))
            return {"first": one.isoformat(), "last": other.isoformat(), "reason": "once"}
        return {"first": f"{one:%m-%d}", "last": f"{other:%m-%d}", "reason": "every year"}

    halves = [] if draw(st.booleans()) else [{"day": draw(near).isoformat()[draw(st.sampled_from([0, 5])) :]}]
    raw = {
        "opens": draw(clock_times), "opens_zone": draw(zones), "closes": draw(clock_times), "closes_zone": draw(zones),
        "days": draw(st.sampled_from([ALL_DAYS, ALL_DAYS[:5], ("mon", "wed", "sat"), ("sun",)])),
        "breaks": draw(st.lists(breaks(), max_size=2)),
        "closures": [closure() for _ in range(draw(st.sampled_from([0, 0, 1])))],
        "half_days": [one | {"closes": draw(clock_times), "zone": draw(st.none() | zones)} for one in halves],
    }  # fmt: skip
    return Hours.model_validate(raw), draw(st.sets(near, max_size=2)), first


def possible(hours: Hours, holidays: set[dt.date], first: int, last: int) -> WorkingTime:
    """Of the hours that are drawn those whose half days are shorter than their whole ones."""
    try:
        return working_time(hours, Runs.HOURS, first, last, dict.fromkeys(holidays, "a holiday"))
    except BadInput:
        reject()


def held_against_the_walk(case: tuple[Hours, set[dt.date], dt.date], data: st.DataObject) -> None:
    """Asks ours and the walk the same questions at the same moments."""
    hours, holidays, first = case
    ours = possible(hours, holidays, first.year, first.year + 1)
    walk = MinuteWalk(hours, holidays, first, LENGTH)
    inside = range(4 * 1440, (LENGTH - 6) * 1440)
    assert [number for number in inside if ours.is_open(walk.second(number))] == [
        number for number in inside if walk.owner[number] is not None
    ]
    for _ in range(8):
        begin, end = (data.draw(st.integers(inside[0], inside[-1])) for _ in "be")
        assert ours.between(walk.second(begin), walk.second(end)) == 60 * (
            walk.between(begin, end) if begin <= end else -walk.between(end, begin)
        )
        # What comes later than the walk's last whole day is not in it, and nobody's mistake.
        whole = (LENGTH - 5) * 1440
        if (opening := walk.next_open(begin)) is not None and opening < whole:
            assert ours.next_open(walk.second(begin)) == walk.second(opening)
        minutes = data.draw(st.integers(0, 2000))
        if (then := walk.after(begin, minutes)) is not None and then < whole:
            assert ours.after(walk.second(begin), 60 * minutes) == walk.second(then)
        days = data.draw(st.integers(0, 4))
        if (then := walk.business_days_after(begin, days)) is not None and then < whole:
            assert ours.business_days_after(walk.second(begin), days) == walk.second(then)
