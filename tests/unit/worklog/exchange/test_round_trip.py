"""What is exported can be imported again and is the same work; the real hledger and timew read it and agree."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.errors import BadInput
from callout.worklog.amended import entries_of
from callout.worklog.entry import Entry
from callout.worklog.exchange.formats import FORMATS
from callout.worklog.exchange.record import File, one_line

UTC = ZoneInfo("UTC")
Make = Callable[..., File]


@pytest.mark.parametrize("form", list(FORMATS))
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
def test_the_same_work_comes_back(form: str, zone: str, month: list[Entry], file: Make) -> None:
    text = FORMATS[form].write(month, ZoneInfo(zone))
    records = FORMATS[form].read(file(text, zone)).records
    assert len(records) == len(month)
    found = {record.named["work"]: record for record in records}
    for entry in month:
        record = found[entry.event.id]
        assert (record.when.started_at, record.when.seconds) == (entry.started_at, entry.seconds)
        assert record.when.ended_at == entry.ended_at
        assert record.named["ticket"] == entry.ticket
        assert record.named.get("role", "engineer") == entry.role
        said = {*record.labels, *record.named.values()}
        assert {entry.event.customer, entry.event.system} - {""} <= said
        assert entry.activity in (*said, "maintenance")
        if form not in ("timeclock", "klog"):
            assert record.note == one_line(entry.note)
        else:  # a semicolon ends a description there, and a tag with a value is a tag
            assert _letters(record.note) == _letters(entry.note)


def _letters(text: str) -> list[str]:
    return [one for one in text if one.isalnum()]


@pytest.mark.parametrize("form", ["klog", "kimai-csv"])
def test_work_without_clock_times_comes_back(form: str, make_book: Callable[[], object], file: Make) -> None:
    book = make_book()
    book.work("2026-03-02T00:00Z", 5400, clock_known=False)  # type: ignore[attr-defined]
    (entry,) = entries_of(book.events)  # type: ignore[attr-defined]
    (record,) = FORMATS[form].read(file(FORMATS[form].write([entry], UTC))).records
    assert (record.when.clock_known, record.when.seconds) == (False, 5400)
    assert record.when.started_at == entry.started_at


@pytest.mark.parametrize("form", ["klog", "timeclock", "kimai-csv"])
def test_local_times_that_come_twice_are_not_written(form: str, make_book: Callable[[], object]) -> None:
    book = make_book()
    book.work("2026-10-25T00:30Z", 600)  # type: ignore[attr-defined]
    entries = entries_of(book.events)  # type: ignore[attr-defined]
    with pytest.raises(BadInput, match="Clocks of Europe/Berlin were changed") as caught:
        FORMATS[form].write(entries, ZoneInfo("Europe/Berlin"))
    assert "--zone UTC" in caught.value.hint
    assert FORMATS[form].write(entries, UTC)


def test_no_cell_of_the_csv_becomes_a_formula(make_book: Callable[[], object], file: Make) -> None:
    import csv
    import io

    leads = ["=", "+", "-", "@", "\t=", "\r=", "'", "'=", "''", "=cmd|'/c calc'!A0"]
    book = make_book()
    for number, lead in enumerate(leads):
        book.customer = book.system = book.actor = f"{lead}x"  # type: ignore[attr-defined]
        book.work(f"2026-03-{number + 1:02d}T09:00Z", 60, note=f"{lead}1", ticket=f"{lead}t")  # type: ignore[attr-defined]
    entries = entries_of(book.events)  # type: ignore[attr-defined]
    text = FORMATS["kimai-csv"].write(entries, UTC)
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.skipif(shutil.which("hledger") is None, reason="needs hledger")
def test_hledger_reads_our_timeclock_and_its_sum_is_ours(month: list[Entry], tmp_path: Path) -> None:
    """hledger rounds each session to a hundredth of an hour."""
    path = tmp_path / "work.timeclock"
    path.write_text(FORMATS["timeclock"].write(month, UTC), encoding="utf-8")
    command = ["hledger", "-f", str(path), "bal", "--format", "%(total) %(account)", "-N", "--flat"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    )
    hours = {line.split()[1]: Decimal(line.split()[0].rstrip("h")) for line in done.stdout.splitlines()}
    assert set(hours) == {"globex:globex-sw1", "acme"}
    ours = Decimal(sum(entry.seconds for entry in month)) / 3600
    # A session over midnight is two for hledger.
    assert abs(sum(hours.values()) - ours) <= Decimal("0.005") * (len(month) + 1)


@pytest.mark.skipif(shutil.which("timew") is None, reason="needs Timewarrior")
def test_timew_reads_our_data_and_we_read_what_it_exports(month: list[Entry], tmp_path: Path, file: Make) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "timewarrior.cfg").touch()
    (data / "2026-03.data").write_text(FORMATS["timewarrior-data"].write(month, UTC), encoding="utf-8")
    environment = {**os.environ, "TIMEWARRIORDB": str(tmp_path), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["timew", "export"], capture_output=True, text=True, check=True, env=environment)
    text = done.stdout[done.stdout.index("[") :]
    rows = json.loads(text)
    moments = [[dt.datetime.strptime(row[name], "%Y%m%dT%H%M%S%z") for name in ("start", "end")] for row in rows]
    assert sum((end - start).total_seconds() for start, end in moments) == sum(entry.seconds for entry in month)
    theirs = {record.named["work"]: record for record in FORMATS["timewarrior"].read(file(text)).records}
    ours = FORMATS["timewarrior"].read(file(FORMATS["timewarrior"].write(month, UTC))).records
    for record in ours:
        other = theirs[record.named["work"]]
        assert (other.when, other.note, set(other.labels)) == (record.when, record.note, set(record.labels))
    summary = subprocess.run(
        ["timew", "summary", "2026-03-01", "-", "2026-04-01"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    seconds = sum(entry.seconds for entry in month)
    assert f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}" in summary.stdout


@settings(max_examples=60, deadline=None)
@given(
    form=st.sampled_from(list(FORMATS)),
    pieces=st.lists(
        st.tuples(st.integers(0, 3 * 10**7), st.integers(1, 57_600), st.text(max_size=30), st.text(max_size=12)),
        max_size=5,
    ),
)
def test_whatever_was_noted_the_same_times_and_sums_come_back(
    make_book: Callable[[], Any], form: str, pieces: list[tuple[int, int, str, str]]
) -> None:
    book = make_book()
    for after, seconds, note, ticket in pieces:
        began = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=after)
        book.work(began.isoformat(), seconds, note=storable(note), ticket=storable(ticket))
    entries = entries_of(book.events)
    content = FORMATS[form].write(entries, UTC).encode()
    records = {record.named["work"]: record for record in FORMATS[form].read(File("work", content, UTC)).records}
    assert set(records) == {entry.event.id for entry in entries}
    for entry in entries:
        when = records[entry.event.id].when
        assert (when.started_at, when.seconds) == (entry.started_at, entry.seconds)


def storable(text: str) -> str:
    """Without halves of surrogate pairs, which no ledger takes."""
    return "".join(one for one in text if not "\ud800" <= one <= "\udfff")
