"""Two backups of one system read side by side: manifests, the contents that may be shown, the dumps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from callout.backups.archive import Repository
from callout.backups.compare import Aspect, Difference, compare_manifests
from callout.backups.dump_compare import TableDifference, compare_tables, read_tables
from callout.backups.manifest import DATABASE, Entry, EntryKind, Tally, read_manifest
from callout.backups.record import BackupRecord
from callout.backups.secrets import is_secret_path
from callout.backups.spool import private_spool
from callout.backups.tar_reader import StreamRefused, TarReader
from callout.backups.text_diff import MAXIMUM_TEXT_BYTES, text_diff
from callout.backups.verification import open_manifest
from callout.errors import BackupFailed

PIECE_BYTES = 1024 * 1024
# What a person reads, and one command line for Borg.
MAXIMUM_CONTENTS, MAXIMUM_NAMES_BYTES = 200, 48 * 1024
# Reading a larger dump twice takes longer than the question is worth; that it differs is known without.
MAXIMUM_DUMP_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Stored:
    """One of the two: its record, and the repository that it is in."""

    record: BackupRecord
    repository: Repository


@dataclass(frozen=True, slots=True)
class FileDifference:
    """One path that differs; `diff` are lines for people, `withheld` why there are none: `secret`, `not text`,
    `too large`, `too many`, or `cut` where there are more."""

    difference: Difference
    diff: tuple[str, ...] = ()
    withheld: str = ""

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {**self.difference.as_dict(), "diff": list(self.diff), "withheld": self.withheld}


@dataclass(frozen=True, slots=True)
class DatabaseDifference:
    """The dumps. `compared` is False where they were too large or there is only one: then they differ by size alone."""

    name: str
    bytes_before: int
    bytes_after: int
    compared: bool
    tables: tuple[TableDifference, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        tables = [table.as_dict() for table in self.tables]
        sizes = {"bytes_before": self.bytes_before, "bytes_after": self.bytes_after}
        return {"name": self.name, **sizes, "compared": self.compared, "tables": tables}


@dataclass(frozen=True, slots=True)
class PairDifference:
    """All that differs between `before` and `after` (ids). `database` is None where there is nothing to tell."""

    before: str
    after: str
    files: tuple[FileDifference, ...]
    touched: tuple[Difference, ...]
    database: DatabaseDifference | None

    @property
    def counts(self) -> dict[str, int]:
        """How many paths were added, removed, changed, and only touched."""
        words = [one.difference.what for one in self.files]
        counted = {word: words.count(word) for word in ("added", "removed", "changed")}
        return {**counted, "touched": len(self.touched)}


def compare_pair(
    before: Stored, after: Stored, secrets: Sequence[str], spool_folder: Path, *, contents: bool = True
) -> PairDifference:
    """What differs. Without `contents` no file's text is read. `secrets` are patterns of what is never shown.

    Raises BackupFailed where a manifest is not the one in the ledger, or an archive does not read back.
    """
    with private_spool(spool_folder) as old, private_spool(spool_folder) as new:
        _load(before, old)
        _load(after, new)
        found = compare_manifests(old, new)
    touched = tuple(one for one in found if one.what == "touched")
    files = [FileDifference(one) for one in found if one.what != "touched"]
    if contents:
        files = _with_contents(before, after, files, secrets)
    return PairDifference(before.record.id, after.record.id, tuple(files), touched, _databases(before, after))


def _load(stored: Stored, manifest: IO[bytes]) -> None:
    tally, problem = Tally(), "its root hash differs"
    try:
        open_manifest(stored.repository, stored.record.id, manifest)
        for entry in read_manifest(manifest):
            tally.add(entry)
    except ValueError as error:
        problem = str(error)
    if tally.root_hash() != stored.record.root_hash:
        raise BackupFailed(
            f"The manifest of {stored.record.id} is not the one in the ledger: {problem}.",
            f"Look at it with: callout backup verify {stored.record.id}",
        )


def _with_contents(
    before: Stored, after: Stored, files: Sequence[FileDifference], secrets: Sequence[str]
) -> list[FileDifference]:
    judged = [replace(one, withheld=_withheld(one.difference, secrets)) for one in files]
    wanted: list[Difference] = []
    length = 0
    for one in judged:
        size = len(one.difference.path.encode("utf-8", "surrogateescape")) + 8
        if _has_content(one.difference) and not one.withheld:
            length += size
            if len(wanted) < MAXIMUM_CONTENTS and length <= MAXIMUM_NAMES_BYTES:
                wanted.append(one.difference)
    old = _contents(before, [one.path for one in wanted if one.before is not None])
    new = _contents(after, [one.path for one in wanted if one.after is not None])
    asked = {one.path for one in wanted}
    return [_shown(one, old, new, asked) for one in judged]


def _shown(one: FileDifference, old: Mapping[str, bytes], new: Mapping[str, bytes], asked: set[str]) -> FileDifference:
    found = one.difference
    if one.withheld or not _has_content(found):
        return one
    if found.path not in asked:
        return replace(one, withheld="too many")
    before, after = (
        contents.get(found.path) if _is_file(entry) else None
        for contents, entry in ((old, found.before), (new, found.after))
    )
    if (_is_file(found.before) and before is None) or (_is_file(found.after) and after is None):
        return replace(one, withheld="a hard link")
    lines, withheld = text_diff(before, after)
    return replace(one, diff=lines, withheld=withheld)


def _has_content(one: Difference) -> bool:
    """True where a file came, went, or has another content."""
    if one.before is not None and one.after is not None:
        return Aspect.CONTENT in one.aspects
    return _is_file(one.before or one.after)


def _withheld(one: Difference, secrets: Sequence[str]) -> str:
    if not _has_content(one):
        return ""
    if is_secret_path("/" + one.path.partition("/")[2], secrets):
        return "secret"
    sizes = [entry.size for entry in (one.before, one.after) if entry is not None]
    return "too large" if max(sizes) > MAXIMUM_TEXT_BYTES else ""


def _is_file(entry: Entry | None) -> bool:
    return entry is not None and entry.kind is EntryKind.FILE


def _contents(stored: Stored, paths: Sequence[str]) -> dict[str, bytes]:
    """Contents by path; what the archive holds as a hard link is not among them."""
    if not paths:
        return {}
    found: dict[str, bytes] = {}
    try:
        with stored.repository.exporting(stored.record.id, sorted(paths)) as stream:
            reader = TarReader(iter(lambda: stream.read(PIECE_BYTES), b""))
            for member in reader.members():
                if member.kind is EntryKind.FILE and member.size <= MAXIMUM_TEXT_BYTES:
                    found[member.path] = b"".join(bytes(piece) for piece in reader.data())
    except StreamRefused as error:
        raise BackupFailed(f"{stored.record.id} does not read back: {error}.", "callout backup verify it.") from None
    return found


def _databases(before: Stored, after: Stored) -> DatabaseDifference | None:
    old, new = before.record.database, after.record.database
    there = new or old
    if there is None or (old and new and old.sha256 == new.sha256):
        return None
    sizes = (old.bytes if old else 0, new.bytes if new else 0)
    if not old or not new or old.name != new.name or old.file or new.file or max(sizes) > MAXIMUM_DUMP_BYTES:
        return DatabaseDifference(there.name, *sizes, compared=False)
    path = f"{DATABASE}{there.name}.sql"
    tables = []
    for stored in (before, after):
        with stored.repository.extracting(stored.record.id, path) as stream:
            tables.append(read_tables(stream))
    differing = compare_tables(*tables)
    return DatabaseDifference(there.name, *sizes, True, tuple(differing)) if differing else None
