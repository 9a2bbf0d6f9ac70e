"""Pure: verdicts on what was seen of SSH. None means that we did not come so far."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from access_check.findings import Finding, Move, Status
from access_check.observations import Banner, Handshake, HostKey, Login, LoginObservation, Observations, Shell
from access_check.requirements import PRODUCT_NAMES, Requirement
from access_check.targets import Target
from access_check.trust import accept_command


def banner(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether an SSH server answers on the port."""
    observed = seen.ssh.get(requirement.port)
    if observed is None:
        return None
    port, product = requirement.port, PRODUCT_NAMES[target.product]
    evidence = {"banner": observed.banner_text, "received_bytes": observed.received_bytes}
    if observed.banner is Banner.SSH:
        said = f"Port {port} answers as {observed.banner_text}."
        return Finding(requirement.check, Status.PASS, "ssh", said, evidence=evidence)
    quoted = f": “{observed.banner_text}”" if observed.banner_text else ""
    said, remedy = {
        Banner.NOT_SSH: (
            f"What answers on port {port} is not SSH{quoted}.",
            (
                f"Please correct the forward of TCP port {port}: it leads to something other than the SSH server of "
                f"the {product} system."
            ),
        ),
        Banner.CLOSED: (
            f"Port {port} takes the connection and closes it before a word is said{quoted}.",
            (
                f"Please allow our address on the {product} system (hosts.deny, hosts.allow, sshd's own limits): "
                f"SSH on port {port} closes our connection at once."
            ),
        ),
        Banner.SILENT: (
            f"Port {port} takes the connection and then says nothing{quoted}.",
            f"Please check the SSH server behind TCP port {port}: it takes connections but does not answer.",
        ),
    }[observed.banner]
    return Finding(requirement.check, Status.FAIL, str(observed.banner), said, Move.CUSTOMER, remedy, evidence)


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
            named = f"it offers key exchange {_listed(offer.key_exchange)}, host keys {_listed(offer.host_keys)}, "
            named += f"ciphers {_listed(offer.ciphers)}, MACs {_listed(offer.macs)}"
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


