"""What restores of ours put on a system between two looks: which, by the ledger; how they left it, by the manifests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from callout.backups.restoring.selection import Asked
from callout.drift.change import Change
from callout.drift.evidence import Restored
from callout.drift.look import Section
from callout.errors import BackupFailed, BadInput
from callout.ledger.event import Event
from callout.steps.context import Context

if TYPE_CHECKING:
    from callout.inventory.models import System


def restores_between(
    context: Context, system: System, since: dt.datetime, until: dt.datetime, changes: Sequence[Change]
) -> tuple[Restored, ...]:
    """Restores onto the system that ended, or may have ended, in between: taken back ones, too.

    With how each left the paths of `changes`; where its manifest cannot be had, without, and with why.
    """
    view, changed = context.ledger, [change for change in changes if change.section is Section.FILES]
    begun = {str(event.body.get("restore")): event for event in view.events(kind="restore_begun", system=system.name)}
    undone = {str(event.body.get("restore")) for event in view.events(kind="restore_undone", system=system.name)}
    found = []
    for event in view.events(kinds=["restored", "restore_failed", "restore_undone"], system=system.name):
        start = begun.get(str(event.body.get("restore")), event)
        if event.happened_at < since or start.happened_at > until:
            continue
        asked = Asked.from_dict(start.body.get("asked") or {})
        restore = _told(event, start, asked, system)
        if event.kind != "restored" or str(event.body.get("restore")) in undone:
            restore = replace(restore, why="It was taken back.")
        elif asked.files and changed:
            restore = _with_files(context, system, restore, asked, changed)
        found.append(restore)
    return tuple(found)


def _told(event: Event, start: Event, asked: Asked, system: System) -> Restored:
    roots = (asked.paths or tuple(system.operation.backup.paths)) if asked.files else ()
    backup = str(event.body.get("backup", ""))
    times = (start.happened_at, event.happened_at)
    return Restored(event.id, event.callout, *times, roots, database=asked.database, backup=backup)


def _with_files(
    context: Context, system: System, restore: Restored, asked: Asked, changed: Sequence[Change]
) -> Restored:
    # Whoever only shows a report needs no store.
    from callout.steps.restored_files import left_files

    try:
        return replace(restore, files=left_files(context, system, restore.backup, asked, changed))
    except (BackupFailed, BadInput) as error:
        # It is told with every finding that it leaves in doubt.
        return replace(restore, why=f"Its manifest cannot be held against it: {error.message}")
