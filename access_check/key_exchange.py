"""Pure: the first bytes of an SSH server → which algorithms it offers (RFC 4253, 7.1)."""

from __future__ import annotations

import struct

from access_check.escaping import shown
from access_check.observations import Offer

_KEXINIT = 20
_MAXIMUM_PACKET_BYTES = 35_000
_MAXIMUM_NAMES = 40


def banner_line(head: bytes) -> bytes | None:
    """The identification line (`SSH-2.0-…`) without its line end, or None where none is complete."""
    for line in head.split(b"\n")[:-1]:
        if line.startswith(b"SSH-"):
            return line.rstrip(b"\r")
    return None


def offered(head: bytes) -> Offer | None:
    """The server's offer, or None where `head` does not hold a whole, well-formed KEXINIT."""
    line = banner_line(head)
    if line is None:
        return None
    packet = head[head.index(line) + len(line) :].split(b"\n", 1)[1]
    if len(packet) < 6:
        return None
    length, padding, kind = struct.unpack(">IBB", packet[:6])
    if kind != _KEXINIT or length > _MAXIMUM_PACKET_BYTES or len(packet) < 4 + length or padding + 2 > length:
        return None
    payload, place = packet[6 : 4 + length - padding], 16
    lists: list[tuple[str, ...]] = []
    while len(lists) < 6:
        if place + 4 > len(payload):
            return None
        (size,) = struct.unpack(">I", payload[place : place + 4])
        names = payload[place + 4 : place + 4 + size]
        if len(names) < size:
            return None
        lists.append(tuple(shown(name, 64) for name in names.split(b",")[:_MAXIMUM_NAMES] if name))
        place += 4 + size
    return Offer(key_exchange=lists[0], host_keys=lists[1], ciphers=lists[3], macs=lists[5])
