"""A system's database, dumped by its own tools into a private spool here, and packed from there."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from callout.backups.dump_rules import (
    TAIL_BYTES,
    TablesWithoutTransactions,
    dump_arguments,
    is_whole,
    judge_dump,
    judge_sqlite,
)
from callout.backups.line import Line
from callout.backups.manifest import DATABASE, Entry, EntryKind
from callout.backups.packing import PIECE_BYTES, Packer
from callout.backups.probe import Abilities, SQLiteState
from callout.backups.sqlite_copy import copy_sqlite
from callout.errors import BackupFailed
from callout.findings import Finding
from callout.inventory.operation import Database, DatabaseKind
from callout.shell import Session, script

DEADLINE_S = 6 * 3600
# Compressed, a system could send this for the price of a thousandth.
MAXIMUM_DUMP_BYTES = 1024**4


@dataclass(frozen=True, slots=True)
class SpooledFile:
    """One file of a dump as it stands in the spool, one behind the other; `name` is below `database/`."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Dump:
    """A database as it was spooled. The first of `files` is the database, others belong to it (an SQLite log)."""

    database: str
    files: tuple[SpooledFile, ...]
    finding: Finding

    @property
    def size(self) -> int:
        """Of the database itself, in bytes."""
        return self.files[0].size

    @property
    def sha256(self) -> str:
        """Of the database itself, hex."""
        return self.files[0].sha256


def capture_dump(session: Session, abilities: Abilities, database: Database, spool: IO[bytes], line: Line) -> Dump:
    """The database, written to `spool`. Raises BackupFailed where it is not whole, Unreachable where cut.

    An SQLite database is dumped where its state lets sqlite3 read it without writing beside it, else copied.
    """
    if database.kind is DatabaseKind.SQLITE and not (abilities.dump and abilities.sqlite is SQLiteState.QUIET):
        copied = copy_sqlite(session, abilities.calm, database.path, spool, line)
        files = tuple(SpooledFile(f"{database.name}.sqlite{beside}", size, sha256) for beside, size, sha256 in copied)
        return Dump(database.name, files, judge_sqlite(database.name, [file.name for file in files]))
    tables = TablesWithoutTransactions()
    size, sha256 = _spool_dump(session, abilities, database, spool, line, tables)
    if database.kind is DatabaseKind.SQLITE:
        file = SpooledFile(f"{database.name}.sqlite.sql", size, sha256)
        return Dump(database.name, (file,), judge_sqlite(database.name, ()))
    file = SpooledFile(f"{database.name}.sql", size, sha256)
    return Dump(database.name, (file,), judge_dump(database.name, abilities.dump_options, tables))


def pack_dump(dump: Dump, spool: IO[bytes], packer: Packer, now_s: int) -> None:
    """Puts a spooled dump into the backup, below `database/`. Raises BackupFailed if the spool was damaged."""
    spool.seek(0)
    for file in dump.files:
        entry = Entry(f"{DATABASE}{file.name}", EntryKind.FILE, file.size, 0o600, 0, 0, now_s * 10**9)
        packed = packer.add(entry, _part(spool, file.size))
        if packed.sha256 != file.sha256:
            raise BackupFailed(
                "The spooled dump is not what was received.", "Check this machine's disk, then run again."
            )


def _spool_dump(
    session: Session,
    abilities: Abilities,
    database: Database,
    spool: IO[bytes],
    line: Line,
    tables: TablesWithoutTransactions,
) -> tuple[int, str]:
    hashed, size, tail = hashlib.sha256(), 0, b""
    where = f"{session.name}: the dump of the database {database.name}"
    words = dump_arguments(database, abilities.dump, abilities.dump_options)
    compress = "gzip" if abilities.gzip else ""
    arguments = (abilities.calm, compress, abilities.dump, *words)
    unpacker = _Unpacker() if compress else None
    with session.stream(script("backup_dump"), *arguments, deadline_s=DEADLINE_S) as stream:
        chunks = line.counted(stream.chunks())
        try:
            for chunk in unpacker.unpacked(chunks) if unpacker else chunks:
                hashed.update(chunk)
                tables.feed(chunk)
                size += len(chunk)
                if size > MAXIMUM_DUMP_BYTES:
                    raise BackupFailed(f"{where} is larger than {MAXIMUM_DUMP_BYTES} bytes.", "See what fills it.")
                tail = (tail + chunk[-TAIL_BYTES:])[-TAIL_BYTES:]
                spool.write(chunk)
        except zlib.error:
            raise BackupFailed(
                f"{where} is damaged: what came is not what gzip writes.",
                "Look at gzip there, then run again.",
            ) from None
        completed = stream.finish()
    if completed.rc != 0:
        raise BackupFailed(
            f"{where} failed ({completed.rc}): {completed.complaint}.", "Mend the database there; nothing was stored."
        )
    if not is_whole(database.kind, tail) or (unpacker and not unpacker.whole):
        raise BackupFailed(
            f"{where} is not whole: its last line is missing.", "Run the dump by hand there and see why it stops."
        )
    return size, hashed.hexdigest()


class _Unpacker:
    """Unpacks one gzip stream piece by piece; `whole` only once its own end, with the checksum, has come."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    @property
    def whole(self) -> bool:
        return self._inflater.eof

    def unpacked(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Raises zlib.error where it is damaged, or something stands behind its end."""
        for chunk in chunks:
            if self._inflater.eof:
                raise zlib.error("something stands behind the end")
            waiting = chunk
            while waiting:
                if piece := self._inflater.decompress(waiting, PIECE_BYTES):
                    yield piece
                waiting = self._inflater.unconsumed_tail
        if self._inflater.unused_data:
            raise zlib.error("something stands behind the end")


def _part(spool: IO[bytes], size: int) -> Iterator[bytes]:
    while size and (piece := spool.read(min(size, PIECE_BYTES))):
        size -= len(piece)
        yield piece
