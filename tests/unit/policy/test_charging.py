"""The charging clause says what a yes to the plan will cost."""

from __future__ import annotations

from decimal import Decimal

from callout.policy.charging import charging_clause, charging_sentence
from callout.policy.rates import Rate


def test_maintenance_contract_pays_nothing_more() -> None:
    clause = charging_clause("maintenance", Rate("engineer", Decimal(96), "x"), "EUR", 15)
    assert clause == {"charged": False}
    assert charging_sentence(clause) == "covered by the maintenance contract, nothing is charged"


def test_support_contract_pays_by_the_time() -> None:
    clause = charging_clause("support", Rate("engineer", Decimal("96.50"), "x"), "EUR", 15)
    assert clause == {"charged": True, "rate": "96.50", "currency": "EUR", "increment_minutes": 15}
    assert "96.50 EUR an hour, each begun 15 minutes" in charging_sentence(clause)


def test_unknown_rate_is_said() -> None:
    clause = charging_clause("support", Rate("engineer", None, ""), "EUR", 15)
    assert clause["rate"] == "unknown"
