"""Is the backup whole, and is it what the system holds? Read back and compared; findings, never silence."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO

from access_check.escaping import shown
from callout.backups.archive import Repository
from callout.backups.manifest import MANIFEST, Entry, EntryKind, by_path, is_besides, read_manifest
from callout.backups.tar_reader import Member, StreamRefused, TarReader
from callout.errors import BackupFailed
from callout.findings import Finding, Move, Status
from callout.shell import Session, script

PIECE_BYTES = 1024 * 1024
# A sample must not keep a busy system reading for long, nor its names overflow one command line.
MAXIMUM_SAMPLED_BYTES = 256 * 1024 * 1024
MAXIMUM_NAMES_BYTES = 48 * 1024
MAXIMUM_NAMED = 20


def choose_sample(entries: Iterable[Entry], count: int, seed: str) -> list[Entry]:
    """`count` files of the system (fewer if there are fewer), the same for the same seed; never very large ones."""
    candidates = (
        entry
        for entry in entries
        if entry.kind is EntryKind.FILE and entry.live_path and entry.size <= MAXIMUM_SAMPLED_BYTES
    )

    def lot(entry: Entry) -> bytes:
        return hashlib.sha256(f"{seed}\0{entry.path}".encode("utf-8", "surrogateescape")).digest()

    return heapq.nsmallest(count, candidates, key=lot)


def compare_all(repository: Repository, name: str, manifest: IO[bytes]) -> Finding:
    """Reads every byte of the archive `name` back and compares it with its manifest, entry by entry."""
    expected = read_manifest(manifest)
    wrong: list[str] = []
    compared = 0
    try:
        with repository.exporting(name) as stream:
            wrong, compared = _compared(_pieces(stream), expected)
    except BackupFailed as error:
        # Borg's own checks failed: that is a verdict on this backup.
        wrong = [*wrong, error.message]
    return _read_back("backup.data", wrong, compared, "entries were read back, every byte of them")


def compare_some(repository: Repository, name: str, sample: Sequence[Entry]) -> Finding:
    """Reads the sample's files back from the archive `name` and compares them with the manifest."""
    wanted = by_path(sample)
    wrong: list[str] = []
    seen: set[str] = set()
    try:
        with repository.exporting(name, sorted(wanted)) as stream:
            pieces = _pieces(stream)
            reader = TarReader(pieces)
            for member in reader.members():
                seen.add(member.path)
                problem = _difference(wanted.get(member.path), member, _hashed(reader))
                wrong += [f"{member.path}: {problem}"] if problem else []
    except StreamRefused as error:
        wrong.append(str(error))
    except BackupFailed as error:
        wrong.append(error.message)
    wrong += [f"{path}: is not in the archive" for path in sorted(wanted.keys() - seen)]
    return _read_back("backup.sample.stored", wrong, len(seen), "sampled files were read back")


def compare_with_source(session: Session, sample: Sequence[Entry]) -> Finding:
    """Hashes the sample on the live system. What was changed there since is noted; what differs otherwise fails."""
    same, changed, unexplained = 0, [], []
    for batch in _batches(sample):
        for entry, answer in zip(batch, _ask(session, batch), strict=True):
            verdict = judge_sample(entry, answer)
            if verdict is None:
                unexplained.append(entry.live_path)
            elif verdict:
                changed.append(f"{entry.live_path} ({verdict})")
            else:
                same += 1
    evidence = {"same": same, "changed_since": _named(changed), "different": _named(unexplained)}
    check = "backup.sample.source"
    if unexplained:
        seen = f"{len(unexplained)} of {len(sample)} sampled files differ from the system's: {_said(unexplained)}."
        remedy = "Do not rely on this backup; back up again and compare."
        return Finding(check, Status.FAIL, "differs", seen, Move.US, remedy, evidence)
    if not same:
        seen = "No sampled file could be compared: each was changed since, or there is none."
        return Finding(check, Status.UNKNOWN, "nothing-compared", seen, Move.US, "Back up again.", evidence)
    noted = f"; changed there since: {_said(changed)}" if changed else ""
    return Finding(check, Status.PASS, "same", f"{same} sampled files are as on the system{noted}.", evidence=evidence)


