"""Ends the cut run of a colleague whose machine is lost, from what the ledger and the system themselves know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from callout.errors import BadInput, Locked, Refused
from callout.inventory.models import System
from callout.ledger.event import Event
from callout.patches.apply import Health, Result
from callout.patches.change import Change, Phase, Transaction, id_of, new_transaction
from callout.patches.images import Image
from callout.patches.shelf import JOURNAL, ROLLBACK_JOURNAL, Shelf
from callout.shell.lock import Holder
from callout.steps.context import Context
from callout.steps.patch import end_cut_run, newest_plan, planned_with, remote_of, shelf_of
from callout.steps.patch_sql import sql_change
from callout.steps.plan import believe
from callout.steps.record import opening_of
from callout.steps.roll_back import bundle_id_of, end_cut_rollback
from callout.steps.way_back import application_of, begun_rollback, standing_application


def take_over(
    context: Context, system: System, callout: str, health: Health, bundle: str, reason: str
) -> Result | None:
    """Brings the run that holds the system's lock to its end: in and well, or as it was; None where it had ended.

    What it was going to do is in the ledger (its plan, or the application that it took back), the originals are
    beside the files on the system. Its token is fenced: should that machine come back, it can do nothing any more.
    `bundle` is the file that was being applied, or the id of what was being taken back. Raises BadInput without a
    reason, where nobody holds the lock or for another call-out; Locked where the holder is alive; Refused where the run
    is this machine's own; NotRolledBack.
    """
    if not reason.strip():
        raise BadInput("A colleague's run is not taken over without a reason.", "Say it: --because REASON")
    opening_of(context.ledger, callout, system.name)
    _require_no_restore(context, system)
    holder = _holder(context, system, callout)
    cut_id = id_of(holder.token)
    applied = standing_application(context, system, callout, cut_id, bundle_id_of(context, system, bundle))
    recorded = _recorded(context, system, cut_id)
    if recorded is not None and recorded.kind == "rolled_back":
        applied = application_of(context, system, recorded.body["undoes"])
    undoes = "" if applied is None or applied.body["transaction"] == cut_id else str(applied.body["transaction"])
    if applied is None:
        cut, shelf = _application(context, system, callout, bundle)
    else:
        # What is recorded is in, or back, and well: only what is temporary has to go.
        cut = _ended(recorded, applied) if recorded else begun_rollback(system, callout, applied)
        shelf = shelf_of(context, *str(applied.body["originals"]).split("/", 1))
    journal = ROLLBACK_JOURNAL if undoes else JOURNAL
    with shelf.locked():
        _require_foreign(shelf, journal, holder, callout)
        cut = shelf.save(replace(cut, named=cut_id, restarted=True), journal)
        remote_of(context, system, callout, cut, undoes).lock(seize=holder.token)
        told = f"The run of {holder.actor} was taken over: {reason.strip()}"
        context.record("noted", system, callout, {"note": told, "transaction": cut.id, "bundle": cut.bundle})
        if undoes and applied is not None:
            return end_cut_rollback(context, system, callout, shelf, health, applied)
        return end_cut_run(context, system, callout, shelf, health)


def _recorded(context: Context, system: System, transaction_id: str) -> Event | None:
    """What the ledger has as the good end of that transaction; None where it had none."""
    for kind in ("patched", "rolled_back"):
        for event in context.ledger.events(kind=kind, system=system.name):
            # A rollback that a failed application did by itself undoes nothing that was recorded.
            if event.body.get("transaction") == transaction_id and (kind == "patched" or event.body.get("undoes")):
                return event
    return None


def _ended(recorded: Event, applied: Event) -> Transaction:
    changes = [
        Change(number, one["path"], Image.from_dict(one["before"]), Image.from_dict(one["after"]))
        for number, one in enumerate(recorded.body["files"], 1)
    ]
    body = applied.body
    return new_transaction(body["bundle"], body["plan_hash"], changes, [], callout=recorded.callout).at(Phase.FINISHING)


def _require_no_restore(context: Context, system: System) -> None:
    """Raises Refused where the run that was cut may be a restore: what that has moved where, only its machine knows."""
    ends = ("restored", "restore_failed", "restore_undone")
    begun = [event.seq for event in context.ledger.events(kind="restore_begun", system=system.name)]
    ended = [event.seq for kind in ends for event in context.ledger.events(kind=kind, system=system.name)]
    if begun and max(begun) > max(ended, default=0):
        raise Refused(
            f"{system.name}: a restore was begun and has not ended; it cannot be taken over.",
            "Run the restore again on the machine that began it; else the kept files lie in /.callout-kept-ID.",
        )


def _holder(context: Context, system: System, callout: str) -> Holder:
    remote = remote_of(context, system, callout, new_transaction("", "", [], []))
    holder = remote.holder()
    if holder is None:
        raise BadInput(f"{system.name}: nobody holds its lock; there is nothing to take over.", "Run what you want to.")
    if holder.callout != callout:
        raise BadInput(f"{system.name}: the lock is of {holder.callout or holder.actor}, not of {callout}.", "Name it.")
    if not holder.dead:
        raise Locked(
            f"{system.name}: the run of {holder.actor} is alive there, or it cannot be seen whether it is.",
            "Wait until it has ended, or end it on that machine.",
        )
    return holder


def _application(context: Context, system: System, callout: str, bundle: str) -> tuple[Transaction, Shelf]:
    """What the cut run was going to do, by the call-out's newest plan."""
    if not Path(bundle).exists():
        raise BadInput(f"{callout}: {bundle[:80]} was being applied.", "Name its file: --bundle FILE")
    believed, _ = believe(context, system, Path(bundle))
    manifest = believed.manifest
    plan_hash = newest_plan(context, callout)
    planned = planned_with(context, callout, plan_hash)
    if planned["bundle"]["sha256"] != believed.sha256:
        raise BadInput(
            f"{bundle}: {callout} has planned {planned['bundle']['id']}, another bundle or another edition of it.",
            "Name the file that was planned.",
        )
    files = [one for one in planned["files"] if one["verdict"] != "already-in"]
    changes = [
        Change(number, one["path"], Image.from_dict(one["before"]), Image.from_dict(one["after"]))
        for number, one in enumerate(files, 1)
    ]
    shelf = shelf_of(context, callout, manifest.id)
    with shelf.locked():
        for text in believed.sql.values():
            shelf.keep(text)
    return new_transaction(
        manifest.id,
        plan_hash,
        changes,
        [(service, system.operation.restart[service]) for service in manifest.restart],
        sql_change(context, system, believed),
        sequence=manifest.sequence,
        requires=manifest.requires,
        callout=callout,
        must_pass=manifest.health,
    ), shelf


def _require_foreign(shelf: Shelf, journal: str, holder: Holder, callout: str) -> None:
    """Raises Refused where the run is our own: then its journal, which knows more, is here."""
    known = shelf.load(journal)
    if known is not None and not known.phase.over and known.token == holder.token:
        raise Refused(
            f"{callout}: the run that was cut is this machine's own; its journal is here.",
            f"End it: callout patch recover {callout}",
        )
