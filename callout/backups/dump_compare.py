"""What differs between two database dumps, table by table: rows are counted and hashed, never shown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any

from access_check.escaping import shown

PIECE_BYTES = 4 * 1024 * 1024
# A row longer than this is no row that we understand.
MAXIMUM_ROW_BYTES = 32 * 1024 * 1024
# So many rows of a table are remembered one by one, 8 bytes each; of larger ones only whether they are the same.
MAXIMUM_ROWS = 200_000
MAXIMUM_TABLES = 10_000
CREATE = re.compile(rb"CREATE TABLE `((?:[^`]|``){1,256})`")
INSERT = re.compile(rb"INSERT INTO `((?:[^`]|``){1,256})`(?: \([^)]*\))? VALUES\s*")
ROW = re.compile(rb"\((?:[^'()]++|'(?:[^'\\]++|\\.|'')*+')*+\)", re.DOTALL)
SEPARATOR = re.compile(rb"[,\s]*")
# The counter of a table moves on with every row; the engine's own remarks differ from day to day.
COUNTER = re.compile(rb" AUTO_INCREMENT=\d+")
NOISE = (b"--", b"DROP TABLE", b"LOCK TABLES", b"UNLOCK TABLES", b"/*!40000 ALTER TABLE", b"SET ", b"/*!40", b"/*M!")


Pieces = Callable[[], bytes]


@dataclass
class Table:
    """One table as a dump tells it. `whole` is False where a row was not understood: then the count is a guess."""

    structure: str = ""
    rows: int = 0
    sum: int = 0
    hashes: set[bytes] | None = field(default_factory=set)
    whole: bool = True


@dataclass
class Tables:
    """All tables by name, and one hash over all else: views, triggers, routines."""

    tables: dict[str, Table] = field(default_factory=dict)
    rest: str = ""


@dataclass(frozen=True, slots=True)
class TableDifference:
    """One table that differs. `added` and `removed` count rows; None where the table is too large to tell."""

    name: str
    what: str
    rows_before: int
    rows_after: int
    added: int | None
    removed: int | None
    structure: bool

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "table": self.name,
            "what": self.what,
            "rows_before": self.rows_before,
            "rows_after": self.rows_after,
            "rows_added": self.added,
            "rows_removed": self.removed,
            "structure_changed": self.structure,
        }


def read_tables(dump: IO[bytes], *, piece_bytes: int = PIECE_BYTES, maximum_rows: int = MAXIMUM_ROWS) -> Tables:
    """Reads a dump of mysqldump or mariadb-dump as it streams. What it cannot read never counts as the same."""
    found, rest = Tables(), hashlib.sha256()
    pieces: Pieces = lambda: dump.readline(piece_bytes)  # noqa: E731
    structure: list[bytes] | None = None
    name = ""
    while line := pieces():
        if structure is not None:
            structure.append(COUNTER.sub(b"", line))
            if line.startswith(b")"):
                _table(found, name).structure = hashlib.sha256(b"".join(structure)).hexdigest()
                structure = None
        elif create := CREATE.match(line):
            name, structure = _name(create), [COUNTER.sub(b"", line)]
        elif insert := INSERT.match(line):
            _insert(pieces, line, insert.end(), _table(found, _name(insert)), maximum_rows)
        elif line.strip() and not line.startswith(NOISE):
            rest.update(line)
    found.rest = rest.hexdigest()
    return found


def compare_tables(before: Tables, after: Tables) -> list[TableDifference]:
    """The tables that differ, by name; views, triggers and routines stand last, as one, without a name."""
    found = []
    for name in sorted(before.tables.keys() | after.tables.keys()):
        old, new = before.tables.get(name), after.tables.get(name)
        if old is None or new is None:
            there = old or new or Table()
            rows = (0, there.rows) if old is None else (there.rows, 0)
            found.append(TableDifference(name, "added" if old is None else "removed", *rows, rows[1], rows[0], True))
            continue
        same = old.whole and new.whole and (old.rows, old.sum) == (new.rows, new.sum)
        structure = old.structure != new.structure
        if same and not structure:
            continue
        told = old.whole and new.whole and old.hashes is not None and new.hashes is not None
        added = len(new.hashes - old.hashes) if told and old.hashes is not None and new.hashes is not None else None
        removed = len(old.hashes - new.hashes) if told and old.hashes is not None and new.hashes is not None else None
        found.append(TableDifference(name, "changed", old.rows, new.rows, added, removed, structure))
    if before.rest != after.rest:
        found.append(TableDifference("", "changed", 0, 0, None, None, True))
    return found


def _insert(pieces: Pieces, line: bytes, position: int, table: Table, maximum_rows: int) -> None:
    """Takes in the rows of one statement, however many pieces its line comes in."""
    while True:
        position = _next(line, position)
        while row := ROW.match(line, position):
            _row(table, row.group(), maximum_rows)
            position = _next(line, row.end())
        left = line[position:]
        if left.strip() == b";":
            return
        piece = pieces()
        # mysqldump writes a statement on one line, newer mariadb-dump a row on each; none breaks a row in two.
        if not piece or len(left) > MAXIMUM_ROW_BYTES or (left.endswith(b"\n") and left.strip()):
            table.whole = False
            return
        line, position = left + piece, 0


def _next(line: bytes, position: int) -> int:
    """The place behind what stands between rows."""
    between = SEPARATOR.match(line, position)
    return between.end() if between else position


def _row(table: Table, row: bytes, maximum_rows: int) -> None:
    digest = hashlib.blake2b(row, digest_size=16).digest()
    table.rows += 1
    table.sum = (table.sum + int.from_bytes(digest)) % (1 << 128)
    if table.hashes is not None:
        table.hashes.add(digest[:8])
        if len(table.hashes) > maximum_rows:
            table.hashes = None


def _table(found: Tables, name: str) -> Table:
    if name not in found.tables and len(found.tables) >= MAXIMUM_TABLES:
        return found.tables.setdefault("(more tables)", Table(whole=False))
    return found.tables.setdefault(name, Table())


def _name(found: re.Match[bytes]) -> str:
    return shown(found.group(1).replace(b"``", b"`"), 256)
