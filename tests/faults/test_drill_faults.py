"""Drills under fire: archives that want out of their folder, and drills that are killed anywhere."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from callout.backups.drill_rules import Aspect, Compared
from callout.backups.extraction import extract_stream
from callout.backups.manifest import Entry, EntryKind
from callout.backups.restored import compare_restored, plain_file, resolved_inside
from callout.backups.scratch import PREFIX, remove_leftovers
from callout.backups.tar_reader import StreamRefused
from tests.unit.backups.drill_site import drill_site, engine_settings
from tests.unit.backups.hostile_archives import Fill, extracted, member, outside_is_untouched, stream_of

ROOT = Path(__file__).parent.parent.parent
DEEPEST = 1500
# What a process that is to be killed runs: a drill of the backup in the folder that it is given.
VICTIM = """
import sys
from pathlib import Path
from tests.unit.backups.drill_site import drill_site
site = drill_site(Path(sys.argv[1]))
site.drill(lambda sentence: print(sentence, flush=True))
"""

# Where it is killed, in turn: in the middle of what was begun, or a little later.
PARTS = ("service", "restore", "compare")

SYMLINK, HARD = tarfile.SYMTYPE, tarfile.LNKTYPE
# The archive, and how many of its entries are refused.
ESCAPES: dict[str, tuple[list[Fill], int]] = {
    "a file below a link out": ([member("a", SYMLINK, linkname="../outside"), member("a/file", content=b"x")], 1),
    "a file below a link to /": ([member("a", SYMLINK, linkname="/"), member("a/tmp/callout-escape", content=b"x")], 1),
    "a folder where a link out is": (
        [member("a", SYMLINK, linkname="../outside"), member("a", tarfile.DIRTYPE, mode=0o777)],
        1,
    ),
    "a file where a link out is": ([member("a", SYMLINK, linkname="../outside/file"), member("a", content=b"x")], 1),
    "a link below a link out": (
        [member("a", SYMLINK, linkname="../outside"), member("a/b", SYMLINK, linkname="/etc/passwd")],
        1,
    ),
    "a hard link through a link out": (
        [member("a", SYMLINK, linkname="../outside"), member("b", HARD, linkname="a/file")],
        1,
    ),
    "an absolute hard link": ([member("b", HARD, linkname="/etc/passwd")], 1),
    "a hard link to a link, then a file": (
        [member("a", SYMLINK, linkname="../outside/file"), member("b", HARD, linkname="a"), member("b", content=b"x")],
        1,
    ),
    "a hard link to a folder": ([member("d", tarfile.DIRTYPE), member("b", HARD, linkname="d")], 1),
    "a pipe below a link out": (
        [member("a", SYMLINK, linkname="../outside"), member("a/pipe", tarfile.FIFOTYPE)],
        1,
    ),
    "twice the same file": ([member("a", content=b"one"), member("a", content=b"two")], 1),
    "a file where a folder is": ([member("a/b", content=b"one"), member("a", content=b"two")], 1),
    "a folder where a file is": ([member("a", content=b"one"), member("a/b", content=b"two")], 1),
    "chains of links": (
        [member("a", SYMLINK, linkname="b"), member("b", SYMLINK, linkname="../outside"), member("a/f", content=b"x")],
        1,
    ),
}


@pytest.mark.faults
@pytest.mark.parametrize("name", ESCAPES)
def test_no_archive_writes_outside_its_folder(tmp_path: Path, name: str) -> None:
    members, refused = ESCAPES[name]
    told, _ = extracted(tmp_path, *members)
    assert outside_is_untouched(tmp_path)
    assert (told.refused_count, len(told.refused)) == (refused, refused)
    assert not Path("/tmp/callout-escape").exists()


@pytest.mark.faults
@pytest.mark.parametrize("name", ["../out", "a/../../out", "..", "/../out"])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE, HARD])
def test_names_that_climb_are_no_archive(tmp_path: Path, name: str, kind: bytes) -> None:
    bad = member("b", HARD, linkname=name) if kind == HARD else member(name, kind)
    (tmp_path / "tree").mkdir()
    with pytest.raises(StreamRefused):
        extract_stream(stream_of(bad), tmp_path / "tree")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["tree"]


@pytest.mark.faults
def test_absolute_names_stay_inside(tmp_path: Path) -> None:
    told, tree = extracted(tmp_path, member("/etc/passwd", content=b"ours"), member("//x", content=b"y"))
    assert told.refused_count == 0
    assert (tree / "etc/passwd").read_bytes() == b"ours"


@pytest.mark.faults
def test_devices_are_counted_and_never_made(tmp_path: Path) -> None:
    nodes = [member("dev/sda", tarfile.BLKTYPE, devmajor=8), member("dev/mem", tarfile.CHRTYPE, devmajor=1, devminor=1)]
    told, tree = extracted(tmp_path, *nodes)
    assert told.devices == 2
    assert [path for path in tree.rglob("*") if not path.is_dir()] == []


@pytest.mark.faults
def test_setuid_is_really_set_and_nobody_else_gets_near_it(tmp_path: Path) -> None:
    _, tree = extracted(tmp_path, member("su", content=b"#!", mode=0o4755), member("d", tarfile.DIRTYPE, mode=0o2777))
    assert stat.S_IMODE((tree / "su").stat().st_mode) == 0o4755
    assert stat.S_IMODE((tree / "d").stat().st_mode) == 0o2777
    assert stat.S_IMODE(tree.stat().st_mode) == 0o700


@pytest.mark.faults
def test_trees_deeper_than_python_recurses_come_and_go(tmp_path: Path) -> None:
    home = tmp_path / "drills"
    home.mkdir()
    tree = home / f"{PREFIX}deep"
    tree.mkdir()
    (home / f"{PREFIX}deep.lock").touch()
    told = extract_stream(stream_of(member("d/" * DEEPEST + "f", content=b"deep")), tree)
    assert told.refused_count == 0
    assert remove_leftovers(home) == [f"{PREFIX}deep"]
    assert list(home.iterdir()) == []


def compared(tree: Path, told_entries: int, *entries: Entry) -> Compared:
    told = extract_stream(stream_of(), tree)
    told.entries = told_entries
    return compare_restored(tree, entries, told)


@pytest.mark.faults
def test_a_hostile_manifest_reads_nothing_outside(tmp_path: Path) -> None:
    _, tree = extracted(tmp_path, member("a", SYMLINK, linkname="../outside"))
    there = (tmp_path / "outside/file").stat()
    entries = [
        Entry(path, EntryKind.FILE, there.st_size, 0o644, there.st_uid, there.st_gid, there.st_mtime_ns)
        for path in ("../outside/file", "a/file", "a/../../outside/file")
    ]
    found = compared(tree, 4, *entries)
    assert found.counts[Aspect.MISSING] == 3


@pytest.mark.faults
@pytest.mark.parametrize("target", ["/etc", "../../../../etc", "/../../etc", "loop", "/opt/loop", "../outside"])
def test_a_root_that_is_a_link_is_looked_for_inside_only(tmp_path: Path, target: str) -> None:
    _, tree = extracted(
        tmp_path, member("opt/pbxware", SYMLINK, linkname=target), member("opt/loop", SYMLINK, linkname="pbxware")
    )
    assert resolved_inside(tree, "/opt/pbxware") is None
    (tree / "etc").mkdir()
    found = resolved_inside(tree, "/opt/pbxware")
    assert found in (None, tree / "etc")
    assert plain_file(tree, "opt/pbxware/passwd") is None


@pytest.mark.lab
@pytest.mark.faults
def test_a_killed_drill_leaves_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine_settings(monkeypatch)
    kill_drills(tmp_path, 1, random.Random(4))


@pytest.mark.faults_whole
@pytest.mark.timeout(1200)
def test_20_killed_drills_leave_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine_settings(monkeypatch)
    kill_drills(tmp_path, 20, random.Random(20))


def kill_drills(home: Path, count: int, chance: random.Random) -> None:
    """Each time a drill that is killed somewhere; in the end one that is not, which removes what the last left."""
    site = drill_site(home)
    site.back_up()
    drills = site.places.drills
    for number in range(count):
        victim = subprocess.Popen(
            [sys.executable, "-c", VICTIM, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        assert victim.stdout
        part = PARTS[number % len(PARTS)]
        assert any(part in line for line in victim.stdout), "it ended before that part"
        time.sleep(chance.uniform(0, 2))
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        victim.stdout.close()
        names = {path.stem for path in drills.glob(f"{PREFIX}*.lock")}
        until = time.monotonic() + 60
        while running() & names:
            assert time.monotonic() < until, "a container outlives its drill"
            time.sleep(0.1)
    assert site.drill().proven
    assert [path.name for path in drills.iterdir()] == ["lock"]


def running() -> set[str]:
    """Names of all drills' containers, also of other tests'."""
    said = subprocess.run(
        ["podman", "ps", "--all", "--filter", "label=callout.drill", "--format", "{{.Names}}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(said.stdout.split())