def host_key(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether the server proved the host key that we have on file for this address *and port*."""
    observed = seen.ssh.get(requirement.port)
    if observed is None or observed.host_key is None:
        return None
    key = observed.host_key
    where = f"{target.address} port {requirement.port}"
    evidence = {"kind": key.kind, "fingerprint": key.fingerprint, "on_file": list(key.on_file)}
    if key.host_key is HostKey.KNOWN:
        said = f"The host key of {where} is the one on file ({key.fingerprint})."
        return Finding(requirement.check, Status.PASS, "known", said, evidence=evidence)
    compare = f"Compare the fingerprint {key.fingerprint} with the customer by another way, under a ticket, and then: "
    accept = partial(accept_command, target.name, requirement.port, key.fingerprint)
    said, remedy = {
        HostKey.UNKNOWN: (
            f"The host key of {where} is not on file ({key.kind} {key.fingerprint}); no password was sent.",
            f"{compare}{accept()}",
        ),
        HostKey.CHANGED: (
            f"The host key of {where} has changed to {key.kind} {key.fingerprint}; no password was sent.",
            (
                "Do not log in. Ask the customer whether the system was replaced or migrated. "
                f"{compare}{accept(replace=True)}"
            ),
        ),
        HostKey.REVOKED: (
            f"The host key of {where} ({key.fingerprint}) is revoked in our trust store; no password was sent.",
            "Do not log in. Ask the customer why a key that was withdrawn is in use again.",
        ),
    }[key.host_key]
    return Finding(requirement.check, Status.FAIL, str(key.host_key), said, Move.US, remedy, evidence)


def login(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether root gets in. One password attempt was made at most."""
    observed = seen.ssh.get(requirement.port)
    if observed is None or observed.login is None:
        return None
    did = observed.login
    evidence = {
        "user": target.user,
        "method": did.method,
        "offered": list(did.offered),
        "key_refused": did.key_refused,
        "password_attempts": did.password_attempts,
        "detail": did.detail,
    }
    if did.login is Login.ACCEPTED:
        return _accepted(requirement, target, did, evidence)
    status, move, said, remedy = _refusal(requirement, target, did)
    return Finding(requirement.check, status, str(did.login), said, move, remedy, evidence)


def _accepted(requirement: Requirement, target: Target, did: LoginObservation, evidence: dict[str, object]) -> Finding:
    if did.method == "none":
        said = f"{target.user} gets in on port {requirement.port} without any password or key."
        remedy = f"Please set a password for {target.user} at once: anybody can log in."
        return Finding(requirement.check, Status.WARN, "no-password-needed", said, Move.CUSTOMER, remedy, evidence)
    also = "; our key was refused before" if did.key_refused else ""
    said = f"{target.user} was let in on port {requirement.port} by {did.method}{also}."
    return Finding(requirement.check, Status.PASS, "accepted", said, evidence=evidence)


def _refusal(requirement: Requirement, target: Target, did: LoginObservation) -> tuple[Status, Move, str, str]:
    user, where = target.user, f"on port {requirement.port}"
    system = f"{target.name} ({target.address})"
    detail = f" ({did.detail})" if did.detail else ""
    offered = ", ".join(did.offered) or "nothing"
    by = did.method or "any method"
    check = f"Please check the SSH server of {system}: it does not finish logins."
    return {
        Login.REFUSED: (
            Status.FAIL,
            Move.CUSTOMER,
            f"The login as {user} by {by} {where} was refused; it was tried once{detail}.",
            (
                f"Please send us the current root {'password' if by == 'password' else 'access'} of {system} by a safe "
                "way, and check that root may log in by SSH. We shall not try again before: it might get us banned."
            ),
        ),
        Login.NO_COMMON_METHOD: (
            Status.FAIL,
            Move.CUSTOMER,
            f"The server {where} offers {offered}, and for none of it we have credentials; none were sent.",
            f"Please allow root to log in by password or by our key on {system} (PermitRootLogin in sshd_config).",
        ),
        Login.NO_CREDENTIALS: (
            Status.UNKNOWN,
            Move.US,
            f"No login {where} was tried: neither a password nor a key is on file.",
            f"Put ansible_password or ansible_ssh_private_key_file of {target.name} into the inventory.",
        ),
        Login.KEY_UNUSABLE: (
            Status.UNKNOWN,
            Move.US,
            f"No login {where} was tried: the private key cannot be used{detail}.",
            "Correct ansible_ssh_private_key_file; the key must be readable and without a passphrase.",
        ),
        Login.CLOSED: (
            Status.FAIL,
            Move.CUSTOMER,
            f"The server closed the connection during the login as {user} {where}{detail}.",
            f"{check} We shall not try again before: it might get us banned.",
        ),
        Login.TIMEOUT: (
            Status.UNKNOWN,
            Move.CUSTOMER,
            f"The login as {user} {where} was not answered in time.",
            check,
        ),
    }[did.login]


def shell(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether a POSIX shell runs what we send, and prints nothing of its own around it."""
    observed = seen.ssh.get(requirement.port)
    if observed is None or observed.shell is None:
        return None
    did = observed.shell
    evidence = {"said": did.said}
    if did.shell is Shell.WORKS:
        return Finding(requirement.check, Status.PASS, "works", f"sh works for {target.user}.", evidence=evidence)
    said, status = {
        Shell.NO_SHELL: ("The login works, but no shell is given", Status.FAIL),
        Shell.WRONG_OUTPUT: ("The shell prints something else than it was asked", Status.FAIL),
        Shell.FLOODED: ("The shell floods us with output", Status.FAIL),
        Shell.TIMEOUT: ("The shell did not answer in time", Status.UNKNOWN),
    }[did.shell]
    quoted = f": “{did.said}”" if did.said else ""
    remedy = f"Please give {target.user} on {target.name} ({target.address}) a plain shell without forced commands, "
    remedy += "menus or messages for logins without a terminal."
    return Finding(requirement.check, status, str(did.shell), f"{said}{quoted}.", Move.CUSTOMER, remedy, evidence)


def _listed(names: tuple[str, ...]) -> str:
    return (" ".join(names[:8]) + (" …" if len(names) > 8 else "")) or "none"
