"""Inventory variable `callout_edge`: the customer's router, validated once."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from access_check.edge.devices import Kind
from access_check.errors import InventoryError
from access_check.inventory_source import RawSystem
from access_check.validation import Strict, origin_of, validated


class EdgeVariables(Strict):
    """`callout_edge` of a host or of its customer's group: the router in front of the system.

    `inside_address` is the system's address behind it. `address`, `user` and `password` or `private_key` are
    needed to read the router, not to judge a pasted text. The key is tried first, the password once.
    `managed_by` says whose move it is when a rule is wrong.
    """

    device: Kind | None = None
    inside_address: IPv4Address | IPv6Address | None = None
    address: Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[0-9A-Za-z:][0-9A-Za-z_.:-]*$")] | None = (
        None
    )
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    user: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    password: SecretStr | None = None
    private_key: Path | None = None
    managed_by: Literal["customer", "network provider"] = "customer"


def edge_variables(raw: RawSystem, needed: tuple[str, ...]) -> EdgeVariables:
    """The router of one inventory host, with every key of `needed` set; a private key stands in for the password.

    Raises InventoryError with file and key for what is missing, misspelt or of the wrong kind.
    """
    expected = f"host_vars/{raw.name}.yml"
    if "callout_edge" in raw.unresolved:
        place = origin_of("callout_edge", raw.origins) or expected
        why = raw.unresolved["callout_edge"]
        raise InventoryError(f"{place}: callout_edge of {raw.name}: {why}.", "Define that variable.")
    given = raw.variables.get("callout_edge")
    edge = validated(
        EdgeVariables,
        given if given is not None or needed else {},
        key="callout_edge",
        owner=raw.name,
        origins=raw.origins,
        expected_file=expected,
    )
    for key in needed:
        if key == "password" and edge.private_key is not None:
            continue
        value = getattr(edge, key)
        if value is None or (isinstance(value, SecretStr) and not value.get_secret_value()):
            place = origin_of("callout_edge", raw.origins) or expected
            raise InventoryError(
                f"{place}: callout_edge.{key} is missing for {raw.name}.", "Add it; see docs/howto/edge.md."
            )
    return edge
