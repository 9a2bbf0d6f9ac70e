"""Cases → the board's rows, for thousands of them, by one policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from access_check.escaping import shown
from callout.desk.board_rows import BoardCase, BoardRow, board_case, board_rows, unknown_row
from callout.desk.case import Case, case_of
from callout.desk.clock import clocks_of
from callout.errors import CalloutError
from callout.steps.board_events import CaseEvents

if TYPE_CHECKING:
    from callout.inventory.policy import Policy
    from callout.ledger.event import Event
    from callout.ledger.store import LedgerView
    from callout.policy.working_time import Calendars

# Calendars are loaded for these years around now, and further where a case needs it: nearly all share one then.
_YEARS_BACK, _YEARS_AHEAD = 2, 2
_LONGEST_WHY = 300
Rows = tuple[BoardCase, Sequence[BoardRow]]


class CaseRows:
    """`percents` are those at which is warned; `this_year` is the one from which calendars are loaded around."""

    def __init__(self, ledger: LedgerView, policy: Policy, percents: tuple[int, ...], *, this_year: int) -> None:
        self._policy, self._percents, self._this_year = policy, percents, this_year
        self._events = CaseEvents(ledger)
        self._calendars: dict[tuple[int, int], Calendars] = {}

    def of(self, numbers: Iterable[str], beside: Callable[[str], list[str]]) -> Iterator[Rows]:
        """Each case with its rows, in order; a number that no case has is passed over.

        `beside` gives the events (ids) that belong to a case by a ticket. A case of which nothing can be told has a row
        that says so: it never leaves the agenda because of that.
        """
        for number in numbers:
            events = self._events.of(number, beside(number))
            opening = next((event for event in events if event.kind == "case_opened"), None)
            if opening is not None:
                yield self._one(opening, events)

    def _one(self, opening: Event, events: list[Event]) -> Rows:
        try:
            case = case_of(events)
            return board_case(case), board_rows(case, clocks_of(case, self._calendar(case), self._percents))
        except CalloutError as error:
            number, opened = str(opening.body["case"]), int(opening.happened_at.timestamp())
            known = BoardCase(number, opening.customer, opening.system, "", "", opened)
            return known, (unknown_row(known, shown(error.message, _LONGEST_WHY)),)

    def _calendar(self, case: Case) -> Calendars:
        from callout.steps.calendar import calendars_for

        first = min(case.opened_at.year - 1, self._this_year - _YEARS_BACK)
        last = max(case.last_at.year, self._this_year) + _YEARS_AHEAD
        if (first, last) not in self._calendars:
            self._calendars[first, last] = calendars_for(self._policy, first, last)
        return self._calendars[first, last]
