"""Pure: the SQL of a bundle as the database's client gets it, with marks that say how far it came.

The marks are rows of a table of ours, callout_ID, which is there only while the change is under way. `forward-open`
is the first statement, `forward-done` the last; in one transaction with the text where the engine can. So after any
cut the rows say it, whatever the text does: neither: nothing of it is in · both: all of it · open alone: a part.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callout.patches.change import SqlChange

ALONE_S = 60


class Way(StrEnum):
    """Which of the two texts."""

    FORWARD = "forward"
    BACKWARD = "backward"


class Extent(StrEnum):
    """How much of a text is in the database."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Marks:
    """The rows of our table, as the database gave them."""

    steps: frozenset[str]

    def extent(self, way: Way) -> Extent:
        """How much of that way was done."""
        if f"{way}-done" in self.steps:
            return Extent.ALL
        return Extent.PART if f"{way}-open" in self.steps else Extent.NOTHING

    @property
    def as_before(self) -> bool:
        """True where the database is as it was: nothing was done, or all that was done was taken back."""
        return self.extent(Way.FORWARD) is Extent.NOTHING or self.extent(Way.BACKWARD) is Extent.ALL

    @property
    def as_after(self) -> bool:
        """True where all of the change is in, and nothing was taken back."""
        return self.extent(Way.FORWARD) is Extent.ALL and self.extent(Way.BACKWARD) is Extent.NOTHING


def run_text(sql: SqlChange, transaction_id: str, way: Way, text: bytes) -> bytes:
    """What the client reads to go that way; at its end it tells the marks, see `marks_text`.

    A text that ends in a statement, a quote or a comment takes our own last lines with it: then it says no mark.
    """
    table = _table(sql, transaction_id)
    lines = [*_alone(sql, transaction_id), _made(sql, table)]
    if sql.transactional:
        lines.append("START TRANSACTION;" if sql.kind == "mysql" else "BEGIN IMMEDIATE;")
    lines.append(f"REPLACE INTO {table} VALUES ('{way}-open');")
    head = "\n".join(lines).encode() + b"\n"
    # The text may have changed what ends a statement.
    tail = ["delimiter ;"] if sql.kind == "mysql" else []
    tail.append(f"REPLACE INTO {table} VALUES ('{way}-done');")
    if sql.transactional:
        tail.append("COMMIT;")
    tail.append(f"SELECT {_told(sql)} FROM {table};")
    return head + text.rstrip(b"\n") + b"\n" + "\n".join(tail).encode() + b"\n"


def marks_text(sql: SqlChange, transaction_id: str) -> bytes:
    """What the client reads to tell the marks, each as `mark STEP`, then `marks COUNT`.

    A client whose script was killed may still be at work: nothing is told before it has ended.
    """
    table = _table(sql, transaction_id)
    count = "CONCAT('marks ', COUNT(*))" if sql.kind == "mysql" else "'marks ' || COUNT(*)"
    lines = [*_alone(sql, transaction_id), _made(sql, table)]
    if sql.kind == "sqlite":
        lines.append("BEGIN IMMEDIATE;")
    lines += [f"SELECT {_told(sql)} FROM {table};", f"SELECT {count} FROM {table};"]
    if sql.kind == "sqlite":
        lines.append("COMMIT;")
    return "\n".join(lines).encode() + b"\n"


def end_text(sql: SqlChange, transaction_id: str) -> bytes:
    """What the client reads to remove our table."""
    return f"DROP TABLE IF EXISTS {_table(sql, transaction_id)};\n".encode()


def client_words(sql: SqlChange) -> str:
    """The client with the options under which it stops at the first error and gives plain lines."""
    return f"{sql.client} -N -B" if sql.kind == "mysql" else f"{sql.client} -batch -bail"


def _table(sql: SqlChange, transaction_id: str) -> str:
    # Named in full: the text may have changed the database that is in use.
    return f"`{sql.database}`.callout_{transaction_id}" if sql.kind == "mysql" else f"main.callout_{transaction_id}"


def _told(sql: SqlChange) -> str:
    return "CONCAT('mark ', step)" if sql.kind == "mysql" else "'mark ' || step"


def _alone(sql: SqlChange, transaction_id: str) -> list[str]:
    """Waits for whoever is at the same change; where that takes longer than a minute it is told as `lock 0`."""
    if sql.kind == "sqlite":
        return [".timeout 60000"]
    return [f"SELECT CONCAT('lock ', COALESCE(GET_LOCK('callout_{transaction_id}', {ALONE_S}), 0));"]


def _made(sql: SqlChange, table: str) -> str:
    engine = " ENGINE=InnoDB" if sql.kind == "mysql" else ""
    return f"CREATE TABLE IF NOT EXISTS {table} (step VARCHAR(20) NOT NULL PRIMARY KEY){engine};"
