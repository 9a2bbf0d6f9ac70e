"""Whatever is changed afterwards is found: every byte of every column of every row."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from callout.errors import CalloutError
from callout.findings import Status
from callout.ledger import Draft, Ledger, open_ledger
from callout.ledger.chain import verify_chain
from callout.ledger.event import COLUMNS
from callout.ledger.sqlite import LedgerDamaged

NOW = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
Rows = list[dict[str, Any]]


@pytest.fixture
def rows(file_ledger: Ledger, draft: Callable[..., Draft]) -> Rows:
    """Four rows as they are stored."""
    for number in range(4):
        file_ledger.append(draft("noted", "CO-0001", number=number, text="Grüße"))
    return list(file_ledger.rows())


def test_whole_chain_passes(rows: Rows) -> None:
    """One finding with the count and the head's hash."""
    (finding,) = verify_chain(rows)
    assert (finding.status, finding.evidence["count"]) == (Status.PASS, 4)
    assert finding.evidence["head"] == rows[-1]["hash"]


def test_empty_chain_passes() -> None:
    """Nothing was written, nothing is missing."""
    assert verify_chain([])[0].status is Status.PASS


def _one_character_changed(text: str) -> Iterator[str]:
    for at, character in enumerate(text):
        yield text[:at] + ("x" if character != "x" else "y") + text[at + 1 :]
        yield text[:at] + text[at + 1 :]
    yield text + " "


def test_every_changed_character_is_found(rows: Rows) -> None:
    """Each character of each column of each row, replaced and left out."""
    tried = 0
    for index, row in enumerate(rows):
        for column in COLUMNS:
            changes = (
                [row[column] + 1, -1, None, "1"]
                if column == "seq"
                else [*_one_character_changed(row[column]), None, b"x", 1]
            )
            for change in changes:
                changed = [*rows[:index], {**row, column: change}, *rows[index + 1 :]]
                assert verify_chain(changed)[0].status is Status.FAIL, (index, column, change)
                tried += 1
    assert tried > 1000


def test_same_json_in_other_words_is_found(rows: Rows) -> None:
    """Blanks and order count: what is hashed is the text."""
    changed = [{**rows[0], "body": rows[0]["body"].replace(":", ": ")}, *rows[1:]]
    assert verify_chain(changed)[0].code == "changed"


@pytest.mark.parametrize("index", [0, 1, 2])
def test_missing_row_is_found(rows: Rows, index: int) -> None:
    """A gap, wherever it is; at the very end only a seal kept elsewhere can tell."""
    assert verify_chain([row for at, row in enumerate(rows) if at != index])[0].code == "gap"


def test_swapped_and_doubled_rows_are_found(rows: Rows) -> None:
    """The order is part of what was written."""
    assert verify_chain([rows[1], rows[0], *rows[2:]])[0].status is Status.FAIL
    assert verify_chain([rows[0], *rows])[0].status is Status.FAIL


def test_rehashed_row_breaks_the_link(rows: Rows) -> None:
    """Whoever also mends the hash of the changed row breaks the link to the next."""
    from callout.ledger.event import row_hash

    forged = {**rows[1], "actor": "mallory"}
    forged["hash"] = row_hash(forged)
    assert verify_chain([rows[0], forged, *rows[2:]])[0].code == "broken-link"


def test_one_byte_in_the_file(rows: Rows, path: Path, tmp_path: Path) -> None:
    """Each byte of the file where a row's text stands: a failing finding or a damaged file, never well."""
    original = path.read_bytes()
    for index, row in enumerate(rows):
        for column in (
            "id",
            "at",
            "recorded_at",
            "actor",
            "customer",
            "system",
            "callout",
            "kind",
            "body",
            "prev_hash",
            "hash",
        ):
            at = original.find(str(row["id"]).encode())
            at = original.find(str(row[column]).encode(), 0 if column == "id" else at)
            assert at > 0, (index, column)
            last = len(str(row[column])) - 1
            for offset, bit in ((0, 0x01), (last, 0x01), (0, 0x80), (last, 0x80)):
                copy = tmp_path / "copy.sqlite"
                damaged = bytearray(original)
                damaged[at + offset] ^= bit
                copy.write_bytes(damaged)
                assert not _is_well(copy), (index, column, offset, bit)


def test_file_that_is_no_database(tmp_path: Path) -> None:
    """One sentence with exit status 3, no traceback."""
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(CalloutError, match="damaged") as error:
        open_ledger(str(path), lambda: NOW)
    assert error.value.exit_status == 3


def test_file_cut_in_the_middle(rows: Rows, path: Path, tmp_path: Path) -> None:
    """Half a file is not a shorter ledger."""
    copy = tmp_path / "cut.sqlite"
    copy.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert not _is_well(copy)


def test_row_deleted_behind_our_back(rows: Rows, path: Path, tmp_path: Path) -> None:
    """Somebody with the file and time can drop a trigger; the chain still tells."""
    copy = tmp_path / "copy.sqlite"
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as other:
        other.executescript("DROP TRIGGER events_are_never_deleted; DELETE FROM events WHERE seq = 2;")
    ledger = open_ledger(str(copy), lambda: NOW)
    assert verify_chain(ledger.rows())[0].code == "gap"
    ledger.close()


def _is_well(path: Path) -> bool:
    try:
        with closing(open_ledger(str(path), lambda: NOW)) as ledger:
            return verify_chain(ledger.rows())[0].status is Status.PASS
    except LedgerDamaged:
        return False
