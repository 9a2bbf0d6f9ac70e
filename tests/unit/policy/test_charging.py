"""The charging clause says what a yes to the plan will cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from callout.inventory.hours import Hours
from callout.inventory.models import ChangeWindow
from callout.policy.bands import STANDARD, Band, BandCalendar
from callout.policy.charging import Ahead, bands_in_window, charging_clause, charging_sentence
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


RATE = Rate("engineer", Decimal("96.50"), "x")
NIGHT, WEEKEND = Band("out_of_hours", Decimal("1.5")), Band("weekend", Decimal(2))
FACTORS = {"out_of_hours": Decimal("1.5"), "weekend": Decimal(2)}


def sentence(ahead: Ahead) -> str:
    return charging_sentence(charging_clause("support", RATE, "EUR", 15, ahead))


def test_who_would_pay_is_said_in_its_order() -> None:
    told = sentence(Ahead(payers=(("R-1", "retainer"), ("B-1", "hours_block"))))
    assert "paid by R-1 (retainer), then B-1 (hours block), as far as it is valid and holds" in told


def test_what_an_hour_is_multiplied_by_in_the_window() -> None:
    assert "in the change window × 1.5 out of hours;" in sentence(Ahead(bands=(NIGHT,), factors=FACTORS))
    both = sentence(Ahead(bands=(STANDARD, NIGHT), factors=FACTORS, holiday=Decimal(3)))
    assert "in the change window × 1 standard or × 1.5 out of hours, by the hour of the work; × 3 on public" in both
    assert "×" not in sentence(Ahead(bands=(STANDARD,), factors=FACTORS))


def test_without_a_window_it_is_not_known() -> None:
    told = sentence(Ahead(bands=None, factors=FACTORS))
    assert "multiplier not known without a change window: × 1.5 out of hours, × 2 weekend" in told


def test_nothing_that_costs_more_leaves_the_clause_as_it_was() -> None:
    assert charging_clause("support", RATE, "EUR", 15, Ahead(bands=None)) == charging_clause("support", RATE, "EUR", 15)


@pytest.mark.parametrize(
    ("window", "bands"),
    [
        ({"opens": "03:00", "closes": "05:00", "days": ["tue"]}, (NIGHT,)),
        ({"opens": "10:00", "closes": "12:00", "days": ["tue"]}, (STANDARD,)),
        ({"opens": "10:00", "closes": "12:00", "days": ["sat"]}, (WEEKEND,)),
        ({"opens": "22:00", "closes": "09:30", "days": ["tue"]}, (STANDARD, NIGHT)),
        ({"opens": "22:00", "closes": "06:00", "days": ["fri"]}, (STANDARD, NIGHT, WEEKEND)),
        ({"opens": "10:00", "closes": "12:00"}, (STANDARD, WEEKEND)),
    ],
)
def test_the_bands_of_a_window(window: dict[str, object], bands: tuple[Band, ...]) -> None:
    """Hours from 9:00 in Berlin to 17:00 in New York, which is 23:00 in Vienna, or 22:00 while the clocks differ."""
    calendar = BandCalendar(Hours(), "Europe/Vienna", FACTORS)
    assert bands_in_window(ChangeWindow.model_validate(window), calendar, 2026) == bands
