"""A mail that waits in a source, and what a source can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from callout.errors import CalloutError

# What is held at once. Others wait for a batch where a mailbox is locked, and for its one append.
BATCH_MAILS = 100
BATCH_BYTES = 32 * 1024 * 1024


class Unopened(CalloutError):
    """One mail that cannot be read; it stays where it is, and others are taken all the same."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One mail. `place` says where it is, for people and for the ledger; `key` is the source's own name for it.

    `arrived_at` is when it came there (aware), None where the source does not know. `opened` gives its bytes, and
    raises FileNotFoundError where somebody else has taken it meanwhile, Unopened where it cannot be read.
    """

    place: str
    key: str
    size_bytes: int
    arrived_at: dt.datetime | None
    opened: Callable[[], BinaryIO]


class Source(Protocol):
    """Hands out each waiting mail once, in batches. Nothing in it changes before `taken`."""

    @property
    def name(self) -> str:
        """What it is, for people."""
        ...

    def batch(self) -> Sequence[Waiting]:
        """The next mails, at most `BATCH_MAILS` and, but for the first, `BATCH_BYTES`; empty at the end."""
        ...

    def taken(self, mails: Sequence[Waiting]) -> None:
        """Marks them: the ledger has them. May be called again with mails that are marked already."""
        ...

    def close(self) -> None:
        """Lets go of it; may be called twice."""
        ...
