"""What lint names: an empty secret is none, a waiver that waives nothing is said."""

from __future__ import annotations

from typing import Any

import pytest

from callout.findings import Finding
from callout.places import Places
from callout.steps.inventory_lint import lint_inventory

SYSTEM, POLICY = "host_vars/acme-pbx1.yml", "group_vars/all/policy.yml"
WELL = "callout_policy: {backups: {passphrase: long-s3cret}, money: {rates: {engineer: '120.00'}}}\n"


def lint(folder: Any) -> dict[str, Finding]:
    places = Places(inventory=folder.path, data=folder.path / ".callout", ledger="")
    return {finding.check: finding for finding in lint_inventory(places)["acme-pbx1"]}


def test_a_whole_inventory_has_one_finding_that_passes(folder: Any) -> None:
    folder.write(POLICY, WELL)
    assert list(lint(folder)) == ["inventory.complete"]


@pytest.mark.parametrize(
    ("file", "written", "check", "key"),
    [
        (SYSTEM, "api-s3cret", "details.api_key", "callout_system.api.key"),
        (SYSTEM, "gui-s3cret", "details.gui_password", "callout_system.gui.password"),
        (SYSTEM, "root-s3cret", "details.login", "ansible_password"),
        (POLICY, "long-s3cret", "inventory.passphrase", "callout_policy.backups.passphrase"),
    ],
)
def test_an_empty_secret_counts_as_missing(folder: Any, file: str, written: str, check: str, key: str) -> None:
    folder.write(POLICY, WELL)
    folder.change(file, written, '""')
    finding = lint(folder)[check]
    assert finding.blocks
    assert key in finding.seen


@pytest.mark.parametrize(
    ("waiver", "said"),
    [
        ("adress.public: practice", "did you mean address.public?"),
        ("tcp@8181: closed", "no check of that name"),
        ("tcp@81: ' '", "no reason"),
        ("tcp@81: {reason: x, ticket: T-1, expires: 2020-01-31}", "ended on 2020-01-31 (ticket T-1)"),
    ],
)
def test_a_waiver_that_sets_nothing_aside_is_named(folder: Any, waiver: str, said: str) -> None:
    folder.write(POLICY, WELL)
    folder.change(SYSTEM, "  product:", f"  waivers: {{{waiver}}}\n  product:")
    finding = lint(folder)["inventory.waiver"]
    assert finding.blocks
    assert said in finding.seen
    assert f"inventory/{SYSTEM}:3" in finding.seen


@pytest.mark.parametrize(
    "name", ["tcp", "tcp@81", "address.public", "details.login", "sip.options", "sip.options@5060", "api.service@x"]
)
def test_a_check_of_access_or_health_may_be_waived(folder: Any, name: str) -> None:
    folder.write(POLICY, WELL)
    folder.change(SYSTEM, "  product:", f"  waivers: {{{name}: agreed}}\n  product:")
    assert list(lint(folder)) == ["inventory.complete"]


@pytest.mark.parametrize(
    ("desk", "told"),
    [("", True), ('{pin: ""}', True), ("{pin: '4711'}", False), ("{callers: [{name: Jane Roe}]}", False)],
)
def test_an_emergency_contract_needs_somebody_who_can_be_told_from_others(folder: Any, desk: str, told: bool) -> None:
    folder.write(POLICY, WELL)
    more = f"  desk: {desk}\n" if desk else ""
    folder.change("group_vars/acme.yml", "  currency: EUR\n", f"  currency: EUR\n  emergency_phone: true\n{more}")
    found = lint(folder).get("inventory.emergency_caller")
    assert (found is not None) == told
    if found is not None:
        assert not found.blocks
        assert "inventory/group_vars/acme.yml:2: emergency_phone" in found.seen


def test_holidays_that_nobody_knows_are_named_the_vendors_too(folder: Any) -> None:
    folder.write(POLICY, WELL.rstrip("}\n") + "}}, hours: {holidays: [{country: AT}, {country: XX}]}}\n")
    finding = lint(folder)["inventory.holidays"]
    assert finding.blocks
    assert finding.seen == f"inventory/{POLICY}:1: callout_policy.hours.holidays: no holidays of XX are known."
    folder.write(POLICY, WELL)
    folder.change("group_vars/acme.yml", "  currency: EUR\n", "  currency: EUR\n  holidays: {country: YY}\n")
    assert "callout_customer.holidays: no holidays of YY" in lint(folder)["inventory.holidays"].seen
