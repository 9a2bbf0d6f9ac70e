"""The desk's calendar as the policy has it: asks the library `holidays`, for the configured places only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from callout.errors import BadInput
from callout.policy.desk_year import DeskYear, desk_year
from callout.policy.public_holidays import holidays_of, unknown_place
from callout.policy.working_time import Calendars, calendars

if TYPE_CHECKING:
    from callout.inventory.hours import Hours
    from callout.inventory.policy import Policy

# Nobody kept time by zones before, and no rules of clocks are known that far ahead.
EARLIEST, LATEST = 1970, 2100


def calendars_for(policy: Policy, first_year: int, last_year: int) -> Calendars:
    """How time passes for the desk's clocks in those years, both included; kept for the life of the process.

    Raises BadInput naming a place whose holidays are not known, or not for one of these years.
    """
    return _kept(policy.hours, first_year, last_year)


def holidays_for(hours: Hours, first_year: int, last_year: int) -> Mapping[dt.date, str]:
    """Every configured public holiday of those years by name and place; none where no place is configured.

    Also those of the year before and after, since hours may reach past midnight. Raises BadInput as `calendars_for`.
    """
    found: dict[dt.date, str] = {}
    for place in hours.holidays:
        code = f"{place.country}{f'-{place.subdivision}' if place.subdivision else ''}"
        if why := unknown_place(place.country, place.subdivision):
            raise BadInput(
                f"callout_policy.hours.holidays: {why}.", "Use ISO 3166 codes, like country DE, subdivision BY."
            )
        for year in range(first_year - 1, last_year + 2):
            named = holidays_of(place.country, place.subdivision, year)
            if not named and first_year <= year <= last_year:
                raise BadInput(
                    f"callout_policy.hours.holidays: no holidays of {code} are known for {year}.",
                    "Ask for nearer years, or renew the library holidays.",
                )
            for day, name in named.items():
                told = f"{name} ({code})"
                found[day] = f"{found[day]}; {told}" if day in found else told
    return found


def desk_year_for(policy: Policy, year: int) -> DeskYear:
    """That year of the desk, day by day, beside what is published. Raises BadInput as `calendars_for`."""
    if not EARLIEST <= year <= LATEST:
        raise BadInput(f"There is no desk calendar of the year {year}.", f"Name one from {EARLIEST} to {LATEST}.")
    return desk_year(year, policy.hours, holidays_for(policy.hours, year, year), policy.desk.published_hours)


@lru_cache(maxsize=16)
def _kept(hours: Hours, first_year: int, last_year: int) -> Calendars:
    return calendars(hours, first_year, last_year, holidays_for(hours, first_year, last_year))
