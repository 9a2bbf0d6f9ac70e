"""How raw seconds become billed minutes. The raw seconds themselves never change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

MODES = {"each": "each entry", "ticket": "each ticket's work", "sum": "the month's sum"}


@dataclass(frozen=True, slots=True)
class Rounding:
    """The policy's rule: started increments count, with a minimum, for each entry, ticket or for the month's sum."""

    increment_minutes: int = 15
    minimum_minutes: int = 0
    mode: Literal["each", "ticket", "sum"] = "each"

    @property
    def sentence(self) -> str:
        """The rule in words, printed on every bill."""
        least = f", at least {self.minimum_minutes} minutes" if self.minimum_minutes else ""
        return f"Time is billed in started steps of {self.increment_minutes} minutes, for {MODES[self.mode]}{least}."


@dataclass(frozen=True, slots=True)
class Shared:
    """What one member of a group gets of the group's minutes; `rounding` of its `minutes` were not worked."""

    minutes: int
    rounding: int


def billed_minutes(seconds: int, rounding: Rounding) -> int:
    """Whole minutes: `seconds` (>= 0) rounded up to the increment, the minimum rounded up alike.

    No work is no minutes, minimum or not. Raises ValueError for negative seconds.
    """
    if seconds < 0:
        raise ValueError(f"{seconds} seconds cannot be billed")
    if seconds == 0:
        return 0
    step_s = rounding.increment_minutes * 60
    counted_s = max(seconds, rounding.minimum_minutes * 60)
    return -(-counted_s // step_s) * rounding.increment_minutes


def distributed(seconds: Sequence[int], prices: Sequence[Decimal | None], rounding: Rounding) -> list[Shared]:
    """The group's billed minutes shared out among its members, so that they add up exactly.

    Each member counts with its whole minutes; what is left, seconds and rounding together, goes to the cheapest one
    that has any work (`prices` are per hour; unknown is dearer than any; of equal ones the first). `seconds` are
    those of the members, in their order.
    """
    total = billed_minutes(sum(seconds), rounding)
    whole = [one // 60 for one in seconds]
    rest = total - sum(whole)
    if not rest:
        return [Shared(minutes, 0) for minutes in whole]
    worked = [index for index, one in enumerate(seconds) if one]
    cheapest = min(worked, key=lambda index: (prices[index] is None, prices[index] or Decimal(0), index))
    return [
        Shared(minutes + rest, rest) if index == cheapest else Shared(minutes, 0) for index, minutes in enumerate(whole)
    ]


def proportional(total: int, weights: Sequence[int]) -> list[int]:
    """`total` (>= 0) in whole parts, by `weights` (>= 0) in their order: they add up exactly, none is off by a whole.

    Where all weights are zero the first one gets everything.
    """
    sum_of_weights = sum(weights)
    if not sum_of_weights:
        return [total if index == 0 else 0 for index in range(len(weights))]
    parts, reached, given = [], 0, 0
    for weight in weights:
        reached += weight
        upto = total * reached // sum_of_weights
        parts.append(upto - given)
        given = upto
    return parts
