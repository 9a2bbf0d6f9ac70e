"""What a call-out changed, by the backups before and after it; its summary feeds the call-out's story."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from callout.backups.archive import repository_of
from callout.backups.pair import PairDifference, Stored, compare_pair
from callout.backups.secrets import secret_patterns
from callout.errors import BadInput
from callout.inventory.models import System
from callout.ledger.event import Event
from callout.steps.backup import recorded_backup, recorded_backups
from callout.steps.context import Context
from callout.steps.record import opening_of, story_of

# Of each list the first so many go into the ledger; the counts are of all.
MAXIMUM_TOLD = 100


def diff_backups(context: Context, system: System, before: str, after: str, *, contents: bool = True) -> PairDifference:
    """What differs between two backups (ids) of the system.

    Raises BadInput for ids that are unknown, removed, the same, or of another system; BackupFailed.
    """
    if before == after:
        raise BadInput("Both are the same backup.", "Name two; see: callout backup list")
    old, new = (_stored(context, system, backup) for backup in (before, after))
    return compare_pair(old, new, secret_patterns(system), context.places.data / "spool", contents=contents)


def backup_before(context: Context, callout: str) -> str:
    """The id of the newest backup of the call-out's system from before its first change.

    Where nothing was changed, the call-out's own first backup. Raises BadInput where there is none.
    """
    events = story_of(context.ledger, callout)
    system = opening_of(context.ledger, callout).system
    changes = [event.seq for event in events if event.kind in ("patched", "patch_failed", "rolled_back")]
    stored = recorded_backups(context.ledger, system)
    if changes:
        earlier = [record.id for event, record in stored if event.seq < min(changes)]
        found = earlier[-1:]
    else:
        found = [record.id for event, record in stored if event.callout == callout][:1]
    if not found:
        raise BadInput(f"{callout} has no backup from before its change.", "Name two: callout backup diff A B")
    recorded_backup(context.ledger, found[0])
    return found[0]


def record_difference(context: Context, system: System, callout: str, found: PairDifference) -> Event:
    """The `backups_compared` event: counts, paths and in what they differ; no contents.

    Raises BadInput for a call-out that is unknown or of another system; a closed one may be told of.
    """
    opening_of(context.ledger, callout, system.name)
    return context.record("backups_compared", system, callout, summary(found))


def summary(found: PairDifference) -> dict[str, Any]:
    """What goes into the ledger: bounded, without contents."""
    files = [one.difference for one in found.files]
    told: dict[str, Any] = {
        "before": found.before,
        "after": found.after,
        **found.counts,
        "files": [
            {"what": f"{one.what} {one.live_path}{' (' + ', '.join(one.aspects) + ')' if one.aspects else ''}"}
            for one in files[:MAXIMUM_TOLD]
        ],
        "files_not_named": max(0, len(files) - MAXIMUM_TOLD),
    }
    if found.database:
        tables = [table.as_dict() for table in found.database.tables[:MAXIMUM_TOLD]]
        told["database"] = {**found.database.as_dict(), "tables": tables}
    return told


def _stored(context: Context, system: System, backup: str) -> Stored:
    _, record = recorded_backup(context.ledger, backup)
    if record.system != system.name:
        raise BadInput(f"{backup} is a backup of {record.system}, not of {system.name}.", "See: callout backup list")
    return Stored(record, replace(repository_of(system, context.places), location=record.repository))
