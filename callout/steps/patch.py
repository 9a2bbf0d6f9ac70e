"""Applies a bundle exactly as planned, or takes one back; everything that happened is appended."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from callout.errors import BadInput, NotRolledBack, Refused, RolledBack
from callout.findings import Finding, Move, Status
from callout.inventory.models import System
from callout.patches.apply import Carrier, Drain, Health, Outcome, Result
from callout.patches.bundle import Bundle
from callout.patches.change import Change, Transaction, new_transaction
from callout.patches.compare import plan_differences
from callout.patches.patched import patched_contents
from callout.patches.plan import Plan
from callout.patches.remote import Remote
from callout.patches.shelf import JOURNAL, Shelf
from callout.steps.context import Context
from callout.steps.patch_kept import needless_originals
from callout.steps.patch_sql import sql_change
from callout.steps.plan import believe, look
from callout.steps.record import require_open
from callout.steps.shown_diffs import shown_diffs


@dataclass(frozen=True, slots=True)
class PatchOutcome:
    """What became of it. `files` are {path, before, after}, `findings` warn; `made_diff` makes `diff`.

    Only when it is read: most runs show no diff, and making one costs more than the rest of a small change.
    """

    changed: bool
    bundle: str
    files: tuple[dict[str, Any], ...] = ()
    made_diff: Callable[[], Sequence[dict[str, str]]] = tuple
    downtime_ms: int = 0
    findings: tuple[Finding, ...] = field(default=())

    @property
    def diff(self) -> tuple[dict[str, str], ...]:
        """For Ansible's --diff: one entry per file, see shown_diffs."""
        return tuple(self.made_diff())

    def as_dict(self, *, diff: bool = False) -> dict[str, Any]:
        """JSON-able; with `diff` the texts too."""
        told = {"changed": self.changed, "bundle": self.bundle, "files": list(self.files)}
        told |= {"downtime_ms": self.downtime_ms, "findings": [one.as_dict() for one in self.findings]}
        return told | ({"diff": list(self.diff)} if diff else {})


def apply_bundle(
    context: Context,
    system: System,
    callout: str,
    bundle: Path,
    plan_hash: str,
    health: Health,
    drain: Drain,
    check: bool = False,
) -> PatchOutcome:
    """Executes exactly the plan with that hash, all of it, or leaves the system as it was.

    A run that was cut is brought to its end first. Where the patch is in already nothing is done. `drain` is asked
    before anything is sent there, and again right before the first file is changed. With `check` nothing is changed
    and nothing recorded. Raises Refused with all reasons (no such plan in this call-out, system not as planned, plan
    blocked, calls in progress), RolledBack, NotRolledBack, Locked, TrustRefused, BadInput.
    """
    ticket = require_open(context.ledger, callout, system.name).body["ticket"]
    believed, signers = believe(context, system, bundle)
    planned = planned_with(context, callout, plan_hash)
    shelf = shelf_of(context, callout, believed.manifest.id)
    if not check:
        with shelf.locked():
            ended = end_cut_run(context, system, callout, shelf, health)
            if ended is not None and ended.transaction.plan_hash == plan_hash and ended.outcome is Outcome.DONE:
                return _outcome(system, ended, shelf, believed)
    plan, observed = look(context, system, ticket, believed, signers, planned.get("version"))
    if plan.nothing_to_do:
        return PatchOutcome(False, believed.manifest.id)
    _require_same(system, planned, plan, plan_hash)
    changes = [
        Change(number, one.path, one.before, one.after)
        for number, one in enumerate((one for one in plan.files if one.verdict != "already-in"), 1)
    ]
    restart = [(service, system.operation.restart[service]) for service in believed.manifest.restart]
    transaction = new_transaction(
        believed.manifest.id,
        plan_hash,
        changes,
        restart,
        sql_change(context, system, believed),
        sequence=believed.manifest.sequence,
        requires=believed.manifest.requires,
        callout=callout,
        must_pass=believed.manifest.health,
    )
    remote = remote_of(context, system, callout, transaction)
    sizes = {one.path: one.size_bytes or 0 for one in observed}
    if check:
        before = remote.fetch(sizes)
        contents = {**_contents(believed), **patched_contents(believed, before)}
        diff = partial(shown_diffs, system, changes, before, contents)
        return PatchOutcome(True, believed.manifest.id, told_files(transaction), diff)
    with shelf.locked():
        drained(context, system, callout, transaction, drain)
        for text in believed.sql.values():
            shelf.keep(text)
        carrier = Carrier(remote, shelf, JOURNAL, health, context.now, drain=drain)
        result = carrier.carry(_contents(believed), sizes, partial(patched_contents, believed))
        record_result(context, system, callout, result, shelf)
    return _outcome(system, result, shelf, believed)


