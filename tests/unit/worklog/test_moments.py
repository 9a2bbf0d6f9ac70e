"""Times as people write them: what could mean two moments, or none, is refused and asks for the offset."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from callout.errors import BadInput
from callout.worklog.moments import day_of, moment_of, seconds_of

BERLIN = ZoneInfo("Europe/Berlin")
DAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-02T09:00+05:30", "2026-03-02T03:30:00+00:00"),
        ("2026-03-02T09:00Z", "2026-03-02T09:00:00+00:00"),
        ("2026-03-02T09:00", "2026-03-02T08:00:00+00:00"),
        ("2026-03-02 09:00:30", "2026-03-02T08:00:30+00:00"),
        ("9:00", "2026-03-02T08:00:00+00:00"),
        ("23:59:59", "2026-03-02T22:59:59+00:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30:00+00:00"),
        ("2026-10-25T01:59", "2026-10-24T23:59:00+00:00"),
        ("2026-10-25T03:00", "2026-10-25T02:00:00+00:00"),
    ],
)
def test_what_names_one_moment(text: str, utc: str) -> None:
    assert moment_of(text, BERLIN, "--from", DAY).isoformat() == utc


@pytest.mark.parametrize(
    ("zone", "text", "word"),
    [
        ("Europe/Berlin", "2026-10-25T02:30", "twice"),
        ("Europe/Berlin", "2026-03-29T02:30", "does not exist"),
        ("America/New_York", "2026-11-01T01:00", "twice"),
        ("America/New_York", "2026-03-08T02:59:59", "does not exist"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "twice"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "does not exist"),
        ("Pacific/Chatham", "2026-04-05T03:00", "twice"),
        ("Pacific/Chatham", "2026-09-27T03:00", "does not exist"),
    ],
)
def test_a_time_that_comes_twice_or_never_asks_for_the_offset(zone: str, text: str, word: str) -> None:
    with pytest.raises(BadInput, match=word) as caught:
        moment_of(text, ZoneInfo(zone), "--from")
    assert "offset" in caught.value.hint


@pytest.mark.parametrize(
    "text", ["", "yesterday", "25:00", "9:60", "2026-02-30T10:00", "2026-03-02T09:00+99:00", "٩:٠٠"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(BadInput, match="--from"):
        moment_of(text, BERLIN, "--from", DAY)


def test_a_clock_time_needs_its_day() -> None:
    with pytest.raises(BadInput, match="no day"):
        moment_of("9:00", BERLIN, "--from")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h30m", 5400), ("90m", 5400), ("1:30", 5400), ("0:00:45", 45), ("45s", 45), ("2h", 7200), ("1h1m1s", 3661)],
)
def test_durations(text: str, seconds: int) -> None:
    assert seconds_of(text, "--duration") == seconds


@pytest.mark.parametrize("text", ["", "0m", "-1h", "1.5h", "1h30", "90", "1:60", "m", "1m1h", "٣h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(BadInput, match="no duration"):
        seconds_of(text, "--duration")


@pytest.mark.parametrize("text", ["", "2026-2-3", "2026-02-30", "20260203", "2026-W01-1"])
def test_what_is_no_date(text: str) -> None:
    assert day_of("2026-03-02", "--date") == DAY
    with pytest.raises(BadInput, match="no date"):
        day_of(text, "--date")
