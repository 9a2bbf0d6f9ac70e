"""Evidence under fire: killed at every step and on a full disk, there are the old looks or the new one as well."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from access_check import whole_files
from access_check.evidence import keeping
from access_check.evidence.keeping import KEY_NAME, CannotKeep, Keeper
from access_check.evidence.reading import newest_looks, read_evidence
from access_check.targets import Target
from tests.faults.kills import killed_at
from tests.unit.access_check.conftest import make_target
from tests.unit.access_check.test_verdicts import WELL
from tests.unit.backups.practice_site import small_disk

__all__ = ["make_target"]  # a fixture
WRITING = (keeping.__file__, whole_files.__file__)
OLD = dt.datetime(2026, 11, 22, 4, 5, 6, tzinfo=dt.UTC)
NEW = dt.datetime(2026, 11, 23, 4, 5, 6, tzinfo=dt.UTC)


def keep(folder: Path, target: Target, moment: dt.datetime) -> Path:
    keeper = Keeper(folder, full=False, version="1", now=lambda: moment, ours=lambda *_: "")
    return keeper.keep(target, WELL, moment)


def moments(folder: Path) -> list[dt.datetime]:
    """The moment of every look that can be read; whatever is no evidence raises."""
    files = sorted(folder.glob("*.json"))
    return [one.looked_at for one in read_evidence(files)] if files else []


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(True, id="into a new folder", marks=pytest.mark.faults),
        pytest.param(False, id="beside an older look", marks=pytest.mark.faults_whole),
    ],
)
def test_a_kill_at_every_step_leaves_whole_looks_only(tmp_path: Path, make_target: Any, first: bool) -> None:
    target, place, outcomes = make_target(2020), 0, []
    old = [] if first else [OLD]
    while True:
        folder = tmp_path / str(place)
        for moment in old:
            keep(folder, target, moment)
        if not killed_at(place, WRITING, lambda folder=folder: keep(folder, target, NEW)):
            break
        left = moments(folder) if folder.exists() else []
        assert left in (old, [*old, NEW]), place
        outcomes.append(left != old)
        # The next run knows which: it writes what is missing, with the same stand-ins as the looks that are there.
        keep(folder, target, NEW)
        assert moments(folder) == [*old, NEW]
        assert len({one.pseudonyms for one in read_evidence(sorted(folder.glob("*.json")))}) == 1
        assert newest_looks(folder)[0].looked_at == NEW
        assert folder.stat().st_mode & 0o777 == 0o700
        for path in folder.iterdir():
            assert path.stat().st_mode & 0o777 == 0o600, path
            # What the killed run had begun is gone.
            assert path.suffix == ".json" or path.name == KEY_NAME
        place += 1
    assert place > 30
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {False, True}


def fill(path: Path) -> None:
    """Takes all the room that is left beside `path`."""
    with path.open("wb", buffering=0) as filling, suppress(OSError):  # it is to fail
        while filling.write(bytes(4096)):
            pass


@pytest.mark.faults
def test_a_full_disk_leaves_the_old_look(tmp_path: Path, make_target: Any) -> None:
    target = make_target(2020)
    try:
        with small_disk(tmp_path / "small", "64k") as disk:
            folder = disk / "kept"
            keep(folder, target, OLD)
            fill(disk / "filling")
            with pytest.raises(CannotKeep, match="No space left"):
                keep(folder, target, NEW)
            assert moments(folder) == [OLD]
            assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".key"]
    except PermissionError as error:
        # Only root may mount; whoever develops without it has the kill test still.
        pytest.skip(f"no file system can be mounted here: {error}")
