"""Takes an applied bundle back, from the originals that are kept here or there: the same change, the other way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from callout.errors import CalloutError, NotRolledBack, Refused, RolledBack
from callout.findings import Finding, Move, Status
from callout.inventory.models import System
from callout.ledger.event import Event
from callout.patches.apply import Carrier, Drain, Health, Outcome, Result
from callout.patches.before_after import unified
from callout.patches.change import Change, SqlChange, Transaction, new_transaction
from callout.patches.images import Observed
from callout.patches.observe import observe
from callout.patches.order import applied_from, stands_on
from callout.patches.remote import Remote
from callout.patches.shelf import ROLLBACK_JOURNAL, Shelf
from callout.steps.context import Context
from callout.steps.patch import PatchOutcome, drained, record_deferred, remote_of, shelf_of, told_files
from callout.steps.plan import believe
from callout.steps.record import require_open
from callout.steps.shown_diffs import shown_diffs
from callout.steps.way_back import begun_rollback, latest_application, sql_back, way_back


def at_once() -> None:
    """The drain of a rollback that waits for nobody: a system that is ill is not made to wait for its calls."""


def roll_back(
    context: Context,
    system: System,
    callout: str,
    bundle_id: str,
    health: Health,
    check: bool = False,
    drain: Drain = at_once,
) -> PatchOutcome:
    """Bytes, mode and owner of before the bundle; recorded as `rolled_back` of that `patched` event.

    The health check is told, it does not decide: a rollback is not undone because the system is ill. Where
    it was rolled back already nothing is done. An original that is not here any more is taken from the system's own
    copy. Raises Refused where a later bundle stands on this one, a file is not as the patch left it, or an original
    is neither here nor there; BadInput where the bundle was never applied to this system; RolledBack (the
    patch is still in, whole), NotRolledBack, Locked, Unreachable.
    """
    require_open(context.ledger, callout, system.name)
    patched, stands = latest_application(context, system, bundle_id)
    shelf = _shelf(context, patched)
    with shelf.locked():
        if not check:
            ended = _end_cut_run(context, system, callout, shelf, health, patched)
            if ended is not None:
                return ended
        if not stands:
            return PatchOutcome(False, bundle_id)
        # First of all: what a later bundle has put back may look as if there were nothing to do.
        _require_nothing_on_it(context, system, patched)
        changes = way_back(patched)
        sql = sql_back(patched)
        seen = observe(context.connect(system.target), [one.path for one in changes])
        if sql is None and all(one.image == change.after for change, one in zip(changes, seen, strict=True)):
            # Somebody put everything back by hand, or an earlier rollback was not recorded any more.
            if not check:
                _record(context, system, callout, patched, None, "found as before the patch")
            return PatchOutcome(False, bundle_id)
        transaction = begun_rollback(system, callout, patched)
        remote = remote_of(context, system, callout, transaction, undoes=patched.body["transaction"])
        _require_as_patched(system, remote, shelf, seen)
        contents = _originals(remote, shelf, patched, changes, sql)
        sizes = {one.path: one.size_bytes or 0 for one in seen}
        if check:
            diff = partial(shown_diffs, system, changes, remote.fetch(sizes), contents)
            return PatchOutcome(True, bundle_id, told_files(transaction), diff)
        drained(context, system, callout, transaction, drain)
        carrier = Carrier(remote, shelf, ROLLBACK_JOURNAL, health, context.now, must_be_well=False, drain=drain)
        result = carrier.carry(contents, sizes)
        _settle(context, system, callout, patched, result)
        present = shelf.originals({one.path: one.before.sha256 for one in changes if one.before.has_content})
    diff = partial(shown_diffs, system, changes, present, contents)
    files = told_files(transaction)
    return PatchOutcome(True, bundle_id, files, diff, result.downtime_ms, tuple(result.reasons))


def bundle_id_of(context: Context, system: System, named: str) -> str:
    """The id that `named` means: that of a bundle file, believed by its signature, or an id as it stands.

    Raises TrustRefused and BadInput for a file that cannot be believed.
    """
    if Path(named).exists() or "/" in named or named.endswith(".callout"):
        return believe(context, system, Path(named))[0].manifest.id
    return named


def _shelf(context: Context, patched: Event) -> Shelf:
    callout, _, bundle_id = str(patched.body["originals"]).partition("/")
    return shelf_of(context, callout, bundle_id)


def _originals(
    remote: Remote, shelf: Shelf, patched: Event, changes: Sequence[Change], sql: SqlChange | None
) -> dict[str, bytes]:
    """The original contents by SHA-256, from here, or else from the system's own copy. Raises Refused."""
    wanted = {change.number: change.after.sha256 for change in changes if change.after.has_content}
    found = {sha256: content for sha256 in wanted.values() if (content := shelf.find(sha256)) is not None}
    lost = {number: sha256 for number, sha256 in wanted.items() if sha256 not in found}
    if lost:
        found |= remote.fetch_kept(patched.body["transaction"], lost)
        for content in found.values():
            shelf.keep(content)
    missing = [change for change in changes if change.after.has_content and change.after.sha256 not in found]
    texts = [sha256 for sha256 in ((sql.forward, sql.backward) if sql else ()) if shelf.find(sha256) is None]
    if missing or texts:
        what = missing[0].path if missing else "the SQL that takes the database back"
        seen = f"The original of {what} is neither here in {shelf.folder} nor on the system."
        remedy = "Take it from the backup of the call-out in which it was applied: callout restore."
        reason = Finding("patch.original", Status.FAIL, "original-gone", seen, Move.US, remedy)
        raise Refused(f"{remote.session.name}: nothing was changed. {seen}", remedy, [reason.as_dict()])
    return found