def remote_of(context: Context, system: System, callout: str, transaction: Transaction, undoes: str = "") -> Remote:
    """The transaction's steps on the system. `undoes` is the id of the one that it takes back.

    What a transaction replaces is kept there, too, but what a rollback replaces is not: the bundle has it.
    """
    needless = needless_originals(context.ledger, system.name)
    return Remote(
        context.connect(system.target),
        transaction,
        work_folder(system),
        who(context, callout),
        keeps=not undoes,
        forget=(*needless, *([undoes] if undoes else [])),
    )


def drained(context: Context, system: System, callout: str, transaction: Transaction, drain: Drain) -> None:
    """Comes back when no call is in progress; else records why nothing was begun, and raises Refused."""
    try:
        drain()
    except Refused as refused:
        record_deferred(context, system, callout, transaction, refused)
        raise


def end_cut_run(context: Context, system: System, callout: str, shelf: Shelf, health: Health) -> Result | None:
    """Ends the shelf's cut run and records it; None where there is none. Raises NotRolledBack."""
    cut = shelf.load(JOURNAL)
    if cut is None:
        return None
    remote = remote_of(context, system, callout, cut)
    result = Carrier(remote, shelf, JOURNAL, health, context.now).resume()
    if result is None:
        # It had ended, but did we live long enough to write that down?
        if str(cut.phase) == "done":
            record_result(context, system, callout, Result(Outcome.DONE, cut), shelf)
        return None
    try:
        record_result(context, system, callout, result, shelf)
    except RolledBack:
        return result
    return result


def record_result(context: Context, system: System, callout: str, result: Result, shelf: Shelf) -> None:
    """Appends `patched`, or `patch_failed` and what became of it; then raises what the result stands for.

    A `patched` that is recorded already is not recorded twice. Raises RolledBack, NotRolledBack, or what
    interrupted the run.
    """
    transaction = result.transaction
    if result.deferred is not None:
        record_deferred(context, system, callout, transaction, result.deferred)
        raise result.deferred
    body: dict[str, Any] = {
        "bundle": transaction.bundle,
        "plan_hash": transaction.plan_hash,
        "transaction": transaction.id,
        "downtime_ms": result.downtime_ms,
        "reasons": [reason.as_dict() for reason in result.reasons],
    }
    first = result.reasons[0].seen if result.reasons else "The run was cut."
    if result.outcome is Outcome.DONE:
        known = (event.body for event in context.ledger.events(kind="patched", callout=callout))
        if all(one["transaction"] != transaction.id for one in known):
            restart = [service for service, _ in transaction.restart]
            originals = f"{callout}/{shelf.folder.name}"
            files = list(told_files(transaction))
            more = {"files": files, "restart": restart, "originals": originals}
            more |= {"sql": transaction.sql.as_dict() if transaction.sql else None}
            more |= {"sequence": transaction.sequence, "requires": list(transaction.requires)}
            context.record("patched", system, callout, {**body, **more})
    else:
        context.record("patch_failed", system, callout, body)
        kind = "rolled_back" if result.outcome is Outcome.ROLLED_BACK else "rollback_failed"
        context.record(kind, system, callout, {**body, "automatic": True, "files": list(told_files(transaction))})
    if result.interrupted is not None:
        raise result.interrupted
    if result.outcome is Outcome.ROLLED_BACK:
        raise RolledBack(
            f"{system.name}: {transaction.bundle} was rolled back, all files are as before: {first}",
            f"callout show {callout} tells the whole story.",
        )
    if result.outcome is Outcome.TORN:
        told = " ".join(reason.seen for reason in result.reasons)
        raise NotRolledBack(f"{system.name}: {transaction.bundle} could not be rolled back. {told}", _TORN_HINT)


