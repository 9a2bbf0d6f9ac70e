"""A system's database, dumped by its own tools into a private spool here, and packed from there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import IO

from callout.backups.line import Line
from callout.backups.manifest import DATABASE, Entry, EntryKind
from callout.backups.packing import PIECE_BYTES, Packer
from callout.backups.probe import Abilities
from callout.errors import BackupFailed
from callout.shell import Session, script

DEADLINE_S = 6 * 3600
# How mysqldump and mariadb-dump end a dump that is whole. A wrapper may lose their exit status, but not this.
DUMP_IS_WHOLE = b"-- Dump completed"
TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Dump:
    """A database dump as it was spooled."""

    database: str
    size: int
    sha256: str


def capture_dump(session: Session, abilities: Abilities, database: str, spool: IO[bytes], line: Line) -> Dump:
    """The database's dump, written to `spool`. Raises BackupFailed where it is not whole, Unreachable where cut."""
    hashed, size, tail = hashlib.sha256(), 0, b""
    arguments = (abilities.calm, abilities.dump, database)
    with session.stream(script("backup_dump"), *arguments, deadline_s=DEADLINE_S) as stream:
        for chunk in line.counted(stream.chunks()):
            hashed.update(chunk)
            size += len(chunk)
            tail = (tail + chunk)[-TAIL_BYTES:]
            spool.write(chunk)
        completed = stream.finish()
    where = f"{session.name}: the dump of the database {database}"
    if completed.rc != 0:
        raise BackupFailed(
            f"{where} failed ({completed.rc}): {completed.complaint}.", "Mend the database there; nothing was stored."
        )
    if DUMP_IS_WHOLE not in tail:
        raise BackupFailed(
            f"{where} is not whole: its last line is missing.", "Run the dump by hand there and see why it stops."
        )
    return Dump(database, size, hashed.hexdigest())


def pack_dump(dump: Dump, spool: IO[bytes], packer: Packer, now_s: int) -> None:
    """Puts a spooled dump into the backup as `database/NAME.sql`. Raises BackupFailed if the spool was damaged."""
    spool.seek(0)
    entry = Entry(f"{DATABASE}{dump.database}.sql", EntryKind.FILE, dump.size, 0o600, 0, 0, now_s * 10**9)
    packed = packer.add(entry, iter(lambda: spool.read(PIECE_BYTES), b""))
    if packed.sha256 != dump.sha256:
        raise BackupFailed("The spooled dump is not what was received.", "Check this machine's disk, then run again.")
