"""Restore drills: make one, and find the last one that a change or a schedule may rely on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from callout.backups.drill_record import DrillRecord
from callout.errors import BadInput
from callout.ledger.event import Event
from callout.ledger.store import LedgerView
from callout.policy.drills import DrillAsked, DrillSeen, is_due
from callout.steps.backup import latest_verified, recorded_backup
from callout.steps.context import Context
from callout.steps.record import require_open

if TYPE_CHECKING:
    from callout.inventory.models import System
    from callout.inventory.reading import Inventory


def drill(
    context: Context, system: System, backup: str, callout: str = "", *, tell: Callable[[str], None]
) -> tuple[Event, DrillRecord]:
    """Restores the backup (an id) into a folder of ours and tries it; recorded as `drilled`, whatever it came to.

    An interrupted drill, or one for which there was no room, is not recorded: nothing was found out. `tell` gets a
    sentence as each part begins. Raises BadInput, BackupFailed, Locked, CalloutError.
    """
    # Heavy, and a gate that only asks for the last drill needs none of it.
    from callout.backups.archive import repository_of
    from callout.backups.drilling import drill_backup

    _, record = recorded_backup(context.ledger, backup)
    if record.system != system.name:
        raise BadInput(f"{backup} is a backup of {record.system}, not of {system.name}.", "See: callout backup list")
    if callout:
        require_open(context.ledger, callout, system.name)
    # Where it was stored then, even if the policy names another place by now.
    repository = replace(repository_of(system, context.places), location=record.repository)
    made = drill_backup(system, repository, record, home=context.places.drills, now=context.now, tell=tell)
    return context.record("drilled", system, callout, made.as_dict()), made


def backup_to_drill(context: Context, inventory: Inventory, name: str) -> tuple[str, System]:
    """The backup that `name` means: an id, or a system, whose newest verified one is meant. Raises BadInput."""
    if name not in inventory.systems:
        return name, inventory.system(recorded_backup(context.ledger, name)[1].system)
    return newest_to_drill(context, name), inventory.system(name)


def newest_to_drill(context: Context, system_name: str) -> str:
    """The id of the system's newest verified backup. Raises BadInput where it has none."""
    found = latest_verified(context.ledger, system_name)
    if found is None:
        raise BadInput(f"{system_name} has no verified backup.", f"Run: callout backup create {system_name}")
    return found[1].id


def last_drill(view: LedgerView, system_name: str) -> DrillSeen | None:
    """The last drill that was recorded for the system, whatever it came to."""
    events = list(view.events(kind="drilled", system=system_name))
    if not events:
        return None
    body = events[-1].body
    told = (str(body.get(name, "")) for name in ("system", "backup", "outcome"))
    return DrillSeen(events[-1].happened_at, *told)


def recorded_drill(view: LedgerView, backup: str) -> Event:
    """The last `drilled` event of a backup (an id). Raises BadInput where it was never drilled."""
    events = [event for event in view.events(kind="drilled") if event.body.get("backup") == backup]
    if not events:
        raise BadInput(f"{backup} was never drilled.", f"Run: callout backup drill {backup}")
    return events[-1]


def last_drills(view: LedgerView) -> dict[str, DrillSeen]:
    """The last drill of each backup, by its id."""
    found = {}
    for event in view.events(kind="drilled"):
        told = [str(event.body.get(name, "")) for name in ("system", "backup", "outcome")]
        found[told[1]] = DrillSeen(event.happened_at, *told)
    return found


def drill_is_due(context: Context, system: System) -> bool:
    """Whether policy wants a drill of the system now. Raises BadInput where policy names no age."""
    days = system.policy.backups.drill_max_age_days
    if days is None:
        where = system.origins.get("callout_policy", "group_vars/all/policy.yml")
        raise BadInput(
            f"{where}: callout_policy.backups.drill_max_age_days is missing: when a drill is due is not known.",
            "Say how many days a drill is good for.",
        )
    return is_due(last_drill(context.ledger, system.name), context.now(), dt.timedelta(days=days))


def asked_drill(context: Context, system: System, backup: str, *, to_come: bool) -> DrillAsked:
    """What the gate asks of drills. `backup` is the one that the change relies on, empty where there is none.

    `to_come`: a drill that policy wants before each change was not made yet, and is no reason to refuse.
    """
    backups = system.policy.backups
    before_change = backups.drill_before_change
    days = backups.drill_max_age_days
    return DrillAsked(
        system=system.name,
        last=last_drill(context.ledger, system.name),
        max_age=dt.timedelta(days=days) if days is not None else None,
        of_backup=backup if before_change else "",
        to_come=before_change and to_come,
    )