def record_deferred(context: Context, system: System, callout: str, transaction: Transaction, refused: Refused) -> None:
    """Appends `patch_deferred`: why it was not begun, with the number of calls."""
    body = {"bundle": transaction.bundle, "plan_hash": transaction.plan_hash, "reasons": refused.reasons}
    context.record("patch_deferred", system, callout, {**body, "seen": refused.message})


_TORN_HINT = "Run the same again: it takes back what it can. Else put the originals back by hand."


def newest_plan(context: Context, callout: str) -> str:
    """The hash of the call-out's newest plan. Raises Refused where it has none."""
    hashes = [event.body["hash"] for event in context.ledger.events(kind="planned", callout=callout)]
    if not hashes:
        raise _no_plan(f"{callout} has no plan.")
    return str(hashes[-1])


def shelf_of(context: Context, callout: str, bundle_id: str) -> Shelf:
    """Where this call-out keeps the originals of that bundle. Raises BadInput for names that are none."""
    for name in (callout, bundle_id):
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,80}", name):
            raise BadInput(f"{name[:80]!r} is no call-out and no bundle id.", "callout list shows those there are.")
    return Shelf(context.places.originals / callout / bundle_id)


def work_folder(system: System) -> str:
    """The folder on the system that is its lock: in the product's own folder, the first of the backup's scope."""
    return f"{system.operation.backup.paths[0].rstrip('/')}/.callout"


def who(context: Context, callout: str) -> str:
    """Who holds the lock, as one word that any shell takes."""
    return re.sub(r"[^A-Za-z0-9@._-]", "_", context.actor)[:60] + ":" + callout


def told_files(transaction: Transaction) -> tuple[dict[str, Any], ...]:
    """Files with their images before and after, for a result and for the ledger."""
    return tuple(
        {"path": one.path, "before": one.before.as_dict(), "after": one.after.as_dict()} for one in transaction.changes
    )


def planned_with(context: Context, callout: str, plan_hash: str) -> dict[str, Any]:
    """The call-out's plan that has this hash, as the ledger tells it. Raises Refused where it has none."""
    for event in context.ledger.events(kind="planned", callout=callout):
        if event.body["hash"] == plan_hash:
            plan: dict[str, Any] = event.body["plan"]
            return plan
    raise _no_plan(f"{callout} has no plan with the hash {plan_hash[:16]}.")


def _no_plan(seen: str) -> Refused:
    reason = Finding("patch.plan", Status.FAIL, "no-such-plan", seen, Move.US, "Make one: callout plan.")
    return Refused(f"{seen[:-1]}; nothing was done.", reason.remedy, [reason.as_dict()])


def _require_same(system: System, planned: dict[str, Any], plan: Plan, plan_hash: str) -> None:
    reasons = [one for one in plan_differences(planned, plan.as_dict()) if one.blocks] + list(plan.reasons)
    if reasons or plan.hash != plan_hash:
        raise Refused(
            f"{system.name}: not changed, {plan.bundle.manifest.id} cannot be applied as planned.",
            "Plan again, and have the customer consent to the new plan.",
            [reason.as_dict() for reason in reasons],
        )


def _outcome(system: System, result: Result, shelf: Shelf, bundle: Bundle) -> PatchOutcome:
    changes = result.transaction.changes
    before = shelf.originals({one.path: one.before.sha256 for one in changes if one.before.has_content})
    return PatchOutcome(
        True,
        result.transaction.bundle,
        told_files(result.transaction),
        lambda: shown_diffs(system, changes, before, {**_contents(bundle), **patched_contents(bundle, before)}),
        result.downtime_ms,
        tuple(result.reasons),
    )


def _contents(bundle: Bundle) -> dict[str, bytes]:
    """What the bundle carries by SHA-256, what its symlinks will say among it."""
    targets = {one.target_sha256: one.target.encode() for one in bundle.manifest.files if one.target is not None}
    return {**bundle.contents, **targets}
