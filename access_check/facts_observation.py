"""What a system's shell told of it, before anybody judges it. Texts are bounded and escaped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Tool(StrEnum):
    """How a program is there. INSIDE is one that the shell itself holds."""

    THERE = "there"
    BUSYBOX = "busybox"
    INSIDE = "inside"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Room:
    """What a file system has, and what is free for everybody: in KiB for space, in pieces for inodes."""

    mount: str
    size: int
    free: int

    @property
    def free_percent(self) -> int:
        """Whole percent that is free, rounded down."""
        return 100 * self.free // self.size if self.size else 0


@dataclass(frozen=True, slots=True)
class ClockSeen:
    """Their clock in whole Unix seconds, and ours in Unix milliseconds right before and after they read it."""

    theirs_s: int
    before_ms: int
    after_ms: int


@dataclass(frozen=True, slots=True)
class CallCount:
    """Asterisk's own three numbers. Channels are not calls: one call has usually two."""

    channels: int
    calls: int
    processed: int


@dataclass(frozen=True, slots=True)
class AsteriskSeen:
    """What came of asking Asterisk. `calls` is None where the answer was not understood.

    `command` is the candidate that answered, empty where none did; `complaints` is what others said,
    `missing` what is not installed.
    """

    command: str = ""
    version: str = ""
    calls: CallCount | None = None
    calls_said: str = ""
    complaints: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShellFacts:
    """All that one script told. What it did not tell, or not so that it was understood, is None or empty.

    `load` are three decimal numbers over 1, 5 and 15 minutes; `tar` is how tar names itself, `product` the
    first line of the product's version. `whole` says that the script came to its end.
    """

    rooms: tuple[Room, ...] = ()
    inodes: tuple[Room, ...] = ()
    load: str = ""
    cpus: int | None = None
    clock: ClockSeen | None = None
    tools: Mapping[str, Tool] = field(default_factory=dict)
    tar: str = ""
    product: str = ""
    asterisk: AsteriskSeen | None = None
    whole: bool = False
