"""What a ledger can do, whichever database it lives in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from callout.errors import BadInput
from callout.ledger.event import Draft, Event


class Ledger(Protocol):
    """Append-only events. Safe to use from several processes at once; not from several threads."""

    def append(self, *drafts: Draft) -> list[Event]:
        """The stored events, in order, all in one transaction or none.

        A draft whose `callout` is `NEW` gets the next call-out number (`CO-0001`); the other drafts of the
        same call that say `NEW` get the same one.
        """
        ...

    def append_after(self, decide: Callable[[LedgerView], Sequence[Draft]]) -> list[Event]:
        """Like `append`, with drafts that `decide` makes from what is stored, with no other writer in between."""
        ...

    def events(self, **filters: str) -> Iterator[Event]:
        """Events in order; `filters` are equalities on kind, callout, customer, system."""
        ...

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every row as stored, in order of seq, for verification: nothing is interpreted."""
        ...

    def complaints(self) -> list[str]:
        """What the database itself finds wrong with its file; empty where it is whole."""
        ...

    def close(self) -> None:
        """Lets go of the database; may be called twice."""
        ...


class LedgerView(Protocol):
    """The reading half, as seen inside a transaction."""

    def events(self, **filters: str) -> Iterator[Event]:
        """Events in order; `filters` are equalities on kind, callout, customer, system."""
        ...


NEW = "NEW"
Clock = Callable[[], dt.datetime]


def open_ledger(url: str, now: Clock, *, must_exist: bool = False) -> Ledger:
    """The ledger at `sqlite:///PATH` (or a plain path), made if it is not there yet.

    `now` gives aware datetimes, for `recorded_at`. Raises BadInput for a URL that is not understood, and,
    with `must_exist`, for a ledger that nothing was ever written to.
    """
    path = sqlite_path(url)
    from callout.ledger.sqlite import SQLiteLedger

    if must_exist and not path.exists():
        raise BadInput(f"There is no ledger at {path} yet.", "callout open makes the first record.")
    return SQLiteLedger(path, now)


def sqlite_path(url: str) -> Path:
    """The file of a `sqlite:///PATH` URL or a plain path. Raises BadInput for every other scheme."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return Path(url)
    if scheme != "sqlite":
        raise BadInput(
            f"CALLOUT_LEDGER: {scheme}:// is not a ledger that this version can open.",
            "Use sqlite:///PATH; PostgreSQL is on the road map (README, How to grow).",
        )
    # As everywhere: three slashes and a relative path, four for an absolute one.
    return Path(rest.removeprefix("/"))
