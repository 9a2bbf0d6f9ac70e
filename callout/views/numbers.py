"""Durations and amounts as people and programs read them. Every form is exact: nothing is rounded for show."""

from __future__ import annotations

from decimal import Decimal


def clock_time(seconds: int) -> str:
    """Raw seconds as `h:mm:ss`."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def hours_minutes(minutes: int | None) -> str:
    """Billed minutes as `h:mm`; a dash where there are none yet."""
    return "–" if minutes is None else f"{minutes // 60}:{minutes % 60:02d}"


def plain(amount: Decimal | None) -> str | None:
    """An amount for programs: digits and a point, never an exponent; None stays None."""
    return None if amount is None else format(amount, "f")


def plain_rate(rate: Decimal, decimals: int) -> str:
    """A rate with all the digits that it has, and at least the currency's."""
    exponent = rate.as_tuple().exponent
    shorter = isinstance(exponent, int) and -exponent < decimals
    return format(rate.quantize(Decimal(1).scaleb(-decimals)) if shorter else rate, "f")


def exact(amount: Decimal) -> str:
    """An amount for programs without zeros behind its last digit: a bucket's minutes can be 12.5."""
    shortest = amount.normalize()
    return format(shortest, "f") if shortest else "0"
