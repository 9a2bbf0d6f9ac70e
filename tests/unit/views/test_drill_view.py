"""The report of a drill: golden files, and nothing of a system is markup or moves a cursor."""

from __future__ import annotations

import json
from collections.abc import Callable

from callout.ledger.event import Event
from callout.views.drill import drill_html, drill_markdown, drill_text

HOSTILE = "<script>alert(1)</script> \x1b[2J |*`_ [x](http://evil.example)"


def event(**changes: object) -> Event:
    """A drill that went well but for one table."""
    findings = [
        {"check": "drill.contents", "status": "pass", "code": "same", "seen": "All 8015 entries have their content."},
        {
            "check": "drill.rows", "status": "fail", "code": "differs", "move": "us",
            "seen": f"1 of 2 tables has another row count than the dump: {HOSTILE}.", "remedy": "Do not rely on it.",
            "evidence": {
                "tables": [
                    {"table": "cdr", "in_dump": 6000, "loaded": 6000, "check": "OK"},
                    {"table": HOSTILE, "in_dump": None, "loaded": None, "check": ""},
                ]
            },
        },
    ]  # fmt: skip
    body = {
        "backup": "acme-pbx1-20261123T071651Z", "system": "acme-pbx1", "product": "pbxware", "outcome": "failed",
        "backup_taken": "2026-11-23T07:16:51+00:00", "duration_ms": 12870, "entries": 8015,
        "parts_ms": {"restore": 5900, "compare": 600, "database": 3000, "service asterisk": 1700},
        "restored_bytes": 278_800_000, "root_hash": "ab" * 32, "dump_sha256": "cd" * 32, "findings": findings,
    }  # fmt: skip
    at = "2026-11-23T07:35:52.000000Z"
    text = json.dumps({**body, **changes})
    return Event(7, "E7", at, at, "eva@desk", "acme", "acme-pbx1", "", "drilled", text, "0" * 64, "ef" * 32)


def test_golden(golden: Callable[[str, str], None]) -> None:
    golden("drill/failed.txt", drill_text(event()) + "\n")
    golden("drill/failed.md", drill_markdown(event()))
    golden("drill/failed.html", drill_html(event()))


def test_what_a_system_said_is_never_markup() -> None:
    for told in (drill_text(event()), drill_markdown(event()), drill_html(event())):
        assert "\x1b" not in told
    assert "<script>" not in drill_html(event())
    assert "<script>" not in drill_markdown(event())
    assert "\\[x\\](" in drill_markdown(event())


def test_an_outcome_that_we_do_not_know_is_not_called_well() -> None:
    assert "not known" in drill_text(event(outcome="splendid"))
