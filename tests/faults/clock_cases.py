"""Clocks that lie: jumps, both changes of clocks in seven zones, suspends, restarts, a laptop in 2038."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from callout.worklog.session import Steady

# Half an hour in Lord Howe, odd quarters in Chatham, two hours in Troll, the other way round in Casablanca.
ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Antarctica/Troll",
    "Africa/Casablanca", "America/Santiago",
)  # fmt: skip
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
YEARS = 12 * 365 * DAY
JUMPS = (HOUR, -HOUR, DAY, -DAY, YEARS, -YEARS, dt.timedelta(minutes=3), -dt.timedelta(minutes=3))
LENGTHS_S = (1, 59, 61, 1799, 3600, 3661, 7325, 4 * 3600, 15 * 3600 + 59)


class Fault(StrEnum):
    """What happens to the clocks between start and stop."""

    NOTHING = "nothing"
    SUSPEND = "suspend"
    JUMP = "jump"
    THERE_AND_BACK = "there and back"
    SLEW = "slew"
    RESTART = "restart"
    NO_STEADY_CLOCK = "no steady clock"


@dataclass(frozen=True, slots=True)
class Case:
    """One session: begun `before_s` seconds before the clocks of `zone` are changed, `length_s` long."""

    number: int
    zone: str
    change: dt.datetime
    before_s: int
    length_s: int
    fault: Fault
    jump: dt.timedelta
    verb: str

    @property
    def begins(self) -> dt.datetime:
        """The true time of the start, UTC."""
        return self.change - dt.timedelta(seconds=self.before_s)


class Clocks:
    """The wall clock in the zone's own offset, and the one since boot; `passes` is what truly passes."""

    def __init__(self, case: Case) -> None:
        self.zone = ZoneInfo(case.zone)
        self.true, self.wrong = case.begins, dt.timedelta(0)
        self.boot, self.ms = f"boot-{case.number}", 1_000_000 + case.number
        self.has_steady = case.fault is not Fault.NO_STEADY_CLOCK

    def now(self) -> dt.datetime:
        """What a program sees, with the offset of that moment."""
        return (self.true + self.wrong).astimezone(self.zone)

    def steady(self) -> Steady | None:
        """None where the machine has no such clock."""
        return Steady(self.boot, self.ms) if self.has_steady else None

    def passes(self, seconds: float) -> None:
        """True time passes; the clock since boot counts suspends, too."""
        self.true += dt.timedelta(seconds=seconds)
        self.ms += round(seconds * 1000)


def changes(zone: str, year: int = 2026) -> list[dt.datetime]:
    """The moments (UTC, to the second) of that year at which clocks of `zone` are changed."""
    moment, found = dt.datetime(year, 1, 1, tzinfo=dt.UTC), []
    clocks = ZoneInfo(zone)
    while moment.year == year:
        if moment.astimezone(clocks).utcoffset() != (moment + HOUR).astimezone(clocks).utcoffset():
            low, high = moment, moment + HOUR
            while high - low > dt.timedelta(seconds=1):
                middle = low + (high - low) // 2
                same = middle.astimezone(clocks).utcoffset() == moment.astimezone(clocks).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high.replace(microsecond=0))
        moment += HOUR
    return found


def cases(count: int) -> list[Case]:
    """`count` cases, always the same ones: every zone, change, fault and jump in turn, the rest at random."""
    chance = random.Random(2038)
    moments = [(zone, change) for zone in ZONES for change in changes(zone)]
    found = []
    for number in range(count):
        zone, change = moments[number % len(moments)]
        found.append(
            Case(
                number=number,
                zone=zone,
                change=change,
                before_s=chance.choice((0, 1, 1800, 3599, 3600, 7200)),
                length_s=chance.choice(LENGTHS_S),
                fault=list(Fault)[number % len(Fault)],
                jump=JUMPS[number // len(Fault) % len(JUMPS)],
                verb=chance.choice(("stop", "switch")),
            )
        )
    return found
