"""Asks an SSH port which host key it proves to have. No login, no credential, and a look that ends."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from access_check.observations import Banner, Handshake, HostKeyObservation, Reach, Resolution, SshObservation
from access_check.probes.deadline import Deadline
from access_check.probes.names import resolve
from access_check.probes.ssh import look_at_ssh
from access_check.probes.tcp import connect
from access_check.trust import KeyOnFile, compare

MOST_CONNECTIONS = 3
_KINDS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa")


@dataclass(frozen=True, slots=True)
class OfferedKey:
    """The proved key beside those on file, or None with the observation that came in its place in `said`."""

    key: HostKeyObservation | None
    said: str = ""


def offered_key(
    host: str, port: int, *, on_file: Sequence[KeyOnFile], timeout_s: float, wanted: str = ""
) -> OfferedKey:
    """The key that the port proves; kinds on file are asked for first, as ssh does.

    A server has a key of each kind: where `wanted` is the fingerprint of another one than it showed, the kinds
    that it offers are asked for in turn, with at most 3 connections in all. Returns at the latest 1 s after
    `timeout_s`.
    """
    deadline = Deadline(timeout_s)
    name = resolve(host, deadline)
    if name.resolution is not Resolution.RESOLVED:
        return OfferedKey(None, f"{host} does not resolve ({name.detail or name.resolution})")
    first = _ask(host, name.addresses, port, on_file, deadline)
    if isinstance(first, str):
        return OfferedKey(None, first)
    shown, offered = first
    if not wanted or shown.fingerprint == wanted:
        return OfferedKey(shown)
    others = [kind for kind in _KINDS if kind != shown.kind and _offers(offered, kind)]
    for kind in others[: MOST_CONNECTIONS - 1]:
        again = _ask(host, name.addresses, port, [KeyOnFile("", kind, b"")], deadline)
        if not isinstance(again, str) and again[0].fingerprint == wanted:
            return OfferedKey(compare(again[0].kind, base64.b64decode(again[0].encoded), on_file))
    return OfferedKey(shown)


def _ask(
    host: str, addresses: Sequence[str], port: int, preferred: Sequence[KeyOnFile], deadline: Deadline
) -> tuple[HostKeyObservation, tuple[str, ...]] | str:
    """The proved key and the kinds that the server offers, or what was seen instead."""
    tcp, sock = connect(addresses, port, deadline)
    if sock is None or tcp.reach is not Reach.OPEN:
        return f"TCP port {port}: {tcp.reach}{f' ({tcp.detail})' if tcp.detail else ''}"
    seen = look_at_ssh(sock, port, on_file=preferred, credentials=None, deadline=deadline, host=host)
    if seen.host_key is None:
        return f"port {port}: {_ended(seen)}"
    return seen.host_key, seen.offer.host_keys if seen.offer is not None else ()


def _ended(seen: SshObservation) -> str:
    if seen.banner is not Banner.SSH:
        return f"{seen.banner}{f' “{seen.banner_text}”' if seen.banner_text else ''}"
    detail = f" ({seen.handshake_detail})" if seen.handshake_detail else ""
    return f"the key exchange ended with {seen.handshake or Handshake.BROKEN}{detail}"


def _offers(offered: Sequence[str], kind: str) -> bool:
    return kind in offered or (kind == "ssh-rsa" and any(name.startswith("rsa-sha2-") for name in offered))