def _require_nothing_on_it(context: Context, system: System, patched: Event) -> None:
    """Raises Refused where a bundle that was applied later stands on this one."""
    undone = {event.body.get("undoes") for event in context.ledger.events(kind="rolled_back", system=system.name)}
    standing = [
        applied_from(event.seq, event.callout, event.body)
        for event in context.ledger.events(kind="patched", system=system.name)
        if event.body["transaction"] not in undone
    ]
    this = applied_from(patched.seq, patched.callout, patched.body)
    if reasons := stands_on(this, standing):
        raise Refused(
            f"{system.name}: {this.bundle} was not rolled back: {reasons[0].seen}",
            reasons[0].remedy,
            [reason.as_dict() for reason in reasons],
        )


def _require_as_patched(system: System, remote: Remote, shelf: Shelf, seen: Sequence[Observed]) -> None:
    """Raises Refused where a file was changed since; shows what would be lost."""
    transaction = remote.transaction
    changed = [
        (change, one)
        for change, one in zip(transaction.changes, seen, strict=True)
        if one.way != "ok" or one.image != change.before
    ]
    reasons = []
    for change, one in changed:
        told = f"{change.path} is not as {transaction.bundle} left it: it is {one.image.word[:16]}"
        told += f", {transaction.bundle} left {change.before.word[:16]}; taking it back would lose that."
        remedy = "Look at what was changed since, and by whom; take that back first."
        evidence = {"diff": _later_change(system, remote, shelf, change, one)}
        check = f"patch.file@{change.path}"
        reasons.append(Finding(check, Status.FAIL, "changed-since", told, Move.US, remedy, evidence))
    if reasons:
        raise Refused(
            f"{system.name}: {transaction.bundle} was not rolled back, there are later changes.",
            "Take those back first.",
            [reason.as_dict() for reason in reasons],
        )


