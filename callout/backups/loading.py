"""Loads a restored dump into a real server in the scratch machine and asks it, table by table, what it holds."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from access_check.escaping import shown
from callout.backups.drill_rules import DatabaseSeen, ServiceSeen, TableSeen
from callout.backups.dump_compare import Table, read_tables
from callout.backups.machine import Machine, last_line
from callout.inventory.operation import Drill, DrillService
from callout.shell import script

# Setting up an empty server takes seconds on an idle machine; loading is bounded by the machine's own life.
SET_UP_S, LOAD_S, ASK_S, QUESTION_S = 300, 2 * 3600, 3600, 60
MAXIMUM_TABLES = 10_000


def load_dump(machine: Machine, dump: Path, name: str, drill: Drill) -> DatabaseSeen:
    """The dump in a server that was set up for it alone. `name` is the database's; nothing is judged."""
    with dump.open("rb") as source:
        expected = read_tables(source).tables
    programs = drill.database
    lists = (" ".join(words) for words in (programs.installer, programs.server, programs.client))
    up = machine.run(
        script("drill_database"), str(drill.wait_s), programs.account, *lists, deadline_s=SET_UP_S + drill.wait_s
    )
    told = dict(line.split(" ", 1) for line in up.text.splitlines() if " " in line)
    client, version = told.get("client", ""), shown(told.get("version", ""), 80)
    if up.rc != 0 or client not in programs.client:
        return DatabaseSeen(name, problem=f"no server came up, {shown(up.complaint, 300)}".rstrip("."))
    words = (client, "--binary-mode", "--batch", "--skip-column-names")
    made = machine.run('exec "$@"', *words, "-e", f"CREATE DATABASE {_quoted(name)}", deadline_s=QUESTION_S)
    if made.rc != 0:
        return DatabaseSeen(name, version, f"no database can be made, {shown(made.complaint, 300)}".rstrip("."))
    with dump.open("rb") as source:
        loaded = machine.feed((*words, name), source, deadline_s=LOAD_S)
    if loaded.rc != 0:
        return DatabaseSeen(name, version, shown(loaded.complaint, 300).rstrip("."), load_failed=True)
    return _counted(machine, words, name, version, expected)


def start_service(machine: Machine, name: str, service: DrillService, wait_s: int) -> ServiceSeen:
    """Starts a service, waits for it, and asks it what the profile wants told."""
    up = machine.run(
        script("drill_service"), str(wait_s), service.question, service.answer_holds, *service.start,
        deadline_s=wait_s * (len(service.start) + 1) + QUESTION_S,
    )  # fmt: skip
    if up.rc != 0:
        return ServiceSeen(name, False, last_line(up.stderr.decode("utf-8", "replace")))
    answers = {
        asked: last_line(machine.run(command, deadline_s=QUESTION_S).text) for asked, command in service.ask.items()
    }
    return ServiceSeen(name, True, last_line(up.text), answers)


def _counted(
    machine: Machine, words: tuple[str, ...], name: str, version: str, expected: Mapping[str, Table]
) -> DatabaseSeen:
    found = _tables(machine, words, name)
    if found is None:
        return DatabaseSeen(name, version, "the server does not tell its tables")
    answers = _asked(machine, words, name, found)
    by_name = {shown(table, 256): answers.get(table, (None, "")) for table in found}
    seen = []
    for table_name in sorted(expected.keys() | by_name.keys()):
        one = expected.get(table_name)
        loaded, check = by_name.get(table_name, (None, ""))
        in_dump = (one.rows if one.whole else None) if one else 0
        seen.append(TableSeen(table_name, in_dump, loaded, check))
    return DatabaseSeen(name, version, tables=tuple(seen))


def _tables(machine: Machine, words: tuple[str, ...], name: str) -> list[bytes] | None:
    """Names come in hex: they may hold anything."""
    question = (
        "SELECT HEX(table_name) FROM information_schema.tables "
        "WHERE table_type = 'BASE TABLE' AND table_schema = DATABASE() ORDER BY 1"
    )
    answered = machine.run('exec "$@"', *words, "-e", question, name, deadline_s=ASK_S)
    try:
        return [bytes.fromhex(line) for line in answered.text.split()[:MAXIMUM_TABLES]] if answered.rc == 0 else None
    except ValueError:
        return None


def _asked(
    machine: Machine, words: tuple[str, ...], name: str, tables: list[bytes]
) -> dict[bytes, tuple[int | None, str]]:
    """Rows and the last word of CHECK TABLE, in one conversation; what gets no answer is not among them."""
    found: dict[bytes, tuple[int | None, str]] = {}
    with tempfile.TemporaryFile() as questions:
        for table in tables:
            quoted = b"`" + table.replace(b"`", b"``") + b"`"
            questions.write(b"SELECT 'T', '%s', COUNT(*) FROM %s;\n" % (table.hex().encode(), quoted))
            questions.write(b"CHECK TABLE %s;\n" % quoted)
        questions.seek(0)
        answered = machine.feed((*words, "--force", name), questions, deadline_s=ASK_S)
    table = b""
    for line in answered.stdout.splitlines():
        columns = line.split(b"\t")
        if len(columns) == 3 and columns[0] == b"T" and columns[2].isdigit():
            table = bytes.fromhex(columns[1].decode("ascii", "replace"))
            found[table] = (int(columns[2]), "")
        elif len(columns) == 4 and table in found:
            found[table] = (found[table][0], _checked(columns[2], columns[3], found[table][1]))
    return found


def _checked(kind: bytes, text: bytes, before: str) -> str:
    """The verdict so far: OK, or the first fault. An engine that cannot check says so in a note: no fault."""
    if before not in ("", "OK"):
        return before
    if kind == b"note" or (kind, text) == (b"status", b"OK"):
        return "OK"
    return shown(text, 200)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
