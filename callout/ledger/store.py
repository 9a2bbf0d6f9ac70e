"""What a ledger can do, whichever database it lives in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from callout.errors import BadInput
from callout.ledger.address import is_postgres, sqlite_path
from callout.ledger.event import Draft, Event
from callout.ledger.rows import NEW, Head
from callout.ledger.selection import Wanted

__all__ = ["NEW", "Clock", "Ledger", "LedgerView", "open_ledger", "sqlite_path"]

Clock = Callable[[], dt.datetime]


class LedgerView(Protocol):
    """The reading half, as seen inside a transaction."""

    def events(self, **filters: Wanted) -> Iterator[Event]:
        """Events in order of `seq`; all filters together hold.

        Equalities: `kind`, `callout`, `customer`, `system`, `actor`, `id`. `not_customer`: anybody else's. `kinds`: one
        of several; an empty list selects nothing. `since_at` and `until_at` (aware datetimes, or text as the ledger
        writes it): when it happened, the first included, the second not; `begun_since` and `begun_until`: work that
        began then. `case`: what is said of one case (`CS-000001`). `after`: only behind that `seq`. Raises BadInput
        for any other filter.
        """
        ...


class Ledger(LedgerView, Protocol):
    """Append-only events. Safe to use from several processes at once; not from several threads."""

    def append(self, *drafts: Draft) -> list[Event]:
        """The stored events, in order, all in one transaction or none.

        A draft whose `callout` is `NEW` gets the next call-out number (`CO-0001`); the other drafts of the
        same call that say `NEW` get the same one. Likewise with `case` in a body (`CS-000001`), where `NEW:a` and
        `NEW:b` are two cases. When this returns they are on the disk. Raises BadInput for what
        cannot be stored, Locked (9) where somebody held the ledger for a minute, CalloutError where the database
        cannot be written or is gone: the message says whether anything was recorded.
        """
        ...

    def append_after(self, decide: Callable[[LedgerView], Sequence[Draft]]) -> list[Event]:
        """Like `append`, with drafts that `decide` makes from what is stored, with no other writer in between."""
        ...

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every row as stored, in order of seq, for verification: nothing is interpreted.

        It is read in pages, so that whoever writes meanwhile does not wait; what was written since may be in it.
        """
        ...

    def complaints(self) -> list[str]:
        """What the database itself finds wrong with it, and guards that are gone; empty where it is whole."""
        ...

    def fill(self, rows: Iterable[Mapping[str, Any]]) -> Head:
        """Takes the rows of a whole ledger into this one, all or nothing, and gives back the head that it has then.

        They are stored as they are: whoever calls has checked them. Raises BadInput for a ledger that is not empty.
        """
        ...

    def close(self) -> None:
        """Lets go of the database; may be called twice."""
        ...


def open_ledger(url: str, now: Clock, *, must_exist: bool = False) -> Ledger:
    """The ledger at `sqlite:///PATH` (or a plain path), or at `postgresql+psycopg://…`; made if it is not there yet.

    `now` gives aware datetimes, for `recorded_at`. Raises BadInput for a URL that is not understood, and,
    with `must_exist`, for a ledger that nothing was ever written to.
    """
    if is_postgres(url):
        from callout.ledger.postgres import open_postgres

        return open_postgres(url, now, must_exist=must_exist)
    path = sqlite_path(url)
    from callout.ledger.sqlite import SQLiteLedger

    if must_exist and not path.exists():
        raise BadInput(f"There is no ledger at {path} yet.", "callout open makes the first record.")
    return SQLiteLedger(path, now)
