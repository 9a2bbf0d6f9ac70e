"""All that one customer's events say about work and money, read once. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from callout.ledger.event import Event
from callout.policy.bands import BandCalendar
from callout.policy.chargeable import Charge, Rule, Verdict, decide
from callout.worklog.amended import entries_of
from callout.worklog.bill import Override
from callout.worklog.entry import Entry
from callout.worklog.facts import STORY_KINDS, QuoteSeen, facts_of, is_emergency, quotes_of
from callout.worklog.judged import Deduction, deductions_of, overrides_of
from callout.worklog.overlap import Contested, Overlap, Settled, Sharing, contests
from callout.worklog.payers import candidates
from callout.worklog.pieces import Piece, day_of, pieces_of
from callout.worklog.settled_time import settled_work
from callout.worklog.shown_drift import KIND as DRIFT_LOOKED
from callout.worklog.shown_drift import ShownDrift, shown_drift

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.policy import Money

NO_OVERLAP = Overlap(0, ())


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the same people did for other customers, as far as it is charged there; `settled` is that on invoices."""

    entries: Sequence[Entry] = ()
    settled: Mapping[str, Settled] = field(default_factory=dict)


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
    settled: Mapping[str, Settled]
    looks: Mapping[str, Event]


@dataclass(frozen=True, slots=True)
class Judged:
    """One entry with what was decided about it. `pieces` are its parts; None where their times are not known.

    `contested` is what it holds of its time where other charged work of the same person claims it, too. `drift` are the
    findings that were named as evidence.
    """

    entry: Entry
    day: dt.date
    verdict: Verdict
    override: Override | None
    contested: Contested | None
    pieces: Sequence[Piece] | None
    drift: tuple[ShownDrift, ...] = ()

    @property
    def overlap(self) -> Overlap:
        """What others have claimed of it."""
        return self.contested.overlap if self.contested else NO_OVERLAP

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
        settled=settled_work(events),
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
    elsewhere: Elsewhere,
) -> list[Judged]:
    """All work that began on the customer's days from `first` to `last`, judged and cut, by start.

    Work of the days beside, and what the same people did for others, counts as far as it overlaps: the same minute
    of the same person is billed once.
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
    found = [judge(entry, day, material, customer, money) for entry, day in (*inside, *beside)]
    charged = [one.entry for one in found if one.charge is Charge.YES]
    settled = {**elsewhere.settled, **material.settled}
    contested = contests([*charged, *elsewhere.entries], settled, Sharing(money.shared_minutes))
    cut = [_cut(one, material, calendar, changes, contested) for one in found[: len(inside)]]
    return sorted(cut, key=lambda one: (one.entry.started_at, one.entry.event.id))


def judge(entry: Entry, day: dt.date, material: Material, customer: Customer, money: Money) -> Judged:
    """What rule and people say of one entry of the customer; nothing is cut yet, and nobody else is asked."""
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
    return Judged(entry, day, decide(facts), material.overrides.get(entry.event.id), None, (), drift)


def _cut(
    judged: Judged,
    material: Material,
    calendar: BandCalendar,
    changes: frozenset[dt.date],
    contests_by_id: Mapping[str, Contested],
) -> Judged:
    entry = judged.entry
    contested = contests_by_id.get(entry.event.id) if judged.charge is Charge.YES else None
    emergency = is_emergency(entry, material.stories.get(entry.event.callout, ()))
    pieces = pieces_of(entry, calendar, changes, emergency=emergency, contested=contested)
    verdict = judged.verdict
    if pieces is None and judged.charge is not Charge.NO:
        verdict = Verdict(Charge.UNDECIDED, Rule.CLOCK_TIMES_NEEDED, verdict.evidence)
    return replace(judged, verdict=verdict, contested=contested, pieces=pieces)
