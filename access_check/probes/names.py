"""Looks up names, and gives up at the deadline: the system's resolver has no bound of its own."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable

from access_check.addresses import is_literal
from access_check.observations import NameObservation, Resolution
from access_check.probes.deadline import Deadline

LIMIT = 8
NO_ANSWER = NameObservation(Resolution.TIMEOUT, detail="the resolver did not answer")


def resolve(host: str, deadline: Deadline) -> NameObservation:
    """The addresses of `host`, A and AAAA, in the order of the system's resolver, at most 8.

    A resolver that does not come back is left behind in a daemon thread.
    """
    if is_literal(host):
        return literal(host)
    answers: queue.SimpleQueue[NameObservation] = queue.SimpleQueue()
    look_up(host, answers.put)
    try:
        return answers.get(timeout=deadline.left_s)
    except queue.Empty:
        return NO_ANSWER


def literal(address: str) -> NameObservation:
    """An address that stands for itself."""
    return NameObservation(Resolution.RESOLVED, (address,))


def look_up(host: str, tell: Callable[[NameObservation], None]) -> None:
    """Asks the system's resolver in a daemon thread, which calls `tell` whenever it comes back."""
    threading.Thread(target=lambda: tell(_looked_up(host)), name=f"resolve {host}", daemon=True).start()


def _looked_up(host: str) -> NameObservation:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return NameObservation(Resolution.FAILED, detail=error.strerror or "no such name")
    except UnicodeError:
        return NameObservation(Resolution.FAILED, detail="not a host name")
    return NameObservation(Resolution.RESOLVED, tuple(dict.fromkeys(str(entry[4][0]) for entry in found))[:LIMIT])
