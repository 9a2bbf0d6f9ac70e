"""Everything that is wrong with or missing in an inventory, at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from access_check.errors import AccessCheckError
from access_check.inventory_source import RawSystem, read_inventory
from access_check.requirements import missing_details
from access_check.validation import origin_of
from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.inventory import System, system_from_raw
from callout.places import Places


def lint_inventory(places: Places) -> dict[str, list[Finding]]:
    """Findings per system, in the inventory's order; a system without any fault has one that passes.

    Raises BadInput where the inventory cannot be read at all.
    """
    try:
        raws = read_inventory(places.inventory)
    except AccessCheckError as error:
        raise BadInput(error.message, error.hint) from None
    return {raw.name: _lint(raw, places) for raw in raws}


def _lint(raw: RawSystem, places: Places) -> list[Finding]:
    try:
        system = system_from_raw(raw, places.known_hosts)
    except BadInput as error:
        return [Finding("inventory.valid", Status.FAIL, "invalid", error.message, Move.US, error.hint)]
    missing = [_placed(finding, raw, places) for finding in missing_details(system.target)]
    found = [*missing, *_unknown_rate(system, places), *_passphrase(system, places)]
    return found or [Finding("inventory.complete", Status.PASS, "ok", "Everything that is demanded is on file.")]


def _placed(finding: Finding, raw: RawSystem, places: Places) -> Finding:
    """The finding with the file in which the key belongs: where its neighbours stand, else host_vars."""
    key = str(finding.evidence.get("key", ""))
    written = origin_of(key, raw.origins).rpartition(":")[0]
    file = Path(written) if written else places.folder / "host_vars" / f"{raw.name}.yml"
    shown = file.relative_to(places.folder) if file.is_relative_to(places.folder) else file
    seen = f"{places.folder.name}/{shown}: {key} is missing. {finding.seen}"
    return replace(finding, seen=seen, evidence={**finding.evidence, "file": str(file)})


def _unknown_rate(system: System, places: Places) -> list[Finding]:
    if system.policy.money.rates or system.customer.rates:
        return []
    seen = f"{places.folder.name}/group_vars/all: callout_policy.money.rates is missing: no bill can have amounts."
    return [Finding("inventory.rates", Status.WARN, "missing", seen, Move.US, "Set the standard rates by role.")]


def _passphrase(system: System, places: Places) -> list[Finding]:
    if system.policy.backups.passphrase is not None:
        return []
    seen = f"{places.folder.name}/group_vars/all: callout_policy.backups.passphrase is missing: no backup can be made."
    return [Finding("inventory.passphrase", Status.FAIL, "missing", seen, Move.US, "Set it, vaulted.")]
