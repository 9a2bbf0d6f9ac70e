"""Removes the backups that no rule keeps: told in the ledger first, then deleted, then told as done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from callout.backups.archive import Repository, repository_of
from callout.backups.history import Known, State, given_up, history_of, unfinished
from callout.backups.orphans import Fate, Orphan, findings_of, judge_orphan, read_orphan
from callout.backups.retention import Decision, decide
from callout.findings import Finding, Move, Status
from callout.inventory.models import System
from callout.ledger.event import Draft, Event, canonical, format_utc
from callout.ledger.store import LedgerView
from callout.steps.context import Context


@dataclass
class Pruned:
    """What was done to one system's backups, or with `dry_run` would be.

    `finished` are removals that an earlier run had begun; `missing` are recorded and not in the store.
    """

    system: str
    dry_run: bool
    decisions: list[Decision] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    orphans: list[Orphan] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def removed(self) -> list[str]:
        """Ids that the rules remove."""
        return [decision.id for decision in self.decisions if not decision.keep]

    @property
    def findings(self) -> list[Finding]:
        """What a person has to look at; empty where there is nothing."""
        lost = [
            Finding(
                f"backup.store@{identifier}", Status.FAIL, "missing",
                f"{identifier} is in the ledger, but not in the store.", Move.US,
                "Find out where it went; back up again. Is the store mounted, and the right one?",
            )
            for identifier in self.missing
        ]  # fmt: skip
        return [*lost, *findings_of(self.orphans)]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "system": self.system,
            "dry_run": self.dry_run,
            "backups": [decision.as_dict() for decision in self.decisions],
            "removed": self.removed,
            "finished": self.finished,
            "orphans": [orphan.as_dict() for orphan in self.orphans],
            "missing": self.missing,
            "findings": [finding.as_dict() for finding in self.findings],
        }


@dataclass
class Store:
    """One repository and the complete archives in it, as they are while its lock is held."""

    repository: Repository
    names: set[str]

    def remove(self, wanted: Sequence[str]) -> None:
        """Deletes those of `wanted` that are still there."""
        there = [name for name in wanted if name in self.names]
        self.repository.remove(there)
        self.names.difference_update(there)


def prune(
    context: Context, systems: Sequence[System], customer_systems: Iterable[str], dry_run: bool
) -> Iterator[Pruned]:
    """Prunes each system's backups by its policy, and tells of each when it is done.

    `customer_systems` are the names of all systems of the inventory.

    Removals that were begun are ended, orphans are adopted or removed, then the rules decide. With `dry_run`
    the same is found out and nothing is done. Raises Locked where a backup of the customer is running,
    BadInput, BackupFailed.
    """
    known = frozenset(customer_systems)
    for system in systems:
        yield _prune_system(context, system, known, dry_run)


def look_at_store(context: Context, system: System, customer_systems: Iterable[str]) -> Pruned:
    """Orphans and missing backups of one system, by name alone; holds no lock, reads nothing back, decides nothing."""
    history = _history(context.ledger, system, context.now())
    stores = _stores(context, system, history)
    return Pruned(
        system.name, True,
        orphans=_orphans(context, system, stores, frozenset(customer_systems)),
        missing=_missing(history, stores),
    )  # fmt: skip


def _prune_system(context: Context, system: System, systems: frozenset[str], dry_run: bool) -> Pruned:
    own = repository_of(system, context.places)
    with own.held():
        history = _history(context.ledger, system, context.now())
        stores = _stores(context, system, history)
        told = Pruned(system.name, dry_run, missing=_missing(history, stores))
        _finish(context, system, stores, told)
        _take_in_orphans(context, system, stores, systems, told)
        now = context.now()
        if dry_run:
            told.decisions = _decide(_history_with(context.ledger, system, now, told.orphans), stores, system, now)
            return told
        told.decisions = _begin(context, system, stores, now)
        places = {one.id: _location(one, own) for one in _history(context.ledger, system, now)}
        _remove(context, system, {name: places[name] for name in told.removed}, stores)
        return told


def _history(view: LedgerView, system: System, now: dt.datetime) -> list[Known]:
    return history_of(view.events(system=system.name), now, system.policy.backups.retention.pin_days)


def _history_with(view: LedgerView, system: System, now: dt.datetime, orphans: Iterable[Orphan]) -> list[Known]:
    """The history as it would be with the orphans adopted."""
    events = list(view.events(system=system.name))
    place = events[-1].seq if events else 0
    for orphan in orphans:
        if orphan.record is not None and orphan.started is not None:
            place += 1
            at, names = format_utc(orphan.started), (system.customer.id, system.name, orphan.callout)
            text = canonical(orphan.record.as_dict())
            events.append(Event(place, orphan.id, at, format_utc(now), "", *names, "backed_up", text, "", ""))
    return history_of(events, now, system.policy.backups.retention.pin_days)


def _stores(context: Context, system: System, history: Sequence[Known]) -> dict[str, Store]:
    """By location: where the system's backups go now, and where recorded ones went."""
    own = repository_of(system, context.places)
    locations = dict.fromkeys([own.location, *(_location(one, own) for one in history if one.state is State.STORED)])
    found = {}
    for location in locations:
        repository = replace(own, location=location)
        found[location] = _opened(repository)
    return found


