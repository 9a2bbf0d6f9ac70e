"""When an hour costs more, by the oracle of bills: asked for one moment at a time."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import holidays

DAY = dt.timedelta(days=1)


class Calendar:
    """The published hours, the customer's holidays, and the policy's multipliers."""

    def __init__(self, customer: Any, money: Any) -> None:
        self.money = money
        self.zone = ZoneInfo(customer.time_zone)
        place = customer.holidays
        self.free_days = holidays.country_holidays(place.country, subdiv=place.subdivision, years=2026) if place else {}

    def local(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(self.zone).date()

    def band(self, moment: dt.datetime, emergency: bool) -> Decimal:
        berlin, york = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
        today = moment.astimezone(berlin).date()
        inside = False
        for day in (today - DAY, today):
            opens = dt.datetime.combine(day, dt.time(9), berlin).astimezone(dt.UTC)
            closes = dt.datetime.combine(day, dt.time(17), york).astimezone(dt.UTC)
            inside = inside or (day.weekday() < 5 and opens <= moment < closes)
        applying = []
        if not inside:
            applying.append("weekend" if today.weekday() >= 5 else "out_of_hours")
        if self.local(moment) in self.free_days:
            applying.append("holiday")
        if emergency:
            applying.append("emergency")
        factors = [getattr(self.money.multipliers, name) for name in applying]
        return max((factor for factor in factors if factor is not None), default=Decimal(1))

    def label(self, moment: dt.datetime, emergency: bool, factor: Decimal) -> str:
        """Two bands of one factor are two pieces: their names stand on the bill."""
        berlin = ZoneInfo("Europe/Berlin")
        weekend = moment.astimezone(berlin).date().weekday() >= 5
        for name, applies in (
            ("holiday", self.local(moment) in self.free_days),
            ("weekend", weekend and not self.inside(moment)),
            ("emergency", emergency),
            ("out_of_hours", not weekend and not self.inside(moment)),
        ):
            if applies and getattr(self.money.multipliers, name) == factor:
                return name
        return "standard"

    def inside(self, moment: dt.datetime) -> bool:
        berlin, york = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
        today = moment.astimezone(berlin).date()
        return any(
            day.weekday() < 5
            and dt.datetime.combine(day, dt.time(9), berlin).astimezone(dt.UTC) <= moment
            and moment < dt.datetime.combine(day, dt.time(17), york).astimezone(dt.UTC)
            for day in (today - DAY, today)
        )
