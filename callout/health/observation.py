"""What a look at a system saw, before anybody judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from access_check.facts_observation import CallCount
from access_check.observations import SipObservation


class Answer(StrEnum):
    """What came of asking something over the network."""

    ANSWERED = "answered"
    REFUSED = "refused"
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    TLS_REFUSED = "tls-refused"
    NONSENSE = "nonsense"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class DiskRoom:
    """The file system of `/`, in KiB."""

    size_kib: int
    free_kib: int

    @property
    def free_percent(self) -> int:
        """Whole percent that is free, rounded down."""
        return 100 * self.free_kib // self.size_kib if self.size_kib else 0


@dataclass(frozen=True, slots=True)
class ShellSeen:
    """What the script saw there.

    `command` is the Asterisk command that answered, empty where none did; `complaints` is what the others
    said, `missing` what is not installed. `calls` and `disk` are None where the answer was not understood.
    `trouble` says why there is nothing at all (no connection), else it is empty.
    """

    command: str = ""
    version: str = ""
    calls: CallCount | None = None
    calls_said: str = ""
    complaints: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    disk: DiskRoom | None = None
    load: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class WebSeen:
    """What one request got. `status` is 0 unless answered; `fatal` is a programme's error page."""

    answer: Answer
    url: str
    status: int = 0
    fatal: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ApiSeen:
    """What the API told. `services` maps a service to the word it has for its state."""

    key_on_file: bool
    licence: WebSeen | None = None
    version: str | None = None
    complaint: str = ""
    services: Mapping[str, str] | None = None
    services_complaint: str = ""


@dataclass(frozen=True, slots=True)
class HealthObservation:
    """One whole look. `gui` is None where the profile has none, `sip` where there is no address to ask."""

    shell: ShellSeen
    sip: SipObservation | None
    gui: WebSeen | None
    api: ApiSeen = field(default_factory=lambda: ApiSeen(key_on_file=False))
