"""Everything that is wrong with or missing in an inventory, at once."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from access_check.errors import AccessCheckError
from access_check.escaping import shown
from access_check.inventory_source import RawSystem, read_inventory
from access_check.requirements import DETAILS, missing_details, requirements, with_waiver
from access_check.targets import Target
from access_check.validation import origin_of
from callout.desk.authentication import has_pin
from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.health.judge import health_checks
from callout.inventory import System, system_from_raw
from callout.places import Places
from callout.policy.public_holidays import unknown_place


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
    found = [
        *missing,
        *_api_key(system, raw, places),
        *_waivers(system, raw, places),
        *_holidays(system, raw, places),
        *_emergency_callers(system, raw, places),
        *_unknown_rate(system, places),
        *_passphrase(system, places),
    ]
    return found or [Finding("inventory.complete", Status.PASS, "ok", "Everything that is demanded is on file.")]


def _placed(finding: Finding, raw: RawSystem, places: Places) -> Finding:
    """The finding with the file in which the key belongs: where its neighbours stand, else host_vars."""
    key = str(finding.evidence.get("key", ""))
    written = origin_of(key, raw.origins).rpartition(":")[0]
    file = Path(written) if written else places.folder / "host_vars" / f"{raw.name}.yml"
    shown = file.relative_to(places.folder) if file.is_relative_to(places.folder) else file
    seen = f"{places.folder.name}/{shown}: {key} is missing. {finding.seen}"
    return replace(finding, seen=seen, evidence={**finding.evidence, "file": str(file)})


def _api_key(system: System, raw: RawSystem, places: Places) -> list[Finding]:
    """No key at all is a system without an API, which health says; an empty one is a detail that is missing."""
    if system.target.api is None or system.target.api.key.get_secret_value().strip():
        return []
    key, remedy = "callout_system.api.key", "Put the key on file, vaulted, or leave callout_system.api out."
    empty = Finding("details.api_key", Status.FAIL, "missing", "It is empty.", Move.US, remedy, {"key": key})
    return [_placed(with_waiver(system.target, empty), raw, places)]


def _waivers(system: System, raw: RawSystem, places: Places) -> list[Finding]:
    """Waivers that set nothing aside: of a check that there is not, without a reason, or over."""
    target = system.target
    known, found = waivable(target), []
    for name, reason in {**target.waivers, **target.expired_waivers}.items():
        if name not in known and not name.startswith("api.service@"):
            near = get_close_matches(name, sorted(known), n=1)
            said = f"sets nothing aside: there is no check of that name{f'; did you mean {near[0]}?' if near else '.'}"
        elif name in target.expired_waivers:
            said = f"sets nothing aside any more. {reason}"
        elif not reason.strip():
            said = "sets nothing aside: it has no reason."
        else:
            continue
        key = f"callout_system.waivers.{name}"
        place = _relative(origin_of(key, raw.origins) or f"host_vars/{raw.name}.yml", places)
        found.append(
            Finding(
                "inventory.waiver",
                Status.FAIL,
                "no-such-check",
                f"{place}: the waiver {shown(name, 80)} {said}",
                Move.US,
                "Name a check as access-check -v shows it, with or without @PORT, and a reason.",
                {"key": key},
            )
        )
    return found


def waivable(target: Target) -> frozenset[str]:
    """Every name that a waiver may have for this system, with and without what stands behind the check's `@`."""
    names = {*(requirement.check for requirement in requirements(target)), *DETAILS, *health_checks(target)}
    return frozenset({*names, *(name.partition("@")[0] for name in names)})


def _relative(place: str, places: Places) -> str:
    path = Path(place)
    shorter = path.relative_to(places.folder) if path.is_relative_to(places.folder) else path
    return f"{places.folder.name}/{shorter}"


def _holidays(system: System, raw: RawSystem, places: Places) -> list[Finding]:
    """Places whose holidays nobody knows: the customer's, and those of the vendor's working hours."""
    own, vendors = system.customer.holidays, system.policy.hours.holidays
    mine = ("callout_customer.holidays", f"group_vars/{system.customer.id}.yml")
    named = [(*mine, own.country, own.subdivision)] if own else []
    named += [("callout_policy.hours.holidays", "group_vars/all", one.country, one.subdivision) for one in vendors]
    found = []
    for key, usual, country, subdivision in named:
        if complaint := unknown_place(country, subdivision):
            where = _relative(origin_of(key, raw.origins) or usual, places)
            remedy, seen = "Write ISO 3166 codes, like country: AT.", f"{where}: {key}: {complaint}."
            told = {"key": key}
            found.append(Finding("inventory.holidays", Status.FAIL, "unknown", seen, Move.US, remedy, told))
    return found


def _emergency_callers(system: System, raw: RawSystem, places: Places) -> list[Finding]:
    """An emergency contract is worth nothing where no caller can be told from anybody else."""
    customer, desk = system.customer, system.customer.desk
    if not customer.emergency_phone or has_pin(desk) or desk.callers:
        return []
    key = "callout_customer.desk"
    where = _relative(origin_of("callout_customer.emergency_phone", raw.origins) or customer.id, places)
    seen = f"{where}: emergency_phone, but neither {key}.pin nor callers: every emergency call would be refused."
    remedy = "Put the PIN (vaulted) or the names of those who may call on file."
    return [Finding("inventory.emergency_caller", Status.WARN, "missing", seen, Move.US, remedy, {"key": key})]


def _unknown_rate(system: System, places: Places) -> list[Finding]:
    if system.policy.money.rates or system.customer.rates:
        return []
    seen = f"{places.folder.name}/group_vars/all: callout_policy.money.rates is missing: no bill can have amounts."
    return [Finding("inventory.rates", Status.WARN, "missing", seen, Move.US, "Set the standard rates by role.")]


def _passphrase(system: System, places: Places) -> list[Finding]:
    passphrase = system.policy.backups.passphrase
    if passphrase is not None and passphrase.get_secret_value().strip():
        return []
    seen = f"{places.folder.name}/group_vars/all: callout_policy.backups.passphrase is missing: no backup can be made."
    return [Finding("inventory.passphrase", Status.FAIL, "missing", seen, Move.US, "Set it, vaulted.")]
