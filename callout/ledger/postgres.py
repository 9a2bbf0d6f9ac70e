"""The ledger in PostgreSQL, for a team: the same rows, the same chain, one writer at a time by an advisory lock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from callout.errors import BadInput, CalloutError
from callout.ledger.address import PostgresAddress, postgres_address
from callout.ledger.event import COLUMNS, Draft, Event
from callout.ledger.postgres_connection import Connection, connect, connect_again, give_up, psycopg, take_lock, told
from callout.ledger.postgres_errors import explained
from callout.ledger.postgres_migrations import GUARDS, migrate, version_of
from callout.ledger.reading import NAMES, Reading
from callout.ledger.rows import EMPTY, Head, callout_number, event_of, rows_after
from callout.ledger.store import Clock, LedgerView
from callout.programs import printable

Result = TypeVar("Result")
# How long we look for the server again, to learn whether what was on its way is recorded.
SETTLE_S = 30.0
_CUT = "the connection was cut"
_AGAIN = "Run the same again."
_INSERT = f"INSERT INTO callout.events ({NAMES}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608 - fixed names
_COPY = f"COPY callout.events ({NAMES}) FROM STDIN"
_GUARDS = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'callout.events'::regclass AND tgenabled = 'A'"
_AMCHECK = "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'amcheck'"
_INDEXES = "SELECT indexrelid, indexrelid::regclass::text FROM pg_index WHERE indrelid = 'callout.events'::regclass"


def open_postgres(url: str, now: Clock, *, must_exist: bool = False) -> PostgresLedger:
    """The ledger in the database that `url` names; its tables are made, and brought up to date, by who may do that.

    Raises BadInput with `must_exist` where there is none yet; see `connect` and `migrate` for the rest.
    """
    address = postgres_address(url)
    connection = connect(address)
    try:
        with told(address):
            if must_exist and version_of(connection, address.shown) == 0:
                raise BadInput(f"There is no ledger in {address.shown} yet.", "callout open makes the first record.")
            migrate(connection, address.shown)
    except BaseException:
        connection.close()
        raise
    return PostgresLedger(address, connection, now)


class PostgresLedger(Reading):
    """See `Ledger`. A connection that was cut while nothing of ours was under way is made again."""

    TABLE = "callout.events"
    PLACEHOLDER = "%s"
    POSITION = "strpos"

    def __init__(
        self, address: PostgresAddress, connection: Connection, now: Clock, *, settle_s: float = SETTLE_S
    ) -> None:
        self._address, self._connection, self._now = address, connection, now
        self._settle_s, self._finished, self._writing = settle_s, False, False

    def append(self, *drafts: Draft) -> list[Event]:
        """The stored events, in order, all in one transaction or none."""
        return self.append_after(lambda _: drafts)

    def append_after(self, decide: Callable[[LedgerView], Sequence[Draft]]) -> list[Event]:
        """Appends what `decide` makes of the stored events; nobody else writes in between."""

        def work() -> tuple[list[Event], str]:
            rows = rows_after(
                self._head(), decide(self), number=lambda: callout_number(self._count("opened")),
                cases=lambda: self._count("case_opened"), identifier=lambda: str(uuid.uuid4()), now=self._now,
            )  # fmt: skip
            if rows:
                with self._connection.cursor() as cursor:
                    cursor.executemany(_INSERT, [tuple(row[name] for name in COLUMNS) for row in rows])
            return list(map(event_of, rows)), rows[0]["id"] if rows else ""

        return self._in_one_transaction(work)

    def fill(self, rows: Iterable[Mapping[str, Any]]) -> Head:
        """Takes the rows of a whole ledger into this one, which must be empty; all or nothing."""

        def work() -> tuple[Head, str]:
            if self._head() != EMPTY:
                raise BadInput(f"{self._address.shown} is not empty.", "Import into a database without a ledger.")
            with self._connection.cursor() as cursor:
                with cursor.copy(_COPY) as copy:
                    for row in rows:
                        copy.write_row([row[name] for name in COLUMNS])
                cursor.execute("ANALYZE callout.events")
                first = cursor.execute("SELECT id FROM callout.events WHERE seq = 1").fetchone()
            return self._head(), str(first[0]) if first else ""

        return self._in_one_transaction(work)

    def complaints(self) -> list[str]:
        """Guards that are gone, and what amcheck says of the indexes where it is installed and this user may ask it."""
        there = {name for (name,) in self._ask(_GUARDS)}
        found = [f"its guard {name} is gone" for name in sorted(GUARDS - there)]
        for schema in self._ask(_AMCHECK):
            check = f"{schema[0]}.bt_index_check(regclass, boolean)"
            if self._ask("SELECT has_function_privilege(%s, 'EXECUTE')", (check,)) == [(True,)]:
                found += [said for one in self._ask(_INDEXES) if (said := self._index_complaint(check, *one))]
        return found

    def close(self) -> None:
        """Lets go of the connection."""
        self._finished = True
        self._connection.close()

    def _index_complaint(self, check: str, index: Any, name: Any) -> str:
        """What amcheck says of one index, each entry of the table looked for in it; empty where it is whole."""
        try:
            self._connection.execute(f"SELECT {check.partition('(')[0]}(%s::oid::regclass, true)", (index,))
        except psycopg.Error as error:
            if not (error.sqlstate or "").startswith("XX"):
                raise explained(error.sqlstate, str(error), self._address.shown, self._address.password) from None
            return f"its index {name} is damaged: {printable(str(error).splitlines()[0])}"
        return ""

    def _ask(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with told(self._address):
            try:
                return self._live().execute(statement, values).fetchall()
            except psycopg.OperationalError:
                if not self._cut:
                    raise
            # Cut while nothing was asked, as by a firewall: that is seen only now.
            return self._live().execute(statement, values).fetchall()

    def _live(self) -> Connection:
        """The connection, a new one where it was cut; not in a transaction: what was under way went with the old."""
        if self._connection.closed and not self._finished and not self._writing:
            self._connection = connect(self._address)
        return self._connection

    @property
    def _cut(self) -> bool:
        """Whether the line was cut by others than us."""
        return bool(self._connection.broken)

    def _begin(self) -> None:
        try:
            take_lock(self._live())
        except psycopg.OperationalError:
            if not self._cut:
                raise
            take_lock(self._live())  # nothing of ours was under way when it was cut

    def _in_one_transaction(self, work: Callable[[], tuple[Result, str]]) -> Result:
        """What `work` gives, once it is committed; its second value is the id of the first event that it stored."""
        try:
            with told(self._address):
                self._begin()
                self._writing = True
                done, first = work()
        except BaseException as error:
            if self._writing and self._cut and isinstance(error, CalloutError):
                raise CalloutError(f"{self._address.shown}: {_CUT}; nothing was recorded.", _AGAIN) from None
            give_up(self._connection)
            raise
        finally:
            self._writing = False
        try:
            with told(self._address):
                self._connection.execute("COMMIT")
        except CalloutError:
            if not self._cut:
                give_up(self._connection)
                raise
            self._settle(first)
        except BaseException:
            give_up(self._connection)
            raise
        return done

    def _settle(self, first: str) -> None:
        """Nobody answered our COMMIT. Returns where it was done; raises CalloutError where it was not, or is not known.

        Whoever gets the writer's lock knows: the server gives it away only when it has done with us.
        """
        cut = f"{self._address.shown}: {_CUT}"
        again = connect_again(self._address, self._settle_s)
        if again is None:
            raise CalloutError(
                f"{cut} while an event was being recorded; whether it is recorded is not known.",
                f"When the server answers again, ask before you run anything again: callout ledger find {first}",
            )
        self._connection = again
        with told(self._address):
            take_lock(again)
            there = again.execute("SELECT 1 FROM callout.events WHERE id = %s", (first,)).fetchone()
            again.execute("COMMIT")
        if first and not there:
            raise CalloutError(f"{cut}; nothing was recorded.", _AGAIN)

    def _head(self) -> Head:
        last = self._connection.execute("SELECT seq, hash FROM callout.events ORDER BY seq DESC LIMIT 1").fetchone()
        return (int(str(last[0])), str(last[1])) if last else EMPTY

    def _count(self, kind: str) -> int:
        found = self._connection.execute("SELECT count(*) FROM callout.events WHERE kind = %s", (kind,)).fetchone()
        return int(str(found[0])) if found else 0
