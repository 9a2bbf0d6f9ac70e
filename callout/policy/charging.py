"""The charging clause of a plan: what the customer agrees to pay when they agree to the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from callout.policy.bands import STANDARD, Band, BandCalendar, band_at, band_edges
from callout.policy.rates import Rate
from callout.policy.windows import WEEKDAYS, Window

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What else decides about the price of work that is not done yet.

    `payers` are the contracts that would pay on the day of the plan, in their order, as (id, kind). `bands` are those
    that the change window has in the course of a year; None where there is no window: then `factors` are all there are.
    `holiday` is the factor of a public holiday, None where it is none.
    """

    payers: tuple[tuple[str, str], ...] = ()
    bands: tuple[Band, ...] | None = ()
    factors: Mapping[str, Decimal] | None = None
    holiday: Decimal | None = None


NOTHING_AHEAD = Ahead()


def charging_clause(
    contract: str, rate: Rate, currency: str, increment_minutes: int, ahead: Ahead = NOTHING_AHEAD
) -> dict[str, Any]:
    """JSON-able: `charged`, and where it is charged `rate` per hour, `currency` and `increment_minutes`.

    Where contracts would pay, `payers`; where hours cost more, `multipliers` by band in the change window, and
    `multipliers_known` False where there is no window. Nothing in it depends on how much a contract still holds, or on
    the week in which it is asked: a plan stays the plan that was agreed to.

    Published procedure: maintenance on a support contract is charged by the time spent, at the standard
    rates. A rate that is not on file is `unknown`, never left out: the customer must see that it is open.
    """
    if contract == "maintenance":
        return {"charged": False}
    amount = f"{rate.amount:f}" if rate.amount is not None else "unknown"
    clause = {"charged": True, "rate": amount, "currency": currency, "increment_minutes": increment_minutes}
    if ahead.payers:
        clause["payers"] = [{"contract": name, "kind": kind} for name, kind in ahead.payers]
    factors = ahead.factors or {}
    if ahead.bands is None and factors:
        clause |= {"multipliers": {name: f"{factor:f}" for name, factor in factors.items()}, "multipliers_known": False}
    elif ahead.bands and ahead.bands != (STANDARD,):
        bands = {band.name: f"{band.factor:f}" for band in ahead.bands}
        clause |= {"multipliers": bands, "multipliers_known": True}
    if ahead.holiday is not None:
        clause["on_public_holidays"] = f"{ahead.holiday:f}"
    return clause


def bands_in_window(window: Window, calendar: BandCalendar, year: int) -> tuple[Band, ...]:
    """The bands that the window has on any of its days in the course of `year`, the cheapest first; no holidays."""
    days, zone = tuple(window.days) or WEEKDAYS, ZoneInfo(calendar.zone)
    found: set[Band] = set()
    day = dt.date(year, 1, 1)
    while day.year == year:
        if WEEKDAYS[day.weekday()] in days:
            last = day if window.closes > window.opens else day + DAY
            opens, closes = (
                dt.datetime.combine(date, at, zone).astimezone(dt.UTC)
                for date, at in ((day, window.opens), (last, window.closes))
            )
            found.update(band_at(moment, calendar) for moment in (opens, *band_edges(opens, closes, calendar)))
        day += DAY
    return tuple(sorted(found, key=lambda one: (one.factor, one.name)))


def charging_sentence(clause: Mapping[str, Any]) -> str:
    """The clause as a sentence for a plan that people read."""
    if not clause["charged"]:
        return "covered by the maintenance contract, nothing is charged"
    rate = f"by the time spent, {clause['rate']} {clause['currency']} an hour"
    told = [f"{rate}, each begun {clause['increment_minutes']} minutes", *_multiplied(clause)]
    return "; ".join([*told, *_paid_by(clause.get("payers", ())), "only if the change is made"])


def _multiplied(clause: Mapping[str, Any]) -> list[str]:
    factors = [f"× {factor} {name.replace('_', ' ')}" for name, factor in clause.get("multipliers", {}).items()]
    told = []
    if factors and not clause["multipliers_known"]:
        told.append(f"multiplier not known without a change window: {', '.join(factors)}")
    elif factors:
        by_hour = ", by the hour of the work" if len(factors) > 1 else ""
        told.append(f"in the change window {' or '.join(factors)}{by_hour}")
    if "on_public_holidays" in clause:
        told.append(f"× {clause['on_public_holidays']} on public holidays")
    return told


def _paid_by(payers: Sequence[Mapping[str, str]]) -> list[str]:
    named = [f"{one['contract']} ({one['kind'].replace('_', ' ')})" for one in payers]
    return [f"paid by {', then '.join(named)}, as far as it is valid and holds on the day of the work"] if named else []
