"""Product profiles: what access to a product must look like, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from access_check.facts_profile import FactsProfile, RemoteCommand
from access_check.profile_file import profile_file
from access_check.sign_in_form import SignInForm
from access_check.validation import Strict, validated

Product = Literal["pbxware", "serverware"]
Port = Annotated[int, Field(ge=1, le=65535)]


class WebPage(Strict):
    """One page that must answer. `self_signed_tolerated` and `certificate_sha256` speak of https only.

    `certificate_sha256` pins the one certificate that the page must have (64 hexadecimal digits). `sign_in` is how
    one signs in there, where that is known. `warn_if_exposed` is for pages that nobody but us needs to reach.
    """

    scheme: Literal["http", "https"]
    port: Port
    path: str = "/"
    self_signed_tolerated: bool = False
    certificate_sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    warn_if_exposed: bool = False
    sign_in: SignInForm | None = None


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

    `api_path` is where the page `gui` has its API of version 1; None where there is none that we know.
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
    api_path: str | None = None


def access_profile(
    product: str,
    overrides: Mapping[str, Any] | None = None,
    *,
    owner: str = "",
    origins: Mapping[str, str] | None = None,
    expected_file: str = "",
) -> AccessProfile:
    """The shipped profile of `product`, with a site's own values over it (`callout_system.access` of `owner`).

    `origins` and `expected_file` say where those were written, as for `validated`.
    Raises InventoryError for a product without a profile, or an override that is not valid.
    """
    merged = merge(profile_file("access_check", product), overrides or {})
    return validated(
        AccessProfile,
        merged,
        key="callout_system.access",
        owner=owner or product,
        origins=origins or {},
        expected_file=expected_file or f"profile {product}",
    )


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
