"""A connection to the team's PostgreSQL, set up so that a forgotten laptop keeps nobody waiting for long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from callout.errors import BadInput, CalloutError
from callout.ledger.address import PostgresAddress
from callout.ledger.postgres_errors import explained, unreachable
from callout.ledger.postgres_migrations import WRITER_LOCK

try:
    import psycopg
except ImportError:
    raise BadInput(
        "CALLOUT_LEDGER names PostgreSQL, and psycopg is not installed here.", "pip install 'callout[postgres]'"
    ) from None

__all__ = ["Connection", "connect", "connect_again", "give_up", "psycopg", "take_lock", "told"]

Connection: TypeAlias = psycopg.Connection[tuple[object, ...]]

CONNECT_S = 10
# A writer that waits longer than this meets a lock that somebody forgot, not a busy team.
LOCK_S = 60
# Whoever has the lock and says nothing for so long has been suspended; the server ends that transaction.
SILENT_S = 60
_SETTINGS = {
    "search_path": "pg_catalog",
    "lock_timeout": f"{LOCK_S}s",
    "idle_in_transaction_session_timeout": f"{SILENT_S}s",
    "tcp_keepalives_idle": "60",
    "client_min_messages": "error",
}


def connect(address: PostgresAddress) -> Connection:
    """An open connection in which each statement is a transaction of its own.

    Raises BadInput for a user, password or database that is not known there, and for one not in UTF-8; CalloutError
    where nobody answers.
    """
    secret = {"password": address.password} if address.password else {}
    wanted = {"connect_timeout": str(CONNECT_S), "application_name": "callout", **address.parameters, **secret}
    try:
        connection = psycopg.connect(psycopg.conninfo.make_conninfo("", **wanted), autocommit=True)
    except psycopg.Error as error:
        raise unreachable(str(error), address.shown, address.password) from None
    try:
        _set_up(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: Connection, address: PostgresAddress) -> None:
    with told(address):
        settings = ", ".join("set_config(%s, %s, false)" for _ in _SETTINGS)
        given = [word for pair in _SETTINGS.items() for word in pair]
        connection.execute(f"SELECT {settings}", given)
        encoding, durable = connection.execute(
            "SELECT current_setting('server_encoding'), current_setting('synchronous_commit')"
        ).fetchone() or ("", "")
        if durable == "off":
            # What we call recorded is on the disk over there.
            connection.execute("SET synchronous_commit = on")
    if encoding != "UTF8":
        raise BadInput(
            f"{address.shown} stores text as {encoding}, which cannot hold every name.", "createdb -E UTF8 -T template0"
        )


@contextmanager
def told(address: PostgresAddress) -> Iterator[None]:
    """What PostgreSQL complains of in the block becomes one of our errors."""
    try:
        yield
    except psycopg.Error as error:
        raise explained(error.sqlstate, str(error), address.shown, address.password) from None


def take_lock(connection: Connection) -> None:
    """Begins a transaction of the one writer. Raises psycopg.errors.LockNotAvailable after `LOCK_S`."""
    # What was committed last must be seen once the lock is ours, whatever the server's default is.
    connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))


def give_up(connection: Connection) -> None:
    """Takes back what is under way; where that cannot be, the connection is closed and the server takes it back."""
    if connection.closed or connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
        return
    try:
        connection.rollback()
    except psycopg.Error:
        connection.close()


def connect_again(address: PostgresAddress, wait_s: float) -> Connection | None:
    """A new connection as soon as the server answers again; None where it does not within `wait_s`."""
    ends_at = time.monotonic() + wait_s
    pause_s = 0.2
    while True:
        try:
            return connect(address)
        except CalloutError:
            if time.monotonic() + pause_s > ends_at:
                return None
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, 5.0)
