"""Pruning with a real Borg and a real ledger: what goes, what stays, what a kill leaves, and what has no record."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from callout.backups.archive import repository_of
from callout.backups.orphans import Fate
from callout.backups.retention import Why
from callout.errors import BackupFailed, BadInput, Locked
from callout.steps.acceptance import accept_work
from callout.steps.backup import latest_verified, recorded_backup, verify_again
from callout.steps.context import Context
from callout.steps.pins import pin_backup, unpin_backup
from callout.steps.prune import look_at_store
from callout.steps.record import close_callout, open_callout
from tests.unit.backups.practice_site import PracticeSite
from tests.unit.backups.prune_desk import BORN, Desk, Dying, desk_at, two_machines


@pytest.fixture
def desk(context: Context, site: PracticeSite) -> Desk:
    return desk_at(context, site)


def test_what_no_rule_keeps_goes_and_dry_run_said_so(desk: Desk) -> None:
    old, new = desk.backup(0), desk.backup(1)
    foretold = desk.prune(dry_run=True)
    assert desk.names() == [old, new]
    assert desk.kinds() == ["backed_up", "backed_up"]
    told = desk.prune()
    assert foretold.as_dict() == {**told.as_dict(), "dry_run": True}
    assert (told.removed, desk.names()) == ([old], [new])
    assert desk.kinds() == ["backed_up", "backed_up", "backup_prune_begun", "backup_pruned"]
    found = latest_verified(desk.context.ledger, desk.system.name)
    assert found
    assert found[1].id == new
    with pytest.raises(BadInput, match="was removed"):
        recorded_backup(desk.context.ledger, old)
    with pytest.raises(BadInput, match="was removed"):
        verify_again(desk.context, desk.system, old)
    with pytest.raises(BadInput, match="was removed"):
        pin_backup(desk.context, old, reason="r", ticket="T-1")
    assert desk.prune().removed == []
    assert len(desk.kinds()) == 4


def test_a_pin_holds_until_it_is_taken_away(desk: Desk) -> None:
    old, _ = desk.backup(0), desk.backup(1)
    pin_backup(desk.context, old, reason="the auditor wants it", ticket="T-9")
    desk.day = 4000
    told = desk.prune()
    assert told.removed == []
    assert desk.why(told, old) == {Why.PINNED}
    unpin_backup(desk.context, old, reason="audit is over", ticket="T-9", pin_days=30)
    with pytest.raises(BadInput, match="not pinned"):
        unpin_backup(desk.context, old, reason="again", ticket="T-9", pin_days=30)
    assert desk.prune().removed == [old]


@pytest.mark.parametrize(("reason", "ticket"), [("", "T-1"), ("r", " ")])
def test_a_pin_needs_a_reason_and_a_ticket(desk: Desk, reason: str, ticket: str) -> None:
    with pytest.raises(BadInput, match="who wants it"):
        pin_backup(desk.context, "x", reason=reason, ticket=ticket)


def test_an_unknown_backup_cannot_be_pinned(desk: Desk) -> None:
    with pytest.raises(BadInput, match="no backup 'x'"):
        pin_backup(desk.context, "x", reason="r", ticket="T-1")


def test_the_backup_before_a_change_waits_for_the_customer(desk: Desk) -> None:
    callout = open_callout(desk.context, desk.system, "T-1", "Patch").callout
    before, _ = desk.backup(0, callout), desk.backup(1)
    patched = {"bundle": "PW-1", "transaction": "t1"}
    desk.context.record("patched", desk.system, callout, patched)
    assert desk.why(desk.prune(), before) == {Why.CALL_OUT}  # the newer one is what a rollback would fall back on
    close_callout(desk.context, callout, "satisfied")
    desk.day = 30
    assert desk.why(desk.prune(), before) == {Why.CALL_OUT}
    assert desk.prune().removed == []
    accept_work(desk.context, callout, by="it@acme.example", channel="email", reference="<1@acme>")
    assert desk.prune().removed == [before]


def test_without_an_answer_it_goes_after_the_days_of_the_policy(desk: Desk) -> None:
    callout = open_callout(desk.context, desk.system, "T-1", "Patch").callout
    before, _ = desk.backup(0, callout), desk.backup(1)
    close_callout(desk.context, callout, "satisfied")
    desk.day = 30
    assert desk.prune().removed == []
    desk.day = 31
    assert desk.prune().removed == [before]


def test_what_an_open_rollback_needs_stays_though_it_was_unpinned(desk: Desk) -> None:
    callout = open_callout(desk.context, desk.system, "T-1", "Patch").callout
    before = desk.backup(0, callout)
    desk.context.record("patched", desk.system, callout, {"bundle": "PW-1", "transaction": "t1"})
    desk.backup(1)
    unpin_backup(desk.context, before, reason="room", ticket="T-2", pin_days=30)
    told = desk.prune()
    assert told.removed == []
    assert desk.why(told, before) == {Why.OPEN_ROLLBACK}
    desk.context.record("rolled_back", desk.system, callout, {"undoes": "t1", "transaction": "t2"})
    assert desk.prune().removed == [before]


def test_a_rollback_that_failed_holds_it_after_the_call_out_was_closed(desk: Desk) -> None:
    callout = open_callout(desk.context, desk.system, "T-1", "Patch").callout
    before = desk.backup(0, callout)
    desk.context.record("rollback_failed", desk.system, callout, {"bundle": "PW-1", "transaction": "t1"})
    close_callout(desk.context, callout, "not-possible", why="It failed.")
    desk.backup(1)
    desk.day = 4000
    assert desk.why(desk.prune(), before) == {Why.OPEN_ROLLBACK}
    desk.context.record("rolled_back", desk.system, callout, {"bundle": "PW-1", "transaction": "t1"})
    assert desk.prune().removed == [before]


@pytest.mark.parametrize(
    ("step", "before", "there", "finished", "removed"),
    [
        (1, True, True, 0, 1),  # nothing was told: the rules remove it
        (1, False, True, 1, 0),  # told, not deleted
        (2, True, False, 1, 0),  # deleted, not told as done
        (2, False, False, 0, 0),  # all done
    ],
)
def test_the_next_run_ends_what_a_killed_one_began(
    desk: Desk, step: int, before: bool, there: bool, finished: int, removed: int
) -> None:
    pinned, old, new = desk.backup(0), desk.backup(1), desk.backup(2)
    pin_backup(desk.context, pinned, reason="r", ticket="T-1")
    dying = replace(desk, context=replace(desk.context, ledger=Dying(desk.context.ledger, step, before=before)))
    with pytest.raises(SystemExit):
        dying.prune()
    assert (old in desk.names()) is there
    found = latest_verified(desk.context.ledger, desk.system.name)
    assert found
    assert found[1].id == new
    foretold = desk.prune(dry_run=True)
    told = desk.prune()
    assert foretold.as_dict() == {**told.as_dict(), "dry_run": True}
    assert (told.finished, told.removed) == ([old] * finished, [old] * removed)
    assert sorted(desk.names()) == sorted([pinned, new])
    assert desk.kinds().count("backup_prune_begun") == desk.kinds().count("backup_pruned") == 1
    assert desk.prune().as_dict()["finished"] == []


def test_one_whose_removal_was_begun_is_relied_on_by_nobody(desk: Desk) -> None:
    old = desk.backup(0)
    desk.context.record("backup_prune_begun", desk.system, "", {"backup": old, "repository": "x"})
    assert latest_verified(desk.context.ledger, desk.system.name) is None
    with pytest.raises(BadInput, match="removed"):
        pin_backup(desk.context, old, reason="r", ticket="T-1")


def test_an_archive_that_a_kill_left_without_a_record_is_adopted(desk: Desk) -> None:
    """Killed between Borg's rename and the ledger: it is whole, and was verified before it got its name."""
    before = desk.backup(0)
    dying = replace(desk, context=replace(desk.context, ledger=Dying(desk.context.ledger, 1, before=True)))
    with pytest.raises(SystemExit):
        dying.backup(1, "CO-0007")
    assert desk.kinds() == ["backed_up"]
    (lost,) = set(desk.names()) - {before}
    desk.day = 2
    (seen,) = look_at_store(desk.context, desk.system, [desk.system.name]).orphans
    assert (seen.id, seen.fate) == (lost, Fate.ADOPT)
    foretold = desk.prune(dry_run=True)
    assert desk.kinds() == ["backed_up"]
    told = desk.prune()
    assert foretold.as_dict() == {**told.as_dict(), "dry_run": True}
    assert told.removed == [before]
    event, record = recorded_backup(desk.context.ledger, lost)
    assert (event.callout, record.started, record.changes_incomplete) == ("CO-0007", BORN + dt.timedelta(days=1), True)
    assert event.happened_at == record.started
    assert record.verification.good
    assert record.database
    assert verify_again(desk.context, desk.system, lost).good
    assert desk.prune().orphans == []


