"""Takes an applied bundle back, from the originals that are kept on our side: the same change, the other way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from callout.errors import BadInput, NotRolledBack, Refused, RolledBack
from callout.findings import Finding, Move, Status
from callout.inventory.models import System
from callout.ledger.event import Event
from callout.patches.apply import Carrier, Health, Outcome, Result
from callout.patches.before_after import file_diffs
from callout.patches.change import Change, new_transaction
from callout.patches.images import Image, Observed
from callout.patches.observe import observe
from callout.patches.remote import Remote
from callout.patches.shelf import ROLLBACK_JOURNAL, Shelf
from callout.steps.context import Context
from callout.steps.patch import PatchOutcome, shelf_of, told_files, who, work_folder
from callout.steps.plan import believe
from callout.steps.record import require_open


def roll_back(
    context: Context, system: System, callout: str, bundle_id: str, health: Health, check: bool = False
) -> PatchOutcome:
    """Bytes, mode and owner of before the bundle; recorded as `rolled_back` of that `patched` event.

    The health check is told, it does not decide: a rollback is not undone because the system is ill. Where
    it was rolled back already nothing is done. Raises Refused where a file is not as the patch left it, or an
    original is not kept here; BadInput where the bundle was never applied to this system; RolledBack (the
    patch is still in, whole), NotRolledBack, Locked, Unreachable.
    """
    require_open(context.ledger, callout, system.name)
    patched, stands = _latest_patched(context, system, bundle_id)
    shelf = _shelf(context, patched)
    with shelf.locked():
        if not check:
            ended = _end_cut_run(context, system, callout, shelf, health, patched)
            if ended is not None:
                return ended
        if not stands:
            return PatchOutcome(False, bundle_id)
        changes = _way_back(patched)
        seen = observe(context.connect(system.target), [one.path for one in changes])
        if all(one.image == change.after for change, one in zip(changes, seen, strict=True)):
            # Somebody put everything back by hand, or an earlier rollback was not recorded any more.
            if not check:
                _record(context, system, callout, patched, None, "found as before the patch")
            return PatchOutcome(False, bundle_id)
        _require_as_patched(system, bundle_id, changes, seen)
        transaction = new_transaction(bundle_id, patched.body["plan_hash"], changes, _commands(system, patched))
        wanted = {one.path: one.after.sha256 for one in changes if one.after.kind == "file"}
        contents = {wanted[path]: content for path, content in shelf.originals(wanted).items()}
        remote = Remote(context.connect(system.target), transaction, work_folder(system), who(context, callout))
        sizes = {one.path: one.size_bytes or 0 for one in seen}
        if check:
            diff = tuple(file_diffs(changes, remote.fetch(sizes), contents))
            return PatchOutcome(True, bundle_id, told_files(transaction), diff)
        carrier = Carrier(remote, shelf, ROLLBACK_JOURNAL, health, context.now, must_be_well=False)
        result = carrier.carry(contents, sizes)
        _settle(context, system, callout, patched, result)
        present = shelf.originals({one.path: one.before.sha256 for one in changes if one.before.kind == "file"})
    diff = tuple(file_diffs(changes, present, contents))
    files = told_files(transaction)
    return PatchOutcome(True, bundle_id, files, diff, result.downtime_ms, tuple(result.reasons))


def bundle_id_of(context: Context, system: System, named: str) -> str:
    """The id that `named` means: that of a bundle file, believed by its signature, or an id as it stands.

    Raises TrustRefused and BadInput for a file that cannot be believed.
    """
    if Path(named).exists() or "/" in named or named.endswith(".callout"):
        return believe(context, system, Path(named))[0].manifest.id
    return named


def _latest_patched(context: Context, system: System, bundle_id: str) -> tuple[Event, bool]:
    """The latest application that still stands, and True; where all were rolled back the last one, and False."""
    patched = [
        event
        for event in context.ledger.events(kind="patched", system=system.name)
        if event.body["bundle"] == bundle_id
    ]
    if not patched:
        raise BadInput(f"{bundle_id} was never applied to {system.name}.", "callout list shows what was done.")
    undone = {event.body.get("undoes") for event in context.ledger.events(kind="rolled_back", system=system.name)}
    standing = [event for event in patched if event.body["transaction"] not in undone]
    return (standing or patched)[-1], bool(standing)


def _shelf(context: Context, patched: Event) -> Shelf:
    callout, _, bundle_id = str(patched.body["originals"]).partition("/")
    return shelf_of(context, callout, bundle_id)


def _way_back(patched: Event) -> list[Change]:
    return [
        Change(number, one["path"], Image.from_dict(one["after"]), Image.from_dict(one["before"]))
        for number, one in enumerate(patched.body["files"], 1)
    ]


def _commands(system: System, patched: Event) -> list[tuple[str, str]]:
    missing = [service for service in patched.body["restart"] if not system.operation.restart.get(service)]
    if missing:
        raise Refused(
            f"{system.name}: nothing says how {', '.join(missing)} is restarted; nothing was changed.",
            f"Add callout_system.operation.restart.{missing[0]} to host_vars/{system.name}.yml.",
        )
    return [(service, system.operation.restart[service]) for service in patched.body["restart"]]


def _require_as_patched(system: System, bundle_id: str, changes: Sequence[Change], seen: Sequence[Observed]) -> None:
    reasons = []
    for change, one in zip(changes, seen, strict=True):
        if one.image != change.before or one.way != "ok":
            told = f"{change.path} is not as {bundle_id} left it: it is {one.image.word[:16]}"
            told += f", {bundle_id} left {change.before.word[:16]}; taking it back would lose that."
            remedy = "Look at what was changed since, and by whom; take that back first."
            reasons.append(Finding(f"patch.file@{change.path}", Status.FAIL, "changed-since", told, Move.US, remedy))
    if reasons:
        raise Refused(
            f"{system.name}: {bundle_id} was not rolled back, there are later changes.",
            "Take those back first.",
            [reason.as_dict() for reason in reasons],
        )


def _end_cut_run(
    context: Context, system: System, callout: str, shelf: Shelf, health: Health, patched: Event
) -> PatchOutcome | None:
    """Ends a rollback that was cut. None where there was none, or it was taken back and has to begin anew."""
    cut = shelf.load(ROLLBACK_JOURNAL)
    if cut is None or cut.phase.over:
        return None
    remote = Remote(context.connect(system.target), cut, work_folder(system), who(context, callout))
    result = Carrier(remote, shelf, ROLLBACK_JOURNAL, health, context.now, must_be_well=False).resume()
    if result is None or result.outcome is Outcome.ROLLED_BACK:
        return None
    recorded = context.ledger.events(kind="rolled_back", system=system.name)
    if result.outcome is Outcome.DONE and any(event.body.get("transaction") == cut.id for event in recorded):
        # It had been recorded; only our temporary files were still there.
        return PatchOutcome(False, cut.bundle)
    _settle(context, system, callout, patched, result)
    files = told_files(result.transaction)
    return PatchOutcome(True, cut.bundle, files, (), result.downtime_ms, tuple(result.reasons))


def _settle(context: Context, system: System, callout: str, patched: Event, result: Result) -> None:
    bundle_id = result.transaction.bundle
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
