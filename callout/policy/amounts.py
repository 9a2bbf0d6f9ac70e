"""Amounts of money as people type them."""

from __future__ import annotations

import re
from decimal import Decimal

from callout.errors import BadInput

# Digits and a point: no sign, no exponent, no comma whose meaning depends on the country.
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)


def amount_of(written: str, key: str) -> Decimal:
    """The amount that `400` or `400.00` names, not negative. Raises BadInput naming `key` for anything else."""
    text = written.strip()
    if not _AMOUNT.fullmatch(text):
        raise BadInput(f"{key} is {written[:40]!r}, which is no amount.", "Write it like 400.00.")
    return Decimal(text)
