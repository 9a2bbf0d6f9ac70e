"""Pure: what the ledger says of a system's backups: which there are, which are gone, and what holds the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from callout.backups.record import BackupRecord
from callout.backups.retention import Candidate, Reason, Why
from callout.backups.standing import Standing, standings
from callout.ledger.event import Event


class State(StrEnum):
    """Where a recorded backup stands. `pruning`: its removal was begun; nobody relies on it any more."""

    STORED = "stored"
    PRUNING = "pruning"
    PRUNED = "pruned"


@dataclass(frozen=True, slots=True)
class Known:
    """One recorded backup. `record` is None where the event does not tell what it should.

    `standing` is what all its verifications came to; `state_at` when pruning was begun or done; `unpinned` says
    that a person gave up what held it.
    """

    id: str
    event: Event
    record: BackupRecord | None
    standing: Standing
    state: State
    state_at: dt.datetime | None
    holds: tuple[Reason, ...]
    unpinned: bool = False

    @property
    def verified(self) -> bool:
        """True where it was verified and nothing stands against it, at whatever level."""
        return self.standing.good

    @property
    def candidate(self) -> Candidate:
        """What retention asks about."""
        return Candidate(self.id, self.record.started if self.record else None, self.verified, self.holds)


@dataclass
class _CallOut:
    """What became of one call-out. Numbers are places in the ledger; 0 is never."""

    accepted: int = 0
    closed_at: dt.datetime | None = None
    changes: list[Event] = field(default_factory=list)


def history_of(events: Iterable[Event], now: dt.datetime, pin_days: int) -> list[Known]:
    """Every backup that the events of one system (all of them, in order) tell of, oldest first.

    `pin_days` is how long after its call-out was closed the backup before a change stays without the customer's
    acceptance. What it holds:
    - a pin by hand, until it is unpinned;
    - its call-out, or one that changed the system after it: until accepted, or `pin_days` after it was closed;
    - an applied and not rolled back patch of an open call-out, and a rollback that failed: no unpinning lifts it.
    """
    told = list(events)
    bodies = {event.seq: event.body for event in told if event.kind in _READ}
    made: dict[str, Event] = {}
    for event in told:
        if event.kind == "backed_up":
            made.setdefault(str(bodies[event.seq].get("id", "")), event)
    made.pop("", None)
    states = _states(told, bodies)
    records = {identifier: _record(bodies[event.seq]) for identifier, event in made.items()}
    verified = standings({one: record.verification if record else None for one, record in records.items()}, told)
    good = {identifier: standing.good for identifier, standing in verified.items()}
    stored = {identifier: event for identifier, event in made.items() if identifier not in states}
    holds = _holds(told, bodies, stored, good, now, pin_days)
    _, unpinned = _pins(told, bodies)
    found = []
    for identifier, event in made.items():
        state, at = states.get(identifier, (State.STORED, None))
        held = tuple(holds.get(identifier, ()))
        lifted = identifier in unpinned
        found.append(Known(identifier, event, records[identifier], verified[identifier], state, at, held, lifted))
    return found


def latest(history: Iterable[Known]) -> Known | None:
    """The newest one that is verified and was not removed, by when it was taken: an adopted one is no newer."""
    good = [known for known in history if known.verified and known.state is State.STORED]
    return max(good, key=lambda known: known.event.at, default=None)


def unfinished(events: Iterable[Event]) -> dict[str, str]:
    """The removals that were begun and not ended: backup to the location of its repository."""
    begun: dict[str, str] = {}
    for event in events:
        if event.kind == "backup_prune_begun":
            begun[str(event.body.get("backup", ""))] = str(event.body.get("repository", ""))
        elif event.kind == "backup_pruned":
            begun.pop(str(event.body.get("backup", "")), None)
    return begun


def given_up(events: Iterable[Event]) -> set[str]:
    """Ids of which people were told that the backup failed or was removed."""
    keys = {"backup_failed": "id", "backup_pruned": "backup"}
    return {str(event.body.get(keys[event.kind], "")) for event in events if event.kind in keys}


_READ = frozenset(
    {
        "backed_up",
        "backup_pinned",
        "backup_unpinned",
        "backup_prune_begun",
        "backup_pruned",
        "patched",
        "rolled_back",
        "rollback_failed",
    }
)
Bodies = Mapping[int, Mapping[str, Any]]


def _record(body: Mapping[str, Any]) -> BackupRecord | None:
    try:
        return BackupRecord.from_dict(body)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _states(told: Sequence[Event], bodies: Bodies) -> dict[str, tuple[State, dt.datetime]]:
    states: dict[str, tuple[State, dt.datetime]] = {}
    words = {"backup_prune_begun": State.PRUNING, "backup_pruned": State.PRUNED}
    for event in told:
        if state := words.get(event.kind):
            states[str(bodies[event.seq].get("backup", ""))] = (state, event.happened_at)
    return states


def _holds(
    told: Sequence[Event],
    bodies: Bodies,
    stored: Mapping[str, Event],
    good: Mapping[str, bool],
    now: dt.datetime,
    pin_days: int,
) -> dict[str, list[Reason]]:
    holds: dict[str, list[Reason]] = {identifier: [] for identifier in stored}
    pinned, unpinned = _pins(told, bodies)
    for identifier, reason in pinned.items():
        if identifier in holds:
            holds[identifier].append(reason)
    call_outs = _call_outs(told)
    undone = _undone(told, bodies)
    for name, callout in call_outs.items():
        awaited = _awaited(name, callout, now, pin_days)
        held = [identifier for identifier, event in stored.items() if event.callout == name]
        for change in callout.changes:
            held += _before(change, stored, good)
        for identifier in dict.fromkeys(held):
            if awaited and identifier not in unpinned:
                holds[identifier].append(Reason(Why.CALL_OUT, awaited))
        for identifier, reason in _needed(name, callout, bodies, undone, stored, good):
            if reason not in holds[identifier]:
                holds[identifier].append(reason)
    return holds


def _pins(told: Sequence[Event], bodies: Bodies) -> tuple[dict[str, Reason], set[str]]:
    """The pins by hand that stand, and the backups that were unpinned and not pinned again."""
    pinned: dict[str, Reason] = {}
    unpinned: set[str] = set()
    for event in told:
        body = bodies.get(event.seq, {})
        identifier = str(body.get("backup", ""))
        if event.kind == "backup_pinned":
            said = f"Pinned by {event.actor} on {event.at[:10]} ({body.get('ticket')}): {body.get('reason')}."
            pinned[identifier] = Reason(Why.PINNED, said)
            unpinned.discard(identifier)
        elif event.kind == "backup_unpinned":
            pinned.pop(identifier, None)
            unpinned.add(identifier)
    return pinned, unpinned


def _call_outs(told: Sequence[Event]) -> dict[str, _CallOut]:
    found: dict[str, _CallOut] = {}
    for event in told:
        if not event.callout:
            continue
        callout = found.setdefault(event.callout, _CallOut())
        if event.kind == "accepted":
            callout.accepted = event.seq
        elif event.kind == "closed":
            callout.closed_at = event.happened_at
        elif event.kind in ("patched", "patch_failed", "rolled_back", "rollback_failed", "restored"):
            callout.changes.append(event)
    return found


def _awaited(name: str, callout: _CallOut, now: dt.datetime, pin_days: int) -> str:
    """What the call-out still waits for, as a sentence; empty where it holds nothing any more."""
    if _is_accepted(callout):
        return ""
    if callout.closed_at is None:
        return f"{name} is open, and not accepted by the customer."
    until = callout.closed_at + dt.timedelta(days=pin_days)
    if now >= until:
        return ""
    return f"{name} is not accepted by the customer; kept until {until.date().isoformat()}."


def _is_accepted(callout: _CallOut) -> bool:
    """True where the customer accepted after the last change: an earlier yes was to something else."""
    return callout.accepted > max((change.seq for change in callout.changes), default=0)


def _undone(told: Sequence[Event], bodies: Bodies) -> set[str]:
    """The transactions that were rolled back, whether at once or later."""
    rolled_back = [bodies[event.seq] for event in told if event.kind == "rolled_back"]
    return {str(body[name]) for body in rolled_back for name in ("transaction", "undoes") if body.get(name)}


def _needed(
    name: str,
    callout: _CallOut,
    bodies: Bodies,
    undone: set[str],
    stored: Mapping[str, Event],
    good: Mapping[str, bool],
) -> Iterable[tuple[str, Reason]]:
    if _is_accepted(callout):
        return
    for change in callout.changes:
        body = bodies.get(change.seq, {})
        bundle = body.get("bundle", "a patch")
        own = {str(body[key]) for key in ("transaction", "undoes_not") if body.get(key)}
        if own & undone:
            continue
        if change.kind == "patched" and callout.closed_at is None:
            said = f"{bundle} of {name} is in and may have to be rolled back: the call-out is open."
        elif change.kind == "rollback_failed":
            said = f"Rolling {bundle} back failed in {name}: the system may have to be restored."
        else:
            continue
        for identifier in _before(change, stored, good):
            yield identifier, Reason(Why.OPEN_ROLLBACK, said)


def _before(change: Event, stored: Mapping[str, Event], good: Mapping[str, bool]) -> list[str]:
    """The backups with which the change could be taken back: the newest verified one before it.

    The newest one besides, where that failed a verification: it may still hold what the other lacks.
    """
    recorded = [identifier for identifier, event in stored.items() if event.seq < change.seq]
    # An adopted backup is recorded long after it was taken.
    earlier = sorted(recorded, key=lambda identifier: stored[identifier].at)
    verified = [identifier for identifier in earlier if good[identifier]]
    return list(dict.fromkeys([*verified[-1:], *earlier[-1:]]))
