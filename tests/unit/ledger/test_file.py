"""The file itself: a changed byte in an index hides rows from views, so verification looks there too."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path

import pytest

from callout.errors import CalloutError
from callout.findings import Finding, Status
from callout.ledger import Draft, open_ledger
from callout.ledger.chain import verify_chain

NOW = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)


def verified(path: Path) -> list[Finding]:
    with closing(open_ledger(f"sqlite:///{path}", lambda: NOW)) as ledger:
        return verify_chain(ledger.rows(), ledger.complaints())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "ledger.sqlite"
    with closing(open_ledger(f"sqlite:///{file}", lambda: NOW)) as ledger:
        for _ in range(4):
            ledger.append(Draft("opened", NOW, "eva", "acme", "acme-pbx1", "NEW", {"ticket": "T-1"}))
    return file


def test_whole_file_has_no_complaint(path: Path) -> None:
    assert [finding.code for finding in verified(path)] == ["whole"]


def test_every_copy_of_every_value_is_guarded(path: Path) -> None:
    """Values stand in rows and in indexes: whichever copy is changed, somebody notices."""
    whole = path.read_bytes()
    values = [b"CO-0002", b"acme", b"opened", b"eva", b"acme-pbx1", b"T-1"]
    places = [start for value in values for start in _all(whole, value)]
    assert len(places) > 30
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert noticed(path), place


def noticed(path: Path) -> bool:
    """As the verb sees it: a failing finding, or an error that exits with 3."""
    try:
        return Status.FAIL in {finding.status for finding in verified(path)}
    except CalloutError as error:
        return error.exit_status == 3


def _all(text: bytes, value: bytes) -> list[int]:
    found, start = [], text.find(value)
    while start >= 0:
        found.append(start)
        start = text.find(value, start + 1)
    return found
