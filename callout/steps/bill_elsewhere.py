"""Reads what the people on a bill did for other customers at the same time, and no more: nobody's whole past.

Of each person only what began around the customer's own work, by an index of its own; what does not touch that work
is let go again by its text alone. Then whatever decides about the rest: amendments, people's words, call-outs' stories,
accepted quotes, invoices.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from callout.ledger.event import Event
from callout.ledger.selection import begun_of, ended_of
from callout.ledger.store import LedgerView
from callout.worklog.entry import LONGEST_S, MOMENT
from callout.worklog.facts import QUOTE_KINDS, STORY_KINDS
from callout.worklog.invoiced import INVOICE_KINDS

# Work that overlaps with another piece began at most so long before it; see `bill_events`.
LOOK_BACK = dt.timedelta(seconds=LONGEST_S, hours=8)
# One question for all that lies closer together than this.
FAR = dt.timedelta(days=31)
TIMES = ("started_at", "ended_at")


@dataclass(slots=True)
class _Spans:
    """When one person worked for the customer, as texts of the ledger: their order is that of the times."""

    spans: list[tuple[str, str]] = field(default_factory=list)
    _starts: list[str] = field(default_factory=list)
    _reach: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Sorts them; from then on they can be asked."""
        self.spans.sort()
        reach = ""
        for start, end in self.spans:
            reach = max(reach, end)
            self._starts.append(start)
            self._reach.append(reach)

    def touch(self, start: str, end: str) -> bool:
        """Whether anything of `start` to `end` may lie in one of them; never no where it does."""
        place = bisect_right(self._starts, end)
        return bool(place) and self._reach[place - 1] > start

    def windows(self) -> list[tuple[dt.datetime, dt.datetime]]:
        """Stretches of time that hold all of them, far apart from each other, in order."""
        found: list[tuple[dt.datetime, dt.datetime]] = []
        for start, end in zip(self._starts, self._reach, strict=True):
            # Checked already, and a tenth of what `parse_utc` costs.
            begun, ended = dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)
            if found and begun - found[-1][1] <= FAR:
                begun = found.pop()[0]
            found.append((begun, ended))
        return found


def events_elsewhere(ledger: LedgerView, customer: str, own: Iterable[Event]) -> list[Event]:
    """The events out of which `elsewhere_of` makes all that matters for a bill. `own` are the bill's own events."""
    spans = _spans_of(own)
    if not spans:
        return []
    found: dict[str, Event] = {}
    windows = {actor: of_actor.windows() for actor, of_actor in spans.items()}
    for actor, of_actor in spans.items():
        for first, last in windows[actor]:
            asked = {"begun_since": first - LOOK_BACK, "begun_until": last + dt.timedelta(seconds=1)}
            for event in ledger.events(actor=actor, not_customer=customer, **asked):
                if of_actor.touch(begun_of(event), ended_of(event)):
                    found[event.id] = event
    since = min(of_actor[0][0] for of_actor in windows.values()) - LOOK_BACK
    amendments = list(ledger.events(kind="work_amended", not_customer=customer, since_at=since))
    _take_moved(ledger, amendments, spans, found)
    if not found:
        return []
    known = set(found)
    for event in amendments:
        if event.body.get("work") in known:
            known.add(event.id)
            found[event.id] = event
    work = [event for event in found.values() if event.kind == "work_logged"]
    for name in sorted({event.customer for event in work}):
        _take(found, ledger.events(kinds=("work_judged", *INVOICE_KINDS), customer=name, since_at=since))
        _take(found, ledger.events(kinds=QUOTE_KINDS, customer=name))
    for callout in sorted({event.callout for event in work if event.callout}):
        _take(found, ledger.events(kinds=STORY_KINDS, callout=callout))
    return sorted(found.values(), key=lambda event: event.seq)


def _spans_of(own: Iterable[Event]) -> dict[str, _Spans]:
    """By actor; of amended work all that it may come to, whichever of its amendments count."""
    work: dict[str, Event] = {}
    amended: list[Event] = []
    for event in own:
        if event.kind == "work_logged":
            work[event.id] = event
        elif event.kind == "work_amended":
            amended.append(event)
    spans: dict[str, _Spans] = {}
    for event in work.values():
        span = (begun_of(event), ended_of(event))
        # What is no time is refused by whoever makes entries of it, and says of which event.
        if all(map(MOMENT.fullmatch, span)):
            spans.setdefault(event.actor, _Spans()).spans.append(span)
    for event in amended:
        of = work.get(str(event.body.get("work")))
        if of is not None and of.actor in spans and _moves(event):
            spans[of.actor].spans.append(_moved(event, of))
    for one in spans.values():
        one.close()
    return spans


def _take_moved(
    ledger: LedgerView, amendments: Sequence[Event], spans: dict[str, _Spans], found: dict[str, Event]
) -> None:
    """Work that began at another time by itself, and that an amendment has moved to where it touches."""
    for amendment in amendments:
        named = str(amendment.body.get("work"))
        if named in found or not _moves(amendment):
            continue
        for event in ledger.events(id=named):
            of_actor = spans.get(event.actor)
            if event.kind == "work_logged" and of_actor is not None and of_actor.touch(*_moved(amendment, event)):
                found[event.id] = event


def _moves(amendment: Event) -> bool:
    return any(f'"{name}"' in amendment.body_text for name in TIMES)


def _moved(amendment: Event, work: Event) -> tuple[str, str]:
    """From the earliest to the latest moment that the work and its amendment name: never less than what it covers."""
    said = amendment.body.get("set", {})
    moments = [begun_of(work), ended_of(work), *(str(said[name]) for name in TIMES if name in said)]
    times = [one for one in moments if MOMENT.fullmatch(one)]
    return min(times, default=""), max(times, default="")


def _take(found: dict[str, Event], events: Iterable[Event]) -> None:
    found.update((event.id, event) for event in events)
