"""Pure: verdicts on the key exchange: do we and the server agree, and on what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from access_check.algorithms import (
    GOOD_RSA_BITS,
    LISTS,
    SMALLEST_RSA_BITS,
    Weakness,
    noted_algorithms,
    nothing_in_common,
    rsa_bits,
    weak_algorithms,
)
from access_check.findings import Finding, Move, Status
from access_check.observations import Handshake, HostKeyObservation, Observations
from access_check.requirements import PRODUCT_NAMES, Requirement
from access_check.targets import Target


def handshake(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether we and the server agree on algorithms."""
    observed = seen.ssh.get(requirement.port)
    if observed is None or observed.handshake is None:
        return None
    port = requirement.port
    offer = observed.offer
    evidence: dict[str, object] = {"detail": observed.handshake_detail}
    if observed.handshake is Handshake.DONE:
        return Finding(requirement.check, Status.PASS, "done", f"The key exchange on port {port} works.")
    if observed.handshake is Handshake.NO_COMMON_ALGORITHM:
        named = "its offer could not be read"
        if offer is not None:
            evidence["offer"] = {name: list(names) for name, names in asdict(offer).items()}
            lacking = nothing_in_common(offer, observed.ours) if observed.ours is not None else {}
            evidence["nothing_in_common"] = {words: list(names) for words, names in lacking.items()}
            told = lacking or {words: getattr(offer, name) for name, words in LISTS.items()}
            named = "it offers only " + ", ".join(f"{words} {_listed(names)}" for words, names in told.items())
        said = f"SSH on port {port} and this check have no common algorithm ({observed.handshake_detail}): {named}."
        remedy = "Log in with an ssh client that still has these algorithms, and propose an update to the customer."
        return Finding(requirement.check, Status.FAIL, "no-common-algorithm", said, Move.US, remedy, evidence)
    said, status = {
        Handshake.BROKEN: (f"SSH on port {port} breaks the protocol ({observed.handshake_detail}).", Status.FAIL),
        Handshake.CLOSED: (f"SSH on port {port} closes the connection during the key exchange.", Status.FAIL),
        Handshake.TIMEOUT: (f"SSH on port {port} does not end the key exchange in time.", Status.UNKNOWN),
        Handshake.TOO_MUCH: (f"SSH on port {port} sends more than a login needs; we hung up.", Status.FAIL),
    }[observed.handshake]
    remedy = f"Please check the SSH server behind TCP port {port}, and the load of the system: the connection is "
    remedy += "made, but the encryption is not agreed upon."
    return Finding(requirement.check, status, str(observed.handshake), said, Move.CUSTOMER, remedy, evidence)


def algorithms(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether the server still offers what ought not to be used. A warning: it keeps nobody out."""
    observed = seen.ssh.get(requirement.port)
    if observed is None or observed.offer is None:
        return None
    weak = [*weak_algorithms(observed.offer), *_small_key(observed.host_key, below=SMALLEST_RSA_BITS)]
    noted = noted_algorithms(observed.offer)
    noted += [found for found in _small_key(observed.host_key, below=GOOD_RSA_BITS) if found not in weak]
    evidence = {"weak": [found.as_dict() for found in weak], "noted": [found.as_dict() for found in noted]}
    where = f"SSH on port {requirement.port}"
    if not weak:
        said = f"{where} offers no weak algorithm."
        return Finding(requirement.check, Status.PASS, "strong", said, evidence=evidence)
    kinds: dict[str, list[str]] = {}
    for found in weak:
        kinds.setdefault(found.kind, []).append(f"{found.name} ({found.why})")
    said = f"{where} offers weak algorithms: " + "; ".join(f"{kind} {_listed(names)}" for kind, names in kinds.items())
    remedy = f"Please update the {PRODUCT_NAMES[target.product]} system when it suits you, or switch these algorithms "
    remedy += f"off in its SSH server (port {requirement.port}): they no longer protect what is sent."
    return Finding(requirement.check, Status.WARN, "weak-algorithms", f"{said}.", Move.CUSTOMER, remedy, evidence)


def _small_key(host_key: HostKeyObservation | None, *, below: int) -> list[Weakness]:
    bits = rsa_bits(host_key.encoded) if host_key is not None else 0
    return [Weakness("host key", f"RSA of {bits} bits", "too small")] if 0 < bits < below else []


def _listed(names: Sequence[str]) -> str:
    return (" ".join(names[:8]) + (" …" if len(names) > 8 else "")) or "none"
