"""How events are read, the same from both databases: in pages, with nothing left open between two of them.

A reader may stop anywhere, write meanwhile, and take as long as it likes: nobody waits for it. Since nothing in the
ledger ever changes, and one writer at a time appends, pages fit together.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from callout.ledger.event import COLUMNS, Event, Row
from callout.ledger.rows import LedgerDamaged
from callout.ledger.selection import Wanted, condition

PAGE_ROWS = 1000
NAMES = ", ".join(COLUMNS)


class Reading(ABC):
    """The reading half of a ledger; `TABLE`, `PLACEHOLDER` and `POSITION` (an expression) are the database's."""

    TABLE: ClassVar[str]
    PLACEHOLDER: ClassVar[str]
    POSITION: ClassVar[str]

    @abstractmethod
    def _ask(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows that a statement gives, as one look. Raises CalloutError where it cannot be asked."""

    def events(self, **filters: Wanted) -> Iterator[Event]:
        """Events in order; see `LedgerView.events`."""
        where, values = condition(filters, self.PLACEHOLDER, self.POSITION)
        if not where:
            yield from (Event(*row.values()) for row in self.rows())
            return
        places = self._places(where, values)
        for start in range(0, len(places), PAGE_ROWS):
            wanted = places[start : start + PAGE_ROWS].tolist()
            listed = ", ".join(map(str, wanted))
            page = self._ask(f"SELECT {NAMES} FROM {self.TABLE} WHERE seq IN ({listed}) ORDER BY seq")  # noqa: S608 - numbers
            if len(page) != len(wanted):
                raise LedgerDamaged("Ledger: an index names events that are not there.", "See callout ledger verify.")
            yield from (Event(*row) for row in page)

    def rows(self) -> Iterator[Row]:
        """Every row as stored, in order of seq."""
        last: Any = None
        while True:
            where = "" if last is None else f"WHERE seq > {self.PLACEHOLDER}"
            statement = f"SELECT {NAMES} FROM {self.TABLE} {where} ORDER BY seq LIMIT {PAGE_ROWS}"  # noqa: S608 - fixed
            page = self._ask(statement, () if last is None else (last,))
            for row in page:
                yield dict(zip(COLUMNS, row, strict=True))
            if len(page) < PAGE_ROWS:
                return
            if last is not None and page[-1][0] <= last:
                raise LedgerDamaged("Ledger: its rows are out of order.", "See callout ledger verify.")
            last = page[-1][0]

    def _places(self, where: str, values: Sequence[str]) -> array[int]:
        """Where in the chain the wanted events are, in order."""
        found = self._ask(f"SELECT seq FROM {self.TABLE} WHERE {where} ORDER BY seq", values)  # noqa: S608 - closed set
        return array("q", (seq for (seq,) in found))
