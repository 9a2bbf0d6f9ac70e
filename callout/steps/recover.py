"""Brings runs that were cut to their end: applications and rollbacks, by the journals that are on this machine."""

from __future__ import annotations

from callout.inventory.models import System
from callout.ledger.event import Event
from callout.patches.apply import Health, Result
from callout.patches.shelf import JOURNAL, ROLLBACK_JOURNAL, Shelf
from callout.steps.context import Context
from callout.steps.patch import end_cut_run, shelf_of
from callout.steps.record import opening_of
from callout.steps.roll_back import end_cut_rollback


def recover(context: Context, system: System, callout: str, health: Health) -> list[Result]:
    """Brings every cut run of this call-out to its end: in and well, or as it was. Empty where none was cut.

    A rollback belongs to the call-out that began it, and to the one whose originals it puts back. A call-out whose
    run was cut is closed by then; ending it belongs to its story all the same. Raises NotRolledBack, Locked,
    Unreachable.
    """
    opening_of(context.ledger, callout, system.name)
    ended: list[Result] = []
    for journal in sorted(context.places.originals.glob(f"{callout}/*/{JOURNAL}")):
        shelf = shelf_of(context, callout, journal.parent.name)
        with shelf.locked():
            if (result := end_cut_run(context, system, callout, shelf, health)) is not None:
                ended.append(result)
    for journal in sorted(context.places.originals.glob(f"*/*/{ROLLBACK_JOURNAL}")):
        shelf = shelf_of(context, journal.parent.parent.name, journal.parent.name)
        cut = shelf.load(ROLLBACK_JOURNAL)
        if cut is None or cut.phase.over or callout not in (cut.callout, journal.parent.parent.name):
            continue
        patched = _patched(context, system, shelf)
        if patched is None:
            continue
        with shelf.locked():
            result = end_cut_rollback(context, system, cut.callout or callout, shelf, health, patched)
            if result is not None:
                ended.append(result)
    return ended


def _patched(context: Context, system: System, shelf: Shelf) -> Event | None:
    """The latest application whose originals lie on that shelf; None where it was of another system."""
    where = f"{shelf.folder.parent.name}/{shelf.folder.name}"
    found = [
        event for event in context.ledger.events(kind="patched", system=system.name) if event.body["originals"] == where
    ]
    return found[-1] if found else None
