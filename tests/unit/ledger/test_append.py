"""What may go in, how it is numbered, and that nobody's event is lost."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput, CalloutError
from callout.findings import Status
from callout.ledger import Draft, Ledger, open_ledger
from callout.ledger.chain import verify_chain
from callout.ledger.store import NEW

NOW = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
Make = Callable[..., Draft]


def test_events_come_back_as_they_went_in(ledger: Ledger, draft: Make) -> None:
    """In order, with their body, in UTC."""
    stored = ledger.append(draft("opened", "CO-0001", ticket="T-1", amount="12.50", minutes=30))
    assert list(ledger.events()) == stored
    assert stored[0].body == {"ticket": "T-1", "amount": "12.50", "minutes": 30}
    assert stored[0].happened_at == NOW
    assert stored[0].seq == 1


def test_callouts_are_numbered_without_a_gap(ledger: Ledger, draft: Make) -> None:
    """`NEW` gets the next number, once for all drafts of a call."""
    first = ledger.append(draft("opened", NEW), draft("noted", NEW))
    second = ledger.append(draft("opened", NEW))
    assert [event.callout for event in [*first, *second]] == ["CO-0001", "CO-0001", "CO-0002"]


def test_filters_are_equalities(ledger: Ledger, draft: Make) -> None:
    """By kind and by call-out; a filter that does not exist is refused, never ignored."""
    ledger.append(draft("opened", "CO-0001"), draft("noted", "CO-0001"), draft("opened", "CO-0002"))
    assert len(list(ledger.events(kind="opened", callout="CO-0001"))) == 1
    assert list(ledger.events(callout="CO-0001' OR 1=1 --")) == []
    with pytest.raises(BadInput, match="colour"):
        list(ledger.events(colour="red"))


@pytest.mark.parametrize("body", [{"a": 1.5}, {"a": [{"b": 2.0}]}, {"a": float("nan")}, {"a": {1: "x"}}])
def test_what_has_no_canonical_form_is_refused(ledger: Ledger, body: dict[str, Any]) -> None:
    """Floats and keys that are no strings: the hash would depend on who writes it down."""
    with pytest.raises(BadInput):
        ledger.append(Draft("noted", NOW, "eva", body=body))
    assert list(ledger.events()) == []


def test_naive_time_is_refused(ledger: Ledger, draft: Make) -> None:
    """Without a zone nobody knows when it was."""
    with pytest.raises(BadInput, match="no time zone"):
        ledger.append(draft(at=NOW.replace(tzinfo=None)))


def test_unknown_kind_and_huge_body_are_refused(ledger: Ledger, draft: Make) -> None:
    """The vocabulary is closed, and evidence is kept beside the ledger."""
    with pytest.raises(BadInput, match="no kind"):
        ledger.append(draft("exploded"))
    with pytest.raises(BadInput, match="1 MiB"):
        ledger.append(draft(text="x" * 1024 * 1024))


def test_offset_of_the_place_is_kept(ledger: Ledger, draft: Make) -> None:
    """`at` is UTC; what the clock on the wall said can still be told."""
    vienna = dt.timezone(dt.timedelta(hours=1))
    (event,) = ledger.append(draft(at=dt.datetime(2026, 3, 2, 11, 0, tzinfo=vienna)))
    assert event.at == "2026-03-02T10:00:00.000000Z"
    assert event.body["at_offset"] == "+0100"


def test_all_drafts_or_none(ledger: Ledger, draft: Make) -> None:
    """One bad draft, and nothing of the call is stored; the next call works."""
    with pytest.raises(BadInput):
        ledger.append(draft(), draft("exploded"))
    assert list(ledger.events()) == []
    assert ledger.append(draft())[0].seq == 1


def test_decision_sees_what_is_stored_and_may_refuse(ledger: Ledger, draft: Make) -> None:
    """Nobody writes between looking and appending; an exception leaves everything as it was."""
    ledger.append(draft())

    def refuse(view: Any) -> list[Draft]:
        assert len(list(view.events())) == 1
        raise CalloutError("no")

    with pytest.raises(CalloutError, match="no"):
        ledger.append_after(refuse)
    assert ledger.append_after(lambda view: [draft(count=len(list(view.events())))])[0].body == {"count": 1}
    assert ledger.append_after(lambda view: []) == []


def test_file_is_private(file_ledger: Ledger, path: Path, draft: Make) -> None:
    """0600 in 0700, whatever the umask."""
    file_ledger.append(draft())
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_letters_of_all_kinds_survive(ledger: Ledger, draft: Make) -> None:
    """Also half of a surrogate pair, as a hostile system may send it."""
    ledger.append(draft(text="ü € 😀 \x00 \u2028"))
    assert next(iter(ledger.events())).body["text"] == "ü € 😀 \x00 \u2028"
    assert verify_chain(ledger.rows())[0].status is Status.PASS


def test_half_a_surrogate_is_a_sentence(ledger: Ledger, draft: Make) -> None:
    """Text that is no text is refused in words, and nothing is stored."""
    with pytest.raises(CalloutError):
        ledger.append(draft(text="\ud800"))
    assert list(ledger.events()) == []


def test_ledger_that_must_exist(tmp_path: Path) -> None:
    """Reading does not make an empty ledger."""
    with pytest.raises(BadInput, match="no ledger"):
        open_ledger(str(tmp_path / "none.sqlite"), lambda: NOW, must_exist=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["mysql://x", "postgresql+asyncpg://h/d", "postgresql+psycopg://h/d?options=-c"])
def test_other_databases_are_refused(url: str) -> None:
    """Named, with what can be used."""
    with pytest.raises(BadInput, match="CALLOUT_LEDGER"):
        open_ledger(url, lambda: NOW)


WRITER = """
import datetime, sys
from callout.ledger import Draft, open_ledger
now = lambda: datetime.datetime.now(datetime.UTC)
ledger = open_ledger(sys.argv[1], now)
for number in range(25):
    ledger.append(Draft("opened", now(), sys.argv[2], callout="NEW", body={"number": number}))
