"""The host key that a server proves: which kinds to ask for, and what was proved, certificate included."""

from __future__ import annotations

import time
from collections.abc import Sequence

import paramiko

from access_check.host_certificates import vouching
from access_check.observations import HostKeyObservation
from access_check.probes.ssh_key_exchange import KeyExchangeTransport
from access_check.ssh_certificates import (
    CERTIFICATE_SUFFIX,
    HostCertificate,
    NotACertificate,
    Vouching,
    read_certificate,
)
from access_check.trust import AUTHORITY_MARKER, KeyOnFile, compare

_RSA_SIGNATURES = ("rsa-sha2-512", "rsa-sha2-256")


class HostKeyTransport(KeyExchangeTransport):
    """Asks for kinds of host key in an order of ours; Paramiko always puts certificates last."""

    own_kinds: tuple[str, ...] = ()

    @property
    def preferred_keys(self) -> tuple[str, ...]:
        """The kinds of host key to ask for, the most wanted one first."""
        if self.own_kinds:
            return self.own_kinds
        return tuple(super().preferred_keys)


def kinds_in_order(kinds: Sequence[str], on_file: Sequence[KeyOnFile]) -> tuple[str, ...]:
    """The kinds of host key to ask for: those that could prove the host first, as ssh does.

    Otherwise a known server looks unknown. Certificates come first where an authority is on file for the host.
    """
    plain = [kind for kind in kinds if not kind.endswith(CERTIFICATE_SUFFIX)]
    certified = [kind for kind in kinds if kind.endswith(CERTIFICATE_SUFFIX)]
    wanted = {kind for key in on_file if key.marker == "" for kind in _signatures(key.kind)}
    known = [kind for kind in plain if kind in wanted]
    others = [kind for kind in plain if kind not in wanted]
    if any(key.marker == AUTHORITY_MARKER for key in on_file):
        return (*certified, *known, *others)
    return (*known, *others, *certified)


def proved_key(transport: paramiko.Transport, on_file: Sequence[KeyOnFile], host: str) -> HostKeyObservation | None:
    """The proved key beside those on file; None where the server went away right after the key exchange."""
    try:
        key = transport.get_remote_server_key()
    except paramiko.SSHException:
        return None
    kind, blob = key.get_name(), key.asbytes()
    if key.public_blob is None:
        return compare(kind, blob, on_file)
    try:
        read = read_certificate(key.public_blob.key_blob)
    except NotACertificate as error:
        return compare(kind, blob, on_file, HostCertificate(Vouching.UNREADABLE, detail=str(error)))
    if read.plain_blob != blob:
        unlike = HostCertificate(Vouching.UNREADABLE, detail="it is for another key than the one that was proved")
        return compare(kind, blob, on_file, unlike)
    certificate = vouching(read, on_file, host, int(time.time()))
    return compare(kind, blob, on_file, certificate, read.authority_blob)


def _signatures(kind: str) -> tuple[str, ...]:
    return _RSA_SIGNATURES if kind == "ssh-rsa" else (kind,)
