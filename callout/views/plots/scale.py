"""From a value to a place on an axis, with ticks that people can read. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from zero to `top`, `length` pixels long, with a tick every `step`."""

    top: Decimal
    step: Decimal
    length: int

    def pixels(self, value: Decimal) -> Decimal:
        """How far from zero the value lies, to a tenth of a pixel; what is off the axis lies at its end."""
        inside = min(max(value, Decimal(0)), self.top)
        return (inside * self.length / self.top).quantize(_TENTH, ROUND_HALF_UP)

    @property
    def ticks(self) -> tuple[Decimal, ...]:
        """All ticks from zero to the top."""
        return tuple(self.step * number for number in range(int(self.top / self.step) + 1))


def scale_to(values: Iterable[Decimal], length: int, ticks: int = 5) -> Scale:
    """The scale that holds all of `values` (none is negative), with about so many ticks. Without values: 0 to 1."""
    most = max(values, default=Decimal(0))
    if most <= 0:
        return Scale(Decimal(1), Decimal(1), length)
    rough = most / ticks
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(one * power for one in _STEPS if one * power >= rough)
    top = (most / step).to_integral_value(ROUND_CEILING) * step
    return Scale(top, step, length)


def tick_text(value: Decimal) -> str:
    """A tick's number: no exponent, no zeros behind, and thousands set apart by a space."""
    whole, _, fraction = f"{value:,f}".replace(",", " ").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