def _later_change(system: System, remote: Remote, shelf: Shelf, change: Change, one: Observed) -> str:
    """What was changed since, as a unified diff; empty where it cannot be shown."""
    left = shelf.made().get(change.before.sha256)
    if not one.image.has_content or (change.before.has_content and left is None):
        return ""
    since = Change(1, change.path, change.before, one.image)
    looked: Transaction = new_transaction("", "", [Change(1, change.path, one.image, one.image)], [])
    try:
        present: Mapping[str, bytes] = remote.at(looked).fetch({change.path: one.size_bytes or 0})
    except CalloutError:
        # It is changed this very moment, or larger than we fetch: then the hashes have to do.
        return ""
    before = {change.path: left} if left is not None else {}
    return unified(shown_diffs(system, [since], before, {one.image.sha256: present[change.path]}))


def _end_cut_run(
    context: Context, system: System, callout: str, shelf: Shelf, health: Health, patched: Event
) -> PatchOutcome | None:
    """Ends a rollback that was cut. None where there was none, or it was taken back and has to begin anew."""
    result = end_cut_rollback(context, system, callout, shelf, health, patched)
    if result is None or result.outcome is not Outcome.DONE:
        return None
    changes = told_files(result.transaction)
    return PatchOutcome(True, result.transaction.bundle, changes, tuple, result.downtime_ms, tuple(result.reasons))


def end_cut_rollback(
    context: Context, system: System, callout: str, shelf: Shelf, health: Health, patched: Event
) -> Result | None:
    """Ends and records the shelf's rollback that was cut; None where there is none. Raises NotRolledBack."""
    cut = shelf.load(ROLLBACK_JOURNAL)
    if cut is None or cut.phase.over:
        return None
    remote = remote_of(context, system, callout, cut, undoes=patched.body["transaction"])
    result = Carrier(remote, shelf, ROLLBACK_JOURNAL, health, context.now, must_be_well=False).resume()
    if result is None or result.outcome is Outcome.ROLLED_BACK:
        return result
    recorded = context.ledger.events(kind="rolled_back", system=system.name)
    if result.outcome is Outcome.DONE and any(event.body.get("transaction") == cut.id for event in recorded):
        # It had been recorded; only our temporary files were still there.
        return result
    _settle(context, system, callout, patched, result)
    return result


def _settle(context: Context, system: System, callout: str, patched: Event, result: Result) -> None:
    bundle_id = result.transaction.bundle
    if result.deferred is not None:
        record_deferred(context, system, callout, result.transaction, result.deferred)
        raise result.deferred
    if result.outcome is Outcome.DONE:
        _record(context, system, callout, patched, result, "")
    else:
        body = {"bundle": bundle_id, "transaction": result.transaction.id, "undoes_not": patched.body["transaction"]}
        reasons = [reason.as_dict() for reason in result.reasons]
        context.record("rollback_failed", system, callout, {**body, "automatic": False, "reasons": reasons})
    if result.interrupted is not None:
        raise result.interrupted
    told = " ".join(reason.seen for reason in result.reasons)
    if result.outcome is Outcome.ROLLED_BACK:
        raise RolledBack(f"{system.name}: {bundle_id} is still in, whole; the rollback failed. {told}", "Try again.")
    if result.outcome is Outcome.TORN:
        raise NotRolledBack(f"{system.name}: the rollback of {bundle_id} stopped half-way. {told}", "Run it again.")


def _record(context: Context, system: System, callout: str, patched: Event, result: Result | None, note: str) -> None:
    files = [{"path": one["path"], "before": one["after"], "after": one["before"]} for one in patched.body["files"]]
    body: dict[str, Any] = {
        "bundle": patched.body["bundle"],
        "automatic": False,
        "transaction": result.transaction.id if result else "",
        "undoes": patched.body["transaction"],
        "applied_in": patched.callout,
        "files": files,
        "note": note,
        "downtime_ms": result.downtime_ms if result else 0,
        "reasons": [reason.as_dict() for reason in result.reasons] if result else [],
    }
    context.record("rolled_back", system, callout, body)
