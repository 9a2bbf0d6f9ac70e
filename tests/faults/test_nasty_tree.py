"""A tree with everything that a file system can hold goes through a whole backup and comes back as it was."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from callout.backups.archive import repository_of
from callout.backups.attributes import XATTR
from callout.backups.manifest import FILES, Entry, EntryKind, by_path, read_manifest
from callout.backups.verification import open_manifest
from tests.faults.test_backup_faults import at
from tests.unit.backups.practice_site import PracticeSite, build_site
from tests.unit.local_shell import BUSYBOX, DASH

ROOT = Path(__file__).parent.parent.parent
MEBIBYTE = 1024 * 1024
PIECE_BYTES = 4 * MEBIBYTE
# "Memory <= 200 MB whatever the size": ours.
MAXIMUM_MEMORY_BYTES = 200 * 1000 * 1000
# Borg's is its own, and grows with its cache of chunks: 204 MB were measured with 100,000 files and 5 GB of holes.
MAXIMUM_BORG_BYTES = 300 * 1000 * 1000
# A process of its own, so that its memory is that of the backup. Says how much it, and its largest child, had at most.
BACKER = """
import json, resource, sys
from pathlib import Path
from tests.faults.metering import own_peak_bytes
from tests.faults.test_backup_faults import at
from tests.unit.backups.practice_site import PracticeSite
from callout.steps.backup import back_up
home = Path(sys.argv[1])
site = PracticeSite(home / "system", home)
record = back_up(at(home, site.session(tuple(sys.argv[2:]))), site.system())
# Not ru_maxrss for our own: that begins with what the test had when it started us.
peaks = [own_peak_bytes(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024]
print(json.dumps({"id": record.id, "line": record.bytes_over_line, "good": record.verification.good, "peaks": peaks}))
"""


@dataclass
class Tree:
    """What was planted: by name in the archive, how each path is now, and its content's hash."""

    states: dict[str, os.stat_result] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)


