"""The charging clause of a plan: what the customer agrees to pay when they agree to the plan."""

from __future__ import annotations

from typing import Any

from callout.policy.rates import Rate


def charging_clause(contract: str, rate: Rate, currency: str, increment_minutes: int) -> dict[str, Any]:
    """JSON-able: `charged`, and where it is charged `rate` per hour, `currency` and `increment_minutes`.

    Published procedure: maintenance on a support contract is charged by the time spent, at the standard
    rates. A rate that is not on file is `unknown`, never left out: the customer must see that it is open.
    """
    if contract == "maintenance":
        return {"charged": False}
    amount = f"{rate.amount:f}" if rate.amount is not None else "unknown"
    return {"charged": True, "rate": amount, "currency": currency, "increment_minutes": increment_minutes}


def charging_sentence(clause: dict[str, Any]) -> str:
    """The clause as a sentence for a plan that people read."""
    if not clause["charged"]:
        return "covered by the maintenance contract, nothing is charged"
    return (
        f"by the time spent, {clause['rate']} {clause['currency']} an hour, "
        f"each begun {clause['increment_minutes']} minutes; only if the change is made"
    )