"""


def test_four_writers_at_once_lose_nothing(url: str) -> None:
    """4 processes, 25 events each, no table there yet: all stored, numbered without gap or double."""
    command = [sys.executable, "-c", WRITER, url]
    writers = [subprocess.Popen([*command, f"writer{number}"]) for number in range(4)]
    assert [writer.wait(timeout=60) for writer in writers] == [0] * 4
    ledger = open_ledger(url, lambda: NOW)
    events = list(ledger.events())
    assert [event.seq for event in events] == list(range(1, 101))
    assert {event.callout for event in events} == {f"CO-{number:04d}" for number in range(1, 101)}
    for writer in range(4):
        numbers = [event.body["number"] for event in events if event.actor == f"writer{writer}"]
        assert numbers == list(range(25))
    assert verify_chain(ledger.rows())[0].status is Status.PASS
    ledger.close()


def test_as_dict_is_json(ledger: Ledger, draft: Make) -> None:
    """Every event can be told as JSON."""
    (event,) = ledger.append(draft(a=[1, None, True]))
    told = json.loads(json.dumps(event.as_dict()))
    assert told["body"] == {"a": [1, None, True]}


def test_a_full_disk_is_named_as_such(tmp_path: Path) -> None:
    """SQLite ends the transaction by itself then; taking it back once more must not hide why."""
    code = """
import datetime as dt, resource, signal, sys
from callout.errors import CalloutError
from callout.ledger import Draft, open_ledger
now = lambda: dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
ledger = open_ledger("sqlite:///" + sys.argv[1], now)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    for _ in range(100):
        ledger.append(*[Draft("noted", now(), "eva", body={"x": "y" * 50_000}) for _ in range(10)])
except CalloutError as error:
    print(error.message)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "ledger.sqlite")], capture_output=True, text=True, check=True
    )
    assert "rollback" not in done.stdout
    assert str(tmp_path) in done.stdout
