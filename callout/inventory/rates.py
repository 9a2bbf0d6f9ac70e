"""Rates as an inventory writes them: an amount, or several of which each is valid for a time."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from access_check.validation import Strict

WRITTEN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


def _plain(written: Any) -> Any:
    """Digits and a point; YAML's unquoted 96.10 is taken as it was written, not as the fraction nearest to it."""
    text = repr(written) if isinstance(written, float) else written
    if isinstance(text, bool) or (isinstance(text, str) and not WRITTEN.fullmatch(text)):
        raise ValueError('is no amount; write it like "96.00"')
    return text


Amount = Annotated[Decimal, BeforeValidator(_plain), Field(ge=0, lt=10**9, decimal_places=6)]


class DatedRate(Strict):
    """A rate per hour from `valid_from` to `valid_to`, both ends included, by the day on which the work was done."""

    amount: Amount
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> DatedRate:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self


def _listed(written: Any) -> Any:
    """An amount by itself is one that is always valid."""
    return written if isinstance(written, list | tuple) else ({"amount": written},)


def _one_at_a_time(rates: tuple[DatedRate, ...]) -> tuple[DatedRate, ...]:
    known = sorted(rates, key=lambda one: one.valid_from or dt.date.min)
    for earlier, later in pairwise(known):
        if earlier.valid_to is None or later.valid_from is None or later.valid_from <= earlier.valid_to:
            raise ValueError("two of these rates are valid on one day; end one before the other begins")
    return tuple(known)


Rates = Annotated[tuple[DatedRate, ...], BeforeValidator(_listed), AfterValidator(_one_at_a_time)]
