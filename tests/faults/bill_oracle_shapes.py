"""What the oracle of bills thinks in: one piece of work, minute by minute, and its parts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass
class Work:
    """One piece of work, minute by minute."""

    id: str
    actor: str
    callout: str
    body: dict[str, Any]
    start: dt.datetime
    entered: dt.datetime
    minutes: int
    charge: str = ""
    free: list[bool] = field(default_factory=list)


@dataclass
class Part:
    """Minutes of one work that lie in one band and between two changes."""

    work: Work
    number: int
    start: dt.datetime
    day: dt.date
    factor: Decimal
    worked: int = 0
    billed: int = 0
