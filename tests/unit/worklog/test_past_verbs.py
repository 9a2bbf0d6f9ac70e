"""`callout time add`, `amend`, `withdraw`, `expense`, `list` and `gaps` as a user runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callout.ledger import Draft, open_ledger
from callout.ledger.event import parse_utc
from tests.unit.worklog.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def added(desk: Desk, *arguments: str) -> Any:
    return desk.json("time", "add", "--callout", "CO-0001", *arguments)["event"]


def refused(desk: Desk, *arguments: str) -> str:
    answer = desk.call(*arguments)
    assert answer.returncode == 2, answer.stderr
    assert "Traceback" not in answer.stderr
    return answer.stderr


def test_work_is_told_amended_and_withdrawn_and_all_of_it_stays_visible(desk: Desk) -> None:
    work = added(
        desk, "--date", "2026-03-03", "--from", "11:00", "--to", "12:30", "--note", "Looked", "--internal-note", "cross"
    )
    assert (work["body"]["started_at"], work["body"]["seconds"]) == ("2026-03-03T10:00:00.000000Z", 5400)
    assert (work["customer"], work["body"]["ticket"], work["body"]["source"]) == ("globex", "T-7", "person")
    amended = desk.json(
        "time", "amend", work["id"][:8], "--set", "to=12:00", "--set", "note=Looked at it", "--reason", "wrong clock"
    )["event"]
    assert amended["body"]["was"]["seconds"] == 5400
    (entry,) = desk.json("time", "list")["work"]
    assert (entry["seconds"], entry["note"], entry["internal_note"]) == (3600, "Looked at it", "cross")
    assert entry["amendments"][0]["reason"] == "wrong clock"
    assert "nothing would change" in refused(desk, "time", "amend", work["id"], "--set", "to=12:00", "--reason", "x")
    desk.json("time", "withdraw", work["id"][:6], "--reason", "was not me")
    assert not desk.json("time", "list")["work"]
    shown = desk.call("time", "list", "--all").stdout
    for word in ("withdrawn", "wrong clock", "was not me", "'Looked' → 'Looked at it'"):
        assert word in shown
    assert "withdrawn already" in refused(desk, "time", "withdraw", work["id"], "--reason", "x")
    assert "is withdrawn" in refused(desk, "time", "amend", work["id"], "--set", "note=x", "--reason", "x")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--date", "2026-03-03"), "When was it?"),
        (("--from", "11:00", "--to", "12:00"), "says no day"),
        (("--date", "2026-03-03", "--from", "12:00", "--to", "11:00"), "ends before it starts"),
        (("--date", "2026-03-03", "--from", "11:00", "--to", "12:00", "--duration", "1h"), "Both --to and --duration"),
        (("--date", "2026-03-03", "--from", "00:00", "--duration", "16h1m"), "more than 16 hours"),
        (("--date", "2099-03-03", "--duration", "1h"), "in the future"),
        (("--from", "2099-03-03T10:00Z", "--duration", "1h"), "in the future"),
        (("--from", "2025-10-26T02:30", "--duration", "1h"), "comes twice in Europe/Berlin (+02:00 or +01:00)"),
        (("--from", "2026-03-29T02:30", "--duration", "1h"), "does not exist in Europe/Berlin"),
        (("--date", "2026-03-03", "--duration", "1h", "--zone", "Mars/Olympus"), "is no time zone"),
        (("--date", "2026-03-03", "--duration", "1h", "--rate", "99"), "needs a reason"),
        (("--date", "2026-03-03", "--duration", "1h", "--cause", "weather"), "no cause"),
        (("--date", "2026-03-03", "--duration", "1h", "--cause", "own_bug", "--evidence", "ffff"), "no work 'ffff'"),
    ],
)  # fmt: skip
def test_work_that_cannot_be_is_refused(desk: Desk, arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(desk, "time", "add", "--callout", "CO-0001", *arguments)
    assert not desk.json("time", "list")["work"]


def test_a_duration_alone_has_no_clock_times_until_they_are_said(desk: Desk) -> None:
    work = added(desk, "--date", "2026-03-03", "--duration", "1h30m")
    assert (work["body"]["clock_known"], work["body"]["started_at"]) == (False, "2026-03-03T00:00:00.000000Z")
    assert "no clock times" in desk.call("time", "list").stdout
    assert "no times" in desk.call("time", "gaps", "--day", "2026-03-03").stdout
    desk.json("time", "amend", work["id"], "--set", "from=9:00", "--reason", "asked")
    (entry,) = desk.json("time", "list")["work"]
    assert (entry["clock_known"], entry["started_at"], entry["seconds"]) == (True, "2026-03-03T08:00:00.000000Z", 5400)


def test_times_are_by_the_zone_that_is_named(desk: Desk) -> None:
    work = added(desk, "--from", "2026-03-03T09:00", "--duration", "1h", "--zone", "America/New_York")
    assert work["body"]["started_at"] == "2026-03-03T14:00:00.000000Z"
    told = desk.call("time", "add", "--callout", "CO-0001", "--from", "2026-03-03T19:00", "--duration", "1h")
    assert "from 2026-03-03 19:00+01:00 (Europe/Berlin)" in told.stderr


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("to=2026-03-03T10:00Z", "ends before it starts"),
        ("from=2026-03-01T10:00Z", "more than 16 hours"),
        ("to=2099-03-03T10:00Z", "more than 16 hours"),
        ("source=person", "cannot be set"),
        ("customer=acme", "withdraw it and add it for them"),
        ("role=boss", "no role"),
        ("ticket=", "needs a ticket"),
        ("rate=free", "no rate"),
        ("note", "no name=value"),
    ],
)
def test_amendments_that_cannot_be_are_refused(desk: Desk, change: str, sentence: str) -> None:
    work = added(desk, "--date", "2026-03-03", "--from", "11:00", "--to", "12:30")
    assert sentence in refused(desk, "time", "amend", work["id"], "--set", change, "--reason", "x")
    assert not desk.json("time", "list")["work"][0]["amendments"]


def test_ids_are_short_where_they_are_unique(desk: Desk) -> None:
    assert "too short" in refused(desk, "time", "withdraw", "abc", "--reason", "x")
    assert "There is no work 'abcdef'" in refused(desk, "time", "withdraw", "abcdef", "--reason", "x")
    work = added(desk, "--date", "2026-03-03", "--duration", "1h")
    assert "without a reason" in refused(desk, "time", "withdraw", work["id"][:4], "--reason", " ")


def test_invoiced_work_is_neither_amended_nor_withdrawn_until_it_is_credited(desk: Desk) -> None:
    work = added(desk, "--date", "2026-03-03", "--duration", "1h")
    at = parse_utc("2026-04-01T10:00:00.000000Z")
    ledger = open_ledger(desk.ledger, lambda: at)
    items = [{"line": "1", "work": [work["id"]], "amount": "1.00"}]
    invoice = {"number": "2026-0007", "work": [work["id"]], "month": "2026-03", "lines": ["1"], "items": items}
    ledger.append(Draft("invoice_issued", at, "max@desk", "globex", "", "", invoice))
    for verb in (("withdraw", work["id"]), ("amend", work["id"], "--set", "note=x")):
        assert "stands on invoice 2026-0007" in refused(desk, "time", *verb, "--reason", "x")
    ledger.append(
        Draft("credit_note_issued", at, "max@desk", "globex", "", "", {"corrects": "2026-0007", "lines": ["1"]})
    )
    ledger.close()
    assert desk.call("time", "withdraw", work["id"], "--reason", "x").returncode == 0


def test_expenses(desk: Desk) -> None:
    one = ("time", "expense", "--callout", "CO-0001", "--kind", "travel", "--date", "2026-03-03")
    spent = desk.json(*one, "--amount", "12.30", "--note", "Train")["event"]
    assert (spent["body"]["currency"], spent["body"]["ticket"]) == ("EUR", "T-7")
    assert "no amount above zero" in refused(desk, *one, "--amount", "-3")
    desk.json("time", "amend", spent["id"][:8], "--set", "amount=21.30", "--reason", "misread")
    (shown,) = desk.json("time", "list", "--month", "2026-03")["expenses"]
    assert (shown["amount"], shown["note"]) == ("21.30", "Train")
    assert "21.30 EUR, travel" in desk.call("time", "list").stdout
    assert "of an expense cannot be set" in refused(
        desk, "time", "amend", spent["id"], "--set", "from=1", "--reason", "x"
    )
    desk.json("time", "withdraw", spent["id"], "--reason", "paid by them")
    assert not desk.json("time", "list")["expenses"]


def test_gaps_between_work_of_a_day(desk: Desk) -> None:
    """2026-03-03 is a Tuesday; the shift is from 9 in Berlin to 17 in New York."""
    added(desk, "--date", "2026-03-03", "--from", "9:30", "--to", "10:30")
    added(desk, "--date", "2026-03-03", "--from", "13:00", "--to", "14:00")
    added(desk, "--date", "2026-03-03", "--from", "13:30", "--to", "14:30")
    ledger = open_ledger(desk.ledger, lambda: parse_utc("2026-03-03T15:00:00.000000Z"))
    for minute in (0, 20):
        at = parse_utc(f"2026-03-03T15:{minute:02d}:00.000000Z")
        ledger.append(Draft("backed_up", at, "eva@desk", "globex", "globex-sw1", "CO-0001", {}))
    ledger.close()
    desk.call("time", "start", "--callout", "CO-0001")
    said = desk.call("time", "gaps", "--day", "2026-03-03").stdout
    assert "Tuesday 2026-03-03, worked 3:00:00:" in said
    assert "free      10:30–13:00 (2:30:00)" in said
    assert "unlogged  16:00–16:20 CO-0001, globex-sw1: 2 events without work" in said
    assert "0:30:00 are claimed by" in said
    assert "Running: T-7 for globex-sw1" in said
    (day,) = desk.json("time", "gaps", "--day", "2026-03-03")["days"]
    assert (day["seconds"], day["free"][0]["seconds"], day["unlogged"][0]["events"]) == (3 * 3600, 9000, 2)
    assert len(desk.json("time", "gaps", "--month", "2026-03")["days"]) == 31
    assert "overlap 0:30:00 with" in desk.call("time", "list").stdout


def test_lists_are_filtered(desk: Desk) -> None:
    added(desk, "--date", "2026-03-03", "--duration", "1h")
    for wanted, count in (
        (("--customer", "globex"), 1), (("--customer", "acme"), 0), (("--system", "globex-sw1"), 1),
        (("--ticket", "T-8"), 0), (("--callout", "CO-0001"), 1), (("--actor", "max@desk"), 0),
        (("--source", "person"), 1), (("--source", "import"), 0), (("--month", "2026-04"), 0),
    ):  # fmt: skip
        assert len(desk.json("time", "list", *wanted)["work"]) == count, wanted
    assert "no source of work" in refused(desk, "time", "list", "--source", "guess")


def test_work_of_a_call_out_is_told_after_it_was_closed_but_not_begun(desk: Desk) -> None:
    at = parse_utc("2026-03-03T18:00:00.000000Z")
    ledger = open_ledger(desk.ledger, lambda: at)
    ledger.append(Draft("closed", at, "eva@desk", "globex", "globex-sw1", "CO-0001", {"outcome": "satisfied"}))
    ledger.close()
    assert added(desk, "--date", "2026-03-03", "--from", "11:00", "--to", "12:30")["callout"] == "CO-0001"
    assert "CO-0001 is closed" in refused(desk, "time", "start", "--callout", "CO-0001")
    assert "about globex, not acme" in refused(
        desk, "time", "add", "--callout", "CO-0001", "--customer", "acme", "--date", "2026-03-03", "--duration", "1h"
    )
