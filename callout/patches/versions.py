"""Pure: is a product's version within a bundle's range?"""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"\d{1,6}(\.\d{1,6}){0,5}\Z", re.ASCII)


def version_numbers(text: str) -> tuple[int, ...]:
    """`8.1.3` as (8, 1, 3). Raises ValueError for anything but numbers and dots."""
    if not _NUMBERS.match(text):
        raise ValueError("is a version like 8.1 or 8.1.3")
    return tuple(int(part) for part in text.split("."))


def within(version: str, minimum: str | None, maximum: str | None) -> bool:
    """True where `version` lies between both ends, which are included; None leaves an end open.

    A missing part counts as 0 at the lower end; at the upper end only as many parts count as `maximum`
    has, so that 8.1.7 is within a maximum of 8.1. Raises ValueError for what is no version.
    """
    numbers = version_numbers(version)
    if minimum is not None:
        low = version_numbers(minimum)
        width = max(len(low), len(numbers))
        if _padded(numbers, width) < _padded(low, width):
            return False
    if maximum is None:
        return True
    high = version_numbers(maximum)
    return _padded(numbers, len(high))[: len(high)] <= high


def _padded(numbers: tuple[int, ...], width: int) -> tuple[int, ...]:
    return numbers + (0,) * (width - len(numbers))
