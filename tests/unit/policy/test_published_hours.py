"""Published hours beside the true ones, and rules of the calendar that never count."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from callout.errors import BadInput
from callout.inventory.desk import Desk, PublishedHours
from callout.inventory.hours import Hours
from callout.policy.calendar_rules import calendar_findings, how_wrong
from callout.policy.desk_year import DeskYear, desk_year
from callout.policy.published_hours import Error, is_summer

GMT = Desk().published_hours
LUNCH = {"starts": "12:00", "ends": "13:00"}


def year_of(year: int = 2026, published: Any = GMT, **hours: Any) -> DeskYear:
    return desk_year(year, Hours.model_validate(hours), {}, published)


def seen(year: DeskYear) -> list[tuple[str, str]]:
    return [(one.check, one.code) for one in calendar_findings(year)]


@pytest.mark.parametrize(
    ("year", "stretches"),
    [
        # Between the second Sunday of March and the last one, and in the week before the first Sunday of November.
        (2025, [("2025-03-10", "2025-03-28", 15), ("2025-10-27", "2025-10-31", 5)]),
        (2026, [("2026-03-09", "2026-03-27", 15), ("2026-10-26", "2026-10-30", 5)]),
        (2027, [("2027-03-15", "2027-03-26", 10), ("2027-11-01", "2027-11-05", 5)]),
        (2006, [("2006-03-27", "2006-03-31", 5)]),  # both in autumn on one day; the US on the first Sunday of April
    ],
)
def test_the_procedures_pairs_are_wrong_while_one_side_alone_has_summer_time(year, stretches):
    found = year_of(year).wrong
    assert [(str(one.dates[0]), str(one.dates[-1]), len(one.dates)) for one in found] == stretches


def test_it_is_said_which_end_is_wrong_by_how_much_and_what_other_readers_make_of_it():
    spring, _ = year_of().wrong
    assert (spring.opens, spring.closes, spring.weeks) == ("08:00", "21:00", ("2026-W11", "2026-W12", "2026-W13"))
    assert spring.error == Error(GMT[0], opens_later=0, closes_later=-60)
    assert spring.otherwise == (Error(GMT[1], opens_later=60, closes_later=0),)
    assert spring.error.promises_too_much
    told = calendar_findings(year_of())[0]
    assert told.seen == (
        "2026-03-09 to 2026-03-27, 15 working days, weeks 11 to 13: the published procedure says 08:00-22:00 "
        "(UTC+00:00, winter), but it is 08:00-21:00: closes 1 h earlier. And who goes by the season of the closing "
        "zone reads 07:00-21:00 (UTC+00:00, summer): opens 1 h later."
    )
    assert told.evidence["working_days"] == 15


def test_hours_by_one_zone_are_published_rightly_by_season():
    year = year_of(closes="17:00", closes_zone="Europe/Berlin", published=[
        PublishedHours(opens="09:00", closes="17:00", offset="+01:00", season="winter"),
        PublishedHours(opens="09:00", closes="17:00", offset="+02:00", season="summer"),
    ])  # fmt: skip
    assert calendar_findings(year) == []


def test_two_texts_that_contradict_each_other_cannot_both_be_right():
    year = year_of(published=[
        PublishedHours(opens="09:00", closes="18:00", offset="+01:00", source="the web page"),
        PublishedHours(opens="09:00", closes="17:00", offset="+01:00", source="the contract"),
    ], opens_zone="Africa/Lagos", closes_zone="Africa/Lagos")  # fmt: skip
    (finding,) = calendar_findings(year)
    assert "the web page says 09:00-18:00 (UTC+01:00), but it is 09:00-17:00: closes 1 h earlier." in finding.seen


def test_a_reader_of_the_other_season_may_be_the_one_who_is_right():
    published = [*GMT[:1], PublishedHours(opens="08:00", closes="21:00", season="summer")]
    findings = calendar_findings(year_of(published=published))
    assert "Right is what who goes by the season of the closing zone reads 08:00-21:00" in findings[0].seen


def test_times_on_another_date_are_compared_by_the_clock():
    """Nine in Auckland is 20:00 UTC of the day before, or 21:00."""
    published = [PublishedHours(opens="20:00", closes="04:00", season="summer"),
                 PublishedHours(opens="21:00", closes="04:30", season="winter")]  # fmt: skip
    zone = "Pacific/Auckland"
    year = year_of(published=published, opens_zone=zone, closes_zone=zone, closures=())
    assert {(one.error.published.season, one.error.opens_later, one.error.closes_later) for one in year.wrong} == {
        ("winter", 0, 30)
    }
    assert not year.wrong[0].error.promises_too_much


def test_ireland_has_its_flag_in_winter_and_summer_all_the_same():
    assert is_summer(dt.date(2026, 7, 1), "Europe/Dublin")
    assert not is_summer(dt.date(2026, 1, 1), "Europe/Dublin")
    assert is_summer(dt.date(2026, 1, 1), "Australia/Sydney")
    assert not is_summer(dt.date(2026, 7, 1), "UTC")


def test_what_is_not_said_of_a_season_is_told():
    finding = calendar_findings(year_of(published=GMT[1:]))[-1]
    assert (finding.check, finding.code) == ("calendar.published_hours", "unstated")
    assert "of 102 working days between 2026-01-05 and 2026-12-22 nothing is said" in finding.seen


def test_nothing_published_is_nothing_wrong():
    assert calendar_findings(year_of(published=())) == []


@pytest.mark.parametrize("key", ["opens", "closes"])
def test_a_time_that_no_clock_shows_is_bad_input(key):
    with pytest.raises(BadInput, match=f"published_hours: {key} is 29:00"):
        year_of(published=[PublishedHours.model_validate({"opens": "08:00", "closes": "22:00", key: "29:00"})])


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ({"days": ()}, [("calendar.hours", "never-opens")]),
        ({"half_days": [{"day": "12-24", "closes": "12:00"}]}, [("calendar.half_day", "idle")]),
        ({"half_days": [{"day": "2026-02-28", "closes": "12:00"}]}, [("calendar.half_day", "idle")]),  # a Saturday
        ({"half_days": [{"day": "02-28", "closes": "12:00"}]}, []),  # this year only
        ({"half_days": [{"day": "2025-12-24", "closes": "12:00"}]}, []),  # another year
        ({"breaks": [LUNCH]}, []),
        ({"breaks": [LUNCH | {"zone": "Asia/Tokyo"}]}, [("calendar.break", "idle")]),
        ({"opens": "15:00", "closes": "09:30"}, [("calendar.hours", "no-time")]),
    ],
)
def test_rules_that_never_count_are_found(hours, found):
    assert seen(year_of(published=(), **hours)) == found


def test_differences_in_words():
    assert how_wrong(Error(GMT[0], 90, -30)) == "opens 1 h 30 min later, closes 30 min earlier"
    assert how_wrong(Error(GMT[0], 0, 0)) == "as published"
