"""Every way to ask for a change without a fresh, whole, verified backup of this system: all are refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from callout.backups.archive import PARTIAL
from callout.backups.record import BackupRecord
from callout.errors import Refused
from callout.findings import Finding, Status
from callout.steps.gate_word import require_confirmed
from tests.unit.backups.change_desk import MINUTE, NOW, Desk, desk_at, prepared
from tests.unit.backups.practice_site import PracticeSite

UNKNOWN = {"level": "data", "findings": [Finding("backup.data", Status.UNKNOWN, "x", "Not known.").as_dict()]}
FAILED = {"level": "data", "findings": [Finding("backup.data", Status.FAIL, "x", "Damaged.").as_dict()]}
NOBODY_LOOKED = {"level": "data", "findings": []}


def good(level: str) -> dict[str, object]:
    return {"level": level, "findings": [Finding("backup.data", Status.PASS, "x", "Whole.").as_dict()]}


def ahead(minutes: int) -> str:
    return (NOW + minutes * MINUTE).isoformat()


def failed_before(desk: Desk) -> None:
    desk.tell("backup_failed", id=desk.newer.id, reason="The line was cut.")


def removed(desk: Desk) -> None:
    desk.backed_up()
    desk.tell("backup_prune_begun", callout="", backup=desk.newer.id)
    desk.tell("backup_pruned", callout="", backup=desk.newer.id)


def removal_begun(desk: Desk) -> None:
    desk.backed_up()
    desk.tell("backup_prune_begun", callout="", backup=desk.newer.id)


def unpinned(desk: Desk) -> None:
    desk.backed_up()
    desk.tell("backup_unpinned", backup=desk.newer.id, reason="room", ticket="T-2")


def failed_later(desk: Desk) -> None:
    desk.backed_up()
    desk.verified_again("data", False)


def failed_and_glossed_over(desk: Desk) -> None:
    failed_later(desk)
    desk.verified_again("sample", True)
    desk.verified_again("structure", True)


def failed_at_no_level_of_ours(desk: Desk) -> None:
    desk.backed_up()
    desk.verified_again("superficial", True)


def structure_alone_after_nothing(desk: Desk) -> None:
    desk.backed_up(verification=NOBODY_LOOKED)
    desk.verified_again("structure", True)


def below_the_policy(desk: Desk) -> None:
    desk.gate["backup_level"] = "data"
    desk.backed_up(verification=good("sample"))


def after_anothers_change(desk: Desk) -> None:
    desk.tell("patched", callout="CO-0002", ago=15 * MINUTE)
    desk.backed_up(callout="CO-0002")


def changed_since(desk: Desk) -> None:
    desk.backed_up()
    desk.tell("patched", callout="CO-0002", ago=5 * MINUTE)


def rolled_back_since(desk: Desk) -> None:
    desk.backed_up()
    desk.tell("rolled_back", callout="CO-0002", ago=5 * MINUTE)


def changed_while_it_ran(desk: Desk) -> None:
    desk.tell("patched", callout="CO-0002", ago=5 * MINUTE)
    desk.backed_up(ago=MINUTE)


def forged(desk: Desk) -> None:
    desk.backed_up(verification=NOBODY_LOOKED)
    body = "json_set(body, '$.verification', json('{\"level\":\"data\"}'))"
    desk.forge(f"UPDATE events SET body = {body} WHERE kind = 'backed_up'")


def a_row_was_taken_out(desk: Desk) -> None:
    failed_later(desk)
    desk.tell("noted", about="something else")
    desk.forge("DELETE FROM events WHERE seq = 3")


def deleted_in_the_store(desk: Desk) -> None:
    desk.backed_up()
    desk.repository.remove([desk.newer.id])


def only_a_partial_one(desk: Desk) -> None:
    desk.backed_up()
    rename(desk, desk.newer.id, PARTIAL + desk.newer.id)


def replaced_by_the_older_one(desk: Desk) -> None:
    desk.backed_up()
    desk.repository.remove([desk.newer.id])
    rename(desk, desk.older.id, desk.newer.id)


def rename(desk: Desk, old: str, new: str) -> None:
    repository = desk.repository
    repository.borg.run("rename", f"{repository.location}::{old}", new, repository=repository.location)


def not_mounted(desk: Desk) -> None:
    desk.backed_up()
    shutil.rmtree(desk.store)
    desk.store.mkdir()


def no_store_at_all(desk: Desk) -> None:
    desk.backed_up()
    shutil.rmtree(desk.store)


def damaged(desk: Desk) -> None:
    desk.backed_up()
    for segment in desk.store.glob("data/0/*"):
        if segment.stat().st_size > 1000:
            segment.unlink()


def wrong_passphrase(desk: Desk) -> None:
    desk.backed_up()
    desk.policy["passphrase"] = "another-one"


def no_passphrase(desk: Desk) -> None:
    desk.backed_up()
    desk.policy["passphrase"] = None


WAYS: list[tuple[str, str, Callable[[Desk], object]]] = [
    ("there is none", "none", lambda desk: None),
    ("it failed", "none", failed_before),
    ("too old", "old", lambda desk: desk.backed_up(ago=241 * MINUTE)),
    ("recorded now, whole long ago", "old", lambda desk: desk.backed_up(
        ago=MINUTE, started=ahead(-400), ended=ahead(-300))),
    ("from the future", "future", lambda desk: desk.backed_up(ago=-6 * MINUTE)),
    ("begun in the future", "future", lambda desk: desk.backed_up(started=ahead(60))),
    ("another system's", "none", lambda desk: desk.backed_up(system="acme-pbx2")),
    ("of the system's former name", "none", lambda desk: desk.backed_up(system="acme-old", id="acme-old-1")),
    ("another system's under this name", "other-system", lambda desk: desk.of_another("system", "globex-sw1")),
    ("another customer's", "other-customer", lambda desk: desk.backed_up(customer="globex")),
    ("another customer's in its record", "other-customer", lambda desk: desk.of_another("customer", "globex")),
    ("another call-out's", "other-call-out", lambda desk: desk.backed_up(callout="CO-0002")),
    ("after another call-out's change", "other-call-out", after_anothers_change),
    ("nobody looked", "unverified", lambda desk: desk.backed_up(verification=NOBODY_LOOKED)),
    ("its verification failed", "failed", lambda desk: desk.backed_up(verification=FAILED)),
    ("its verification is unknown", "failed", lambda desk: desk.backed_up(verification=UNKNOWN)),
    ("structure only", "level", lambda desk: desk.backed_up(verification=good("structure"))),
    ("structure only, and later", "level", structure_alone_after_nothing),
    ("a level below the policy's", "level", below_the_policy),
    ("failed later", "failed", failed_later),
    ("failed later, then looked at less closely", "failed", failed_and_glossed_over),
    ("verified at a level that there is not", "failed", failed_at_no_level_of_ours),
    ("its record cannot be read", "unreadable", lambda desk: desk.backed_up(verification=None)),
    ("removed", "removed", removed),
    ("being removed", "removed", removal_begun),
    ("unpinned", "unpinned", unpinned),
    ("changed since", "changed-since", changed_since),
    ("rolled back since", "changed-since", rolled_back_since),
    ("changed while it ran", "changed-since", changed_while_it_ran),
    ("without the database", "no-database", lambda desk: desk.backed_up(database=None)),
    ("empty", "empty", lambda desk: desk.backed_up(counts={})),
    ("a forged row", "ledger", forged),
    ("a row taken out", "ledger", a_row_was_taken_out),
    ("another root hash", "differs", lambda desk: desk.backed_up(root_hash="0" * 64)),
    ("deleted in the store", "missing", deleted_in_the_store),
    ("never in the store", "missing", lambda desk: desk.backed_up(id="acme-pbx1-20260303T215500Z")),
    ("only a partial one", "missing", only_a_partial_one),
    ("replaced by an older one", "differs", replaced_by_the_older_one),
    ("damaged in the store", "damaged", damaged),
    ("the store is not mounted", "store", not_mounted),
    ("the store is gone", "store", no_store_at_all),
    ("a passphrase that does not open it", "passphrase", wrong_passphrase),
    ("no passphrase", "passphrase", no_passphrase),
]  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[PracticeSite, BackupRecord, BackupRecord]:
    return prepared(tmp_path_factory.mktemp("base"))


@pytest.fixture
def desk(base: tuple[PracticeSite, BackupRecord, BackupRecord], tmp_path: Path) -> Iterator[Desk]:
    made = desk_at(base, tmp_path)
    yield made
    made.context.ledger.close()


def test_a_fresh_verified_backup_of_this_call_out_is_not_refused(desk: Desk) -> None:
    desk.backed_up()
    assert desk.refusal() == ""
    desk.gate["backup_level"] = "data"
    assert desk.refusal() == ""


def test_a_nightly_one_that_is_fresh_enough_and_one_verified_again_are_not_refused(desk: Desk) -> None:
    desk.backed_up(callout="", verification=good("structure"))
    desk.verified_again("data", False)
    desk.verified_again("data", True)
    desk.tell("noted", about="something else")
    assert desk.refusal() == ""


@pytest.mark.parametrize(("code", "way"), [way[1:] for way in WAYS], ids=[way[0] for way in WAYS])
def test_refused(desk: Desk, code: str, way: Callable[[Desk], object]) -> None:
    way(desk)
    assert desk.refusal() == code
    assert [event.kind for event in desk.context.ledger.events(kind="gate_confirmed")] == []
    with pytest.raises(Refused):
        require_confirmed(desk.context, desk.system, "CO-0001")


@pytest.mark.parametrize(
    "told",
    [
        [],
        [("gate_passed", 1)],
        [("gate_confirmed", 61)],
        [("gate_confirmed", -6)],
        [("gate_confirmed", 2), ("planned", 1)],
        [("gate_confirmed", 2), ("gate_refused", 1)],
        [("gate_confirmed", 2), ("rolled_back", 1)],
    ],
)
def test_a_change_past_the_gate_is_refused(desk: Desk, told: list[tuple[str, int]]) -> None:
    for kind, minutes in told:
        desk.tell(kind, ago=minutes * MINUTE)
    with pytest.raises(Refused) as refused:
        require_confirmed(desk.context, desk.system, "CO-0001")
    assert refused.value.exit_status == 8
    assert refused.value.reasons[0]["check"] == "gate.confirmed"


def test_a_change_that_the_gate_has_just_allowed_is_not(desk: Desk) -> None:
    desk.tell("gate_confirmed")
    require_confirmed(desk.context, desk.system, "CO-0001")
    with pytest.raises(Refused):
        require_confirmed(replace(desk.context, now=lambda: NOW + 90 * MINUTE), desk.system, "CO-0001")
