"""The backups of the ledger with what keeps each of them, and what the store holds besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from access_check.escaping import shown
from callout.backups.history import Known, State, history_of
from callout.backups.record import BackupRecord
from callout.inventory.models import System
from callout.inventory.policy import Retention
from callout.inventory.reading import Inventory
from callout.policy.drills import DrillSeen
from callout.steps.context import Context
from callout.steps.drill import last_drills
from callout.steps.prune import Pruned, look_at_store

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listed:
    """One backup as it is listed."""

    known: Known
    drill: DrillSeen | None = None

    @property
    def text(self) -> str:
        """One line for a terminal; nothing in it moves the cursor."""
        known = self.known
        told = record_line(known.record) if known.record else f"{shown(known.id)}  its record cannot be read"
        if known.record and known.record.verification.good and not known.verified:
            told += ", failed a later verification"
        if known.state is not State.STORED:
            at = known.state_at.date().isoformat() if known.state_at else "unknown"
            return f"{told}; {'removed' if known.state is State.PRUNED else 'removal begun'} on {at}"
        if self.drill:
            told += f", drilled {self.drill.at.date().isoformat()}: {shown(self.drill.outcome, 40)}"
        return "; ".join([told, *(shown(hold.seen, 300) for hold in known.holds)])

    def as_dict(self) -> dict[str, Any]:
        """JSON-able: the record, its state, whether it is verified as of now, and what holds it."""
        known = self.known
        record = known.record.as_dict() if known.record else {"id": known.id}
        at = known.state_at.isoformat() if known.state_at else None
        holds = [hold.as_dict() for hold in known.holds]
        drill = {"at": self.drill.at.isoformat(), "outcome": self.drill.outcome} if self.drill else None
        state = {"state": str(known.state), "state_at": at, "verified": known.verified}
        return {**record, **state, "kept_for": holds, "last_drill": drill}


def listed_backups(context: Context, inventory: Inventory, system: str = "") -> list[Listed]:
    """Every backup of the ledger, oldest first, also of systems that are no longer in the inventory."""
    events = list(context.ledger.events(system=system) if system else context.ledger.events())
    names = dict.fromkeys(event.system for event in events if event.kind == "backed_up")
    found: list[Known] = []
    for name in names:
        own = inventory.systems.get(name)
        days = (own.policy.backups.retention if own else Retention()).pin_days
        found += history_of([event for event in events if event.system == name], context.now(), days)
    drills = last_drills(context.ledger)
    return [Listed(known, drills.get(known.id)) for known in sorted(found, key=lambda known: known.event.seq)]


def listed_stores(context: Context, inventory: Inventory, system: str = "") -> list[Pruned]:
    """What each system's store holds without a record, and what it lacks. Raises BackupFailed, BadInput."""
    systems: Sequence[System] = [inventory.system(system)] if system else list(inventory.systems.values())
    return [look_at_store(context, one, list(inventory.systems)) for one in systems]


def record_line(record: BackupRecord) -> str:
    """One line for a terminal."""
    verified = f"verified ({record.verification.level})" if record.verification.good else "not verified"
    entries = sum(record.counts.values())
    size = f"{record.total_bytes / MEBIBYTE:.1f} MiB"
    seconds = f"{record.duration_ms / 1000:.1f} s"
    changed = record.changed_while_read.count + record.vanished_while_read.count
    noted = f", {changed} changed while read" if changed else ""
    return f"{record.id}  {entries} entries, {size}, {seconds}, {verified}{noted}"
