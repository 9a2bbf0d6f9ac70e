"""Rates: where they come from, and that nothing is ever made up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from callout.errors import BadInput
from callout.policy.rates import rate_for


def test_the_customers_own_rate_goes_before_the_standard_one() -> None:
    rate = rate_for("engineer", {"engineer": "99.50"}, {"engineer": Decimal("120")})
    assert (rate.amount, rate.source) == (Decimal("99.50"), "callout_customer.rates")
    assert rate_for("engineer", {}, {"engineer": Decimal("120")}).source == "callout_policy.money.rates"


def test_a_missing_rate_is_unknown_and_never_zero() -> None:
    rate = rate_for("developer", {"engineer": "99.50"}, {})
    assert rate.amount is None
    assert "No rate of developer" in rate.why


def test_a_rate_of_zero_that_was_written_down_is_zero() -> None:
    assert rate_for("engineer", {"engineer": "0"}, {}).amount == 0


@pytest.mark.parametrize("written", ["", "abc", "-1", "NaN", "Infinity", "12,50"])
def test_what_is_no_amount_is_refused_with_its_key(written: str) -> None:
    with pytest.raises(BadInput, match=r"callout_customer\.rates\.engineer"):
        rate_for("engineer", {"engineer": written}, {})
