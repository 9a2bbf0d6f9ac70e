"""Puts a backup back, takes that back again, or lets go of what it replaced; everything that happened is appended."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from access_check.trust import fingerprint
from callout.backups.record import BackupRecord
from callout.backups.restoring import database as databases
from callout.backups.restoring.carry import Carrier, Load
from callout.backups.restoring.journal import Journal, Phase
from callout.backups.restoring.selection import Asked
from callout.backups.spool import private_spool
from callout.errors import BadInput, CalloutError, Locked, NotRolledBack, Refused, RolledBack
from callout.findings import Finding
from callout.inventory.models import System
from callout.policy.restoring import RestoreFacts, is_live, judge_restore
from callout.steps.consent import consents_for
from callout.steps.context import Context
from callout.steps.record import require_open
from callout.steps.restore_carrier import Confirmed, carrier_of, new_carrier, shelf_of_restores
from callout.steps.restore_doors import expect_keys, prove_a_way_in, restored_host_keys, write_expected
from callout.steps.restore_look import Prospect, prospect

Health = Callable[[BackupRecord], list[Finding]]


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of it. `id` names what is kept at the system; empty where nothing had to be changed."""

    changed: bool
    id: str
    plan: Prospect
    findings: tuple[Finding, ...] = ()
    kept: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "changed": self.changed,
            "restore": self.id,
            "plan": self.plan.as_dict(),
            "findings": [finding.as_dict() for finding in self.findings],
            "kept": list(self.kept),
        }


def judged(context: Context, system: System, callout: str, plan: Prospect, confirmed: Confirmed) -> list[Finding]:
    """Every reason for and against this restore, one finding per rule; nothing is recorded."""
    opened = require_open(context.ledger, callout, system.name).body if callout else {}
    facts = RestoreFacts(
        now=context.now(),
        callout=callout,
        ticket=str(opened.get("ticket", "")),
        contract=system.customer.contract,
        emergency=str(opened.get("emergency", "")),
        backup_system=plan.record.system,
        backup_customer=plan.record.customer,
        backup_good=plan.good,
        target=system.name,
        target_customer=system.customer.id,
        target_product=system.product,
        backup_product=plan.record.product,
        named=confirmed.onto,
        overwrite_live=confirmed.overwrite_live,
        identity=plan.identity,
        running=plan.running,
        calls=plan.calls,
        plan_hash=plan.hash,
        consents=consents_for(context.ledger, system.name),
        consent_valid_days=system.policy.consent.valid_days,
        zone=system.customer.time_zone,
        window=system.customer.change_window,
        blackouts=system.customer.blackouts,
    )
    findings = [*judge_restore(facts), *plan.refusals]
    if is_live(facts) and callout:
        _note_plan(context, system, callout, plan)
    return findings


