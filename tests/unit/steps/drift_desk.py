"""What the tests of baselines and drift as steps share: a system whose profile is one small folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from access_check.inventory_source import RawSystem
from callout.inventory.models import System
from callout.inventory.reading import system_from_raw
from callout.steps.baseline import record_baseline
from callout.steps.context import Context
from callout.steps.drift import Comparison, find_drift
from tests.unit.drift.looked_site import LookedSite

OWN = ("services", "ports", "kernel", "firewall", "sshd", "mounts")
CUSTOMER = {
    "id": "acme", "name": "Acme", "contract": "support", "registered_addresses": ["it@acme.example"],
    "time_zone": "Europe/Berlin", "currency": "EUR",
}  # fmt: skip


def told_system(site: LookedSite, policy: dict[str, Any] | None = None) -> System:
    """A system whose drift profile is that site; its database is nobody's."""
    root = str(site.root)
    drift = {"roots": [root], "prune": [f"{root}/var/spool/calls"], "texts": [f"{root}/etc/*"], "file_systems": [root]}
    # This machine's own, which changes while others test on it.
    own = [{"section": name, "provenance": "product_data", "subjects": ["**"], "why": "Not its own."} for name in OWN]
    variables = {
        "ansible_host": "192.0.2.1",
        "callout_system": {"product": "pbxware", "operation": {"drift": {**drift, "allowed": own}, "database": None}},
        "callout_customer": CUSTOMER,
        "callout_policy": {"drift": policy or {}},
    }
    return system_from_raw(RawSystem("acme-pbx1", ("acme",), variables, {}, {}), Path("/nowhere/known_hosts"))


def version(system: System) -> str:
    return "7.2"


def recorded(context: Context, system: System, **more: Any) -> Any:
    return record_baseline(context, system, ask_version=version, **more)


def found(context: Context, system: System, **more: Any) -> Comparison:
    return find_drift(context, system, ask_version=version, **more)[1]


def standing(comparison: Comparison, site: LookedSite) -> dict[str, str]:
    """The verdict on each changed file below the site, but for folders that were only touched."""
    return {
        one.change.subject.removeprefix(str(site.root)): str(one.provenance)
        for one in comparison.judged
        if one.change.section == "files" and str(one.provenance) != "noise"
    }
