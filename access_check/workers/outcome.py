"""What became of a job that a worker was given."""

from __future__ import annotations

from dataclasses import dataclass

from access_check.observations import Observations


@dataclass(frozen=True, slots=True)
class Seen:
    """The look came to its end."""

    observations: Observations


@dataclass(frozen=True, slots=True)
class Prevented:
    """Something on our own side keeps us from looking."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker did not bring it to an end in time, or ended itself.

    `secrets_may_be_out` says that a credential may have been sent: the job must not be done again.
    """

    secrets_may_be_out: bool


Outcome = Seen | Prevented | Lost


class WorkerFault(RuntimeError):
    """A fault of ours in a worker; the message is its traceback."""
