"""Product profiles: what access to a product must look like, as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import Field

from access_check.errors import InventoryError
from access_check.facts_profile import FactsProfile, RemoteCommand
from access_check.validation import Strict, validated

Product = Literal["pbxware", "serverware"]
Port = Annotated[int, Field(ge=1, le=65535)]


class WebPage(Strict):
    """One page that must answer. `self_signed_tolerated` speaks of https only."""

    scheme: Literal["http", "https"]
    port: Port
    path: str = "/"
    self_signed_tolerated: bool = False


class OperationalPort(Strict):
    """One TCP port of full operation, what it is for, and who says so."""

    port: Port
    purpose: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=80)]
    source: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200)] = ""


class AccessProfile(Strict):
    """Ports and pages of one product. `work_port` is the SSH port that we work on.

    `operational` are TCP ports that full operation needs and access does not: asked for by
    `access-check --profile operational` only. That list is another document of the vendor's, so none is shipped.

    `asterisk` lists commands on the system by which Asterisk is asked; the first that answers is used.
    """

    product: Product
    work_port: Port
    ssh_ports: tuple[Port, ...]
    tcp_ports: tuple[Port, ...]
    web: Mapping[str, WebPage]
    sip_port: Port = 5060
    operational: tuple[OperationalPort, ...] = ()
    asterisk: tuple[RemoteCommand, ...] = ()
    facts: FactsProfile = FactsProfile()


def access_profile(product: str, overrides: Mapping[str, Any] | None = None) -> AccessProfile:
    """The shipped profile of `product`, with a site's own values over it (`callout_system.access`).

    Raises InventoryError for a product without a profile, or an override that is not valid.
    """
    merged = merge(_shipped(product), overrides or {})
    return validated(AccessProfile, merged, key="access", owner=product, origins={}, expected_file=f"profile {product}")


def with_operational(profile: AccessProfile) -> AccessProfile:
    """The profile whose ports of full operation must be open as well."""
    ports = (entry.port for entry in profile.operational)
    return profile.model_copy(update={"tcp_ports": tuple(dict.fromkeys((*profile.tcp_ports, *ports)))})


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`below` with `above` laid over it: mappings are merged key by key, everything else is replaced."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = merge(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return merged


@cache
def _shipped(product: str) -> dict[str, Any]:
    import yaml

    path = resources.files("access_check") / "profiles" / f"{product}.yml"
    if not path.is_file():
        raise InventoryError(f"There is no product profile {product!r}.", "Use pbxware or serverware.")
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded
