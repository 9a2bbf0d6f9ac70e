"""Pure: verdicts on what was seen of SSH. None means that we did not come so far."""

from __future__ import annotations

from functools import partial

from access_check.findings import Finding, Move, Status
from access_check.observations import Banner, HostKey, Login, LoginObservation, Observations, Shell
from access_check.requirements import PRODUCT_NAMES, Requirement
from access_check.ssh_certificate_verdicts import host_certificate_evidence, why_no_authority_vouches
from access_check.ssh_certificates import CertificateTried, Vouching
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


def host_key(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether the server proved the host key that we have on file for this address *and port*."""
    observed = seen.ssh.get(requirement.port)
    if observed is None or observed.host_key is None:
        return None
    key = observed.host_key
    where = f"{target.address} port {requirement.port}"
    evidence = {"kind": key.kind, "fingerprint": key.fingerprint, "on_file": list(key.on_file)}
    evidence |= host_certificate_evidence(key)
    if key.host_key is HostKey.KNOWN:
        said = f"The host key of {where} is the one on file ({key.fingerprint})."
        if key.certificate is not None and key.certificate.vouching is Vouching.VOUCHED:
            said = f"An authority on file vouches for the host key of {where} ({key.fingerprint})."
        return Finding(requirement.check, Status.PASS, "known", said, evidence=evidence)
    why_not = why_no_authority_vouches(key)
    signed = ", or the authority that signed it," if key.certificate is not None else ""
    compare = f"Compare the fingerprint {key.fingerprint} with the customer by another way, under a ticket, and then: "
    accept = partial(accept_command, target.name, requirement.port, key.fingerprint)
    said, remedy = {
        HostKey.UNKNOWN: (
            f"The host key of {where} is not on file ({key.kind} {key.fingerprint}); no password was sent.{why_not}",
            f"{compare}{accept()}",
        ),
        HostKey.CHANGED: (
            f"The host key of {where} has changed to {key.kind} {key.fingerprint}; no password was sent.{why_not}",
            (
                "Do not log in. Ask the customer whether the system was replaced or migrated. "
                f"{compare}{accept(replace=True)}"
            ),
        ),
        HostKey.REVOKED: (
            f"The host key of {where} ({key.fingerprint}){signed} is revoked in our trust store; no password was sent.",
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
        "certificate": str(did.certificate),
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
    refused = {"certificate": did.certificate is CertificateTried.REFUSED, "key": did.key_refused}
    before = " and our ".join(name for name, was in refused.items() if was)
    also = f"; our {before} had been refused before" if before else ""
    said = f"{target.user} was let in on port {requirement.port} by {did.method}{also}."
    return Finding(requirement.check, Status.PASS, "accepted", said, evidence=evidence)


def _refusal(requirement: Requirement, target: Target, did: LoginObservation) -> tuple[Status, Move, str, str]:
    user, where = target.user, f"on port {requirement.port}"
    system = f"{target.name} ({target.address})"
    detail = f" ({did.detail})" if did.detail else ""
    offered = ", ".join(did.offered) or "nothing"
    by = did.method or "any method"
    if did.method == "key" and did.certificate is CertificateTried.REFUSED:
        by = "certificate and key"
    takes = f"; the server takes {offered}" if did.offered else ""
    check = f"Please check the SSH server of {system}: it does not finish logins."
    return {
        Login.REFUSED: (
            Status.FAIL,
            Move.CUSTOMER,
            f"The login as {user} by {by} {where} was refused; it was tried once{detail}{takes}.",
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
