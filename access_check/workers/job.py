"""What a worker is asked to do: one port of one system, with all that it needs to know of it."""

from __future__ import annotations

import pickle
import socket
from collections.abc import Callable
from dataclasses import dataclass

from access_check.observations import Observations
from access_check.targets import Target


@dataclass(frozen=True, slots=True)
class Job:
    """One port. `wanted` are the checks that are to be looked at there, and what they need.

    `ends_at` is the system's deadline on the monotonic clock. `already` is what the knock read (see
    `probes.knock`), `addresses` are those to try for a further connection.
    """

    target: Target
    port: int
    addresses: tuple[str, ...]
    ends_at: float
    wanted: frozenset[str]
    already: bytes | None = None

    def encoded(self) -> bytes:
        """For the worker's socket only: the target's secrets are in it."""
        return pickle.dumps(self, pickle.HIGHEST_PROTOCOL)


# The look itself: it closes the socket, and calls `before_secrets` before a credential goes out.
LookAtPort = Callable[[Job, socket.socket | None, Callable[[], None]], Observations]


def decoded(encoded: bytes) -> Job:
    """The job that the sweep sent. Only ever given bytes of our own parent process."""
    job = pickle.loads(encoded)  # noqa: S301 - from the socket pair of our own parent, never from a system
    if not isinstance(job, Job):
        raise TypeError(f"a {type(job).__name__} is no job")
    return job
