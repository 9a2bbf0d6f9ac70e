"""Check mode's copy of the ledger: one per run, whole, gone when the run has ended."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
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


def test_tasks_of_several_systems_begin_at_once(tmp_path: Path) -> None:
    """Ansible's forks all meet a run without a copy: they share one, and none of them fails."""
    places = Places(tmp_path, tmp_path / "data", f"sqlite:///{tmp_path}/ledger.sqlite")
    with closing(open_ledger(places.ledger, now)) as ledger:
        for _ in range(300):
            ledger.append(Draft("opened", NOW, "eva", callout="NEW", body={"reason": "x" * 2000}))
    with ThreadPoolExecutor(16) as pool:
        urls = set(pool.map(lambda _: rehearsal_ledger(places, now, os.getpid()), range(16)))
    assert len(urls) == 1
    with closing(open_ledger(urls.pop(), now)) as copy:
        assert len(list(copy.events())) == 300
    assert len(list((tmp_path / "data" / "rehearsals").iterdir())) == 1
