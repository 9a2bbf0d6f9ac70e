"""Is the store whole, and does the archive list what its manifest says? No content is read."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from itertools import zip_longest
from typing import IO

from access_check.escaping import shown
from callout.backups.archive import Repository
from callout.backups.manifest import MANIFEST, Entry, EntryKind, Tally, is_besides, read_manifest
from callout.backups.record import BackupRecord
from callout.backups.verification import open_manifest
from callout.errors import BackupFailed
from callout.findings import Finding, Move, Status

# Borg's exit status where its check found something; what it found stands on its standard error.
FOUND_SOMETHING = 1
KINDS = {
    "-": EntryKind.FILE,
    "d": EntryKind.FOLDER,
    "l": EntryKind.SYMLINK,
    "h": EntryKind.HARD_LINK,
    "p": EntryKind.FIFO,
    "c": EntryKind.CHARACTER_DEVICE,
    "b": EntryKind.BLOCK_DEVICE,
}
LINE = re.compile(r"(?P<kind>.)(?P<mode>.{9}) (?P<uid>\d+) (?P<gid>\d+) (?P<size>\d+) (?P<path>.*)", re.DOTALL)
FORMAT = "{mode} {uid} {gid} {size} {path}{NUL}"
PIECE_BYTES = 1024 * 1024
# Two names of 4096 bytes with what stands before them.
MAXIMUM_LINE_BYTES = 32 * 1024
DO_NOT_RELY = "Do not rely on this backup; run borg check on the repository and back up again."


def require_there(repository: Repository) -> None:
    """Raises BackupFailed where the store cannot be looked at now: that says nothing about the backups in it."""
    if not repository.is_there():
        raise BackupFailed(
            f"{repository.location}: the store is not there.", "Is it mounted? Mount it, then run the same again."
        )


def check_store(repository: Repository, name: str, *, whole: bool) -> Finding:
    """Borg's own check of the archive `name`: are all objects there that it names?

    With `whole` the repository besides: the checksum of everything in it, and its index. That reads the whole store
    of the customer once. Raises Locked, BadInput (wrong passphrase).
    """
    check = "backup.repository" if whole else "backup.archive"
    options = () if whole else ("--archives-only",)
    archive = f"{repository.location}::{name}"
    try:
        completed = repository.borg.run(
            "check", *options, archive, repository=repository.location, may_end_with=(FOUND_SOMETHING,)
        )
    except BackupFailed as error:
        seen = f"Borg could not check the store: {error.message}"
        return Finding(check, Status.FAIL, _code(error.message), seen, Move.US, DO_NOT_RELY)
    if completed.rc == 0:
        what = "The repository and the archive are" if whole else "The archive is"
        return Finding(check, Status.PASS, "whole", f"{what} whole by Borg's own check.")
    said = [line.strip() for line in completed.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    first = shown(said[0], 300).rstrip(".") if said else "it does not say what"
    seen = f"Borg's own check found errors in the store: {first}."
    return Finding(check, Status.FAIL, "damaged", seen, Move.US, DO_NOT_RELY, {"lines": len(said)})


def compare_manifest(repository: Repository, record: BackupRecord, manifest: IO[bytes]) -> Finding:
    """Is the stored manifest, copied to `manifest` and rewound, the one whose root hash is in the ledger?

    An older archive under the same name is found so, and one that was put together by somebody else.
    """
    check, tally = "backup.manifest", Tally()
    problem, code = "its root hash differs", "differs"
    try:
        open_manifest(repository, record.id, manifest)
        for entry in read_manifest(manifest):
            tally.add(entry)
    except ValueError as error:
        problem = str(error)
    except BackupFailed as error:
        problem, code = error.message, _code(error.message)
    manifest.seek(0)
    if code == "differs" and tally.root_hash() == record.root_hash:
        seen = f"The manifest is the one in the ledger: {tally.entries} entries."
        return Finding(check, Status.PASS, "same", seen)
    seen = f"The manifest of {record.id} is not the one in the ledger: {problem.rstrip('.')}."
    if code == "missing":
        seen = f"{record.id} is in the ledger, but not in the store."
    return Finding(check, Status.FAIL, code, seen, Move.US, DO_NOT_RELY)


def compare_listing(repository: Repository, name: str, manifest: IO[bytes]) -> Finding:
    """Does the archive `name` list just what its manifest names: kind, size, mode, owner, in the same order?"""
    check = "backup.listing"
    expected = read_manifest(manifest)
    compared, wrong = 0, ""
    try:
        with repository.listing(name, FORMAT) as stream:
            lines = (line for line in _lines(stream) if not _is_besides(line))
            for line, entry in zip_longest(lines, _with_manifest(expected)):
                wrong = _difference(line, entry)
                if wrong:
                    break
                compared += 1
            for _ in lines:
                continue
    except (BackupFailed, ValueError) as error:
        wrong = wrong or str(error)
    if wrong:
        seen = f"The archive does not list what its manifest names: {wrong.rstrip('.')}."
        return Finding(check, Status.FAIL, "differs", seen, Move.US, DO_NOT_RELY, {"compared": compared})
    return Finding(check, Status.PASS, "same", f"The archive lists the {compared - 1} entries of its manifest.")


def _with_manifest(expected: Iterator[Entry]) -> Iterator[Entry | None]:
    """The manifest does not name itself; None stands for it, behind all others."""
    yield from expected
    yield None


def _is_besides(line: str) -> bool:
    found = LINE.fullmatch(line)
    return found is not None and is_besides(found["path"])


def _difference(line: str | None, entry: Entry | None) -> str:
    """What is wrong with one line of the listing, empty where nothing is; `entry` is None where the manifest stands."""
    if line is None:
        return f"{_name(entry.path)} is not in it" if entry else "the manifest is not in it"
    found = LINE.fullmatch(line)
    if not found:
        return "a line is not understood"
    path = found["path"]
    if entry is None:
        return "" if path == MANIFEST else f"{_name(path)} stands in it, which is not named"
    if path != _as_listed(entry.path):
        return f"{_name(path)} stands where {_name(entry.path)} was stored"
    problems = {
        "is of another kind": KINDS.get(found["kind"]) is not entry.kind,
        "has another size": entry.kind is EntryKind.FILE and int(found["size"]) != entry.size,
        "has another mode": found["mode"] != stat.filemode(stat.S_IFREG | entry.mode)[1:],
        "has another owner": (int(found["uid"]), int(found["gid"])) != (entry.uid, entry.gid),
    }
    return next((f"{_name(path)} {problem}" for problem, is_so in problems.items() if is_so), "")


def _as_listed(path: str) -> str:
    """As Borg lists a name: a byte that is no UTF-8 as a question mark."""
    return path.encode("utf-8", "replace").decode("utf-8")


def _lines(stream: IO[bytes]) -> Iterator[str]:
    """What stands before each NUL. Raises ValueError for a line that is too long, or cut."""
    rest = b""
    while piece := stream.read(PIECE_BYTES):
        *lines, rest = (rest + piece).split(b"\0")
        for line in lines:
            yield line.decode("utf-8", "replace")
        if len(rest) > MAXIMUM_LINE_BYTES:
            raise ValueError("a line is too long")
    if rest:
        raise ValueError("the last line is cut")


def _code(message: str) -> str:
    return "missing" if "does not exist" in message else "damaged"


def _name(path: str) -> str:
    return shown(path.encode("utf-8", "surrogateescape"), 300)
