"""inventory/example: what a newcomer copies is valid, complete but for the secrets, and reaches nobody."""

from __future__ import annotations

import ipaddress
import re
import shutil
from pathlib import Path

import pytest

from callout.inventory import load_inventory
from callout.places import Places, find_places
from callout.steps.inventory_lint import lint_inventory

DOCUMENTATION_RANGES = [ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


@pytest.fixture
def mine(root: Path, tmp_path: Path) -> Path:
    """A newcomer's copy."""
    return Path(shutil.copytree(root / "inventory" / "example", tmp_path / "mine"))


def _places(folder: Path) -> Places:
    return find_places(folder, {}, folder)


def _give_secrets(folder: Path) -> None:
    pattern = (folder / "group_vars/all/vault.yml.example").read_text(encoding="utf-8")
    filled = re.sub(r'^(vault_\w+): ""$', r"\1: chosen-by-the-newcomer", pattern, flags=re.M)
    (folder / "group_vars/all/vault.yml").write_text(filled, encoding="utf-8")


def test_as_it_stands_the_secrets_are_what_is_missing(mine):
    for system, findings in lint_inventory(_places(mine)).items():
        assert [finding.code for finding in findings] == ["invalid"], system
        assert "vault_" in findings[0].seen
        assert ".yml:" in findings[0].seen


def test_with_secrets_only_the_rates_are_left_to_set(mine):
    _give_secrets(mine)
    found = lint_inventory(_places(mine))
    assert {finding.check for findings in found.values() for finding in findings} == {"inventory.rates"}


def test_both_contracts_and_both_products_are_shown(mine):
    _give_secrets(mine)
    inventory = load_inventory(_places(mine))
    assert {customer.contract for customer in inventory.customers.values()} == {"support", "maintenance"}
    assert {system.product for system in inventory.systems.values()} == {"pbxware", "serverware"}


def test_no_address_belongs_to_anybody(mine):
    _give_secrets(mine)
    for system in load_inventory(_places(mine)).systems.values():
        assert system.target.address is not None
        address = ipaddress.ip_address(system.target.address)
        assert any(address in network for network in DOCUMENTATION_RANGES)
        assert all(mail.endswith(".example") for mail in system.customer.registered_addresses)
