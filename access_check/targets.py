"""Inventory variables → Target: everything that is needed to reach one system."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr

from access_check.errors import InventoryError
from access_check.inventory_source import CONNECTION_VARIABLES, RawSystem
from access_check.profile import AccessProfile, Port, Product, access_profile
from access_check.validation import Strict, origin_of, validated
from access_check.waivers import Waivers, waivers_expired, waivers_in_force


class GuiLogin(Strict):
    """User and password of the web GUI."""

    user: str
    password: SecretStr


class WizardLogin(Strict):
    """Root password of the Setup Wizard; where none is on file it is the SSH one (published procedure)."""

    password: SecretStr


class ApiKey(Strict):
    """The product's API key."""

    key: SecretStr


class SystemVariables(Strict):
    """`callout_system` of one inventory host.

    `waivers` maps a check to the reason why it does not count here, or to reason, ticket
    and expiry; `access` overrides the product's access profile, `operation` its operating profile (backup scope,
    services; read by callout).
    """

    product: Product
    gui: GuiLogin | None = None
    wizard: WizardLogin | None = None
    api: ApiKey | None = None
    waivers: Waivers = Field(default_factory=dict)
    access: Mapping[str, Any] = Field(default_factory=dict)
    operation: Mapping[str, Any] = Field(default_factory=dict)
    note: str = ""


class Target(Strict):
    """One system as seen from the street: address, ports, credentials, and what must hold.

    `port` is the SSH port to work on (`ansible_port`, else the profile's). `connection_arguments` are
    ansible_ssh_common_args and _extra_args as words. `waivers` are those in force, `expired_waivers` the
    sentences for those that are over. Secrets show themselves only through
    `get_secret_value()`.
    """

    name: str
    product: Product
    address: str | None
    port: Port
    user: str
    password: SecretStr | None
    private_key: Path | None
    connection_arguments: tuple[str, ...]
    known_hosts: Path
    gui: GuiLogin | None
    wizard: WizardLogin | None
    api: ApiKey | None
    waivers: Mapping[str, str]
    expired_waivers: Mapping[str, str] = Field(default_factory=dict)
    profile: AccessProfile


def target_from_variables(raw: RawSystem, known_hosts: Path) -> Target:
    """The Target of one inventory host.

    A missing address or credential is *not* an error here: naming what is missing is the check's work.
    Raises InventoryError with file and key for a value of the wrong kind, or a template that cannot be
    resolved.
    """
    expected = f"host_vars/{raw.name}.yml"
    for key, why in raw.unresolved.items():
        if key.startswith("callout_") or key in CONNECTION_VARIABLES:
            place = origin_of(key, raw.origins) or expected
            raise InventoryError(f"{place}: {key} of {raw.name}: {why}.", "Define that variable.")
    variables = raw.variables
    own = validated(
        SystemVariables,
        variables.get("callout_system"),
        key="callout_system",
        owner=raw.name,
        origins=raw.origins,
        expected_file=expected,
    )
    # The commands for Asterisk are one list for both sides; a site may have written it on either.
    asterisk = {"asterisk": own.operation["asterisk"]} if "asterisk" in own.operation else {}
    profile = access_profile(own.product, {**asterisk, **own.access})
    connection = {
        "name": raw.name,
        "product": own.product,
        "address": variables.get("ansible_host"),
        "port": variables.get("ansible_port", profile.work_port),
        "user": variables.get("ansible_user", "root"),
        "password": _first(variables, "ansible_password", "ansible_ssh_pass", "ansible_ssh_password"),
        "private_key": _first(variables, "ansible_ssh_private_key_file", "ansible_private_key_file"),
        "connection_arguments": _words(raw),
        "known_hosts": known_hosts,
    }
    about = {
        "waivers": waivers_in_force(own.waivers, raw.read_on),
        "expired_waivers": waivers_expired(own.waivers, raw.read_on),
    }
    return validated(
        Target,
        {**connection, **about, "gui": own.gui, "wizard": own.wizard, "api": own.api, "profile": profile},
        key="(connection)",
        owner=raw.name,
        origins=raw.origins,
        expected_file=expected,
    )


def _first(variables: Mapping[str, Any], *names: str) -> Any:
    return next((variables[name] for name in names if variables.get(name) not in (None, "")), None)


def _words(raw: RawSystem) -> list[str]:
    words: list[str] = []
    for key in ("ansible_ssh_common_args", "ansible_ssh_extra_args"):
        try:
            words += shlex.split(str(raw.variables.get(key) or ""))
        except ValueError as error:
            place = origin_of(key, raw.origins) or raw.name
            raise InventoryError(f"{place}: {key}: {error}.", "Close the quotation.") from None
    return words
