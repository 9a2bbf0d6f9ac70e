"""Looks at one SSH port: banner, key exchange, host key, and only behind a known host key the login.

The only folder with Paramiko in it is this one. Paramiko reads through a GuardSocket and is never trusted
to end by itself.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import paramiko
from paramiko.packet import Packetizer

from access_check.escaping import shown
from access_check.key_exchange import offered
from access_check.observations import (
    Banner,
    Handshake,
    HostKey,
    Offer,
    ShellObservation,
    SshObservation,
)
from access_check.probes.deadline import Deadline
from access_check.probes.first_words import ENDED, banner_seen
from access_check.probes.guard import IDENTIFICATION, GuardSocket
from access_check.probes.ssh_host_key import HostKeyTransport, kinds_in_order, proved_key
from access_check.probes.ssh_login import Credentials, log_in
from access_check.probes.ssh_shell import try_shell
from access_check.trust import KeyOnFile

_LOG = "access_check.ssh"
_GRACE_S = 0.5
AfterLogin = Callable[[paramiko.Transport, GuardSocket, Deadline], ShellObservation | None]
# Paramiko logs a traceback for every server that misbehaves; what it has to say is in the observation.
logging.getLogger(_LOG).setLevel(logging.CRITICAL + 1)


class _Packetizer(Packetizer):
    """Without Paramiko's own timer of the handshake: a thread that outlives it and keeps a program from ending."""

    def start_handshake(self, timeout: float) -> None:
        """Nothing: the guard has the deadline."""


def look_at_ssh(
    sock: socket.socket,
    port: int,
    *,
    on_file: Sequence[KeyOnFile],
    credentials: Credentials | None,
    deadline: Deadline,
    after_login: AfterLogin = try_shell,
    already: bytes | None = None,
    host: str = "",
) -> SshObservation:
    """What one SSH server did, as far as it let us come. Closes `sock`, on all paths.

    `on_file` are the trust store's keys for this host and port; `host` is the name that a host's certificate has
    to be for, without which none vouches. Without `credentials` the look ends at the
    host key. Authentication is never begun with a server whose key is not known. `after_login` is what is
    done behind an accepted login, on the same connection and under the same bounds. `already` is what was
    read from `sock` by a knock, which sent our identification; None where nobody spoke with it yet.
    """
    guard = GuardSocket(sock, deadline, already=already)
    transport = HostKeyTransport(cast(Any, guard), packetizer_class=_Packetizer)
    transport.local_version = IDENTIFICATION.strip().decode()
    try:
        transport.set_log_channel(_LOG)
        transport.own_kinds = kinds_in_order(transport.preferred_keys, on_file)
        ended, detail = _shake_hands(transport, guard, deadline)
        banner, text = banner_seen(bytes(guard.head), guard.trip)
        seen = SshObservation(port, banner, text, certificate=credentials.certificate_seen if credentials else None)
        if banner is Banner.SSH:
            seen = replace(seen, handshake=ended, handshake_detail=detail, offer=offered(bytes(guard.head)))
        if ended is Handshake.NO_COMMON_ALGORITHM:
            seen = replace(seen, ours=_ours(transport))
        if seen.handshake is Handshake.DONE:
            seen = replace(seen, host_key=proved_key(transport, on_file, host))
            seen = _behind_host_key(seen, transport, guard, credentials, deadline, after_login)
        return replace(seen, received_bytes=guard.received_bytes)
    finally:
        _close(transport, guard)


def _behind_host_key(
    seen: SshObservation,
    transport: paramiko.Transport,
    guard: GuardSocket,
    credentials: Credentials | None,
    deadline: Deadline,
    after_login: AfterLogin,
) -> SshObservation:
    if seen.host_key is None:
        return replace(seen, handshake=Handshake.CLOSED)
    if seen.host_key.host_key is not HostKey.KNOWN or credentials is None:
        return seen
    seen = replace(seen, login=log_in(transport, guard, credentials, deadline))
    if not transport.is_authenticated():
        return seen
    return replace(seen, shell=after_login(transport, guard, deadline))


def _shake_hands(transport: paramiko.Transport, guard: GuardSocket, deadline: Deadline) -> tuple[Handshake, str]:
    transport.banner_timeout = deadline.left_s + _GRACE_S
    ended = threading.Event()
    transport.start_client(event=ended)
    ended.wait(deadline.left_s + _GRACE_S)
    if transport.is_active() and ended.is_set():
        return Handshake.DONE, ""
    error = transport.get_exception()
    detail = shown(str(error)) if error is not None else ""
    if isinstance(error, paramiko.ssh_exception.IncompatiblePeer) and offered(bytes(guard.head)) is not None:
        return Handshake.NO_COMMON_ALGORITHM, detail
    if guard.trip is not None:
        return ENDED[guard.trip], detail
    return (Handshake.TIMEOUT if deadline.passed else Handshake.BROKEN), detail


def _ours(transport: paramiko.Transport) -> Offer:
    return Offer(
        tuple(transport.preferred_kex),
        tuple(transport.preferred_keys),
        tuple(transport.preferred_ciphers),
        tuple(transport.preferred_macs),
    )


def _close(transport: paramiko.Transport, guard: GuardSocket) -> None:
    """Ends the connection, and waits for Paramiko's reader to end with it."""
    transport.close()
    guard.close()
    if transport.ident is not None:
        transport.join(_GRACE_S)
