"""What was worked: entries as amended, what overlaps, what still runs. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from callout.ledger.event import Event
from callout.worklog.amended import entries_of
from callout.worklog.entry import Entry, Source
from callout.worklog.expense import Expense, expenses_of
from callout.worklog.overlap import Overlap, overlaps
from callout.worklog.session import running_sessions


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which work is asked for; empty fields ask for all. `span` (aware, end excluded) is when it began."""

    customer: str = ""
    system: str = ""
    ticket: str = ""
    callout: str = ""
    actor: str = ""
    source: str = ""
    span: tuple[dt.datetime, dt.datetime] | None = None
    withdrawn: bool = False

    def has(self, event: Event, ticket: str) -> bool:
        """Whether that event's work is asked for, as far as its columns and its ticket say."""
        asked = (
            (self.customer, event.customer),
            (self.system, event.system),
            (self.callout, event.callout),
            (self.actor, event.actor),
            (self.ticket, ticket),
        )
        return all(not wanted or wanted == there for wanted, there in asked)


@dataclass(frozen=True, slots=True)
class Worked:
    """What was asked for: work by its start, expenses by their date, sessions that run, oldest first.

    `overlaps` (by event id) count all work of the same person, also what was not asked for. `amendments` are the
    `work_amended` events by id.
    """

    entries: list[Entry]
    overlaps: Mapping[str, Overlap]
    expenses: list[Expense] = field(default_factory=list)
    running: list[Event] = field(default_factory=list)
    amendments: Mapping[str, Event] = field(default_factory=dict)


def worked_of(events: Iterable[Event], wanted: Wanted) -> Worked:
    """The work that is `wanted`, out of all events of work there are, in any order.

    Raises CalloutError naming an event that is not whole.
    """
    listed = list(events)
    everything = entries_of(listed, withdrawn=True)
    found = overlaps(entry for entry in everything if not entry.withdrawn)
    entries = [entry for entry in everything if _asked(entry, wanted)]
    expenses = [
        one
        for one in expenses_of(listed, withdrawn=wanted.withdrawn)
        if wanted.has(one.event, one.ticket) and not wanted.source and _within(_midnight(one.date), wanted)
    ]
    running = running_sessions(sorted(listed, key=lambda event: event.seq))
    return Worked(
        entries=sorted(entries, key=lambda entry: (entry.started_at, entry.event.id)),
        overlaps={entry.event.id: found[entry.event.id] for entry in entries if entry.event.id in found},
        expenses=sorted(expenses, key=lambda one: (one.date, one.event.id)),
        running=[
            event
            for event in running
            if wanted.has(event, event.body.get("ticket", "")) and wanted.source in ("", Source.PERSON)
        ],
        amendments={event.id: event for event in listed if event.kind == "work_amended"},
    )


def _asked(entry: Entry, wanted: Wanted) -> bool:
    return (
        (wanted.withdrawn or not entry.withdrawn)
        and wanted.has(entry.event, entry.ticket)
        and wanted.source in ("", str(entry.source))
        and _within(entry.started_at, wanted)
    )


def _within(moment: dt.datetime, wanted: Wanted) -> bool:
    return wanted.span is None or wanted.span[0] <= moment < wanted.span[1]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
