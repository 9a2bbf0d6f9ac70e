"""How raw seconds become billed minutes. The raw seconds themselves never change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rounding:
    """The policy's rule: started increments count, with a minimum, for each entry or for the month's sum."""

    increment_minutes: int = 15
    minimum_minutes: int = 0
    mode: Literal["each", "sum"] = "each"

    @property
    def sentence(self) -> str:
        """The rule in words, printed on every bill."""
        what = "each entry" if self.mode == "each" else "the month's sum"
        least = f", at least {self.minimum_minutes} minutes" if self.minimum_minutes else ""
        return f"Time is billed in started steps of {self.increment_minutes} minutes, for {what}{least}."


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
