"""The desk's calendar by policy: holidays where they are configured, and nowhere else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from callout.errors import BadInput
from callout.inventory.policy import Policy
from callout.steps.calendar import calendars_for, desk_year_for


def policy(*holidays: dict[str, Any]) -> Policy:
    return Policy.model_validate({"hours": {"holidays": holidays}})


BAVARIA, AMERICA = {"country": "DE", "subdivision": "BY"}, {"country": "US"}


def test_a_holiday_that_nobody_configured_stops_no_clock():
    epiphany = dt.date(2026, 1, 6)
    assert epiphany in calendars_for(policy(), 2026, 2026).hours.dates
    assert epiphany in calendars_for(policy({"country": "DE"}), 2026, 2026).hours.dates
    assert epiphany not in calendars_for(policy(BAVARIA), 2026, 2026).hours.dates
    assert epiphany not in calendars_for(policy(BAVARIA), 2026, 2026).business_days.dates


def test_places_are_added_up_and_named():
    days = {day.date: day.off.why for day in desk_year_for(policy(BAVARIA, AMERICA), 2026).days if day.off}
    assert days[dt.date(2026, 5, 25)] == "Pentecost Monday (DE-BY); Memorial Day (US)"
    assert days[dt.date(2026, 7, 3)] == "Independence Day (observed) (US)"


def test_the_same_years_are_worked_out_once():
    assert calendars_for(policy(BAVARIA), 2025, 2027) is calendars_for(policy(BAVARIA), 2025, 2027)
    assert calendars_for(policy(BAVARIA), 2025, 2027) is not calendars_for(policy(), 2025, 2027)


@pytest.mark.parametrize(
    ("place", "why"), [({"country": "XX"}, "no holidays of XX are known"),
                       ({"country": "DE", "subdivision": "QQ"}, "no holidays of DE, QQ are known")],
)  # fmt: skip
def test_a_place_that_nobody_knows_is_bad_input(place, why):
    with pytest.raises(BadInput, match=rf"callout_policy\.hours\.holidays: {why}"):
        calendars_for(policy(place), 2026, 2026)


def test_years_of_which_the_library_says_nothing_are_not_years_without_holidays():
    with pytest.raises(BadInput, match="no holidays of DE-BY are known for 2398"):
        calendars_for(policy(BAVARIA), 2398, 2399)


@pytest.mark.parametrize("year", [-1, 0, 1969, 2101, 10**9])
def test_years_that_no_calendar_has(year):
    with pytest.raises(BadInput, match=f"no desk calendar of the year {year}"):
        desk_year_for(policy(), year)
