"""A drill's folder, its restored files, and what it says where there is no machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from callout.backups.drill_rules import Aspect, Outcome, judge_tree
from callout.backups.extraction import Extracted
from callout.backups.manifest import Entry, EntryKind
from callout.backups.restored import compare_restored
from callout.backups.scratch import PREFIX, remove_leftovers, require_room, scratch_folder
from callout.errors import BackupFailed
from callout.findings import Status
from tests.unit.backups.drill_site import drill_site
from tests.unit.backups.hostile_archives import extracted, member, stream_of

ROOT = Path(__file__).parent.parent.parent.parent
WHEN = 1_600_000_000 * 10**9
# An archive as somebody restores it who is not root: modes that would keep even the owner out.
UNPRIVILEGED = """
import io, os, sys
from pathlib import Path
from callout.backups.extraction import extract_stream
from callout.backups.manifest import Entry, EntryKind
from callout.backups.restored import compare_restored
tree, archive = Path(sys.argv[1]), io.BytesIO(sys.stdin.buffer.read())
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
told = extract_stream(archive, tree)
empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
entries = [
    Entry("closed", EntryKind.FOLDER, 0, 0, 0, 0, 1600000000 * 10**9),
    Entry("closed/shadow", EntryKind.FILE, 0, 0, 0, 0, 1600000000 * 10**9, empty),
]
told.entries += 1
found = compare_restored(tree, entries, told)
print(told.owned, told.refused, sum(found.counts.values()), found.unexpected)
"""


def test_each_drill_has_a_folder_of_its_own_and_none_is_left(tmp_path: Path) -> None:
    home = tmp_path / "drills"
    with scratch_folder(home) as first, scratch_folder(home) as second:
        assert first.name != second.name
        assert {first.tree.is_dir(), second.tree.is_dir()} == {True}
        assert (home.stat().st_mode & 0o777, first.folder.stat().st_mode & 0o777) == (0o700, 0o700)
    assert [path.name for path in home.iterdir()] == ["lock"]


def test_what_a_dead_drill_left_is_removed_and_a_living_one_s_is_not(tmp_path: Path) -> None:
    home = tmp_path / "drills"
    with scratch_folder(home) as living:
        (home / f"{PREFIX}dead/tree").mkdir(parents=True)
        (home / f"{PREFIX}dead.lock").touch()
        # Killed before its folder was made.
        (home / f"{PREFIX}early.lock").touch()
        assert remove_leftovers(home) == [f"{PREFIX}dead", f"{PREFIX}early"]
        assert living.tree.is_dir()


def test_room_is_looked_at_first_and_told_in_a_sentence(tmp_path: Path) -> None:
    require_room(tmp_path, 1, 1)
    with pytest.raises(BackupFailed, match=r"needs \d+ MiB, and \d+ MiB are free"):
        require_room(tmp_path, shutil.disk_usage(tmp_path).total, 0)


def entry(path: str, kind: EntryKind = EntryKind.FILE, content: bytes = b"one", **changes: object) -> Entry:
    sha256 = hashlib.sha256(content).hexdigest() if kind is EntryKind.FILE else ""
    size = len(content) if kind is EntryKind.FILE else 0
    return replace(Entry(path, kind, size, 0o644, 0, 0, WHEN, sha256), **changes)  # type: ignore[arg-type]


@pytest.fixture
def restored(tmp_path: Path) -> tuple[Extracted, Path]:
    """A file, a second name of it, and a link."""
    return extracted(
        tmp_path,
        member("files/a", content=b"one"),
        member("files/b", b"1", linkname="files/a"),
        member("files/c", b"2", linkname="a"),
    )


AS_RESTORED = (
    entry("files/a"),
    entry("files/b", EntryKind.HARD_LINK, target="files/a"),
    entry("files/c", EntryKind.SYMLINK, target="a"),
)


@pytest.mark.parametrize(
    ("place", "changed", "aspect"),
    [
        (0, entry("files/a"), None),
        (0, entry("files/a", content=b"two"), Aspect.CONTENTS),
        (0, entry("files/a", size=4), Aspect.CONTENTS),
        (0, entry("files/a", mode=0o600), Aspect.MODES),
        (0, entry("files/a", uid=7), Aspect.OWNERS),
        (0, entry("files/a", mtime_ns=WHEN + 2 * 10**9), Aspect.TIMES),
        (0, entry("files/a", mtime_ns=WHEN + 10**9 - 1), None),
        (0, entry("files/z"), Aspect.MISSING),
        (0, entry("files/c"), Aspect.MISSING),
        (1, entry("files/b", EntryKind.HARD_LINK, target="files/c"), Aspect.LINKS),
        (1, entry("files/b", EntryKind.HARD_LINK, target="files/gone"), Aspect.LINKS),
        (2, entry("files/c", EntryKind.SYMLINK, target="b"), Aspect.LINKS),
    ],
)
def test_what_differs_is_found_by_aspect(
    restored: tuple[Extracted, Path], place: int, changed: Entry, aspect: Aspect | None
) -> None:
    told, tree = restored
    told.entries += 1  # the manifest, which this archive lacks
    entries = [changed if number == place else one for number, one in enumerate(AS_RESTORED)]
    found = compare_restored(tree, entries, told)
    assert {name: count for name, count in found.counts.items() if count} == ({aspect: 1} if aspect else {})
    assert found.unexpected == 0
    assert any(finding.blocks for finding in judge_tree(found)) is (aspect is not None)


def test_an_entry_that_the_manifest_does_not_name_is_found(restored: tuple[Extracted, Path]) -> None:
    told, tree = restored
    told.entries += 1
    assert compare_restored(tree, AS_RESTORED[:2], told).unexpected == 1


def test_holes_stay_holes(tmp_path: Path) -> None:
    size = 64 * 1024 * 1024
    _, tree = extracted(tmp_path, member("sparse", content=bytes(size)))
    there = (tree / "sparse").stat()
    assert there.st_size == size
    assert there.st_blocks * 512 < 64 * 1024


@pytest.mark.skipif(os.geteuid() != 0, reason="to be somebody else one must be root")
def test_without_root_owners_are_not_set_and_nothing_else_is_amiss(tmp_path_factory: pytest.TempPathFactory) -> None:
    tree = Path("/tmp") / f"callout-test-{os.getpid()}"
    tree.mkdir()
    try:
        os.chown(tree, 65534, 65534)
        archive = stream_of(member("closed", b"5", mode=0), member("closed/shadow", mode=0))
        done = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED, str(tree)], input=archive.read(), capture_output=True, cwd=ROOT,
        )  # fmt: skip
        assert done.stdout.decode().strip() == "False [] 0 0", done.stderr.decode()
    finally:
        shutil.rmtree(tree)


def test_without_podman_nothing_is_proven_and_the_rest_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = drill_site(tmp_path)
    site.back_up()
    tools = tmp_path / "few"
    tools.mkdir()
    for name in ("env", "rm", "chmod", "dash"):
        (tools / name).symlink_to(shutil.which(name) or name)
    monkeypatch.setenv("PATH", str(tools))
    record = site.drill()
    assert record.outcome is Outcome.NOT_PROVEN
    assert not record.proven
    blocking = [finding for finding in record.findings if finding.blocks]
    assert [(finding.check, finding.status) for finding in blocking] == [("drill.machine", Status.UNKNOWN)]
    assert "podman" in blocking[0].seen
    # A nasty tree, every name and mode of it, was restored and is as it was.
    assert len([finding for finding in record.findings if finding.status is Status.PASS]) == 2 + len(Aspect)
