"""`python -m callout.backups.sqlite_trial FOLDER FILE LIMIT`: opens a restored SQLite database in its own process.

What is in it is hostile: it is loaded where it can reach no other file, with bounds on memory and on what it writes,
and the drill that started it ends it when time is up. Says one line of JSON. Ends as soon as standard input does.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

LOADED = "loaded.sqlite"
# SQLite's own limit for a statement is a thousand million.
MAXIMUM_STATEMENT_BYTES = 64 * 1024 * 1024
MAXIMUM_MEMORY_BYTES = 2 * 1024**3
MAXIMUM_TABLES = 10_000
MAXIMUM_FAULTS = 20
INSERT = re.compile(r"""\s*INSERT INTO (?:"((?:[^"]|"")+)"|'((?:[^']|'')+)'|`((?:[^`]|``)+)`|\[([^\]]+)\]|(\w+))""")
# What a dump sets, and what we ask; nothing that names a file.
PRAGMAS = frozenset({"foreign_keys", "writable_schema", "integrity_check"})
FORBIDDEN = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH})
SCHEMA = frozenset({b"sqlite_master", b"sqlite_schema"})


def tried(folder: Path, file: str) -> dict[str, Any]:
    """What came of the database `file` (a dump ends with .sql, else it is a copied file), all below `folder`.

    `failed` is why it does not load. `tables`: name in hex, rows in the dump (None for a copy), rows there (None: it
    cannot be read). `integrity` is what PRAGMA integrity_check says, `ok` where it finds nothing.
    """
    is_dump = file.endswith(".sql")
    path = folder / (LOADED if is_dump else file)
    expected: Counter[bytes] = Counter()
    told: dict[str, Any] = {"version": sqlite3.sqlite_version, "failed": "", "integrity": [], "tables": []}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.text_factory = bytes
        try:
            if is_dump:
                connection.execute("PRAGMA journal_mode=MEMORY")
                connection.execute("PRAGMA synchronous=OFF")
            connection.set_authorizer(_allowed)
            if is_dump:
                with (folder / file).open("rb") as dump:
                    for statement in statements(dump):
                        text = _text(statement)
                        expected[_inserted_into(text)] += 1
                        connection.execute(text)
            names = [name for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY name"
            )]  # fmt: skip
            faults = connection.execute(f"PRAGMA integrity_check({MAXIMUM_FAULTS})").fetchall()
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            return {**told, "failed": str(error)}
        told["integrity"] = [fault.decode("utf-8", "replace")[:300] for (fault,) in faults]
        every = sorted({*names, *expected} - {b"", *SCHEMA})[:MAXIMUM_TABLES]
        in_dump = {name: expected[name] if is_dump else None for name in every}
        told["tables"] = [[name.hex(), in_dump[name], _rows(connection, name)] for name in every]
    return told


def statements(dump: IO[bytes]) -> Iterator[bytes]:
    """The statements of a dump, one by one, never the whole of it. Raises ValueError for one that is too long."""
    waiting = b""
    while line := dump.readline(MAXIMUM_STATEMENT_BYTES):
        waiting += line
        if len(waiting) > MAXIMUM_STATEMENT_BYTES:
            raise ValueError(f"a statement is longer than {MAXIMUM_STATEMENT_BYTES} bytes")
        if line.rstrip().endswith(b";") and sqlite3.complete_statement(_text(waiting)):
            yield waiting
            waiting = b""
    if waiting.strip():
        yield waiting


def _text(statement: bytes) -> str:
    """As text. What is no UTF-8, as old programs wrote it, keeps its rows and their differences, not its letters."""
    try:
        return statement.decode("utf-8")
    except UnicodeDecodeError:
        return statement.decode("latin-1")


def _inserted_into(statement: str) -> bytes:
    found = INSERT.match(statement[:1024])
    if not found:
        return b""
    # A bracketed or bare name has no mark that is doubled in it.
    quotes = ('"', "'", "`", "\0", "\0")
    name, mark = next((name, mark) for name, mark in zip(found.groups(), quotes, strict=True) if name)
    return name.replace(mark * 2, mark).encode()


def _rows(connection: sqlite3.Connection, name: bytes) -> int | None:
    quoted = '"' + _text(name).replace('"', '""') + '"'
    try:
        # Not COUNT(*), which may be answered from an index alone.
        (rows,) = connection.execute(f"SELECT COUNT(*) FROM {quoted} NOT INDEXED").fetchone()  # noqa: S608 - quoted
    except sqlite3.Error:
        return None
    return int(rows)


def _allowed(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """No other file is opened, no code loaded, and no setting changed that reaches out of the database."""
    if action in FORBIDDEN:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() not in PRAGMAS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() == "load_extension":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _end_with_the_drill() -> None:
    """A drill that is killed closes our standard input: then nobody waits for an answer any more."""
    os.read(0, 1)
    os._exit(1)


def main() -> None:
    """Bounds itself, tries, and says what came of it."""
    folder, file, limit = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MAXIMUM_MEMORY_BYTES, MAXIMUM_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    threading.Thread(target=_end_with_the_drill, daemon=True).start()
    os.write(1, json.dumps(tried(Path(folder), file)).encode())


if __name__ == "__main__":
    main()
