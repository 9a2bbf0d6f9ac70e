"""`invoicing` in the inventory: optional, and what is wrong in it is named with file, line and key."""

from __future__ import annotations

from typing import Any

import pytest

from callout.errors import BadInput

CUSTOMER = "group_vars/acme.yml"
POLICY = "group_vars/all/policy.yml"
SELLER = """\
callout_policy:
  invoicing:
    seller: {name: Vendor, address: {country: AT}, vat_id: ATU12345678}
    tax: {kind: standard, percent: 20}
"""


def _with(folder: Any, lines: str) -> None:
    folder.change(CUSTOMER, "  currency: EUR\n", f"  currency: EUR\n  invoicing:\n{lines}")


def test_left_out_there_is_none(folder: Any) -> None:
    loaded = folder.load()
    assert loaded.policy.invoicing is None
    assert loaded.customer("acme").invoicing is None


def test_written_it_is_there(folder: Any) -> None:
    folder.write(POLICY, SELLER)
    _with(folder, '    address: {post_code: "01067", city: Dresden, country: DE}\n')
    loaded = folder.load()
    assert loaded.policy.invoicing.tax.percent == 20
    assert loaded.customer("acme").invoicing.address.post_code == "01067"
    assert loaded.customer("globex").invoicing is None


@pytest.mark.parametrize(
    ("lines", "key", "said"),
    [
        ("    address: {post_code: 01067, country: DE}\n", "invoicing.address.post_code", "write it in quotes"),
        ("    address: {country: NO}\n", "invoicing.address.country", "Norway only in quotes"),
        ("    address: {country: Austria}\n", "invoicing.address.country", "write it like AT"),
        ("    address: {country: AT}\n    vatid: ATU1\n", "invoicing.vatid", "no such key"),
        ("    vat_id: ATU12345678\n", "invoicing.address", "Field required"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(folder: Any, lines: str, key: str, said: str) -> None:
    _with(folder, lines)
    with pytest.raises(BadInput) as error:
        folder.load()
    assert f"{CUSTOMER}:" in error.value.message
    assert f"callout_customer.{key}" in error.value.message
    assert said in error.value.message


def test_a_wrong_account_of_the_seller_is_named_too(folder: Any) -> None:
    folder.write(POLICY, SELLER + "    bank: {iban: AT00 1904 3002 3457 3201}\n")
    with pytest.raises(BadInput, match=r"policy\.yml:\d+: callout_policy\.invoicing\.bank\.iban .*check digits"):
        folder.load()
