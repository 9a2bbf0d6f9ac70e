"""Events that were read already, asked like a ledger: for whoever asks a hundred times about what one reading gave."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence

from callout.errors import BadInput
from callout.ledger.event import Event
from callout.ledger.selection import Wanted, begun_of, case_of, moment_text

_EQUAL = frozenset({"kind", "callout", "customer", "system", "id", "actor"})
# Asked for by one of these the others need not be looked at; the first that is asked for counts.
_INDEXED = ("id", "callout", "kind")
Test = Callable[[Event], bool]


class Gathered:
    """See `LedgerView`: the same filters give the same events in the same order, as far as they are among `events`."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._all = sorted(events, key=lambda event: event.seq)
        self._by: dict[str, dict[str, list[Event]]] = {name: {} for name in _INDEXED}
        for event in self._all:
            for name, index in self._by.items():
                index.setdefault(getattr(event, name), []).append(event)
        self._work_of: dict[str, tuple[list[str], list[Event]]] = {}

    def events(self, **filters: Wanted) -> Iterator[Event]:
        """Events in order of `seq`; see `LedgerView.events`."""
        tests = [_test(name, wanted) for name, wanted in filters.items()]
        return (event for event in self._candidates(filters) if all(test(event) for test in tests))

    def _candidates(self, filters: dict[str, Wanted]) -> Sequence[Event]:
        for name in _INDEXED:
            wanted = filters.get(name)
            if isinstance(wanted, str):
                return self._by[name].get(wanted, ())
        actor, since, until = (filters.get(name) for name in ("actor", "begun_since", "begun_until"))
        if isinstance(actor, str) and since is not None and until is not None:
            return self._begun(actor, moment_text(since), moment_text(until))  # type: ignore[arg-type]
        kinds = filters.get("kinds", ("work_logged",) if {"begun_since", "begun_until"} & filters.keys() else None)
        if kinds is None or isinstance(kinds, str):
            return self._all
        found = (event for kind in {str(one) for one in kinds} for event in self._by["kind"].get(kind, ()))  # type: ignore[union-attr]
        return sorted(found, key=lambda event: event.seq)

    def _begun(self, actor: str, since: str, until: str) -> Sequence[Event]:
        """The actor's work that began then: a report asks for it once for every bill."""
        if not self._work_of:
            for event in sorted(self._by["kind"].get("work_logged", ()), key=begun_of):
                begun, events = self._work_of.setdefault(event.actor, ([], []))
                begun.append(begun_of(event))
                events.append(event)
        begun, events = self._work_of.get(actor, ([], []))
        found = events[bisect_left(begun, since) : bisect_left(begun, until)]
        return sorted(found, key=lambda event: event.seq)


def _test(name: str, wanted: Wanted) -> Test:
    if name in _EQUAL and isinstance(wanted, str):
        return lambda event: bool(getattr(event, name) == wanted)
    if name == "not_customer" and isinstance(wanted, str):
        return lambda event: event.customer != wanted
    if name == "kinds" and isinstance(wanted, Sequence) and not isinstance(wanted, str):
        kinds = frozenset(wanted)
        return lambda event: event.kind in kinds
    if name == "case" and isinstance(wanted, str):
        return lambda event: case_of(event) == wanted
    if name == "after" and isinstance(wanted, int) and not isinstance(wanted, bool):
        return lambda event: event.seq > wanted
    if not isinstance(wanted, str | dt.datetime):
        raise BadInput(f"Events cannot be filtered by {name} = {wanted!r}.")
    moment = moment_text(wanted)
    if name == "since_at":
        return lambda event: event.at >= moment
    if name == "until_at":
        return lambda event: event.at < moment
    if name == "begun_since":
        return lambda event: event.kind == "work_logged" and begun_of(event) >= moment
    if name == "begun_until":
        return lambda event: event.kind == "work_logged" and begun_of(event) < moment
    raise BadInput(f"Events cannot be filtered by {name} = {wanted!r}.")
