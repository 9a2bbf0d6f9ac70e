"""A person's month for all formats, with texts that break other people's tools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from callout.worklog.amended import entries_of
from callout.worklog.entry import Entry
from callout.worklog.exchange.record import File

NASTY = (
    'he said "hi" # \\ ü',
    "=1+1",
    "'already",
    "a, b; c  two",
    "#tag=value and #bare",
    "{{7*7}} <script>",
    "",
    "o 2026-03-02 09:00:00",
)


@pytest.fixture(scope="session")
def month(make_book: Callable[[], Any]) -> list[Entry]:
    """Work of every kind that all formats can say: with seconds, over midnight, without system, nasty notes."""
    book = make_book()
    for number, note in enumerate(NASTY):
        book.work(f"2026-03-{number + 2:02d}T08:59:07Z", 3600 + 61 * number, note=note, ticket=f"T-{number}")
    book.work("2026-03-20T22:30Z", 3 * 3600, ticket="T-20", activity="support", role="developer")
    book.customer, book.system, book.callout = "acme", "", ""
    book.work("2026-03-21T10:00Z", 60, ticket="T-21")
    return entries_of(book.events)


@pytest.fixture(scope="session")
def file() -> Callable[..., File]:
    """A file of that content; local times are UTC unless a zone is given (None: unsaid)."""

    def make(content: str | bytes, zone: Any = "UTC", name: str = "work") -> File:
        from zoneinfo import ZoneInfo

        data = content.encode() if isinstance(content, str) else content
        return File(name, data, ZoneInfo(zone) if zone else None)

    return make
