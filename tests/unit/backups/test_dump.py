"""Dumps: which options, whole or not at all, consistent or said so; SQLite without a byte written beside it."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from callout.backups.dump import Dump, capture_dump, pack_dump
from callout.backups.dump_rules import TablesWithoutTransactions, dump_arguments, is_whole, judge_dump
from callout.backups.line import Line
from callout.backups.manifest import DATABASE, by_path, read_manifest
from callout.backups.packing import Packer
from callout.backups.probe import SQLiteState, probe
from callout.backups.scope import scope_of
from callout.errors import BackupFailed
from callout.findings import Status
from callout.inventory.operation import Database, DatabaseKind
from tests.unit.backups.practice_site import PracticeSite, write_program
from tests.unit.local_shell import DASH, LocalShellSession

HELP = "  -E, --events  Dump events.\n --quick\n --routines\n --triggers\n --hex-blob\n -i, --comments\n"
ROWS = b"".join(b"INSERT INTO `cdr` VALUES (%d,'call -- Dump completed\\n');\n" % number for number in range(9000))
TEXT = (
    b"-- MariaDB dump 10.19\n\nCREATE TABLE `cdr` (\n  `id` int\n) ENGINE=InnoDB DEFAULT CHARSET=utf8;\n"
    + ROWS
    + b"CREATE TABLE `sip``peers` (\n  `id` int\n) ENGINE=MyISAM;\n"
    b"/*!50001 CREATE TABLE `v` (\n  `id` tinyint\n) ENGINE=MyISAM */;\n"
    b"-- Dump completed on 2026-11-23\n"
)


def plant_dump(site: PracticeSite, ending: str, transaction: bool = True) -> Path:
    """A dump command with a help of its own, that notes its arguments and prints TEXT up to where `ending` says."""
    (site.home / "text.sql").write_bytes(TEXT)
    (site.home / "help").write_text(HELP + (" --single-transaction\n" if transaction else ""))
    write_program(
        site.dump,
        f'#!/bin/sh\ncase $1 in --help) cat {site.home}/help; exit 0 ;; esac\necho "$@" >{site.home}/asked\n{ending}\n',
    )
    return site.home / "asked"


def take(session: LocalShellSession, site: PracticeSite, database: Database | None = None) -> tuple[Dump, bytes]:
    system = site.system()
    wanted = database or system.operation.database
    assert wanted
    abilities, _ = probe(session, scope_of(system.operation.backup), wanted)
    spool, line = io.BytesIO(), Line()
    return capture_dump(session, abilities, wanted, spool, line), spool.getvalue()


def test_a_dump_comes_compressed_with_every_option_that_its_help_names(
    site: PracticeSite, session: LocalShellSession
) -> None:
    asked = plant_dump(site, f"cat {site.home}/text.sql")
    system, spool, line = site.system(), io.BytesIO(), Line()
    assert system.operation.database
    abilities, _ = probe(session, scope_of(system.operation.backup), system.operation.database)
    dump = capture_dump(session, abilities, system.operation.database, spool, line)
    assert spool.getvalue() == TEXT
    assert dump.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert line.total_bytes < len(TEXT) // 4
    words = "--single-transaction --quick --routines --triggers --events --hex-blob --comments pbxware"
    assert asked.read_text().strip() == words
    assert (dump.finding.status, dump.finding.evidence["tables"]) == (Status.WARN, ["sip`peers (MyISAM)"])


def test_without_gzip_it_comes_as_it_is(site: PracticeSite, session: LocalShellSession) -> None:
    plant_dump(site, f"cat {site.home}/text.sql")
    site.plant_tool("gzip", "#!/bin/sh\nexit 1\n")
    if session.shell == DASH:
        with pytest.raises(BackupFailed, match="failed"):
            take(session, site)
        return
    (site.home / "tools/gzip").unlink()
    assert take(session, site)[1] == TEXT


def kill_at(site: PracticeSite, session: LocalShellSession, points: int) -> None:
    """Once killed itself, once within a wrapper that loses the status."""
    for number in range(points):
        place = len(TEXT) * number // points + number
        lost = f"head -c {place} {site.home}/text.sql; " + ("kill -9 $$" if number % 2 else "exit 0")
        plant_dump(site, lost)
        with pytest.raises(BackupFailed, match=r"failed|not whole"):
            take(session, site)


@pytest.mark.faults
def test_a_dump_that_is_killed_is_no_dump(site: PracticeSite, session: LocalShellSession) -> None:
    kill_at(site, session, 4)


@pytest.mark.faults_whole
def test_a_dump_killed_at_20_points_is_no_dump(site: PracticeSite, session: LocalShellSession) -> None:
    kill_at(site, session, 20)


def test_a_compressor_that_dies_or_lies_is_no_dump(site: PracticeSite) -> None:
    plant_dump(site, f"cat {site.home}/text.sql")
    (site.home / "half.gz").write_bytes(gzip.compress(TEXT)[:-9])
    (site.home / "bad.gz").write_bytes(b"\x1f\x8b\x08\0" + bytes(range(200)))
    (site.home / "two.gz").write_bytes(gzip.compress(TEXT) + b"more")
    for said, ending in (
        ("not whole", f"cat >/dev/null; cat {site.home}/half.gz"),
        ("damaged", f"cat >/dev/null; cat {site.home}/bad.gz"),
        ("damaged", f"cat >/dev/null; cat {site.home}/two.gz"),
        ("failed", "/usr/bin/gzip -c; exit 1"),
        ("failed", "kill -9 $$"),
    ):
        session = site.session()
        site.plant_tool("gzip", f"#!/bin/sh\n{ending}\n")
        with pytest.raises(BackupFailed, match=said):
            take(session, site)


def test_what_a_dump_command_cannot_do_is_told() -> None:
    none = TablesWithoutTransactions()
    assert judge_dump("pbxware", frozenset({"--quick"}), none).code == "no-transaction"
    assert judge_dump("pbxware", frozenset(), none).code == "options-untold"
    assert judge_dump("pbxware", frozenset({"--single-transaction"}), none).status is Status.PASS
    mysql = Database(name="pbxware", dump=("mysqldump",))
    newer = frozenset({"--single-transaction", "--column-statistics"})
    assert dump_arguments(mysql, "mysqldump", newer) == ["--single-transaction", "--column-statistics=0", "pbxware"]


def test_tables_are_found_whatever_the_pieces() -> None:
    for size in (1, 7, 100, 4096, len(TEXT)):
        tables = TablesWithoutTransactions()
        text = TEXT if size > 50 else TEXT[:150] + TEXT[-300:]
        for start in range(0, len(text), size):
            tables.feed(text[start : start + size])
        assert (tables.count, tables.named) == (1, ["sip`peers (MyISAM)"])


def test_the_last_line_is_the_last_line() -> None:
    assert is_whole(DatabaseKind.MYSQL, b"x\n-- Dump completed on 2026-11-23  1:02:03\n")
    assert not is_whole(DatabaseKind.MYSQL, b"('-- Dump completed on 2026-11-23")
    assert not is_whole(DatabaseKind.MYSQL, b"\n-- Dump completed\nINSERT")
    assert is_whole(DatabaseKind.SQLITE, b"x\nCOMMIT;\n")
    assert not is_whole(DatabaseKind.SQLITE, b"x\nROLLBACK; -- due to errors\n")


@pytest.fixture
def old_database(site: PracticeSite) -> Iterator[Database]:
    """An SQLite file as an old system has one, within its chroot, with a value that looks like an end."""
    file = site.product / "pw/var/lib/pbx.db"
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE cdr (id INTEGER, said TEXT)")
        connection.executemany("INSERT INTO cdr VALUES (?, ?)", [(number, "a\nCOMMIT;\n") for number in range(3000)])
        connection.commit()
    return Database(name="pbx", kind=DatabaseKind.SQLITE, path=str(file), dump=("no-such", "sqlite3"))


needs_sqlite = pytest.mark.skipif(shutil.which("sqlite3") is None, reason="no sqlite3 program here")


@needs_sqlite
def test_sqlite_is_dumped_and_nothing_is_written_beside_it(site: PracticeSite, old_database: Database) -> None:
    before = site.state()
    dump, text = take(site.session(), site, old_database)
    assert site.state() == before
    assert (dump.files[0].name, dump.finding.status) == ("pbx.sqlite.sql", Status.PASS)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(text.decode())
        rows = connection.execute("SELECT count(*), min(said) FROM cdr").fetchone()
    assert rows == (3000, "a\nCOMMIT;\n")


def kill_sqlite_at(site: PracticeSite, database: Database, points: int) -> None:
    """Asked in the look, it works; when it is to dump, it dies."""
    _, text = take(site.session(), site, database)
    for number in range(points):
        place = len(text) * number // points + number
        session = site.session()
        dying = f'/usr/bin/sqlite3 "$@" | head -c {place}; ' + ("kill -9 $$" if number % 2 else "exit 0")
        site.plant_tool("sqlite3", f'#!/bin/sh\ncase "$*" in *SELECT*) exec /usr/bin/sqlite3 "$@" ;; esac\n{dying}\n')
        with pytest.raises(BackupFailed, match=r"failed|not whole"):
            take(session, site, database)
        (site.home / "tools/sqlite3").unlink()


@needs_sqlite
@pytest.mark.faults
def test_an_sqlite_dump_that_is_killed_is_no_dump(site: PracticeSite, old_database: Database) -> None:
    kill_sqlite_at(site, old_database, 3)


@needs_sqlite
@pytest.mark.faults_whole
def test_an_sqlite_dump_killed_at_20_points_is_no_dump(site: PracticeSite, old_database: Database) -> None:
    kill_sqlite_at(site, old_database, 20)


def test_without_sqlite3_the_file_is_copied_and_said_so(
    site: PracticeSite, session: LocalShellSession, old_database: Database
) -> None:
    copied = old_database.model_copy(update={"dump": ()})
    before = site.state()
    dump, spooled = take(session, site, copied)
    assert site.state() == before
    assert spooled == Path(old_database.path).read_bytes()
    assert [file.name for file in dump.files] == ["pbx.sqlite"]
    assert (dump.finding.status, dump.finding.code) == (Status.WARN, "file-copy")


def test_a_log_beside_it_is_copied_too_and_holds_the_last_rows(
    site: PracticeSite, session: LocalShellSession, old_database: Database, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(old_database.path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("INSERT INTO cdr VALUES (-1, 'only in the log')")
        connection.commit()
        system = site.system()
        abilities, _ = probe(session, scope_of(system.operation.backup), old_database)
        assert abilities.sqlite is SQLiteState.LOG
        spool = io.BytesIO()
        dump = capture_dump(session, abilities, old_database, spool, Line())
    with (tmp_path / "manifest").open("w+b") as manifest:
        packer = Packer(io.BytesIO(), manifest)
        pack_dump(dump, spool, packer, 0)
        manifest.seek(0)
        packed = by_path(read_manifest(manifest))
    assert set(packed) == {f"{DATABASE}pbx.sqlite", f"{DATABASE}pbx.sqlite-wal"}
    spool.seek(0)
    for file, name in zip(dump.files, ("copy.db", "copy.db-wal"), strict=True):
        (tmp_path / name).write_bytes(spool.read(file.size))
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("SELECT count(*) FROM cdr").fetchone() == (3001,)


def test_a_file_that_is_written_to_all_the_time_is_refused(site: PracticeSite, old_database: Database) -> None:
    session = site.session()
    site.plant_tool(
        "tar", f'#!/bin/sh\ncase "$*" in *pbx.db*) echo x >>{old_database.path} ;; esac\nexec /usr/bin/tar "$@"\n'
    )
    with pytest.raises(BackupFailed, match="written to during each"):
        take(session, site, old_database.model_copy(update={"dump": ()}))


def test_an_sqlite_file_that_is_not_there_is_refused_by_its_path(
    site: PracticeSite, session: LocalShellSession, old_database: Database
) -> None:
    Path(old_database.path).unlink()
    with pytest.raises(BackupFailed, match=r"pbx\.db, the database pbx, is not there"):
        take(session, site, old_database)


def test_a_chrooted_sqlite3_sees_the_file_below_its_folder() -> None:
    database = Database(name="pbx", kind=DatabaseKind.SQLITE, path="/opt/pbxware/pw/var/pbx.db")
    assert dump_arguments(database, "chroot /opt/pbxware/pw sqlite3", frozenset())[-2] == "/var/pbx.db"
    assert dump_arguments(database, "sqlite3", frozenset())[-2] == "/opt/pbxware/pw/var/pbx.db"


@pytest.mark.parametrize(
    "database",
    [{"name": "pbx", "kind": "sqlite"}, {"name": "pbx", "dump": []}, {"name": "../x", "dump": ["mysqldump"]}],
)
def test_a_database_that_cannot_be_read_names_its_key(database: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"path|dump|name"):
        Database.model_validate(database)