def test_an_archive_that_people_were_told_has_failed_is_removed(desk: Desk) -> None:
    kept = desk.backup(1)
    dying = replace(desk, context=replace(desk.context, ledger=Dying(desk.context.ledger, 1, before=True)))
    with pytest.raises(SystemExit):
        dying.backup(0)
    (lost,) = set(desk.names()) - {kept}
    desk.context.record("backup_failed", desk.system, "", {"id": lost, "reason": "interrupted"})
    told = desk.prune()
    assert [(orphan.id, orphan.fate) for orphan in told.orphans] == [(lost, Fate.REMOVE)]
    assert desk.names() == [kept]
    assert [one.id for one in told.decisions] == [kept]
    assert desk.prune().orphans == []


def test_two_machines_with_one_store_leave_each_others_alone(context: Context, site: PracticeSite) -> None:
    """Each has a ledger of its own, so that to it the other's archives have no record."""
    with two_machines(context, site) as (ours, theirs):
        old, new = ours.backup(0), ours.backup(2)
        others = [theirs.backup(1), theirs.backup(3)]
        foretold = ours.prune(dry_run=True)
        told = ours.prune()
        assert foretold.as_dict() == {**told.as_dict(), "dry_run": True}
        assert told.removed == [old]
        assert [(orphan.id, orphan.fate) for orphan in told.orphans] == [(one, Fate.ANOTHERS) for one in others]
        assert told.findings == []
        assert sorted(ours.names()) == sorted([new, *others])
        assert ours.kinds() == ["backed_up", "backed_up", "backup_prune_begun", "backup_pruned"]
        assert [one.fate for one in look_at_store(ours.context, ours.system, [ours.system.name]).orphans] == [
            Fate.ANOTHERS, Fate.ANOTHERS,
        ]  # fmt: skip
        theirs.day = 3
        assert theirs.prune().removed == others[:1]
        assert sorted(theirs.names()) == sorted([new, others[1]])


