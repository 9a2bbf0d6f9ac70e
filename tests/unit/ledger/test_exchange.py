"""An export taken in anywhere is the same ledger; what is not whole is refused with its line, and nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from callout.errors import BadInput
from callout.ledger import Draft, Ledger, open_ledger
from callout.ledger.chain import LedgerDamaged, verify_chain
from callout.ledger.event import canonical, row_hash
from callout.ledger.exchange import export_lines, imported_rows
from tests.team_server import TeamServer
from tests.unit.ledger.conftest import NOW

Make = Callable[..., Draft]


@pytest.fixture
def filled(ledger: Ledger, draft: Make) -> Ledger:
    """With letters of all kinds, numbers of all sizes, an empty body."""
    ledger.append(draft("opened", "NEW", text='Grüße € 😀 \x00 \u2028 \\ " {', big=10**40, deep=[{"a": [None, True]}]))
    ledger.append(Draft("noted", NOW, "eva \t ü", body={}))
    ledger.append(*(draft("noted", "CO-0001", number=number) for number in range(50)))
    return ledger


@pytest.fixture
def others(team_server: TeamServer, tmp_path: Path) -> Iterator[list[Ledger]]:
    """An empty ledger in each database."""
    urls = [f"sqlite:///{tmp_path}/other.sqlite", team_server.database()]
    opened = [open_ledger(url, lambda: NOW) for url in urls]
    yield opened
    for one in opened:
        one.close()


def lines_of(ledger: Ledger) -> list[bytes]:
    return [f"{line}\n".encode() for line in export_lines(ledger.rows())]


def test_a_round_trip_is_the_same_ledger(filled: Ledger, others: list[Ledger], draft: Make) -> None:
    """From each database into each: rows, export and head the same; and each goes on where it ended."""
    lines = lines_of(filled)
    for other in others:
        seq, head = other.fill(imported_rows(lines, "export"))
        assert (seq, head) == (52, list(filled.rows())[-1]["hash"])
        assert list(other.rows()) == list(filled.rows())
        assert lines_of(other) == lines
        (event,) = other.append(draft("opened", "NEW"))
        assert (event.seq, event.callout, event.prev_hash) == (53, "CO-0002", head)
        assert [finding.code for finding in verify_chain(other.rows(), other.complaints())] == ["whole"]


def test_lines_are_json_for_anybody(filled: Ledger) -> None:
    told = [json.loads(line) for line in lines_of(filled)]
    assert told[1:-1] == [event.as_dict() for event in filled.events()]
    assert [line.decode() for line in lines_of(filled)] == [canonical(one) + "\n" for one in told]


def test_an_empty_ledger_travels_too(ledger: Ledger, others: list[Ledger]) -> None:
    assert others[0].fill(imported_rows(lines_of(ledger), "export"))[0] == 0


def test_only_an_empty_ledger_takes_it(filled: Ledger) -> None:
    before = list(filled.rows())
    with pytest.raises(BadInput, match="is not empty"):
        filled.fill(imported_rows(lines_of(filled), "export"))
    assert list(filled.rows()) == before


def test_what_is_not_whole_is_not_exported(filled: Ledger) -> None:
    rows = list(filled.rows())
    rows[7] = {**rows[7], "actor": "mallory"}
    with pytest.raises(LedgerDamaged, match="event 8 is not"):
        list(export_lines(rows))


def _rehashed(line: bytes, **changes: object) -> bytes:
    """A forger who knows the format."""
    row = {**json.loads(line), **changes}
    row["hash"] = row_hash({**row, "body": canonical(row["body"])})
    return (canonical(row) + "\n").encode("utf-8", "surrogatepass")


def _with(place: int, change: Callable[[bytes], bytes]) -> Callable[[list[bytes]], list[bytes]]:
    """One line of an export changed."""
    return lambda lines: [change(line) if number == place % len(lines) else line for number, line in enumerate(lines)]


SPOILED: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "no lines": (lambda _: [], "line 1: .*cut"),
    "another file": (lambda lines: [b"hello\n", *lines], "line 1: this is no export"),
    "a newer format": (_with(0, lambda _: b'{"callout_ledger_export":2}\n'), "line 1: this is no export"),
    "cut between two lines": (lambda lines: lines[:-1], "line 54: it ends before"),
    "cut in a line": (lambda lines: [*lines[:20], lines[20][:100]], "line 21: it is no event"),
    "a line is missing": (lambda lines: [*lines[:20], *lines[21:]], "line 21: event 20 is missing"),
    "a line comes twice": (lambda lines: [*lines[:20], lines[19], *lines[20:]], "line 21: event 20 is missing"),
    "two lines changed places": (lambda lines: [*lines[:20], lines[21], lines[20], *lines[22:]], "line 21"),
    "a letter": (_with(20, lambda line: line.replace(b"eva", b"eve")), "line 21: event 20 is not"),
    "in other words": (_with(20, lambda line: line.replace(b":", b": ")), "line 21: it is no event"),
    "rehashed": (_with(20, lambda line: _rehashed(line, actor="eve")), "line 22: event 21 does not"),
    "another time": (_with(-2, lambda line: _rehashed(line, at="today")), "line 53: its times"),
    "no text": (_with(-2, lambda line: _rehashed(line, actor="a\0b")), "line 53: it holds text"),
    "a number for a text": (_with(20, lambda line: line.replace(b'"eva@desk"', b"1")), "line 21"),
    "not UTF-8": (_with(20, lambda _: b"\xff\xfe\n"), "line 21: it is not UTF-8"),
    "half a letter": (_with(-2, lambda line: _rehashed(line, actor="\ud800")), "line 53: it is not UTF-8"),
    "another count": (_with(-1, lambda line: line.replace(b"52", b"51")), "line 54: the count"),
    "more behind it": (lambda lines: [*lines, lines[-2]], "line 55: something follows"),
    "one more key": (_with(20, lambda line: line.replace(b'{"actor"', b'{"a":1,"actor"')), "line 21"),
    "a list": (_with(20, lambda _: b"[" * 100_000 + b"\n"), "line 21"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_what_is_not_whole_is_refused_with_its_line(file_ledger: Ledger, draft: Make, tmp_path: Path, how: str) -> None:
    file_ledger.append(*(draft("noted", number=number) for number in range(52)))
    spoil, told = SPOILED[how]
    lines = spoil(lines_of(file_ledger))
    with closing(open_ledger(f"sqlite:///{tmp_path}/other.sqlite", lambda: NOW)) as other:
        with pytest.raises(BadInput, match=f"^export, {told}.*nothing was imported"):
            other.fill(imported_rows(lines, "export"))
        assert list(other.rows()) == []


def test_postgresql_keeps_nothing_of_a_refused_import(
    team_server: TeamServer, file_ledger: Ledger, draft: Make
) -> None:
    file_ledger.append(*(draft("noted", number=number) for number in range(5000)))
    lines = lines_of(file_ledger)
    with closing(open_ledger(team_server.emptied(), lambda: NOW)) as other:
        with pytest.raises(BadInput, match="line 5002"):
            other.fill(imported_rows(lines[:-1], "export"))
        assert list(other.rows()) == []
        assert other.fill(imported_rows(lines, "export"))[0] == 5000