def judge_sample(entry: Entry, answer: Sequence[str]) -> str | None:
    """Empty where the live file is the same, else how it was changed since; None where nothing explains it.

    `answer` is SHA-256 (or `absent`), size, mtime in seconds; `-` stands for what the system cannot tell.
    """
    sha256, size, mtime = answer
    if sha256 == entry.sha256 and size == str(entry.size):
        return ""
    if sha256 == "absent":
        return "no longer there"
    if mtime not in ("-", str(entry.mtime_ns // 10**9)):
        return "written to since"
    if sha256 != "-" and size not in ("-", str(entry.size)):
        return "size changed since"
    return None


def open_manifest(repository: Repository, name: str, into: IO[bytes]) -> None:
    """Copies the manifest of the archive `name` to `into` and rewinds it."""
    with repository.extracting(name, MANIFEST) as stream:
        for piece in _pieces(stream):
            into.write(piece)
    into.seek(0)


def _compared(pieces: Iterator[bytes], expected: Iterator[Entry]) -> tuple[list[str], int]:
    wrong: list[str] = []
    compared, manifest_met = 0, False
    reader = TarReader(pieces)
    try:
        for member in reader.members():
            digest = _hashed(reader)
            if member.path == MANIFEST:
                manifest_met = True
                continue
            if is_besides(member.path):
                continue
            compared += 1
            entry = next(expected, None)
            if entry is None or entry.path != member.path:
                wrong.append(f"{member.path}: stands where {entry.path if entry else 'nothing'} was stored")
                break
            problem = _difference(entry, member, digest)
            wrong += [f"{member.path}: {problem}"] if problem else []
        else:
            left = next(expected, None)
            wrong += [f"{left.path}: is not in the archive"] if left else []
            wrong += [] if manifest_met else ["the manifest is not in the archive"]
    except (StreamRefused, ValueError) as error:
        wrong.append(str(error))
    # Borg is read to its end in any case: its own exit status is a verdict too.
    for _ in pieces:
        continue
    return wrong, compared


def _difference(entry: Entry | None, member: Member, digest: str) -> str:
    if entry is None:
        return "was not stored"
    kind = member.kind is not entry.kind
    problems = {
        f"is a {member.kind}, not a {entry.kind}": kind,
        "size differs": member.size != entry.size,
        "content differs": entry.kind is EntryKind.FILE and digest != entry.sha256,
        "mode differs": member.mode != entry.mode,
        "owner differs": (member.uid, member.gid) != (entry.uid, entry.gid),
        "link differs": member.target != entry.target,
        "device differs": member.device != entry.device,
        # Export writes whole seconds, and Borg stores no time before 1970; the manifest keeps the rest.
        "time differs": abs(member.mtime_ns - max(0, entry.mtime_ns)) > 10**9,
    }
    return next((problem for problem, is_so in problems.items() if is_so), "")


def _read_back(check: str, wrong: list[str], compared: int, words: str) -> Finding:
    evidence = {"compared": compared, "wrong": _named(wrong)}
    if wrong:
        seen = f"Read back from the store, {len(wrong)} things are not as they were stored: {_said(wrong)}."
        remedy = "Do not rely on this backup; run borg check on the repository and back up again."
        return Finding(check, Status.FAIL, "damaged", seen, Move.US, remedy, evidence)
    if not compared:
        return Finding(check, Status.UNKNOWN, "nothing-compared", "Nothing was read back.", Move.US, "Back up again.")
    return Finding(check, Status.PASS, "whole", f"{compared} {words}.", evidence=evidence)


def _ask(session: Session, batch: Sequence[Entry]) -> list[list[str]]:
    completed = session.run(script("backup_sample"), *(entry.live_path for entry in batch), deadline_s=900)
    lines = [line.split(" ") for line in completed.text.splitlines()]
    whole = [line[1:] for place, line in enumerate(lines) if len(line) == 4 and line[0] == str(place)]
    if completed.rc != 0 or len(whole) != len(batch):
        raise BackupFailed(f"{session.name}: the sample could not be hashed: {completed.complaint}.", "Run it again.")
    return whole


def _batches(sample: Sequence[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    length = 0
    for entry in sample:
        # Quoting for the shell may make a name several times as long.
        size = 4 * len(entry.live_path.encode("utf-8", "surrogateescape")) + 8
        if batch and length + size > MAXIMUM_NAMES_BYTES:
            yield batch
            batch, length = [], 0
        batch.append(entry)
        length += size
    if batch:
        yield batch


def _hashed(reader: TarReader) -> str:
    hashed = hashlib.sha256()
    for piece in reader.data():
        hashed.update(piece)
    return hashed.hexdigest()


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    read: Callable[[], bytes] = lambda: stream.read(PIECE_BYTES)  # noqa: E731
    return iter(read, b"")


def _named(names: Sequence[str]) -> list[str]:
    return [_shown(name) for name in names[:MAXIMUM_NAMED]]


def _said(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(_shown(name) for name in names[:3]) + more


def _shown(name: str) -> str:
    return shown(name.encode("utf-8", "surrogateescape"), 300)
