"""A drill opens a restored SQLite database: loaded or copied, whole or not, and hostile."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from callout.backups.drill_rules import DatabaseSeen, judge_database
from callout.backups.loading_sqlite import try_sqlite
from callout.backups.manifest import DATABASE
from callout.backups.record import DumpRecord
from callout.backups.scratch import Scratch
from callout.backups.sqlite_trial import statements
from callout.findings import Finding, Status
from callout.inventory.operation import Database, DatabaseKind
from callout.steps.backup import back_up
from callout.steps.context import Context
from callout.steps.drill import drill
from tests.unit.backups.practice_site import PracticeSite

ROOT = Path(__file__).parent.parent.parent.parent
SCHEMA = """
CREATE TABLE cdr (id INTEGER PRIMARY KEY AUTOINCREMENT, src TEXT, note TEXT);
CREATE TABLE "odd ""name" (a, b, UNIQUE(a));
CREATE INDEX by_src ON cdr (src);
CREATE TRIGGER keep AFTER INSERT ON cdr BEGIN UPDATE cdr SET note = 'x;' WHERE 0; END;
CREATE VIEW seen AS SELECT src FROM cdr;
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    made = Scratch("callout-drill-test", tmp_path / "drill")
    (made.tree / DATABASE).mkdir(parents=True)
    return made


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A database as an old system has one."""
    file = tmp_path / "made.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(SCHEMA)
        rows = [(f"{number}", "it;\nis 'odd';\nINSERT INTO cdr VALUES(1);\n") for number in range(300)]
        connection.executemany("INSERT INTO cdr (src, note) VALUES (?, ?)", rows)
        connection.execute('INSERT INTO "odd ""name" VALUES (1, x\'00ff\')')
        connection.commit()
    return file


def dumped(scratch: Scratch, text: bytes) -> DatabaseSeen:
    return opened(scratch, "pbx.sqlite.sql", text)


def opened(scratch: Scratch, file: str, content: bytes) -> DatabaseSeen:
    (scratch.tree / DATABASE / file).write_bytes(content)
    seen = try_sqlite(scratch, DumpRecord("pbx", len(content), "", file))
    assert seen
    return seen


def judged(seen: DatabaseSeen) -> dict[str, Finding]:
    return {finding.check: finding for finding in judge_database(seen, expected=True)}


def text_of(file: Path) -> bytes:
    with closing(sqlite3.connect(file)) as connection:
        return "\n".join(connection.iterdump()).encode()


def test_a_dump_is_loaded_counted_and_checked(scratch: Scratch, made: Path) -> None:
    found = judged(dumped(scratch, text_of(made)))
    assert [(check, one.status) for check, one in found.items()] == [
        ("drill.database", Status.PASS), ("drill.rows", Status.PASS), ("drill.tables", Status.PASS),
    ]  # fmt: skip
    rows = {table["table"]: table["loaded"] for table in found["drill.rows"].evidence["tables"]}
    assert rows == {"cdr": 300, 'odd "name': 1, "sqlite_sequence": 1}
    assert "SQLite 3." in found["drill.database"].seen


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="no sqlite3 program here")
def test_so_is_what_the_program_itself_dumps_with_letters_that_are_no_utf_8(scratch: Scratch, made: Path) -> None:
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("INSERT INTO cdr (src) VALUES (CAST(x'636166e9' AS TEXT))")
        connection.commit()
    text = subprocess.run(["sqlite3", made, ".dump"], check=True, capture_output=True).stdout
    assert b"caf\xe9" in text
    found = judged(dumped(scratch, text))
    assert {one.status for one in found.values()} == {Status.PASS}
    assert "302" in found["drill.rows"].seen or "303" in found["drill.rows"].seen


def test_a_copied_file_is_read_with_its_log(scratch: Scratch, made: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("INSERT INTO cdr (src) VALUES ('only in the log')")
        connection.commit()
        shutil.copy(f"{made}-wal", scratch.tree / DATABASE / "pbx.sqlite-wal")
        seen = opened(scratch, "pbx.sqlite", made.read_bytes())
    found = judged(seen)
    assert {one.status for one in found.values()} == {Status.PASS}
    assert {table.name: table.loaded for table in seen.tables}["cdr"] == 301
    assert "copied file" in found["drill.rows"].seen


def test_a_dump_that_does_not_load_fails_the_drill(scratch: Scratch, made: Path) -> None:
    text = text_of(made).replace(b'INSERT INTO "cdr" VALUES(7,', b'INSERT INTO "cdr" VALUES(7,7,')
    (found,) = judged(dumped(scratch, text)).values()
    assert (found.status, found.code) == (Status.FAIL, "not-loaded")


def test_rows_that_a_trigger_of_the_dump_takes_away_are_missed(scratch: Scratch) -> None:
    text = (
        b"CREATE TABLE t (a);\nCREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END;\nINSERT INTO t VALUES(1);\n"
    )
    found = judged(dumped(scratch, text))
    assert (found["drill.rows"].status, found["drill.rows"].code) == (Status.FAIL, "differs")


def test_a_file_with_one_page_of_rubbish_fails(scratch: Scratch, made: Path) -> None:
    content = bytearray(made.read_bytes())
    content[4 * 4096 + 8 : 4 * 4096 + 3000] = os.urandom(2992)
    found = judged(opened(scratch, "pbx.sqlite", bytes(content)))
    assert Status.FAIL in {one.status for one in found.values()}


def test_no_database_at_all_is_no_dump(scratch: Scratch) -> None:
    assert try_sqlite(scratch, DumpRecord("pbx", 0, "", "pbx.sqlite")) is None
    (found,) = judge_database(None, expected=True)
    assert found.status is Status.UNKNOWN


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH DATABASE '{outside}' AS o; ",
        "VACUUM INTO '{outside}';",
        "PRAGMA temp_store_directory = '{outside}';",
        "SELECT load_extension('{outside}');",
        "SELECT writefile('{outside}', 'x');",
    ],
)
def test_what_reaches_out_of_the_database_is_refused(scratch: Scratch, tmp_path: Path, statement: str) -> None:
    outside = tmp_path / "outside"
    text = f"CREATE TABLE t (a);\n{statement.format(outside=outside)}\n"
    (found,) = judged(dumped(scratch, text.encode())).values()
    assert found.status is Status.FAIL
    assert not outside.exists()


def trial(folder: Path, text: str, limit: int) -> subprocess.Popen[bytes]:
    """The process that opens a dump, with so many bytes that it may write."""
    (folder / "pbx.sqlite.sql").write_text(text)
    words = [sys.executable, "-P", "-m", "callout.backups.sqlite_trial", str(folder), "pbx.sqlite.sql", str(limit)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


def test_what_would_fill_the_disk_ends_at_its_limit(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
    text = f"CREATE TABLE t (a);\n{endless} INSERT INTO t SELECT randomblob(9999) FROM n;\n"
    with trial(tmp_path, text, 4 * 1024 * 1024) as process:
        assert process.stdout
        assert json.loads(process.stdout.read())["failed"]
    assert max(path.stat().st_size for path in tmp_path.iterdir()) <= 4 * 1024 * 1024


def test_it_ends_with_the_drill_that_was_killed(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT count(*) FROM n;\n"
    with trial(tmp_path, endless, 4 * 1024 * 1024) as process:
        until = time.monotonic() + 60
        while not (tmp_path / "loaded.sqlite").exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        assert process.poll() is None
        assert process.stdin
        process.stdin.close()
        assert process.wait(60) == 1


def test_a_statement_is_read_whole_whatever_its_lines_end_with(tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(b"BEGIN;\nINSERT INTO t VALUES('a;\nb;\n');\nrest")
    with (tmp_path / "dump").open("rb") as dump:
        assert list(statements(dump)) == [b"BEGIN;\n", b"INSERT INTO t VALUES('a;\nb;\n');\n", b"rest"]


@pytest.mark.parametrize("programs", [("sqlite3",), ()], ids=["dumped", "copied"])
def test_a_drill_of_an_old_system_tries_its_database(
    site: PracticeSite, context: Context, made: Path, programs: tuple[str, ...]
) -> None:
    """Its profile names nothing that could be started: that stays unknown, and the database is proven all the same."""
    if programs and not shutil.which("sqlite3"):
        pytest.skip("no sqlite3 program here")
    file = site.product / "pw/var/pbx.db"
    shutil.move(made, file)
    database = Database(name="pbx", kind=DatabaseKind.SQLITE, path=str(file), dump=programs)
    plain = site.system()
    operation = plain.operation.model_copy(update={"database": database, "drill": None})
    system = plain.model_copy(update={"operation": operation})
    backup = back_up(context, system)
    _, record = drill(context, system, backup.id, tell=lambda _: None)
    found = {finding.check: finding.status for finding in record.findings}
    assert [found[check] for check in ("drill.database", "drill.rows", "drill.tables")] == [Status.PASS] * 3
    assert found["drill.machine"] is Status.UNKNOWN
    assert [path.name for path in context.places.drills.iterdir()] == ["lock"]
