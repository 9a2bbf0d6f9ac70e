"""Pure: can the system's addresses be reached from the street? A name's A and AAAA records are told apart."""

from __future__ import annotations

from collections.abc import Sequence

from access_check.addresses import PUBLIC, address_kind
from access_check.findings import Finding, Move, Status
from access_check.observations import Observations, Reach, Resolution
from access_check.requirements import PRODUCT_NAMES, Requirement
from access_check.targets import Target


def public(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Published procedure: direct access from a public IP; screen sharing will not do."""
    if seen.name is None or seen.name.resolution is not Resolution.RESOLVED:
        return None
    addresses = seen.name.addresses
    kinds = {address: address_kind(address) for address in addresses}
    broken = broken_addresses(seen)
    evidence: dict[str, object] = {"kinds": kinds, "tried": list(addresses), "broken": list(broken)}
    wrong = {address: kind for address, kind in kinds.items() if kind != PUBLIC}
    named = _named if len(addresses) > 1 else str
    if not wrong and not broken:
        said = f"{', '.join(map(named, kinds))} is public." if len(kinds) == 1 else ""
        said = said or f"All addresses are public, tried in this order: {', '.join(map(named, kinds))}."
        return Finding(requirement.check, Status.PASS, "public", said, evidence=evidence)
    if not wrong:
        return _broken(requirement, target, addresses, broken, evidence)
    address, kind = next(iter(wrong.items()))
    mixed = ""
    if others := [named(other) for other in kinds if other not in wrong]:
        mixed = f", while another address of the same name is public ({', '.join(others)})"
        mixed += "; the wrong one is tried first" if addresses[0] in wrong else ""
    remedy = f"Please give the {PRODUCT_NAMES[target.product]} system a public address that we can reach directly"
    remedy += ", or forward the ports from one, and tell us that address."
    if others:
        remedy = f"Please take {', '.join(map(named, wrong))} out of the DNS entry {target.address}, or tell us which "
        remedy += f"address leads to the {PRODUCT_NAMES[target.product]} system."
    move = Move.NETWORK_PROVIDER if kind == "carrier-grade NAT" else Move.CUSTOMER
    code = kind.replace(" ", "-").lower()
    said = f"{named(address)} is a {kind} address{mixed}."
    return Finding(requirement.check, Status.FAIL, code, said, move, remedy, evidence)


def broken_addresses(seen: Observations) -> tuple[str, ...]:
    """Addresses of the name at which no port opened, though they were knocked at, while another's did."""
    opened = {port.address for port in seen.tcp.values() if port.reach is Reach.OPEN}
    failed = (address for port in seen.tcp.values() if port.reach is Reach.OPEN for address in port.failed_before)
    return tuple(dict.fromkeys(address for address in failed if address not in opened))


def _broken(
    requirement: Requirement,
    target: Target,
    addresses: Sequence[str],
    broken: Sequence[str],
    evidence: dict[str, object],
) -> Finding:
    good = [_named(address) for address in addresses if address not in broken]
    bad = ", ".join(map(_named, broken))
    said = f"Of the addresses of {target.address}, {bad} does not let us in, while {', '.join(good)} does."
    remedy = f"Please correct {bad} in the DNS entry {target.address}, or open the ports there as well: whoever tries "
    remedy += "it first waits in vain."
    return Finding(requirement.check, Status.WARN, "address-broken", said, Move.CUSTOMER, remedy, evidence)


def _named(address: str) -> str:
    """The address with the kind of record it comes from."""
    return f"{address} ({'AAAA' if ':' in address else 'A'})"
