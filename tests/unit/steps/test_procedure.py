"""What the document is made from: the real inventory's policy, ports and holidays."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from access_check.inventory_source import RawSystem
from callout.errors import BadInput
from callout.inventory import Inventory, system_from_raw
from callout.steps.procedure import procedure_of
from tests.unit.views.procedure_desk import text_of

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
CUSTOMER = {
    "id": "globex", "name": "Globex", "contract": "support", "registered_addresses": ["it@globex.example"],
    "time_zone": "America/New_York", "currency": "EUR",
}  # fmt: skip


def inventory(**policy: Any) -> Inventory:
    """Two systems of Globex, one of them with ports of its own."""
    systems = {}
    for name, product, access in (("sw1", "serverware", {}), ("pbx1", "pbxware", {"web": {"gui": {"port": 8443}}})):
        variables = {
            "ansible_host": "192.0.2.1", "callout_system": {"product": product, "access": access},
            "callout_customer": CUSTOMER, "callout_policy": policy,
        }  # fmt: skip
        systems[name] = system_from_raw(RawSystem(name, ("globex",), variables, {}, {}), Path("/nowhere/known_hosts"))
    one = systems["sw1"]
    return Inventory(systems, {"globex": one.customer}, one.policy)


def test_ports_are_those_of_all_products_or_of_the_customers_own_systems() -> None:
    everybody = text_of(procedure_of(inventory(), NOW), "access")
    assert "PBXware | TCP 80, 443 | TCP 81 | TCP 2020" in everybody
    assert "SERVERware | TCP 80, 443 | TCP 81 | TCP 2020, 2222" in everybody
    own = text_of(procedure_of(inventory(), NOW, customer="globex"), "access")
    assert "sw1 (SERVERware) | TCP 80, 443 | TCP 81 | TCP 2020, 2222" in own
    assert "pbx1 (PBXware) | TCP 80, 443, 8443 |" in own


def test_holidays_are_those_that_are_configured_and_no_others() -> None:
    assert "holidays of" not in text_of(procedure_of(inventory(), NOW))
    of = inventory(hours={"holidays": [{"country": "AT"}, {"country": "US", "subdivision": "NY"}]})
    said = text_of(procedure_of(of, NOW), "hours")
    assert "26 October 2026: National Day (AT)" in said
    assert "26 November 2026: Thanksgiving" in said
    assert "the public holidays of US-NY" in said


def test_the_year_is_that_of_the_zone_in_which_the_day_opens() -> None:
    late = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)
    assert procedure_of(inventory(), late).year == 2027
    assert procedure_of(inventory(hours={"opens_zone": "America/New_York"}), late).year == 2026


def test_bad_places_and_customers_are_sentences() -> None:
    with pytest.raises(BadInput, match="no holidays of XX"):
        procedure_of(inventory(hours={"holidays": [{"country": "XX"}]}), NOW)
    with pytest.raises(BadInput, match="no customer 'nobody'"):
        procedure_of(inventory(), NOW, customer="nobody")
