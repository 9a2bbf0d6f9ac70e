"""Working time beside a walk through all minutes; and days on which other people's tools went wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from callout.errors import BadInput
from callout.inventory.hours import Hours
from callout.policy.desk_words import Runs
from callout.policy.hours import within_hours
from callout.policy.working_time import ALWAYS, Calendars, WorkingTime, calendars, working_time
from tests.unit.policy.drawn_hours import ALL_DAYS, held_against_the_walk, possible, tried


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text + "+00:00").timestamp())


def told(moment: int) -> str:
    return f"{dt.datetime.fromtimestamp(moment, dt.UTC):%Y-%m-%dT%H:%M:%S}"


def of(runs: Runs = Runs.HOURS, years: tuple[int, int] = (2026, 2027), **hours: Any) -> WorkingTime:
    """Without closures, unless they are given."""
    return working_time(Hours.model_validate({"closures": (), **hours}), runs, *years, {})


def same_zone(opens: str, closes: str, zone: str = "Europe/Berlin", **more: Any) -> dict[str, Any]:
    return {"opens": opens, "closes": closes, "opens_zone": zone, "closes_zone": zone, **more}


@settings(max_examples=30, deadline=None)
@given(case=tried(), data=st.data())
def test_every_answer_is_that_of_a_walk_through_the_minutes(case, data):
    held_against_the_walk(case, data)


@settings(max_examples=20, deadline=None)
@given(case=tried(), seconds=st.integers(0, 365 * 86_400), other=st.integers(0, 3_000_000))
def test_years_that_are_loaded_besides_change_no_answer(case, seconds, other):
    hours, holidays, _ = case
    alone, among = possible(hours, holidays, 2026, 2026), possible(hours, holidays, 2025, 2027)
    moment = min(alone.first + seconds, alone.last)
    assert alone.is_open(moment) == among.is_open(moment)
    assert alone.between(alone.first, moment) == among.between(alone.first, moment)
    for question in (lambda of: of.after(moment, other), lambda of: of.business_days_after(moment, other // 86_400)):
        try:
            answer = question(alone)
        except BadInput:
            continue  # it lies in a year that was not loaded
        assert answer == question(among)


@settings(max_examples=20, deadline=None)
@given(case=tried(), seconds=st.integers(0, 300 * 86_400), opened=st.integers(1, 2_000_000))
def test_after_and_between_undo_each_other_to_the_second(case, seconds, opened):
    ours = possible(case[0], case[1], 2026, 2027)
    begin = ours.first + seconds
    assume(ours.between(begin, ours.last) >= opened)
    then = ours.after(begin, opened)
    assert ours.between(begin, then) == opened
    assert ours.between(begin, then - 1) == opened - 1


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-18T12:34:56", "2026-11-19T12:34:56"),  # inside: as far into the next day
        ("2026-11-20T12:00:00", "2026-11-23T12:00:00"),  # Friday noon: Monday noon
        ("2026-11-20T22:00:00", "2026-11-24T08:00:00"),  # in the closing second: as if on Monday at the opening
        ("2026-11-21T15:00:00", "2026-11-24T08:00:00"),  # Saturday
        ("2026-11-18T05:00:00", "2026-11-19T08:00:00"),  # before they open
        ("2026-03-06T21:30:00", "2026-03-09T21:00:00"),  # 13.5 hours into 14; Monday has 13, so its closing
        ("2026-03-27T20:59:59", "2026-03-30T19:59:59"),  # 12:59:59 into 13; Monday opens at 07:00
        ("2026-12-22T12:00:00", "2027-01-04T12:00:00"),  # over the closure between the years
    ],
)
def test_within_one_business_day(asked, due):
    ours = working_time(Hours(), Runs.HOURS, 2026, 2027, {})
    assert told(ours.business_days_after(at(asked), 1)) == due


def test_lunch_is_no_time_and_the_day_goes_on_after_it():
    ours = of(**same_zone("09:00", "17:00", "UTC", breaks=[{"starts": "12:00", "ends": "13:00"}]))
    assert told(ours.after(at("2026-11-18T11:30"), 3600)) == "2026-11-18T13:30:00"
    assert told(ours.after(at("2026-11-18T11:30"), 1800)) == "2026-11-18T12:00:00"
    assert told(ours.next_open(at("2026-11-18T12:10"))) == "2026-11-18T13:00:00"
    assert told(ours.business_days_after(at("2026-11-18T12:10"), 1)) == "2026-11-19T12:00:00"
    assert told(ours.business_days_after(at("2026-11-18T13:00:01"), 1)) == "2026-11-19T13:00:01"


def test_a_break_after_midnight_is_in_the_night_that_it_falls_into():
    night = same_zone("20:00", "04:00", "UTC", days=("fri",), breaks=[{"starts": "00:30", "ends": "01:00"}])
    ours = of(**night)
    friday = at("2026-11-20T20:00")
    assert ours.between(friday, friday + 8 * 3600) == 15 * 1800
    assert told(ours.next_open(at("2026-11-21T00:40"))) == "2026-11-21T01:00:00"
    assert ours.working_date(at("2026-11-21T00:40")) == dt.date(2026, 11, 20)


def test_round_the_clock_loses_no_minute_at_midnight_nor_when_clocks_change():
    ours = of(**same_zone("00:00", "00:00", days=ALL_DAYS))
    begin, end = at("2026-01-01T00:00"), at("2027-12-31T00:00")
    assert ours.between(begin, end) == end - begin
    assert told(ours.after(at("2026-03-28T23:30"), 7200)) == "2026-03-29T01:30:00"


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-07", 24)], ids=["spring", "autumn", "summer"]
)
def test_whole_working_days_are_as_long_as_their_clocks_make_them(day, hours):
    ours = of(Runs.BUSINESS_DAYS, days=("sun",))
    begin = ours.next_open(at(f"{day}T12:00"))
    assert ours.working_date(begin).isoformat() == day
    assert ours.between(at(f"{day}T00:00") - 7200, at(f"{day}T23:59") + 7200) == hours * 3600


def test_24_hours_on_business_days_pass_on_working_days_only():
    ours = of(Runs.BUSINESS_DAYS, closures=[{"first": "2026-11-24", "last": "2026-11-24", "reason": "moving"}])
    assert told(ours.after(at("2026-11-20T15:00"), 86_400)) == "2026-11-23T15:00:00"
    assert told(ours.after(at("2026-11-23T15:00"), 86_400)) == "2026-11-25T15:00:00"
    assert told(ours.after(at("2026-11-21T15:00"), 86_400)) == "2026-11-23T23:00:00"  # midnight in Berlin


def test_clocks_that_skip_midnight_begin_the_day_when_they_do():
    ours = of(Runs.BUSINESS_DAYS, **same_zone("09:00", "17:00", "Africa/Cairo", days=("fri",)))
    assert told(ours.next_open(at("2026-04-23T12:00"))) == "2026-04-23T22:00:00"
    assert ours.between(at("2026-04-23T12:00"), at("2026-04-25T12:00")) == 23 * 3600


@pytest.mark.parametrize("runs", [Runs.HOURS, Runs.BUSINESS_DAYS])
def test_a_day_that_a_zone_left_out_is_nobodys_working_day(runs):
    ours = of(runs, (2011, 2012), **same_zone("09:00", "17:00", "Pacific/Apia"))
    assert dt.date(2011, 12, 30) not in ours.dates
    thursday, saturday = ours.dates.index(dt.date(2011, 12, 29)), ours.dates.index(dt.date(2012, 1, 2))
    assert saturday == thursday + 1
    assert ours.between(at("2011-12-30T05:00"), at("2012-01-01T10:00")) == (0 if runs is Runs.HOURS else 5 * 3600)


def test_hours_that_a_change_of_clocks_leaves_nothing_of_are_not_stretched_over_a_whole_day():
    ours = of(opens="15:00", closes="09:30")  # half an hour, and half an hour less than nothing in the odd weeks
    assert ours.between(at("2026-02-02T00:00"), at("2026-02-03T00:00")) == 1800
    assert ours.between(at("2026-03-09T00:00"), at("2026-03-28T00:00")) == 0
    assert dt.date(2026, 3, 9) not in ours.dates


def test_the_next_opening_ends_a_day_that_reaches_over_it():
    ours = of(opens="09:00", opens_zone="Pacific/Auckland", closes="17:00", closes_zone="Pacific/Honolulu")
    week = at("2026-06-14T21:00")  # Monday in Auckland; Friday's hours end on Saturday evening in Honolulu
    assert ours.between(week, week + 7 * 86_400) == 4 * 86_400 + 30 * 3600
    assert told(ours.business_days_after(week + 3600, 1)) == told(week + 3600 + 86_400)


def test_half_days_close_earlier_and_yearly_ones_come_every_year():
    ours = of(
        half_days=[{"day": "12-24", "closes": "12:00", "zone": "Europe/Berlin"}, {"day": "02-29", "closes": "12:00"}]
    )
    assert told(ours.after(at("2026-12-24T08:00"), 3 * 3600)) == "2026-12-24T11:00:00"
    assert told(ours.after(at("2027-12-24T08:00"), 3 * 3600 + 1)) == "2027-12-27T08:00:01"


@pytest.mark.parametrize("closes", ["08:00", "17:30"], ids=["before it opens", "after it closes"])
def test_a_half_day_is_not_a_longer_one(closes):
    with pytest.raises(BadInput, match="half_days: 12-22 would close at"):
        of(**same_zone("09:00", "17:00", half_days=[{"day": "12-22", "closes": closes}]))


@pytest.mark.parametrize(
    "hours",
    [{"days": ()}, {"closures": [{"first": "01-01", "last": "12-31", "reason": "gone"}]},
     same_zone("09:00", "17:00", breaks=[{"starts": "08:00", "ends": "18:00"}])],
    ids=["no days", "closed for ever", "a break all day"],
)  # fmt: skip
@pytest.mark.parametrize("runs", [Runs.HOURS, Runs.BUSINESS_DAYS])
def test_a_desk_that_never_opens_says_so_and_the_search_ends(hours, runs):
    ours = of(runs, **hours)
    asked = at("2026-11-18T12:00")
    assert not ours.is_open(asked)
    assert ours.between(asked, asked + 86_400) == 0
    for question in (
        ours.next_open,
        ours.working_date,
        lambda at: ours.after(at, 1),
        lambda at: ours.business_days_after(at, 1),
    ):
        with pytest.raises(
            BadInput, match=r"callout_policy\.hours: the desk never opens from 2025-12-31 to 2027-12-31"
        ):
            question(asked)


@pytest.mark.parametrize("moment", [at("2025-12-31T22:59:59"), at("2027-12-31T23:00:01"), 10**15, -(10**15)])
def test_beyond_what_is_loaded_there_is_no_answer(moment):
    ours = of()
    for question in (ours.is_open, ours.next_open, lambda at: ours.between(at, at), lambda at: ours.after(at, 0)):
        with pytest.raises(BadInput, match="is not in it"):
            question(moment)


def test_what_does_not_pass_any_more_within_the_years_is_no_answer():
    ours = of()
    with pytest.raises(BadInput, match="fewer than 99999999 open seconds after 2026-11-18"):
        ours.after(at("2026-11-18T12:00"), 99_999_999)
    with pytest.raises(BadInput, match="fewer than 600 business days after 2026-11-18"):
        ours.business_days_after(at("2026-11-18T12:00"), 600)
    with pytest.raises(BadInput, match="There is no calendar from the year 2027 to 2026"):
        of(years=(2027, 2026))


def test_always_is_all_time():
    moment = at("2026-12-25T03:00")
    assert ALWAYS.is_open(moment)
    assert ALWAYS.next_open(moment) == moment
    assert ALWAYS.after(moment, 86_400) == moment + 86_400
    assert ALWAYS.business_days_after(moment, 2) == moment + 2 * 86_400
    assert ALWAYS.between(moment, moment - 5) == -5


def test_each_clock_has_its_own_calendar():
    three: Calendars = calendars(Hours(), 2026, 2026, {dt.date(2026, 11, 18): "a holiday"})
    assert [three.of(runs).runs for runs in Runs] == [*Runs]
    assert [three.of(runs).is_open(at("2026-11-18T12:00")) for runs in Runs] == [False, False, True]
    assert [three.of(runs).is_open(at("2026-11-19T03:00")) for runs in Runs] == [False, True, True]


def test_the_gate_and_the_clocks_say_the_same_of_plain_hours():
    hours = Hours(closures=())
    ours = working_time(hours, Runs.HOURS, 2026, 2026, {})
    for number in range(365 * 24):
        moment = ours.first + 3600 * number + number % 2  # every hour, and a second after it
        inside = within_hours(dt.datetime.fromtimestamp(moment, dt.UTC), hours).inside
        assert ours.is_open(moment) == inside
