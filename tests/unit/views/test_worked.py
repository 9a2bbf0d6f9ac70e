"""Lists of work: whatever a text says, it moves no cursor; every mark that a person should see is there."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callout.views.gaps import gaps_text
from callout.views.worked import worked_dict, worked_text
from callout.worklog.gaps import gaps_of
from callout.worklog.worked import Wanted, worked_of


@pytest.mark.parametrize("payload", ["\x1b[2J", "\x9b2J", "a\r\nb\x07", "\u202ex", "{{7*7}}", "<script>"])
def test_a_payload_is_only_ever_text(book: Any, payload: str) -> None:
    from callout.inventory.hours import Hours

    book.actor = book.system = book.callout = payload
    work = book.work("2026-03-03T14:00Z", 60, note=payload, ticket=payload, role=payload, cause=payload)
    book.work("2026-03-03T00:00Z", 60, note=payload, ticket=payload, clock_known=False)
    change = {"set": {"note": payload}, "was": {"note": payload}, "reason": payload}
    book.write("work_amended", "2026-03-04T09:00Z", work=work.id, amendment="changed", **change)
    book.write(
        "expense_logged", "2026-03-03T09:00Z", date="2026-03-03", expense="travel", amount="1.00", currency="EUR",
        ticket=payload, note=payload,
    )  # fmt: skip
    book.write("backed_up", "2026-03-03T18:00Z")
    book.write("work_started", "2026-03-03T19:00Z", started_at="2026-03-03T19:00:00.000000Z", ticket=payload)
    found = worked_of(book.events, Wanted(withdrawn=True))
    gaps = gaps_of(book.events, payload, [work.happened_at.date()], ZoneInfo("UTC"), Hours())
    for text in (worked_text(found, amendments=True), gaps_text(gaps)):
        assert all(character.isprintable() or character == "\n" for character in text)
    assert json.loads(json.dumps(worked_dict(found)))["work"][1]["note"] == payload


def test_marks(book: Any) -> None:
    book.work("2026-03-03T14:00Z", 600, source="session", idle_seconds=61, cause="own_bug", rate="12.50")
    run = book.work("2026-03-03T14:05Z", 600, outcome="done", clock_flags=["jumped"])
    book.write("work_amended", "2026-03-04T09:00Z", work=run.id, amendment="changed", reason="r", set={"note": "n"})
    text = worked_text(worked_of(book.events, Wanted()))
    assert "idle 0:01:01, own_bug, rate 12.50" in text
    assert "amended, done, jumped, overlap 0:05:00 with 00000001" in text