def test_what_we_gave_up_under_the_name_of_another_machines_backup_stays(context: Context, site: PracticeSite) -> None:
    """Both begin in the same second: Borg takes one of the two, and the other one is told that it has failed."""
    with two_machines(context, site) as (ours, theirs):
        name = theirs.backup(0)
        with pytest.raises(BackupFailed, match="already exists"):
            ours.backup(0)
        assert ours.kinds() == ["backup_failed"]
        (orphan,) = ours.prune().orphans
        assert (orphan.id, orphan.fate) == (name, Fate.ANOTHERS)
        assert ours.names() == [name]


def test_only_what_this_machine_left_without_a_record_is_adopted(context: Context, site: PracticeSite) -> None:
    with two_machines(context, site) as (ours, theirs):
        for desk in (ours, theirs):
            dying = replace(desk, context=replace(desk.context, ledger=Dying(desk.context.ledger, 1, before=True)))
            with pytest.raises(SystemExit):
                dying.backup(0 if desk is ours else 1)
        fates = [orphan.fate for orphan in ours.prune().orphans]
        assert fates == [Fate.ADOPT, Fate.ANOTHERS]
        assert theirs.prune().orphans[-1].fate is Fate.ADOPT
        assert len(ours.names()) == 2


def test_what_is_not_ours_or_not_whole_is_named_and_left_alone(desk: Desk) -> None:
    kept = desk.backup(0)
    repository = repository_of(desk.system, desk.context.places)
    damaged = f"{desk.system.name}-20260102T030405Z"
    for name in ("holiday-photos", damaged):
        where = f"{repository.location}::{name}"
        with repository.borg.writing("import-tar", where, "-", repository=repository.location) as stream:
            stream.write(bytes(10240))
    told = desk.prune()
    assert {orphan.id: orphan.fate for orphan in told.orphans} == {
        damaged: Fate.DAMAGED, "holiday-photos": Fate.FOREIGN,
    }  # fmt: skip
    assert {finding.status for finding in told.findings} == {"warn"}
    assert set(desk.names()) == {kept, damaged, "holiday-photos"}


def test_one_that_is_missing_in_the_store_takes_no_place(desk: Desk) -> None:
    old, new = desk.backup(0), desk.backup(1)
    repository = repository_of(desk.system, desk.context.places)
    repository.remove([new])
    told = desk.prune()
    assert (told.missing, told.removed, desk.names()) == ([new], [], [old])
    assert [(finding.code, finding.status) for finding in told.findings] == [("missing", "fail")]
    assert look_at_store(desk.context, desk.system, [desk.system.name]).missing == [new]


def test_a_store_that_is_not_mounted_costs_nothing(desk: Desk) -> None:
    names = [desk.backup(0), desk.backup(1)]
    moved = repository_of(desk.system, desk.context.places).location
    (desk.context.places.backups / "acme").rename(desk.context.places.backups / "away")
    told = desk.prune()
    assert (told.missing, told.removed) == (names, [])
    assert not (desk.context.places.backups / "acme").exists(), moved


def test_while_a_backup_runs_nothing_is_pruned(desk: Desk) -> None:
    desk.backup(0)
    with repository_of(desk.system, desk.context.places).held(), pytest.raises(Locked):
        desk.prune()
