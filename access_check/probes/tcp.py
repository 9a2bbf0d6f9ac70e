"""Knocks on a TCP port, and hands the open socket on: one connection per port, not one per question.

A server counts connections that say nothing; some ban for them.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from dataclasses import replace

from access_check.observations import Reach, TcpObservation
from access_check.probes.deadline import Deadline

_REACHES = {
    errno.ECONNREFUSED: Reach.REFUSED,
    errno.ECONNRESET: Reach.RESET,
    errno.ETIMEDOUT: Reach.TIMEOUT,
    errno.EAGAIN: Reach.TIMEOUT,
}


def connect(addresses: Sequence[str], port: int, deadline: Deadline) -> tuple[TcpObservation, socket.socket | None]:
    """What the port did, and the open socket (the caller closes it) where it did open.

    Addresses are tried in order until one opens; what the first one did is told if none does. A silent one
    has its equal share of the time that is left.
    """
    first: TcpObservation | None = None
    for place, address in enumerate(addresses):
        seen, sock = _knock(address, port, deadline.shared_by(len(addresses) - place))
        if sock is not None:
            return replace(seen, address=address, failed_before=tuple(addresses[:place])), sock
        first = first or seen
    return first or TcpObservation(port, Reach.UNREACHABLE, "no address"), None


def _knock(address: str, port: int, timeout_s: float) -> tuple[TcpObservation, socket.socket | None]:
    if timeout_s <= 0:
        return TcpObservation(port, Reach.TIMEOUT, "no time left"), None
    try:
        sock = socket.create_connection((address, port), timeout=timeout_s)
    except TimeoutError:
        return TcpObservation(port, Reach.TIMEOUT), None
    except OSError as error:
        reach = _REACHES.get(error.errno or 0, Reach.UNREACHABLE)
        return TcpObservation(port, reach, error.strerror or str(error)), None
    return TcpObservation(port, Reach.OPEN), sock
