"""Drafts in a folder of evidence: those of dead runs go, those of living ones and whatever is not ours stay."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from access_check.evidence.keeping import KEY_NAME, Keeper, file_name
from access_check.evidence.reading import read_evidence
from access_check.observations import Observations
from access_check.programs import forked
from access_check.targets import Target
from access_check.whole_files import write_whole

NOW = dt.datetime(2026, 11, 23, 4, 5, 6, tzinfo=dt.UTC)
LOOK = file_name("acme-pbx1", NOW)
LONG = file_name("a" * 300, NOW)


def keeper(folder: Path) -> Keeper:
    return Keeper(folder, full=False, version="1", now=lambda: NOW, ours=lambda *_: "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o700)
    return kept


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.mark.parametrize("name", [LOOK, LONG, KEY_NAME])
def test_a_draft_goes_unless_somebody_writes_it(folder: Path, name: str) -> None:
    draft = folder / f".{name}.k3_x9abc.new"
    draft.write_bytes(b'{"half": ')
    with locked(draft):
        keeper(folder)
        assert draft.read_bytes() == b'{"half": '
    keeper(folder)
    assert [path.name for path in folder.iterdir()] == [KEY_NAME]


def test_what_no_keeper_writes_stays(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("not ours")
    names = [f".{LOOK}.k3_x9abc.old", f"{LOOK}.k3_x9abc.new", f".{LOOK}.K3X.new", ".report.json.k3_x9abc.new",
             ".known_hosts.k3_x9abc.new", f".{KEY_NAME}.bak.k3_x9abc.new", "notes.new"]  # fmt: skip
    for name in names:
        (folder / name).write_text(name)
    (folder / f".{LOOK}.k3_xfold.new").mkdir()
    (folder / f".{LOOK}.k3_xlink.new").symlink_to(elsewhere)
    os.mkfifo(folder / f".{LOOK}.k3_xfifo.new")
    before = sorted(path.name for path in folder.iterdir())
    keeper(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted([*before, KEY_NAME])
    assert elsewhere.read_text() == "not ours"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_somebody_else_s_file_stays(folder: Path) -> None:
    draft = folder / f".{LOOK}.k3_x9abc.new"
    draft.write_bytes(b"")
    os.chown(draft, 4711, 4711)
    keeper(folder)
    assert draft.exists()


def test_runs_side_by_side_lose_nothing(folder: Path, make_target: Callable[..., Target]) -> None:
    """Each begins anew, and so clears up, before every look, while the others write theirs."""
    target, looks = make_target(), 40

    def run(number: int) -> None:
        for look in range(looks):
            moment = NOW + dt.timedelta(seconds=number, microseconds=look)
            keeper(folder).keep(target, Observations(at=moment), moment)

    runs = [forked(lambda number=number: run(number)) for number in range(3)]
    assert [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in runs] == [0, 0, 0]
    kept: list[Any] = read_evidence(sorted(folder.glob("*.json")))
    assert len(kept) == 3 * looks
    assert len({one.pseudonyms for one in kept}) == 1
    assert {path.suffix for path in folder.iterdir()} == {".json", ".key"}


def test_with_once_whoever_was_first_stays(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_whole(path, b"first", mode=0o600, once=True)
    with pytest.raises(FileExistsError):
        write_whole(path, b"second", mode=0o600, once=True)
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["ä" * 120, "a" * 255])
def test_the_longest_names_can_be_written(tmp_path: Path, name: str) -> None:
    write_whole(tmp_path / name, b"whole", mode=0o600)
    assert [path.name for path in tmp_path.iterdir()] == [name]
