"""Pure: the keys on file, and the key that a server proved → known, unknown, changed or revoked."""

from __future__ import annotations

import base64
import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from access_check.observations import HostKey, HostKeyObservation
from access_check.ssh_certificates import HostCertificate, Vouching

DEFAULT_SSH_PORT = 22
REVOKED_MARKER = "@revoked"
AUTHORITY_MARKER = "@cert-authority"


@dataclass(frozen=True, slots=True)
class KeyOnFile:
    """One line of known_hosts that speaks of a host. `marker` is empty, `@revoked` or `@cert-authority`."""

    marker: str
    kind: str
    blob: bytes


def known_hosts_name(host: str, port: int) -> str:
    """How OpenSSH writes a host and port in known_hosts."""
    return host.lower() if port == DEFAULT_SSH_PORT else f"[{host.lower()}]:{port}"


def fingerprint(blob: bytes) -> str:
    """`SHA256:…`, as ssh-keygen prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def compare(
    kind: str,
    blob: bytes,
    on_file: Sequence[KeyOnFile],
    certificate: HostCertificate | None = None,
    authority: bytes = b"",
) -> HostKeyObservation:
    """What the trust store says of one proved key. A revocation of the key or of its authority beats everything.

    Changed is said only where a key *of the same kind* is on file, as OpenSSH does; a key of another kind
    leaves this one unknown. A certificate authority vouches for the key of a certificate that stands, not for a
    plain key; where the certificate does not stand the plain key counts.
    """
    plain = [key for key in on_file if key.marker == ""]
    vouched = certificate is not None and certificate.vouching is Vouching.VOUCHED
    if any(key.marker == REVOKED_MARKER and key.blob in (blob, authority) for key in on_file):
        verdict = HostKey.REVOKED
    elif vouched or any(key.blob == blob for key in plain):
        verdict = HostKey.KNOWN
    elif any(key.kind == kind for key in plain):
        verdict = HostKey.CHANGED
    else:
        verdict = HostKey.UNKNOWN
    listed = tuple(f"{key.kind} {fingerprint(key.blob)}" for key in plain[:8])
    authorities = tuple(fingerprint(key.blob) for key in on_file if key.marker == AUTHORITY_MARKER)[:8]
    encoded = base64.b64encode(blob).decode()
    return HostKeyObservation(verdict, kind, fingerprint(blob), listed, encoded, authorities, certificate)


def accept_command(system: str, port: int, found: str, *, replace: bool = False) -> str:
    """The command by which a person who has compared the fingerprint `found` takes the key into the trust store.

    It can be copied as it stands, but for the ticket, and what is said behind it ends the sentence.
    """
    words = f"callout trust accept {shlex.quote(system)} --port {port} --fingerprint {found} --ticket TICKET"
    return f"{words}{' --replace' if replace else ''} (TICKET is its number)."