def restore(
    context: Context,
    system: System,
    callout: str,
    backup: str,
    asked: Asked,
    confirmed: Confirmed,
    health: Health,
    *,
    show: Callable[[Prospect], None] = lambda plan: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Restored:
    """Exactly what the plan says, all of it, or the system as it was. A restore that was cut is taken back first.

    Recorded as `restore_begun`, then `restored` or `restore_failed`. The health is told, it does not decide.
    `show` is handed the plan before anything is done.
    Raises Refused with all reasons (recorded as `gate_refused`), RolledBack, NotRolledBack, BackupFailed,
    BadInput, Locked, Unreachable, TrustRefused.
    """
    opened = require_open(context.ledger, callout, system.name)
    recover(context, system, callout)
    plan = prospect(context, system, backup, asked)
    show(plan)
    findings = judged(context, system, callout, plan, confirmed)
    _refuse(context, system, callout, findings)
    if not plan.plan.changed and not plan.asked.database:
        return Restored(False, "", plan, tuple(findings))
    carrier, journal = new_carrier(context, system, callout, plan, confirmed)
    keys = restored_host_keys(plan, carrier.repository)
    folder = shelf_of_restores(context).folder / journal.id
    if keys:
        write_expected(system, folder, keys)
    marks = tuple(fingerprint(key.blob) for key in keys)
    carrier.journal = journal = replace(journal, host_keys=marks)
    carrier.prove = lambda: prove_a_way_in(context, system, folder, sleep)
    begun: dict[str, Any] = {"restore": journal.id, "backup": backup, "of": plan.record.system, "hash": plan.hash}
    begun |= {"asked": plan.asked.as_dict(), "files": plan.plan.counts(), "kept_in": list(journal.kept)}
    context.record("restore_begun", system, callout, begun)
    with ExitStack() as stack:
        dump = None
        if plan.asked.database and plan.record.database is not None:
            dump = stack.enter_context(private_spool(context.places.data / "spool"))
            databases.fetch_dump(carrier.repository, backup, plan.record.database, dump)
        load = Load(plan.record, plan.wanted, plan.plan, plan.seen, plan.texts, plan.survey, dump)
        try:
            findings += carrier.carry(load)
        except BaseException as error:
            # Whatever it is, the customer's system comes first.
            _failed(context, system, callout, carrier, error)
            raise
    findings += expect_keys(context, system, marks, opened.body["ticket"])
    findings += health(plan.record)
    told = [finding.as_dict() for finding in findings if finding.blocks or not finding.check.startswith("restore.gate")]
    body = {**begun, "findings": told, "by_hand": list(plan.by_hand), "database_kept_as": carrier.journal.present}
    context.record("restored", system, callout, body)
    carrier.done()
    return Restored(True, journal.id, plan, tuple(findings), journal.kept)


def recover(context: Context, system: System, callout: str) -> list[str]:
    """Takes every restore of this system back that was begun and did not end, or ends one that was all in.

    Gives back their ids. Raises NotRolledBack where that fails; Locked, Unreachable.
    """
    opened = require_open(context.ledger, callout, system.name)
    ended = []
    for journal in shelf_of_restores(context).unfinished(system.name):
        carrier = carrier_of(context, system, callout, journal)
        if journal.phase is Phase.FINISHING:
            # All of it was in and proven; only the tidying was cut, and perhaps what was to be written down.
            carrier.finish()
            findings = expect_keys(context, system, journal.host_keys, opened.body["ticket"])
            if all(event.body["restore"] != journal.id for event in context.ledger.events(kind="restored")):
                body = {"restore": journal.id, "backup": journal.backup, "note": "Found complete after a cut."}
                told = {"findings": [finding.as_dict() for finding in findings], "kept_in": list(journal.kept)}
                context.record("restored", system, callout, {**body, **told})
            carrier.done()
        else:
            _take_back(context, system, callout, carrier, "The run was cut.")
        ended.append(journal.id)
    return ended


def undo_restore(context: Context, system: System, callout: str, identifier: str) -> Journal:
    """Puts back what that restore replaced, the database too, where it was kept. Recorded as `restore_undone`.

    Raises BadInput for a restore that is unknown, of another system, or let go; NotRolledBack, Locked.
    """
    opened = require_open(context.ledger, callout, system.name)
    journal = _known(context, system, identifier)
    if journal.phase is Phase.UNDONE:
        return journal
    carrier = carrier_of(context, system, callout, journal)
    try:
        carrier.take_back(keep=True)
    except CalloutError as error:
        raise NotRolledBack(
            f"{system.name}: {identifier} could not be taken back: {error.message}", error.hint
        ) from None
    expect_keys(context, system, journal.former_keys if journal.host_keys else (), opened.body["ticket"])
    context.record(
        "restore_undone", system, callout, {"restore": identifier, "backup": journal.backup, "automatic": False}
    )
    return carrier.journal


def let_go(context: Context, system: System, callout: str, identifier: str) -> Journal:
    """Removes what that restore had kept, at the system and in our store. Recorded as `restore_let_go`.

    Raises BadInput as `undo_restore` does, and for a restore that did not end; Locked, Unreachable.
    """
    require_open(context.ledger, callout, system.name)
    journal = _known(context, system, identifier)
    if journal.phase not in (Phase.DONE, Phase.UNDONE):
        raise BadInput(f"{identifier} has not ended.", "Run the restore again: what was cut is taken back first.")
    carrier = carrier_of(context, system, callout, journal)
    carrier.remote.lock()
    carrier.remote.end("let-go", journal.kept)
    if journal.present:
        with carrier.repository.held():
            if journal.present in carrier.repository.set_aside():
                carrier.repository.remove([journal.present])
    ended = shelf_of_restores(context).save(journal.at(Phase.LET_GO))
    context.record("restore_let_go", system, callout, {"restore": identifier, "kept_in": list(journal.kept)})
    return ended


def _note_plan(context: Context, system: System, callout: str, plan: Prospect) -> None:
    """A live system is changed only with the customer's yes: to this plan, whose hash `callout consent` wants."""
    known = {event.body["hash"] for event in context.ledger.events(kind="planned", callout=callout)}
    if plan.hash not in known:
        body = {"hash": plan.hash, "verdict": "applicable", "plan": {"restore": plan.record.id, **plan.asked.as_dict()}}
        context.record("planned", system, callout, body)


def _refuse(context: Context, system: System, callout: str, findings: list[Finding]) -> None:
    blocking = [finding for finding in findings if finding.blocks]
    if not blocking:
        return
    told = [finding.as_dict() for finding in blocking]
    context.record("gate_refused", system, callout, {"look": "restore", "findings": told})
    count = f"{len(blocking)} reason{'s' if len(blocking) > 1 else ''}"
    raise Refused(f"{system.name}: the restore is refused for {count}; nothing was changed.", "See each one.", told)


def _failed(context: Context, system: System, callout: str, carrier: Carrier, error: BaseException) -> None:
    """Takes back, records, and raises what it stands for; an interruption is handed on by the caller."""
    reason = error.message if isinstance(error, CalloutError) else f"Interrupted ({type(error).__name__})."
    if isinstance(error, Locked):
        # Nobody but the holder touches the system; ours was not even begun there.
        shelf_of_restores(context).save(carrier.journal.at(Phase.UNDONE))
        return
    _take_back(context, system, callout, carrier, reason)
    if isinstance(error, CalloutError):
        raise RolledBack(f"{system.name}: not restored, everything is as before: {reason}", error.hint) from None


def _take_back(context: Context, system: System, callout: str, carrier: Carrier, reason: str) -> None:
    body = {"restore": carrier.journal.id, "backup": carrier.journal.backup, "reason": reason}
    try:
        carrier.take_back()
    except Locked:
        raise
    except CalloutError as error:
        context.record("restore_failed", system, callout, {**body, "taken_back": False, "trouble": error.message})
        raise NotRolledBack(
            f"{system.name}: the restore stopped half-way and could not be taken back: {error.message} First: {reason}",
            "Run the same again: it goes on taking back. What is kept lies in " + ", ".join(carrier.journal.kept),
        ) from None
    context.record("restore_failed", system, callout, {**body, "taken_back": True})


def _known(context: Context, system: System, identifier: str) -> Journal:
    journal = shelf_of_restores(context).load(identifier)
    if journal is None or journal.system != system.name:
        raise BadInput(
            f"There is no restore {identifier!r} of {system.name} on this machine.", "callout show ID tells."
        )
    if journal.phase is Phase.LET_GO:
        raise BadInput(f"What {identifier} had replaced was let go.", "Restore another backup.")
    return journal
