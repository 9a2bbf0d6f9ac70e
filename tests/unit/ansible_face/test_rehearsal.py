"""Check mode's copy of the ledger: one per run, whole, gone when the run has ended."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from contextlib import closing
from pathlib import Path

from callout.ansible_face.rehearsal import rehearsal_ledger
from callout.ledger import Draft, open_ledger
from callout.places import Places

NOW = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)


def now() -> dt.datetime:
    return NOW


def test_copy_is_whole_apart_and_shared_by_one_run(tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path / "data", f"sqlite:///{tmp_path}/ledger.sqlite")
    with closing(open_ledger(places.ledger, now)) as ledger:
        ledger.append(Draft("opened", NOW, "eva", callout="NEW"))
        url = rehearsal_ledger(places, now, os.getpid())
        with closing(open_ledger(url, now)) as copy:
            copy.append(Draft("closed", NOW, "eva", callout="CO-0001"))
        assert rehearsal_ledger(places, now, os.getpid()) == url
        with closing(open_ledger(url, now)) as copy:
            assert [event.kind for event in copy.events()] == ["opened", "closed"]
        assert [event.kind for event in ledger.events()] == ["opened"]


def test_copies_of_ended_runs_are_removed(tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path / "data", f"sqlite:///{tmp_path}/ledger.sqlite")
    ended = subprocess.Popen(["true"])
    ended.wait()
    rehearsal_ledger(places, now, ended.pid)
    rehearsal_ledger(places, now, os.getpid())
    assert [path.stem for path in (tmp_path / "data" / "rehearsals").iterdir()] == [str(os.getpid())]
