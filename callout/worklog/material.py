"""All that one customer's events say about work and money, read once. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from callout.ledger.event import Event
from callout.policy.bands import BandCalendar
from callout.policy.chargeable import Charge, Rule, Verdict, decide
from callout.worklog.amended import entries_of
from callout.worklog.bill import Override
from callout.worklog.entry import Entry
from callout.worklog.facts import STORY_KINDS, QuoteSeen, facts_of, is_emergency, quotes_of
from callout.worklog.history import frozen_work
from callout.worklog.judged import Deduction, deductions_of, overrides_of
from callout.worklog.overlap import Overlap, overlaps
from callout.worklog.paying import candidates
from callout.worklog.pieces import Piece, day_of, pieces_of
from callout.worklog.shown_drift import KIND as DRIFT_LOOKED
from callout.worklog.shown_drift import ShownDrift, shown_drift

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.policy import Money

NO_OVERLAP = Overlap(0, ())


@dataclass(frozen=True, slots=True)
class Material:
    """One customer's events, sorted by what they are about. `stories` are by call-out, in the ledger's order, `looks`
    (for drift) by event id."""

    events: tuple[Event, ...]
    entries: tuple[Entry, ...]
    stories: Mapping[str, Sequence[Event]]
    quotes: Sequence[QuoteSeen]
    overrides: Mapping[str, Override]
    deductions: Mapping[str, Sequence[Deduction]]
    frozen: Mapping[str, int]
    looks: Mapping[str, Event]


@dataclass(frozen=True, slots=True)
class Judged:
    """One entry with what was decided about it. `pieces` are its parts; None where their times are not known.
    `drift` are the findings that were named as evidence."""

    entry: Entry
    day: dt.date
    verdict: Verdict
    override: Override | None
    overlap: Overlap
    pieces: Sequence[Piece] | None
    drift: tuple[ShownDrift, ...] = ()

    @property
    def charge(self) -> Charge:
        """What counts: a person's word before the rule's, but nobody can charge what cannot be computed."""
        said = self.override.charge if self.override else self.verdict.charge
        return Charge.UNDECIDED if said is Charge.YES and self.pieces is None else said


def material_of(events: Sequence[Event]) -> Material:
    """Everything that is known from `events`, which are one customer's. Raises CalloutError naming a broken one."""
    stories: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda one: one.seq):
        if event.callout and event.kind in STORY_KINDS:
            stories.setdefault(event.callout, []).append(event)
    return Material(
        events=tuple(events),
        entries=tuple(entries_of(events)),
        stories=stories,
        quotes=quotes_of(sorted(events, key=lambda one: one.seq)),
        overrides=overrides_of(events),
        deductions=deductions_of(events),
        frozen=frozen_work(events),
        looks={event.id: event for event in events if event.kind == DRIFT_LOOKED},
    )


def judged_work(
    material: Material,
    customer: Customer,
    money: Money,
    calendar: BandCalendar,
    changes: frozenset[dt.date],
    first: dt.date,
    last: dt.date,
) -> list[Judged]:
    """All work that began on the customer's days from `first` to `last`, judged and cut, by start.

    Work of the days beside counts as far as it overlaps: the same minute of the same person is billed once.
    """
    days = [(entry, day_of(entry, calendar.zone)) for entry in material.entries]
    inside = [(entry, day) for entry, day in days if first <= day <= last]
    if not inside:
        return []
    begun = min(entry.started_at for entry, _ in inside)
    reach = max(entry.ended_at for entry, _ in inside)
    beside = [
        (entry, day)
        for entry, day in days
        if not first <= day <= last and entry.ended_at > begun and entry.started_at < reach
    ]
    found = [_judge(entry, day, material, customer, money, calendar) for entry, day in (*inside, *beside)]
    charged = [one.entry for one in found if one.charge is Charge.YES and one.entry.clock_known]
    lost = overlaps(charged, material.frozen)
    by_id = {entry.event.id: entry for entry in charged}
    cut = [_cut(one, material, calendar, changes, lost, by_id) for one in found[: len(inside)]]
    return sorted(cut, key=lambda one: (one.entry.started_at, one.entry.event.id))


def _judge(
    entry: Entry, day: dt.date, material: Material, customer: Customer, money: Money, calendar: BandCalendar
) -> Judged:
    story = material.stories.get(entry.event.callout, ())
    valid = candidates(customer.contracts, money, entry, day)
    included = next((one.id for one in valid if one.kind == "included_hours"), "")
    drift = shown_drift(entry.cause_evidence, material.looks)
    facts = replace(
        facts_of(entry, story, customer.contract, material.quotes),
        covered=money.maintenance_covers,
        included_hours=included,
        idle=entry.idle_seconds >= money.idle_asks_minutes * 60,
        finding_in_doubt=any(not one.proves for one in drift),
    )
    return Judged(entry, day, decide(facts), material.overrides.get(entry.event.id), NO_OVERLAP, (), drift)


def _cut(
    judged: Judged,
    material: Material,
    calendar: BandCalendar,
    changes: frozenset[dt.date],
    lost: Mapping[str, Overlap],
    by_id: Mapping[str, Entry],
) -> Judged:
    entry = judged.entry
    overlap = lost.get(entry.event.id, NO_OVERLAP)
    emergency = is_emergency(entry, material.stories.get(entry.event.callout, ()))
    rivals = [by_id[identifier] for identifier in overlap.claimed_by]
    pieces = pieces_of(entry, calendar, changes, emergency=emergency, overlap=overlap, rivals=rivals)
    verdict = judged.verdict
    if pieces is None and judged.charge is not Charge.NO:
        verdict = Verdict(Charge.UNDECIDED, Rule.CLOCK_TIMES_NEEDED, verdict.evidence)
    return replace(judged, verdict=verdict, overlap=overlap, pieces=pieces)
