"""What came of looking at a router: a word of a closed vocabulary and its text; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from access_check.observations import SshObservation, TcpObservation


class Look(StrEnum):
    """How far a look at a router came."""

    READ = "read"
    NOT_OPEN = "not-open"
    NOT_LOGGED_IN = "not-logged-in"
    NO_PROMPT = "no-prompt"
    NO_ANSWER = "no-answer"
    TOO_MUCH = "too-much"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    COMMAND_FAILED = "command-failed"


@dataclass(frozen=True, slots=True)
class EdgeObservation:
    """`text` is what the allowed commands printed, at most 1 MiB; `sent` every line that was sent, in order."""

    look: Look
    text: str = field(default="", repr=False)  # a configuration may hold secrets
    detail: str = ""
    sent: tuple[str, ...] = ()
    tcp: TcpObservation | None = None
    ssh: SshObservation | None = None
