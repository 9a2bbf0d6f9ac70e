"""What the oracle of bills thinks in: one piece of work, minute by minute, and its parts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any


@dataclass
class Work:
    """One piece of work, minute by minute. `free` is how much of each minute it has."""

    id: str
    customer: str
    actor: str
    callout: str
    body: dict[str, Any]
    start: dt.datetime
    entered: dt.datetime
    minutes: int
    charge: str = ""
    free: list[Fraction] = field(default_factory=list)


@dataclass
class Part:
    """What of one work lies in one band and between two changes: `minutes`, of which `lost` (seconds) are others'.

    `worked` are whole seconds, `billed` whole minutes.
    """

    work: Work
    number: int
    start: dt.datetime
    day: dt.date
    factor: Decimal
    minutes: int = 0
    lost: Fraction = Fraction(0)
    worked: int = 0
    billed: int = 0