def _location(known: Known, own: Repository) -> str:
    return known.record.repository if known.record else str(known.event.body.get("repository", own.location))


def _missing(history: Sequence[Known], stores: Mapping[str, Store]) -> list[str]:
    names = set[str]().union(*(store.names for store in stores.values()))
    return [one.id for one in history if one.state is State.STORED and one.id not in names]


def _finish(context: Context, system: System, stores: Mapping[str, Store], told: Pruned) -> None:
    """Ends the removals that a run before us began and did not live to end."""
    begun = unfinished(context.ledger.events(system=system.name))
    told.finished = list(begun)
    if not told.dry_run:
        _remove(context, system, begun, stores)


def _orphans(context: Context, system: System, stores: Mapping[str, Store], systems: frozenset[str]) -> list[Orphan]:
    """Archives of this system without a record, and those that are nobody's."""
    events = list(context.ledger.events(system=system.name))
    gone, begun = given_up(events), unfinished(events)
    recorded = {one.id for one in _history(context.ledger, system, context.now()) if one.state is not State.PRUNED}
    found = []
    for store in stores.values():
        unrecorded = sorted(store.names - recorded - begun.keys())
        ours = store.repository.ours() if unrecorded else set()
        for name in unrecorded:
            orphan = judge_orphan(name, systems, gone, ours=name in ours)
            if orphan.system in ("", system.name):
                found.append(orphan)
    return found


def _take_in_orphans(
    context: Context, system: System, stores: Mapping[str, Store], systems: frozenset[str], told: Pruned
) -> None:
    for orphan in _orphans(context, system, stores, systems):
        place = next(store for store in stores.values() if orphan.id in store.names)
        if orphan.fate is Fate.ADOPT:
            orphan = read_orphan(place.repository, orphan, system, context.places.data / "spool")
        told.orphans.append(orphan)
        if told.dry_run:
            continue
        names = (system.customer.id, system.name, orphan.callout)
        if orphan.record is not None:
            at = orphan.started or context.now()
            context.ledger.append(Draft("backed_up", at, context.actor, *names, orphan.record.as_dict()))
        elif orphan.fate is Fate.REMOVE:
            body = {"backup": orphan.id, "repository": place.repository.location, "reasons": [orphan.seen]}
            context.ledger.append(Draft("backup_prune_begun", context.now(), context.actor, *names, body))
            _remove(context, system, {orphan.id: place.repository.location}, stores)


def _decide(history: Sequence[Known], stores: Mapping[str, Store], system: System, now: dt.datetime) -> list[Decision]:
    """Only what is there counts: a backup that is missing in the store keeps no other one from staying."""
    names = set[str]().union(*(store.names for store in stores.values()))
    candidates = [one.candidate for one in history if one.state is State.STORED and one.id in names]
    return decide(candidates, system.policy.backups.retention, system.customer.time_zone, now)


def _begin(context: Context, system: System, stores: Mapping[str, Store], now: dt.datetime) -> list[Decision]:
    """Decides, and tells what will be removed, with nobody else writing in between: a pin comes before or after."""
    decisions: list[Decision] = []

    def drafts(view: LedgerView) -> list[Draft]:
        history = _history(view, system, now)
        decisions[:] = _decide(history, stores, system, now)
        events: dict[str, Event] = {one.id: one.event for one in history}
        begun = []
        for decision in decisions:
            if not decision.keep:
                made = events[decision.id]
                body = {
                    "backup": decision.id,
                    "repository": str(made.body.get("repository", "")),
                    "reasons": [reason.seen for reason in decision.reasons],
                }
                names = (made.customer, made.system, made.callout)
                begun.append(Draft("backup_prune_begun", now, context.actor, *names, body))
        return begun

    context.ledger.append_after(drafts)
    return decisions


def _remove(context: Context, system: System, begun: Mapping[str, str], stores: Mapping[str, Store]) -> None:
    """Deletes what was told to be removed (id to location), where it is still there, and tells that it is done."""
    for location in dict.fromkeys(begun.values()):
        wanted = [name for name, place in begun.items() if place == location]
        own = next(iter(stores.values())).repository
        store = stores.get(location) or _opened(replace(own, location=location))
        store.remove(wanted)
        context.ledger.append(
            *(
                Draft("backup_pruned", context.now(), context.actor, system.customer.id, system.name, "",
                      {"backup": name, "repository": location})
                for name in wanted
            )
        )  # fmt: skip


def _opened(repository: Repository) -> Store:
    return Store(repository, set(repository.names() if repository.is_there() else ()))