def access_list(*entries: tuple[int, int, int]) -> bytes:
    """A POSIX ACL as the kernel keeps it: (tag, permissions, id)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def plant(site: PracticeSite, sparse_bytes: int, files: int) -> Tree:
    """Adds to the practice site what its own nasty folder does not have, and notes all that is there."""
    folder = site.product / "tree"
    folder.mkdir()
    holes = folder / "holes"
    with holes.open("wb") as stream:
        for place in range(0, sparse_bytes, sparse_bytes // 4):
            stream.seek(place + 12345)
            stream.write(b"an island")
        stream.truncate(sparse_bytes)
    (folder / "only-a-hole").touch()
    os.truncate(folder / "only-a-hole", 10 * MEBIBYTE)
    for number in range(files):
        if number % 1000 == 0:
            (folder / f"{number:06d}").mkdir()
        (folder / f"{number - number % 1000:06d}" / f"{number}").write_bytes(b"%d" % number)
    for name in ("first", "second", "third"):
        os.link(folder / "000000/1", folder / name)
    (folder / "locked").mkdir(mode=0)
    (folder / "setuid").write_text("s")
    os.chown(folder / "setuid", 70000, 4_000_000)
    (folder / "setuid").chmod(0o4711)
    (folder / "noted").write_text("n")
    os.setxattr(folder / "noted", "user.note", b"a\0b\n\xff=")
    anybody = 0xFFFFFFFF
    shared = access_list((1, 6, anybody), (2, 4, 1000), (4, 4, anybody), (16, 4, anybody), (32, 0, anybody))
    os.setxattr(folder / "noted", "system.posix_acl_access", shared)
    os.utime(folder / "noted", ns=(1, -1_500_000_000))
    return _noted(site, Tree())


def _noted(site: PracticeSite, tree: Tree) -> Tree:
    for path in (site.product, *site.product.rglob("*")):
        name = path.relative_to(site.product).as_posix()
        if path.is_socket() or name.startswith(("pw/proc/", "pw/sys/", "pw/dev/", "pw/var/lib/mysql/")):
            continue
        archived = FILES + str(path).lstrip("/")
        state = path.lstat()
        tree.states[archived] = state
        if stat.S_ISREG(state.st_mode):
            with path.open("rb") as stream:
                tree.hashes[archived] = hashlib.file_digest(stream, "sha256").hexdigest()
    return tree


def round_trip(site: PracticeSite, tree: Tree, shell: tuple[str, ...]) -> None:
    """Backs up, exports with Borg, and compares all that came back with what was planted."""
    done = subprocess.run(
        [sys.executable, "-c", BACKER, str(site.home), *shell],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["good"]
    ours, borgs = told["peaks"]
    assert ours <= MAXIMUM_MEMORY_BYTES
    assert borgs <= MAXIMUM_BORG_BYTES
    if shell == DASH:
        assert told["line"] < 8 * MEBIBYTE + 2500 * len(tree.states)

    context = at(site.home, site.session(shell))
    repository = repository_of(site.system(), context.places)
    context.ledger.close()
    with (site.home / "manifest").open("w+b") as manifest:
        open_manifest(repository, told["id"], manifest)
        entries = by_path(read_manifest(manifest))
    seen: dict[str, str] = {}
    with repository.exporting(told["id"]) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            archive.members = []
            if member.name in tree.states:
                content = archive.extractfile(member) if member.isreg() else None
                seen[member.name] = _compare(member, tree, entries[member.name], _digest(content) if content else "")
        while stream.read(65536):
            continue
    assert seen.keys() == tree.states.keys()
    assert [name for name, problem in seen.items() if problem] == []
    inodes: dict[int, set[str]] = {}
    for name, state in tree.states.items():
        if stat.S_ISREG(state.st_mode):
            inodes.setdefault(state.st_ino, set()).add(name)
    for names in inodes.values():
        # One of them is the file, and all others lead to it.
        first = [name for name in names if entries[name].kind is EntryKind.FILE]
        assert len(first) == 1
        assert {entries[name].target for name in names} <= {"", first[0]}


def _compare(member: tarfile.TarInfo, tree: Tree, entry: Entry, sha256: str) -> str:
    state = tree.states[member.name]
    if (member.mode & 0o7777, member.uid, member.gid) != (stat.S_IMODE(state.st_mode), state.st_uid, state.st_gid):
        return "mode or owner"
    if (entry.mode, entry.uid, entry.gid) != (stat.S_IMODE(state.st_mode), state.st_uid, state.st_gid):
        return "mode or owner in the manifest"
    if member.isreg() and sha256 != tree.hashes[member.name]:
        return "content"
    if member.issym() and member.linkname != str(Path("/" + member.name.removeprefix(FILES)).readlink()):
        return "link"
    return ""


def _digest(content: object) -> str:
    hashed = hashlib.sha256()
    while piece := content.read(PIECE_BYTES):  # type: ignore[attr-defined]
        hashed.update(piece)
    return hashed.hexdigest()


def require_times_and_attributes(site: PracticeSite, tree: Tree, exact: bool) -> None:
    """What the manifest keeps besides: times, with GNU tar to the nanosecond; attributes, where they can be told."""
    with (site.home / "manifest").open("rb") as manifest:
        entries = by_path(read_manifest(manifest))
    for name, state in tree.states.items():
        if exact:
            assert entries[name].mtime_ns == state.st_mtime_ns, name
            path = "/" + name.removeprefix(FILES)
            live = {XATTR + key: os.getxattr(path, key, follow_symlinks=False) for key in _keys(path)}
            assert dict(entries[name].attributes) == live, name
        elif state.st_mtime_ns >= 0:
            assert entries[name].mtime_ns == state.st_mtime_ns // 10**9 * 10**9, name


def _keys(path: str) -> list[str]:
    return os.listxattr(path, follow_symlinks=False)


def whole_round(home: Path, sparse_bytes: int, files: int, shell: tuple[str, ...]) -> None:
    site = build_site(home)
    tree = plant(site, sparse_bytes, files)
    round_trip(site, tree, shell)
    require_times_and_attributes(site, tree, exact=shell == DASH)


@pytest.mark.faults
@pytest.mark.parametrize("shell", [DASH, BUSYBOX], ids=["gnu", "busybox"])
def test_a_small_nasty_tree_comes_back_as_it_was(tmp_path: Path, shell: tuple[str, ...]) -> None:
    whole_round(tmp_path, 16 * MEBIBYTE, 50, shell)


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shell", [DASH, BUSYBOX], ids=["gnu", "busybox"])
def test_5_gb_of_holes_and_100_000_files_come_back_as_they_were(tmp_path: Path, shell: tuple[str, ...]) -> None:
    whole_round(tmp_path, 5 * 1024 * MEBIBYTE, 100_000, shell)
