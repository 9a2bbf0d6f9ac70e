"""What of a foreign file is taken over: all of it or nothing, and nothing twice. Pure: a plan comes out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from callout.errors import BadInput
from callout.ledger.event import Draft, Event, canonical, format_utc
from callout.policy.chargeable import Activity
from callout.worklog.amended import entries_of
from callout.worklog.details import Details
from callout.worklog.entry import ROLE, Source
from callout.worklog.exchange.mapping import Known, Rules, said_of
from callout.worklog.exchange.record import File, Read, Record, identities
from callout.worklog.overlap import Overlap, overlaps
from callout.worklog.past import check_told, told_body


@dataclass(frozen=True, slots=True)
class Taking:
    """What an import would add, in the file's order: lines and drafts side by side.

    `known` counts what was imported before or came from here; `left_out` says of which lines why not. `overlaps`
    are those that the new work has a part in: of a new line (`FILE:LINE`) or of work that is there (its event's id).
    """

    lines: tuple[int, ...]
    drafts: tuple[Draft, ...]
    known: int
    left_out: tuple[tuple[int, str], ...]
    overlaps: Mapping[str, Overlap]
    file_sha256: str


@dataclass(frozen=True, slots=True)
class Terms:
    """By which words a file is taken over: its format, the rules and options, whose records, who says so, and when."""

    form: str
    rules: Rules
    options: Mapping[str, str]
    known: Known
    person: str
    actor: str
    now: dt.datetime


def taking(file: File, read: Read, terms: Terms, events: Iterable[Event]) -> Taking:
    """The plan. `events` are all events of work that there are.

    Raises BadInput naming file and line for the first record that cannot be taken over.
    """
    listed = list(events)
    seen = _imported(listed, terms.actor)
    records = _of_one_person(file, read.records, terms.person)
    left_out = list(read.left_out)
    sha256 = hashlib.sha256(file.content).hexdigest()
    lines, drafts, known = [], [], 0
    for record, identity in zip(records, _names(records), strict=True):
        if record.when.seconds == 0:
            left_out.append((record.line, "it takes no time"))
        elif identity in seen:
            known += 1
        else:
            lines.append(record.line)
            drafts.append(_draft(file, record, terms, {"format": terms.form, "file_sha256": sha256, "entry": identity}))
    return Taking(
        lines=tuple(lines),
        drafts=tuple(drafts),
        known=known,
        left_out=tuple(sorted(left_out)),
        overlaps=_overlaps(file, listed, lines, drafts),
        file_sha256=sha256,
    )


def _names(records: Sequence[Record]) -> list[str]:
    """Lasting names: that of our own event, where an export of ours comes back, else the record's identity."""
    pairs = zip(records, identities(records), strict=True)
    return [f"work:{record.named['work']}" if "work" in record.named else name for record, name in pairs]


def _imported(events: Iterable[Event], actor: str) -> set[str]:
    """Names of what is here: every piece of work by its id, and what this person imported, withdrawn or not."""
    found: set[str] = set()
    for event in events:
        if event.kind == "work_logged":
            found.add(f"work:{event.id}")
            if event.actor == actor and '"imported"' in event.body_text:
                imported = event.body.get("imported", {})
                found.add(str(imported.get("entry")))
    return found


def _of_one_person(file: File, records: Sequence[Record], person: str) -> list[Record]:
    """The records of `person`, or all where they are one person's: whoever imports says that it is their own work."""
    people = sorted({record.person for record in records if record.person})
    if person:
        if person not in people:
            raise BadInput(f"{file.name} has no work of {person[:40]!r}.", f"There are: {', '.join(people)[:200]}.")
        return [record for record in records if record.person == person]
    if len(people) > 1:
        raise BadInput(
            f"{file.name} has work of {len(people)} people: {', '.join(people)[:200]}.",
            "Each imports their own: --user NAME",
        )
    return list(records)


def _draft(file: File, record: Record, terms: Terms, imported: Mapping[str, str]) -> Draft:
    said = said_of(file, record, terms.rules, terms.known, terms.options)
    details = Details(
        ticket=said["ticket"],
        note=record.note,
        activity=said.get("activity", Activity.MAINTENANCE),
        role=said.get("role", ROLE),
        cause=said.get("cause", ""),
    )
    try:
        when = check_told(record.when, terms.now)
        body = told_body(when, details, Source.IMPORT, imported=dict(imported))
    except BadInput as error:
        raise file.wrong(record.line, error.message.rstrip("."), error.hint) from None
    names = (said["customer"], said.get("system", ""), said.get("callout", ""))
    return Draft("work_logged", min(when.ended_at, terms.now), terms.actor, *names, body)


def _overlaps(file: File, events: Sequence[Event], lines: Sequence[int], drafts: Sequence[Draft]) -> dict[str, Overlap]:
    """Overlaps that are there with the new work and were not without it."""
    seq = max((event.seq for event in events), default=0)
    new = [
        Event(
            seq=seq + place,
            id=f"{file.name}:{line}",
            at=format_utc(draft.at),
            recorded_at=format_utc(draft.at),
            actor=draft.actor,
            customer=draft.customer,
            system=draft.system,
            callout=draft.callout,
            kind=draft.kind,
            body_text=canonical(draft.body),
            prev_hash="",
            hash="",
        )
        for place, (line, draft) in enumerate(zip(lines, drafts, strict=True), 1)
    ]
    before = overlaps(entries_of(events))
    after = overlaps(entries_of([*events, *new]))
    return {name: overlap for name, overlap in after.items() if before.get(name) != overlap}
