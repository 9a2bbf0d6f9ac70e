"""Pure: rows in which a MySQL or MariaDB tells its structure → facts. AUTO_INCREMENT only counts: it is no part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from callout.drift.fact_making import FactsRefused
from callout.drift.look import Fact, Section
from callout.drift.secret_texts import bounded, salted
from callout.drift.sections import Block

# How the client's -B writes what would break a row.
_ESCAPES = {"n": "\n", "t": "\t", "0": "\0", "\\": "\\"}
_ESCAPED = re.compile(r"\\([nt0\\])")


def _rows(blocks: Sequence[Block], kind: str, columns: int) -> Iterator[list[str]]:
    for block in blocks:
        if block.kind != kind:
            continue
        for line in block.content():
            row = line.split("\t")
            if len(row) != columns:
                raise FactsRefused(f"a row of {kind} has {len(row)} columns, not {columns}")
            yield [_ESCAPED.sub(lambda found: _ESCAPES[found[1]], one) for one in row] if "\\" in line else row


def tables(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By name: engine, collation, row_format, options, comment; `database NAME`, of all databases: collation."""
    for name, collation in _rows(blocks, "databases", 2):
        yield Fact(Section.TABLES, f"database {name}", {"collation": collation})
    for name, *said in _rows(blocks, "tables", 6):
        yield _fact(Section.TABLES, name, ("engine", "collation", "row_format", "options", "comment"), said, salt)


def columns(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By `table.column`: position, type, nullable, default (`-` none, else `=` and it), extra, collation, comment."""
    aspects = ("position", "type", "nullable", "default", "extra", "collation", "comment")
    for table, column, *said in _rows(blocks, "columns", 9):
        yield _fact(Section.COLUMNS, f"{table}.{column}", aspects, said, salt)


def indexes(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By `table.index`: columns (in order, with lengths), unique, type; `table.name` of references: columns, to."""
    found: dict[str, list[tuple[int, str, str, str]]] = {}
    for table, index, place, repeats, column, part, kind in _rows(blocks, "indexes", 7):
        told = f"{column}({part})" if part else column
        found.setdefault(f"{table}.{index}", []).append((_number(place), told, repeats, kind))
    for subject, parts in found.items():
        value = {"columns": ", ".join(one[1] for one in sorted(parts)), "unique": "no" if parts[0][2] == "1" else "yes"}
        yield Fact(Section.INDEXES, subject, {**value, "type": parts[0][3]})
    to: dict[str, list[tuple[int, str, str]]] = {}
    for table, name, place, column, schema, other, aim in _rows(blocks, "references", 7):
        to.setdefault(f"{table}.{name} (reference)", []).append((_number(place), column, f"{schema}.{other}.{aim}"))
    for subject, ends in to.items():
        value = {"columns": ", ".join(one[1] for one in sorted(ends)), "to": ", ".join(one[2] for one in sorted(ends))}
        yield Fact(Section.INDEXES, subject, value)


def views(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By name: definition, check, definer, security."""
    for name, *said in _rows(blocks, "views", 5):
        yield _fact(Section.VIEWS, name, ("definition", "check", "definer", "security"), said, salt)


def triggers(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By name: table, timing, event, statement, definer, sql_mode."""
    aspects = ("table", "timing", "event", "statement", "definer", "sql_mode")
    for name, *said in _rows(blocks, "triggers", 7):
        yield _fact(Section.TRIGGERS, name, aspects, said, salt)


def routines(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By `PROCEDURE name` or `FUNCTION name`: returns, definition, deterministic, data_access, security, definer,
    sql_mode, parameters (in order)."""
    takes: dict[str, list[tuple[int, str]]] = {}
    for kind, name, place, *said in _rows(blocks, "parameters", 6):
        takes.setdefault(f"{kind} {name}", []).append((_number(place), " ".join(filter(None, said))))
    aspects = ("returns", "definition", "deterministic", "data_access", "security", "definer", "sql_mode", "parameters")
    for kind, name, *said in _rows(blocks, "routines", 9):
        parameters = ", ".join(one for _, one in sorted(takes.get(f"{kind} {name}", [])))
        yield _fact(Section.ROUTINES, f"{kind} {name}", aspects, [*said, parameters], salt)


def events(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By name: definition, type, at, every, unit, starts, ends, status, definer, sql_mode."""
    aspects = ("definition", "type", "at", "every", "unit", "starts", "ends", "status", "definer", "sql_mode")
    for name, *said in _rows(blocks, "events", 11):
        yield _fact(Section.EVENTS, name, aspects, said, salt)


def grants(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """`'user'@'host'`: plugin, password (`none`, or salted); `'user'@'host' on WHAT`: privileges (sorted, with
    ` (may grant)` behind those that may be passed on)."""
    for user, host, plugin, *words in _rows(blocks, "accounts", 5):
        secret = next((word for word in words if word not in ("", "0", "NULL")), "")
        value = {"plugin": plugin, "password": salted(salt, secret) if secret else "none"}
        yield Fact(Section.GRANTS, f"'{user}'@'{host}'", value)
    given: dict[str, list[str]] = {}
    for grantee, what, privilege, grantable in _rows(blocks, "privileges", 4):
        told = f"{privilege} (may grant)" if grantable == "YES" else privilege
        given.setdefault(f"{grantee} on {what}", []).append(told)
    for subject, privileges in given.items():
        yield Fact(Section.GRANTS, subject, {"privileges": ", ".join(sorted(privileges))})


def counts(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By table: rows."""
    for table, rows in _rows(blocks, "counts", 2):
        yield Fact(Section.COUNTS, table, {"rows": str(_number(rows))})


def _fact(section: Section, subject: str, aspects: Sequence[str], said: Sequence[str], salt: bytes) -> Fact:
    return Fact(section, subject, {aspect: bounded(salt, one) for aspect, one in zip(aspects, said, strict=True)})


def _number(told: str) -> int:
    if not re.fullmatch("[0-9]{1,18}", told):
        raise FactsRefused("a number is none")
    return int(told)


MAKERS: Mapping[Section, Callable[[Sequence[Block], bytes], Iterator[Fact]]] = {
    Section.TABLES: tables,
    Section.COLUMNS: columns,
    Section.INDEXES: indexes,
    Section.VIEWS: views,
    Section.TRIGGERS: triggers,
    Section.ROUTINES: routines,
    Section.EVENTS: events,
    Section.GRANTS: grants,
    Section.COUNTS: counts,
}
