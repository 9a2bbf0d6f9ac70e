"""Pure: how a database is dumped with the tools that there are, when a dump is whole, how far to rely on it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from access_check.escaping import shown
from callout.findings import Finding, Move, Status
from callout.inventory.operation import Database, DatabaseKind

# One transaction for a consistent state, without locking the tables that calls in progress write to.
ONE_TRANSACTION = "--single-transaction"
# In this order, each where the dump command's help names it: what a dump needs to be the whole database.
WANTED: Mapping[str, str] = {
    ONE_TRANSACTION: ONE_TRANSACTION,
    "--quick": "--quick",
    "--routines": "--routines",
    "--triggers": "--triggers",
    "--events": "--events",
    "--hex-blob": "--hex-blob",
    # Its last line is a comment; a my.cnf may have turned them off.
    "--comments": "--comments",
    # A newer client asks an older server for statistics that it does not have.
    "--column-statistics": "--column-statistics=0",
}
# For a command that has no help: what every age of it knows.
ALWAYS_KNOWN = (ONE_TRANSACTION, "--quick", "--routines", "--triggers", "--hex-blob")
# A reader waits for a writer so long, in milliseconds, before it gives up.
SQLITE_WAIT_MS = 10_000
# Both dumps write what ends a line within a value as two characters: a line that begins so is no row.
WHOLE = {
    DatabaseKind.MYSQL: re.compile(rb"(?:\A|\n)-- Dump completed[^\n]*\s*\Z"),
    DatabaseKind.SQLITE: re.compile(rb"(?:\A|\n)COMMIT;\s*\Z"),
}
TAIL_BYTES = 4096
TABLE = re.compile(rb"\n(?:CREATE TABLE `((?:[^`\n]|``){1,256})` \(|\) ENGINE=(\w{1,64})[^\w])")
LONGEST_TABLE_BYTES = 700
TRANSACTIONAL = frozenset({"innodb", "rocksdb", "tokudb"})
MAXIMUM_TABLES = 20


def dump_arguments(database: Database, command: str, options: frozenset[str]) -> list[str]:
    """The words after the dump command. `options` are those of its help; empty where it has none."""
    if database.kind is DatabaseKind.SQLITE:
        return ["-readonly", "-cmd", f".timeout {SQLITE_WAIT_MS}", seen_by(command, database.path), ".dump"]
    words = [word for name, word in WANTED.items() if name in options] if options else list(ALWAYS_KNOWN)
    return [*words, database.name]


def seen_by(command: str, path: str) -> str:
    """`path` as a dump command sees it: `chroot FOLDER …` sees what lies below the folder without it."""
    words = command.split()
    folder = words[1].rstrip("/") if words[0] == "chroot" and len(words) > 2 else ""
    return path.removeprefix(folder) if folder and path.startswith(folder + "/") else path


def is_whole(kind: DatabaseKind, tail: bytes) -> bool:
    """True where the last bytes of a dump are how it ends when nothing went wrong."""
    return bool(WHOLE[kind].search(tail))


class TablesWithoutTransactions:
    """Gathers, from a dump that goes by in pieces, the tables that one transaction does not hold still (MyISAM)."""

    def __init__(self) -> None:
        self._left = b"\n"
        self._table = b""
        self.count = 0
        self.named: list[str] = []

    def feed(self, piece: bytes) -> None:
        """The next piece, of any length."""
        seen = self._left + piece
        end = 0
        for found in TABLE.finditer(seen):
            # A newline may begin the next line, too.
            end = found.end() - 1
            name, engine = found.groups()
            if name is not None:
                self._table = name
            elif self._table:
                self._judge(engine.decode("ascii", "replace"))
                self._table = b""
        self._left = seen[max(end, len(seen) - LONGEST_TABLE_BYTES) :]

    def _judge(self, engine: str) -> None:
        if engine.lower() not in TRANSACTIONAL:
            self.count += 1
            if self.count <= MAXIMUM_TABLES:
                self.named.append(f"{shown(self._table.replace(b'``', b'`'), 100)} ({engine})")


def judge_dump(name: str, options: frozenset[str], tables: TablesWithoutTransactions) -> Finding:
    """How consistent a dump of MySQL or MariaDB is. Warns: a dump with such tables is better than none."""
    evidence = {"options": sorted(options), "tables": tables.named, "count": tables.count}
    if options and ONE_TRANSACTION not in options:
        return _warned(
            name, "no-transaction", "its dump command knows no --single-transaction: tables may not fit together",
            "Restore it to a scratch database before relying on it.", evidence,
        )  # fmt: skip
    if tables.count:
        more = f" and {tables.count - 3} more" if tables.count > 3 else ""
        return _warned(
            name, "tables-without-transactions",
            f"these tables were not held still while they were dumped: {', '.join(tables.named[:3])}{more}",
            "Rows written meanwhile may be in one of them and not in another; back up while no calls are made.",
            evidence,
        )  # fmt: skip
    if not options:
        return _warned(
            name, "options-untold", "its dump command does not tell its options: events are not in the dump",
            "Look whether SHOW EVENTS there tells of any.", evidence,
        )  # fmt: skip
    return Finding("backup.database", Status.PASS, "consistent", f"{name} was dumped in one transaction.")


def judge_sqlite(name: str, copied: Sequence[str]) -> Finding:
    """How an SQLite database was read; `copied` are the files, where it was copied instead of dumped."""
    if not copied:
        return Finding("backup.database", Status.PASS, "consistent", f"{name} was dumped in one transaction.")
    return _warned(
        name, "file-copy",
        f"it was copied, not dumped ({', '.join(copied)}); nobody wrote to it meanwhile",
        "Open the copy with sqlite3 together with the files beside it: only then its last changes are in it.",
        {"copied": list(copied)},
    )  # fmt: skip


def _warned(name: str, code: str, seen: str, remedy: str, evidence: Mapping[str, object]) -> Finding:
    return Finding("backup.database", Status.WARN, code, f"{name}: {seen}.", Move.US, remedy, dict(evidence))
