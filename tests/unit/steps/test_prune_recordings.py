"""Recordings go when policy and the ledger let them go, told first; whatever is needed or odd stays."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput
from callout.inventory.policy import Sessions
from callout.ledger import Draft, Event, sqlite
from callout.steps import prune_recordings as step
from callout.steps.prune_recordings import PrunedRecordings, prune_recordings
from callout.steps.replay import recording_of_work
from tests.faults.kills import killed_at
from tests.unit.invoice_desk import InvoiceDesk, approved, credit, issue

YEAR = Sessions(keep_days=365)
BODY = b'{"version": 2, "width": 80, "height": 24}\n'


def recorded(desk: InvoiceDesk, name: str, at: str = "2026-03-10T09:00+01:00", **more: Any) -> Event:
    """Work of an hour with a recording in its place."""
    folder = desk.places.recordings
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / f"{name}.cast").write_bytes(BODY)
    told = {"file": f"{name}.cast", "sha256": hashlib.sha256(BODY).hexdigest(), "bytes": len(BODY)}
    return desk.work(at, 60, source="session", recording=told, **more)


def billed(desk: InvoiceDesk) -> None:
    approved(desk)
    issue(desk)


def later(desk: InvoiceDesk, days: int = 400) -> None:
    desk.clock.now = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC) + dt.timedelta(days=days)


def prune(desk: InvoiceDesk, *, dry_run: bool = False) -> PrunedRecordings:
    return prune_recordings(desk.by("eva@desk"), YEAR, dry_run=dry_run)


def names(desk: InvoiceDesk) -> list[str]:
    return sorted(path.name for path in desk.places.recordings.iterdir())


def whys(told: PrunedRecordings) -> dict[str, str]:
    return {one.file: one.why for one in told.kept}


def test_billed_and_old_goes_and_the_ledger_keeps_its_hash(tmp_path: Path) -> None:
    desk = InvoiceDesk(tmp_path)
    work = recorded(desk, "a")
    billed(desk)
    later(desk)
    assert [one.file for one in prune(desk, dry_run=True).removed] == ["a.cast"]
    assert names(desk) == ["a.cast"]
    assert [one.file for one in prune(desk).removed] == ["a.cast"]
    assert names(desk) == []
    (event,) = desk.ledger.events(kind="recording_pruned")
    assert event.body == {
        "work": work.id,
        "file": "a.cast",
        "sha256": hashlib.sha256(BODY).hexdigest(),
        "keep_days": 365,
    }
    with pytest.raises(BadInput, match="was removed on 2027-04-14, as policy says"):
        recording_of_work(desk.by("eva@desk"), work.id)
    again = prune(desk)
    assert (again.removed, again.kept, again.findings) == ([], [], [])


def test_what_is_young_open_or_not_billed_stays(tmp_path: Path) -> None:
    desk = InvoiceDesk(tmp_path)
    recorded(desk, "billed")
    billed(desk)
    recorded(desk, "unbilled")
    later(desk, 300)
    assert whys(prune(desk)) == {"billed.cast": "younger than 365 days", "unbilled.cast": "younger than 365 days"}
    later(desk)
    desk.ledger.append(Draft("opened", desk.clock.now, "eva@desk", "globex", "pbx1", "CO-0009", {"ticket": "T-1"}))
    recorded(desk, "open", callout="CO-0009")
    assert whys(prune(desk)) == {"unbilled.cast": "its work is on no invoice", "open.cast": "CO-0009 is open"}
    assert names(desk) == ["open.cast", "unbilled.cast"]


def test_under_review_or_credited_again_it_stays(tmp_path: Path) -> None:
    desk = InvoiceDesk(tmp_path)
    recorded(desk, "a")
    approved(desk)
    later(desk)
    assert whys(prune(desk)) == {"a.cast": "its work is on no invoice"}
    number = issue(desk).body["number"]
    credit(desk, number)
    assert whys(prune(desk)) == {"a.cast": "its work is on no invoice"}


def test_a_session_beside_another_goes_with_that_ones_work(tmp_path: Path) -> None:
    desk = InvoiceDesk(tmp_path)
    counting = recorded(desk, "counting", session="S-1")
    body = {**counting.body, "session": "S-1", "recording": {**counting.body["recording"], "file": "beside.cast"}}
    (desk.places.recordings / "beside.cast").write_bytes(BODY)
    desk.ledger.append(Draft("session_recorded", desk.clock.now, "eva@desk", "globex", body=body))
    later(desk)
    assert set(whys(prune(desk)).values()) == {"its work is on no invoice"}
    billed(desk)
    prune(desk)
    assert names(desk) == []


def test_another_file_a_missing_one_and_a_foreign_one_are_not_touched(tmp_path: Path) -> None:
    desk = InvoiceDesk(tmp_path)
    for name in ("changed", "missing", "linked"):
        recorded(desk, name)
    recorded(desk, "../ledger")
    billed(desk)
    later(desk)
    folder = desk.places.recordings
    (folder / "changed.cast").write_bytes(BODY + b"\n")
    (folder / "missing.cast").unlink()
    (folder / "linked.cast").rename(folder / "foreign.cast")
    (folder / "linked.cast").symlink_to(folder / "foreign.cast")
    told = prune(desk)
    assert sorted(one.code for one in told.findings) == ["another", "another", "missing"]
    assert told.removed == []
    assert names(desk) == ["changed.cast", "foreign.cast", "linked.cast"]


def test_without_a_policy_nothing_goes(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="keep_days says nothing"):
        prune_recordings(InvoiceDesk(tmp_path).by("eva@desk"), Sessions(), dry_run=True)


@pytest.mark.faults
def test_a_kill_leaves_what_the_next_run_ends(tmp_path: Path) -> None:
    """Either nothing was told, or it was told and the file is gone after one more run."""
    place, killed = 0, True
    while killed:
        (tmp_path / str(place)).mkdir()
        desk = InvoiceDesk(tmp_path / str(place))
        recorded(desk, "a")
        billed(desk)
        later(desk)
        desk.ledger.close()

        def run(desk: InvoiceDesk = desk) -> None:
            prune_recordings(desk.by("eva@desk", desk.opened_again()), YEAR, dry_run=False)

        killed = killed_at(place, (step.__file__, sqlite.__file__), run)
        desk.ledger = desk.opened_again()
        told = list(desk.ledger.events(kind="recording_pruned"))
        assert told or names(desk) == ["a.cast"]
        prune(desk)
        assert names(desk) == []
        assert len(list(desk.ledger.events(kind="recording_pruned"))) == 1
        desk.ledger.close()
        place += 43
    assert place > 3 * 43
