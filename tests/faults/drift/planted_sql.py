"""Modifications of the database: what runs by itself, what shows other data, who may do what, another shape."""

from __future__ import annotations

import random

from tests.faults.drift.deeds import Mark
from tests.faults.drift.targets import Targets

Drawn = tuple[str, tuple[Mark, ...], tuple[Mark, ...]]
TABLES = ("tenants", "extensions", "trunks", "dids", "settings", "greetings", "cdr", "extension_changes")
NUMBERED = ("tenants", "extensions", "trunks", "dids", "cdr", "extension_changes")


def _named(section: str, name: str) -> tuple[Mark, ...]:
    return (Mark(section, f"*{name}*", glob=True),)


def trigger(dice: random.Random, targets: Targets) -> Drawn:
    """Runs at every row: on a table of calls it may hide some."""
    name, table = targets.word("trigger_"), dice.choice(TABLES)
    moment = f"{dice.choice(('BEFORE', 'AFTER'))} {dice.choice(('INSERT', 'UPDATE', 'DELETE'))}"
    return (
        f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW SET @seen = {dice.randrange(99)};",
        _named("triggers", name),
        (),
    )


def view(dice: random.Random, targets: Targets) -> Drawn:
    """A new view; the product's own is altered by `altered_view`."""
    name = targets.word("view_")
    return (
        f"CREATE VIEW {name} AS SELECT * FROM {dice.choice(TABLES)} LIMIT {dice.randrange(9)};",
        _named("views", name),
        _named("columns", name),
    )


def column(dice: random.Random, targets: Targets) -> Drawn:
    """A column more."""
    name, table = targets.word("column_"), dice.choice(TABLES)
    kind = dice.choice(("INT", "VARCHAR(40)", "TEXT", "DATETIME", "INT AS (1 + 1)", "TINYINT NOT NULL DEFAULT 3"))
    return f"ALTER TABLE {table} ADD COLUMN {name} {kind};", _named("columns", name), (
        Mark("tables", f"*{table}*", glob=True),
        Mark("views", "*", glob=True),
    )  # fmt: skip


def index(dice: random.Random, targets: Targets) -> Drawn:
    """An index more: every write pays for it."""
    name, table = targets.word("index_"), dice.choice(NUMBERED)
    return f"CREATE INDEX {name} ON {table} (id);", _named("indexes", name), ()


def grant(dice: random.Random, targets: Targets) -> Drawn:
    """An account, or more rights of one."""
    name = targets.word("db")
    right = dice.choice(("ALL ON *.*", "SELECT ON pbxware.*", "FILE ON *.*", "SUPER ON *.*", "UPDATE ON pbxware.cdr"))
    end = dice.choice(("", " WITH GRANT OPTION"))
    account = f"'{name}'@'{dice.choice(('%', 'localhost', '10.0.0.%'))}'"
    return f"CREATE USER {account}; GRANT {right} TO {account}{end};", _named("grants", name), ()


def routine(dice: random.Random, targets: Targets) -> Drawn:
    """A procedure or a function."""
    name = targets.word("routine_")
    if dice.random() < 0.5:
        return (
            f"CREATE PROCEDURE {name}() DELETE FROM cdr WHERE src = '{dice.randrange(999)}';",
            _named("routines", name),
            (),
        )
    return (
        f"CREATE FUNCTION {name}() RETURNS INT DETERMINISTIC RETURN {dice.randrange(99)};",
        _named("routines", name),
        (),
    )


def event(dice: random.Random, targets: Targets) -> Drawn:
    """A statement that runs by the clock."""
    name = targets.word("event_")
    every = f"EVERY {dice.randrange(1, 99)} {dice.choice(('DAY', 'HOUR', 'MINUTE'))}"
    return (
        f"CREATE EVENT {name} ON SCHEDULE {every} DO DELETE FROM extension_changes WHERE id = 0;",
        _named("events", name),
        (),
    )


def table(dice: random.Random, targets: Targets) -> Drawn:
    """A table more, in the product's database."""
    name = targets.word("table_")
    return f"CREATE TABLE {name} (id INT PRIMARY KEY, note TEXT);", _named("tables", name), (
        *_named("columns", name), *_named("indexes", name), *_named("counts", name),
    )  # fmt: skip


def setting(dice: random.Random, targets: Targets) -> Drawn:
    """A row of configuration, put there past the product."""
    name = targets.word("option_")
    return (
        f"INSERT INTO settings (name, value) VALUES ('{name}', '{dice.randrange(99)}');",
        (Mark("counts", "settings"),),
        (),
    )


KINDS = {
    "trigger": (trigger, 15),
    "view": (view, 12),
    "column": (column, 14),
    "index": (index, 8),
    "grant": (grant, 12),
    "routine": (routine, 14),
    "event": (event, 12),
    "extra table": (table, 13),
    "configuration row": (setting, 8),
}
