"""The database of a restore: the present one kept in our store first, the dump loaded, rows counted and compared."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from callout.backups.archive import SET_ASIDE, Repository
from callout.backups.dump import capture_dump, pack_dump
from callout.backups.dump_compare import Tables
from callout.backups.line import Line
from callout.backups.manifest import DATABASE
from callout.backups.packing import Packer
from callout.backups.probe import Abilities
from callout.backups.record import DumpRecord
from callout.backups.spool import private_spool
from callout.errors import BackupFailed
from callout.findings import Finding, Move, Status
from callout.inventory.operation import Database
from callout.shell import Session, script

PIECE_BYTES = 1024 * 1024
# Names that we put into SQL as they are; any other table is told as not counted.
PLAIN_TABLE = re.compile(r"[A-Za-z0-9_$][A-Za-z0-9_$ .-]{0,62}")
DUMP_FILE, PRESENT_FILE = "restored.sql", "present.sql"


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows by table, as the dump has them and as the database has them; `uncounted` tables were not asked for."""

    wanted: dict[str, int]
    found: dict[str, int]
    uncounted: tuple[str, ...]

    def finding(self) -> Finding:
        """Fewer rows than in the dump fail; more are told: the system runs."""
        check = "restore.rows"
        evidence = {"wanted": self.wanted, "found": self.found, "uncounted": list(self.uncounted)}
        short = [name for name, rows in self.wanted.items() if self.found.get(name, -1) < rows]
        more = [name for name, rows in self.wanted.items() if self.found.get(name, -1) > rows]
        if short:
            seen = f"{len(short)} tables have fewer rows than the dump: {', '.join(short[:5])}."
            return Finding(check, Status.FAIL, "fewer-rows", seen, Move.US, "Look at the database there.", evidence)
        total = sum(self.wanted.values())
        if self.uncounted or more:
            seen = f"{len(self.uncounted)} tables could not be counted, {len(more)} have more rows than the dump."
            return Finding(check, Status.WARN, "not-equal", seen, Move.US, "Compare them by hand.", evidence)
        seen = f"{len(self.wanted)} tables have the {total} rows of the dump."
        return Finding(check, Status.PASS, "equal", seen, evidence=evidence)


def keep_present(
    session: Session,
    repository: Repository,
    abilities: Abilities,
    database: Database,
    identifier: str,
    folder: Path,
    now: dt.datetime,
) -> tuple[str, str]:
    """The database as it is now, stored encrypted; gives back the archive's name and the dump's SHA-256.

    Nothing removes that archive but letting go of the restore. Raises BackupFailed where the dump is not whole.
    """
    archive = f"{SET_ASIDE}{identifier}"
    with repository.held(), private_spool(folder) as spool, private_spool(folder) as manifest:
        dump = capture_dump(session, abilities, database, spool, Line())
        repository.drop_partials()
        if archive not in repository.set_aside():
            with repository.importing(identifier) as sink:
                packer = Packer(sink, manifest)
                pack_dump(dump, spool, packer, int(now.timestamp()))
                packer.finish()
            repository.complete(archive, identifier)
    return archive, dump.sha256


def fetch_dump(repository: Repository, archive: str, record: DumpRecord, into: IO[bytes]) -> None:
    """Copies a stored dump to `into` and rewinds it. Raises BackupFailed where it is not the recorded one."""
    hashed = hashlib.sha256()
    with repository.extracting(archive, f"{DATABASE}{record.name}.sql") as stream:
        while piece := stream.read(PIECE_BYTES):
            hashed.update(piece)
            into.write(piece)
    if hashed.hexdigest() != record.sha256:
        raise BackupFailed(f"{archive}: its dump is not the one in the ledger.", "Verify the backup.")
    into.seek(0)


def stored_dump(repository: Repository, archive: str, name: str) -> Generator[bytes, None, None]:
    """A stored dump as it streams."""
    with repository.extracting(archive, f"{DATABASE}{name}.sql") as stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece


def pieces(source: IO[bytes]) -> Iterator[bytes]:
    """What is in it, from its beginning."""
    source.seek(0)
    while piece := source.read(PIECE_BYTES):
        yield piece


def count_rows(session: Session, client: str, database: str, tables: Tables) -> Counted:
    """Asks the database how many rows each table of a dump has. Raises BackupFailed where it does not answer."""
    names = [name for name, table in tables.tables.items() if table.whole and PLAIN_TABLE.fullmatch(name)]
    uncounted = tuple(sorted(set(tables.tables) - set(names)))
    asked = "".join(f"SELECT COUNT(*) FROM `{name}`;\n" for name in names).encode()  # noqa: S608 - PLAIN_TABLE holds
    done = session.run(script("restore_query"), client, database, stdin=asked, deadline_s=1800)
    lines = done.text.split()
    if done.rc != 0 or len(lines) != len(names) or not all(line.isdecimal() for line in lines):
        raise BackupFailed(f"{session.name}: rows could not be counted: {done.complaint}.", "Look at the database.")
    found = {name: int(line) for name, line in zip(names, lines, strict=True)}
    return Counted({name: tables.tables[name].rows for name in names}, found, uncounted)
