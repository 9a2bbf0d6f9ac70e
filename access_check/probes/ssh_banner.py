"""Listens to an SSH port for its banner, and goes no further: no key exchange is begun."""

from __future__ import annotations

import socket

from access_check.key_exchange import banner_line
from access_check.observations import Banner, SshObservation
from access_check.probes.deadline import Deadline
from access_check.probes.first_words import ENDED, banner_seen
from access_check.probes.guard import IDENTIFICATION, KEPT_BYTES, GuardSocket, GuardTripped, Trip


def look_at_banner(sock: socket.socket, port: int, deadline: Deadline) -> SshObservation:
    """What one SSH server said first, by the deadline and within the bytes of a login. Closes `sock`, on all paths."""
    guard = GuardSocket(sock, deadline)
    try:
        guard.send(IDENTIFICATION)  # many servers wait for it before they say a word
        while banner_line(bytes(guard.head)) is None and guard.recv(KEPT_BYTES):
            pass
    except TimeoutError:
        guard.trip = guard.trip or Trip.DEADLINE
    except (GuardTripped, OSError):
        guard.trip = guard.trip or Trip.RESET
    finally:
        guard.close()
    banner, text = banner_seen(bytes(guard.head), guard.trip)
    ended = ENDED[guard.trip] if banner is Banner.SSH and guard.trip is not None else None
    return SshObservation(port, banner, text, ended, received_bytes=guard.received_bytes)
