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
from access_check.key_exchange import banner_line, offered
from access_check.observations import (
    Banner,
    Handshake,
    HostKey,
    HostKeyObservation,
    ShellObservation,
    SshObservation,
)
from access_check.probes.deadline import Deadline
from access_check.probes.guard import GuardSocket, Trip
from access_check.probes.ssh_key_exchange import KeyExchangeTransport
from access_check.probes.ssh_login import Credentials, log_in
from access_check.probes.ssh_shell import try_shell
from access_check.trust import KeyOnFile, compare

_LOG = "access_check.ssh"
_GRACE_S = 0.5
AfterLogin = Callable[[paramiko.Transport, GuardSocket, Deadline], ShellObservation | None]
_RSA_SIGNATURES = ("rsa-sha2-512", "rsa-sha2-256")
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
) -> SshObservation:
    """What one SSH server did, as far as it let us come. Closes `sock`, on all paths.

    `on_file` are the trust store's keys for this host and port. Without `credentials` the look ends at the
    host key. Authentication is never begun with a server whose key is not known. `after_login` is what is
    done behind an accepted login, on the same connection and under the same bounds.
    """
    guard = GuardSocket(sock, deadline)
    transport = KeyExchangeTransport(cast(Any, guard), packetizer_class=_Packetizer)
    try:
        transport.set_log_channel(_LOG)
        _prefer_known_kinds(transport, on_file)
        ended, detail = _shake_hands(transport, guard, deadline)
        banner, text = _banner(transport, guard)
        seen = SshObservation(port, banner, text)
        if banner is Banner.SSH:
            seen = _beyond_banner(seen, ended, detail, transport, guard, on_file, credentials, deadline, after_login)
        return replace(seen, received_bytes=guard.received_bytes)
    finally:
        _close(transport, guard)


def _beyond_banner(
    seen: SshObservation,
    ended: Handshake,
    detail: str,
    transport: paramiko.Transport,
    guard: GuardSocket,
    on_file: Sequence[KeyOnFile],
    credentials: Credentials | None,
    deadline: Deadline,
    after_login: AfterLogin,
) -> SshObservation:
    seen = replace(seen, handshake=ended, handshake_detail=detail, offer=offered(bytes(guard.head)))
    if ended is not Handshake.DONE:
        return seen
    host_key = _host_key(transport, on_file)
    if host_key is None:
        return replace(seen, handshake=Handshake.CLOSED)
    seen = replace(seen, host_key=host_key)
    if host_key.host_key is not HostKey.KNOWN or credentials is None:
        return seen
    seen = replace(seen, login=log_in(transport, guard, credentials, deadline))
    if not transport.is_authenticated():
        return seen
    return replace(seen, shell=after_login(transport, guard, deadline))


def _prefer_known_kinds(transport: paramiko.Transport, on_file: Sequence[KeyOnFile]) -> None:
    """Asks first for the kinds of key that are on file, as ssh does: else a known server looks unknown."""
    known = [kind for key in on_file if key.marker == "" for kind in _signatures(key.kind)]
    options = transport.get_security_options()
    kinds = tuple(options.key_types)
    first = tuple(kind for kind in kinds if kind in known)
    options.key_types = (*first, *(kind for kind in kinds if kind not in first))


def _signatures(kind: str) -> tuple[str, ...]:
    return _RSA_SIGNATURES if kind == "ssh-rsa" else (kind,)


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
    by_guard = {
        Trip.DEADLINE: Handshake.TIMEOUT,
        Trip.TOO_MUCH: Handshake.TOO_MUCH,
        Trip.CLOSED: Handshake.CLOSED,
        Trip.RESET: Handshake.CLOSED,
    }
    if guard.trip is not None:
        return by_guard[guard.trip], detail
    return (Handshake.TIMEOUT if deadline.passed else Handshake.BROKEN), detail


def _banner(transport: paramiko.Transport, guard: GuardSocket) -> tuple[Banner, str]:
    head = bytes(guard.head)
    line = banner_line(head)
    if line is not None:
        return Banner.SSH, shown(line)
    if not head:
        return (Banner.CLOSED if guard.trip in (Trip.CLOSED, Trip.RESET) else Banner.SILENT), ""
    half_a_banner = head.startswith(b"SSH-") or b"SSH-".startswith(head)
    if half_a_banner and guard.trip in (Trip.CLOSED, Trip.RESET):
        return Banner.CLOSED, shown(head)
    if half_a_banner and guard.trip is not Trip.TOO_MUCH:
        return Banner.SILENT, shown(head)
    return Banner.NOT_SSH, shown(head.split(b"\n", 1)[0].rstrip(b"\r"))


def _host_key(transport: paramiko.Transport, on_file: Sequence[KeyOnFile]) -> HostKeyObservation | None:
    try:
        key = transport.get_remote_server_key()
    except paramiko.SSHException:
        return None  # the server went away right after the key exchange
    return compare(key.get_name(), key.asbytes(), on_file)


def _close(transport: paramiko.Transport, guard: GuardSocket) -> None:
    """Ends the connection, and waits for Paramiko's reader to end with it."""
    transport.close()
    guard.close()
    if transport.ident is not None:
        transport.join(_GRACE_S)
