"""Public holidays of a country or a part of it, by the library `holidays`: data, nothing is fetched.

The library is heavy, so that it is imported only where an inventory names a country.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache


def unknown_place(country: str, subdivision: str | None) -> str:
    """Why no holidays of this place (ISO 3166 codes) are known; empty where they are."""
    from holidays import country_holidays

    try:
        country_holidays(country, subdiv=subdivision)
    except NotImplementedError:
        return f"no holidays of {country}{f', {subdivision}' if subdivision else ''} are known"
    return ""


def holiday_on(country: str, subdivision: str | None, day: dt.date) -> str:
    """The English name of the public holiday that `day` is there, as far as the library has one; empty if it is none.

    Half a holiday, or one of banks, schools or a religion only, is none.
    """
    return _year(country, subdivision, day.year).get(day, "")


def holidays_of(country: str, subdivision: str | None, year: int) -> Mapping[dt.date, str]:
    """All public holidays of one year there, by their English names; empty for a year of which the library has none."""
    return _year(country, subdivision, year)


@cache
def _year(country: str, subdivision: str | None, year: int) -> dict[dt.date, str]:
    from holidays import country_holidays

    known = country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    return {day: str(name) for day, name in known.items()}
