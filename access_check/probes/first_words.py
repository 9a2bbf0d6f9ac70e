"""What an SSH port said first, read alike by whoever listened: the knock in the sweep, and Paramiko's guard."""

from __future__ import annotations

import re

from access_check.escaping import shown
from access_check.key_exchange import banner_line
from access_check.observations import Banner, Handshake
from access_check.probes.guard import Trip

ENDED = {
    Trip.DEADLINE: Handshake.TIMEOUT,
    Trip.TOO_MUCH: Handshake.TOO_MUCH,
    Trip.CLOSED: Handshake.CLOSED,
    Trip.RESET: Handshake.CLOSED,
}
_PLAIN_BANNER = re.compile(rb"SSH-(?:2\.0|1\.99)-[ -~]*\Z")
_LONGEST_PACKET_BYTES = 35_000  # RFC 4253, 6.1


def banner_seen(head: bytes, trip: Trip | None) -> tuple[Banner, str]:
    """What the first bytes amount to, and the line to show, escaped. `trip` says why nothing more came."""
    line = banner_line(head)
    if line is not None:
        return Banner.SSH, shown(line)
    if not head:
        return (Banner.CLOSED if trip in (Trip.CLOSED, Trip.RESET) else Banner.SILENT), ""
    half_a_banner = head.startswith(b"SSH-") or b"SSH-".startswith(head)
    if half_a_banner and trip in (Trip.CLOSED, Trip.RESET):
        return Banner.CLOSED, shown(head)
    if half_a_banner and trip is not Trip.TOO_MUCH:
        return Banner.SILENT, shown(head)
    return Banner.NOT_SSH, shown(head.split(b"\n", 1)[0].rstrip(b"\r"))


def worth_a_login(head: bytes) -> bool:
    """Whether Paramiko would come any further with these bytes than to wait.

    So it is with a banner and a whole first packet behind it (the server's KEXINIT, whatever is in it), and
    with what it refuses at sight: another protocol, a banner that is no ASCII, a packet above 35,000 bytes.
    """
    line = banner_line(head)
    if line is None:
        return False
    if not _PLAIN_BANNER.match(line):
        return True
    packet = head[head.index(line) + len(line) :].split(b"\n", 1)[1]
    if len(packet) < 4:
        return False
    length = int.from_bytes(packet[:4], "big")
    return length > _LONGEST_PACKET_BYTES or len(packet) >= 4 + length
