"""PostgreSQL's schema, step by step: each one transaction, one process at a time, and never back. The numbers are
SQLite's: a version means the same in both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callout.errors import BadInput
from callout.ledger.selection import OF_A_CASE, begun, case_in

if TYPE_CHECKING:
    import psycopg

# Any number that nobody else takes; who holds it is the one who writes.
WRITER_LOCK = 0x63616C6C6F757401
_TEXT = 'text COLLATE "C" NOT NULL'
MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (
        "CREATE SCHEMA IF NOT EXISTS callout",
        "CREATE TABLE callout.versions (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
        f"""
CREATE TABLE callout.events (
    seq bigint PRIMARY KEY, id {_TEXT} UNIQUE, at {_TEXT}, recorded_at {_TEXT}, actor {_TEXT}, customer {_TEXT},
    system {_TEXT}, callout {_TEXT}, kind {_TEXT}, body {_TEXT}, prev_hash {_TEXT}, hash {_TEXT})""",
        "CREATE INDEX events_by_callout ON callout.events (callout, seq)",
        "CREATE INDEX events_by_customer ON callout.events (customer, kind, at)",
        "CREATE INDEX events_by_kind ON callout.events (kind, seq)",
        """
CREATE FUNCTION callout.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS
    $$BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END$$""",
        """
CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON callout.events
    FOR EACH STATEMENT EXECUTE FUNCTION callout.refuse()""",
        # Also in a session that plays a replica, in which other triggers are silent.
        "ALTER TABLE callout.events ENABLE ALWAYS TRIGGER events_are_never_changed",
    ),
    2: (
        "CREATE INDEX events_by_system ON callout.events (system, kind, seq)",
        "CREATE INDEX events_by_time ON callout.events (kind, at)",
        """
CREATE FUNCTION callout.next_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM callout.events) THEN
        RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END$$""",
        """
CREATE TRIGGER events_are_appended_in_order BEFORE INSERT ON callout.events
    FOR EACH ROW EXECUTE FUNCTION callout.next_only()""",
        "ALTER TABLE callout.events ENABLE ALWAYS TRIGGER events_are_appended_in_order",
    ),
    3: (f"CREATE INDEX events_by_work ON callout.events (customer, ({begun('strpos')})) WHERE kind = 'work_logged'",),
    4: (
        f"""
CREATE INDEX events_by_actor ON callout.events (actor, ({begun("strpos")}), customer) WHERE kind = 'work_logged'""",
    ),
    5: (f"CREATE INDEX events_by_case ON callout.events (({case_in('strpos')}), seq) WHERE {OF_A_CASE}",),
}
NEWEST = max(MIGRATIONS)
GUARDS = frozenset({"events_are_never_changed", "events_are_appended_in_order"})


def migrate(connection: psycopg.Connection[tuple[object, ...]], shown: str, newest: int = NEWEST) -> None:
    """Brings the schema to version `newest`, where it is older; each step is there or it is not.

    `shown` names the database. Raises BadInput where a newer callout has written there, and psycopg.Error.
    """
    if version_of(connection, shown) >= newest:
        return
    # Taken before the transaction begins: what a process sees of tables is as old as its transaction.
    connection.execute("SELECT pg_advisory_lock(%s)", (WRITER_LOCK,))
    try:
        # Another process may have done it while we waited for the lock.
        while (version := version_of(connection, shown)) < newest:
            with connection.transaction():
                for statement in MIGRATIONS[version + 1]:
                    connection.execute(statement)
                connection.execute("INSERT INTO callout.versions (version) VALUES (%s)", (version + 1,))
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (WRITER_LOCK,))


def version_of(connection: psycopg.Connection[tuple[object, ...]], shown: str) -> int:
    """The schema's version; 0 where there is none. Raises BadInput for a newer one than this callout knows."""
    (there,) = connection.execute("SELECT to_regclass('callout.versions') IS NOT NULL").fetchone() or (False,)
    if not there:
        return 0
    (version,) = connection.execute("SELECT coalesce(max(version), 0) FROM callout.versions").fetchone() or (0,)
    if not isinstance(version, int) or version > NEWEST:
        raise BadInput(f"{shown} was written by a newer callout.", "Upgrade callout on this machine.")
    return version
