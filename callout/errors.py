"""What callout raises: one base, one sentence, one remedy, one exit status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class CalloutError(Exception):
    """We could not find out, or the impossible was asked for.

    `message` is one sentence naming file, key or system; `hint` says what to do next. The command line and
    the action plugins show both and exit with `exit_status` (design: exit codes), without a traceback.
    """

    exit_status = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadInput(CalloutError):
    """A file, a value or an argument that cannot be used."""

    exit_status = 2


class ChecksFailed(CalloutError):
    """Checks were made and at least one failed or stayed unknown."""

    exit_status = 3


class TrustRefused(CalloutError):
    """A host key or a signature that is unknown, changed, revoked or wrong."""

    exit_status = 6


class BackupFailed(CalloutError):
    """A backup or its verification did not come to a good end; nothing is recorded as a backup."""

    exit_status = 7


class Refused(CalloutError):
    """Refused by policy. `reasons` holds every reason at once, as JSON-able data."""

    exit_status = 8

    def __init__(self, message: str, hint: str = "", reasons: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(message, hint)
        self.reasons = list(reasons)


class Locked(CalloutError):
    """Somebody else holds the lock."""

    exit_status = 9


class RolledBack(CalloutError):
    """The change failed; the system is as it was before."""

    exit_status = 10


class NotRolledBack(CalloutError):
    """The change failed and could not be undone: a person is needed at once."""

    exit_status = 11


class Unreachable(CalloutError):
    """The system did not answer, or the line was cut; what was seen is in the message."""

    exit_status = 3
