"""Pure: may a change rely on a backup? By what the ledger says of it; the store is looked at elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from callout.backups.history import Known, State
from callout.backups.record import BackupRecord, Level
from callout.findings import Finding, Move, Status
from callout.ledger.event import Event

CHECK = "gate.backup"
# After one of these the system is no longer what an earlier backup holds.
CHANGES = frozenset({"patched", "rolled_back", "rollback_failed"})
# Our machines' clocks may differ by so much.
CLOCK_TOLERANCE = dt.timedelta(minutes=5)
BACK_UP_AGAIN = "Back up again: callout backup create, or the playbook's own."


@dataclass(frozen=True, slots=True)
class Needed:
    """What a change of `callout` needs: a backup of the whole `system` of `customer`, verified as far as `level`.

    `database` says that the system has one, which the backup must hold. `now` is aware.
    """

    system: str
    customer: str
    callout: str
    level: Level
    database: bool
    now: dt.datetime


def choose_backup(history: Iterable[Known], events: Iterable[Event], needed: Needed) -> tuple[Known | None, Finding]:
    """The newest backup of `history` that a change may rely on, and a finding that says so, or why none.

    `events` are all of the system. Where there is none the finding is about the newest one. How old it may be is
    the gate's own rule.
    """
    changes = [event for event in events if event.kind in CHANGES]
    newest_first = sorted(history, key=lambda known: (known.event.at, known.event.seq), reverse=True)
    refusals: list[Finding] = []
    for known in newest_first:
        why = _refusal(known, changes, needed)
        if why is None:
            return known, Finding(CHECK, Status.PASS, "found", f"The ledger has {known.id}, verified.")
        refusals.append(why)
    if refusals:
        return None, refusals[0]
    return None, _fail("none", f"There is no backup of {needed.system}.", "Run back_up first.")


def taken_at(known: Known) -> dt.datetime:
    """When it was at the latest that the backup was whole: an adopted one is recorded long after."""
    moments = [known.event.happened_at, *([known.record.ended] if known.record else [])]
    return min(moments)


def _refusal(known: Known, changes: Sequence[Event], needed: Needed) -> Finding | None:
    record = known.record
    if record is None:
        return _fail("unreadable", f"What the ledger says of {known.id} cannot be read.")
    rules = (
        _whose(known, record, needed),
        _kept(known),
        _verified(known, needed),
        _whole(known, record, needed),
        _of_now(known, record, changes, needed),
    )
    return next((finding for finding in rules if finding), None)


def _whose(known: Known, record: BackupRecord, needed: Needed) -> Finding | None:
    if {known.event.system, record.system} != {needed.system}:
        return _fail("other-system", f"{known.id} is a backup of {record.system}, not of {needed.system}.")
    if {known.event.customer, record.customer} != {needed.customer}:
        return _fail("other-customer", f"{known.id} is a backup of the customer {record.customer}.")
    if known.event.callout not in ("", needed.callout):
        return _fail("other-call-out", f"{known.id} belongs to {known.event.callout}, not to {needed.callout}.")
    return None


def _kept(known: Known) -> Finding | None:
    if known.state is not State.STORED:
        return _fail("removed", f"{known.id} was removed, or is being removed.")
    if known.unpinned:
        return _fail(
            "unpinned", f"{known.id} was unpinned: it may be removed at any time.", "Pin it, or back up again."
        )
    return None


def _verified(known: Known, needed: Needed) -> Finding | None:
    standing = known.standing
    if standing.failed is not None:
        return _fail("failed", f"{known.id} failed its verification ({standing.failed}).")
    if standing.proved is None:
        return _fail("unverified", f"{known.id} is not verified.")
    if not standing.reaches(needed.level):
        seen = f"{known.id} is verified by {standing.proved} only; the policy asks for {needed.level}."
        return _fail("level", seen, f"Verify it: callout backup verify {known.id} --level {needed.level}")
    return None


def _whole(known: Known, record: BackupRecord, needed: Needed) -> Finding | None:
    if not sum(record.counts.values()):
        return _fail("empty", f"{known.id} holds nothing.")
    if needed.database and record.database is None:
        return _fail("no-database", f"{known.id} is without the database that the system has by now.")
    return None


def _of_now(known: Known, record: BackupRecord, changes: Sequence[Event], needed: Needed) -> Finding | None:
    if max(record.started, record.ended, known.event.happened_at) > needed.now + CLOCK_TOLERANCE:
        seen = f"{known.id} is dated ahead: how old it is is not known."
        return Finding(CHECK, Status.UNKNOWN, "future", seen, Move.US, "Set our machines' clocks, then back up again.")
    for change in changes:
        if change.seq > known.event.seq or change.happened_at > record.started:
            seen = f"The system was changed in {change.callout or 'no call-out'} after {known.id} was begun."
            return _fail("changed-since", seen)
    return None


def _fail(code: str, seen: str, remedy: str = BACK_UP_AGAIN) -> Finding:
    return Finding(CHECK, Status.FAIL, code, seen, Move.US, remedy)
