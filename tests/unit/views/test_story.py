"""The story of one call-out, and the list of all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.views.listing import list_rows, list_text
from callout.views.story import story_dict, story_html, story_text
from callout.views.worked import worked_dict, worked_text
from callout.worklog.worked import Wanted, worked_of

Golden = Callable[[str, str], None]

FINDINGS = [
    Finding("access.address", Status.WAIVED, "private", "10.213.77.21 is not public.", remedy="Waived: the lab."),
    Finding("tcp.open@2222", Status.PASS, "open", "Port 2222 answers."),
    Finding("ssh.host_key@2222", Status.WARN, "weak", "The host key is ssh-rsa.", Move.US, "Ask for a newer one."),
    Finding("web.gui@443", Status.FAIL, "refused", "Port 443 refuses.", Move.NETWORK_PROVIDER, "Forward port 443."),
    Finding("ssh.login@2222", Status.UNKNOWN, "timeout", "No answer in time.", Move.CUSTOMER, "Look at the firewall."),
]


@pytest.fixture
def told(book: Any) -> Any:
    """A call-out from its opening to its end, refused once."""
    as_dicts = [finding.as_dict() for finding in FINDINGS]
    book.opened("2026-03-02T14:00:00Z", ticket="T-2041", reason="One-way audio: patch 17")
    book.write("access_checked", "2026-03-02T14:00:10Z", findings=as_dicts, duration_ms=912)
    plan = {"bundle": {"name": "patch-17", "version": "1.0"}, "files": [{"path": "/opt/a", "mode": "0644"}]}
    book.write("planned", "2026-03-02T14:00:20Z", hash="ab" * 32, verdict="change", plan=plan)
    book.write("gate_refused", "2026-03-02T14:00:30Z", findings=as_dicts[3:4], look="before anything")
    book.work("2026-03-02T14:00:00Z", 35, outcome="refused", ticket="T-2041")
    book.write("consented", "2026-03-03T09:00:00Z", by="it@globex.example", covers_charging=True, channel="ticket")
    book.write("patched", "2026-03-03T09:10:00Z", files=["/opt/a", "/opt/b"], changed=2)
    book.write("closed", "2026-03-03T09:20:00Z", outcome="satisfied", why="", reference="")
    return book


def test_text(told: Any, golden: Golden) -> None:
    golden("story/refused-then-done.txt", story_text(told.events) + "\n")


def test_colour_only_where_asked_for(told: Any) -> None:
    assert "\x1b" not in story_text(told.events)
    assert "\x1b[31mfail" in story_text(told.events, color=True)


def test_data(told: Any, golden: Golden) -> None:
    golden("story/refused-then-done.json", json.dumps(story_dict(told.events), indent=2) + "\n")


def test_page(told: Any, golden: Golden) -> None:
    golden("story/refused-then-done.html", story_html(told.events))


def test_listing(told: Any, golden: Golden) -> None:
    told.callout, told.system = "CO-0002", "globex-sw2"
    told.opened("2026-03-05T10:00:00Z", ticket="T-2050", reason="Disk nearly full")
    told.callout = ""
    told.work("2026-03-05T11:00:00Z", 60)
    rows = list_rows(told.events)
    golden("list/two.txt", list_text(rows) + "\n")
    golden("list/two.json", json.dumps(rows, indent=2) + "\n")
    assert list_text([]) == "There are no call-outs."


def test_work(told: Any, golden: Golden) -> None:
    told.write("work_started", "2026-03-06T10:00Z", started_at="2026-03-06T10:00:00.000000Z", ticket="T-3")
    found = worked_of(told.events, Wanted())
    golden("work/list.txt", worked_text(found) + "\n")
    assert worked_dict(found)["seconds"] == 35
    assert worked_text(worked_of([], Wanted())) == "No work is logged."


def test_no_story_without_events() -> None:
    with pytest.raises(BadInput):
        story_text([])


@pytest.mark.parametrize(
    "payload", ["{{7*7}}", "<script>alert(1)</script>", "\x1b[2J", "\x9b2J", "a\r\nb\x00", "\u202ex"]
)
def test_what_a_system_returned_is_only_ever_text(book: Any, payload: str) -> None:
    finding = {"check": payload, "status": payload, "seen": payload, "move": payload, "remedy": payload}
    # A NUL is refused for a column, where it could be a name; a body holds it.
    book.actor = book.system = payload.replace("\0", "")
    book.opened("2026-03-02T14:00Z", ticket=payload, reason=payload)
    book.write("noted", "2026-03-02T14:00Z", **{payload: payload, "nested": {payload: [{payload: payload}]}})
    book.write("health_checked", "2026-03-02T14:00Z", findings=[finding])
    book.write("closed", "2026-03-02T14:00Z", outcome=payload)
    text, page, listed = story_text(book.events), story_html(book.events), list_text(list_rows(book.events))
    for output in (text, page, listed):
        assert all(character.isprintable() or character == "\n" for character in output)
    assert "<script" not in page
    assert "49" not in page


def test_a_long_body_is_cut_and_says_so(book: Any) -> None:
    book.opened("2026-03-02T14:00Z")
    many = [{"check": f"c{index}", "status": "pass", "seen": "x" * 1000, "remedy": ""} for index in range(200)]
    book.write("health_checked", "2026-03-02T14:00Z", findings=many, deep={"a": {"b": {"c": {"d": {"e": 1}}}}})
    text = story_text(book.events)
    assert "and 120 more" in text
    assert max(len(line) for line in text.splitlines()) < 400
