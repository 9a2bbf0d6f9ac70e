"""`callout bill`, `bill explain`, `bill judge` and `bill deduct` as a user runs them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from callout.ledger import Draft, open_ledger
from tests.unit.worklog.desk import HOSTS, Desk

BILL = ("bill", "--customer", "globex", "--month", "2026-03")
CONTRACT = """
          rates: {engineer: "120.00"}
          contracts:
            - {id: H-1, kind: hours_block, starts: 2026-01-01, hours: "1"}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    (tmp_path / "hosts.yml").write_text(HOSTS.rstrip() + CONTRACT, encoding="utf-8")
    return made


@pytest.fixture
def work(desk: Desk) -> str:
    """Two hours of maintenance in Germany's morning: the day's first two hours of the vendor's."""
    said = ("--date", "2026-03-03", "--from", "10:00", "--to", "12:00", "--note", "Trunk", "--internal-note", "sigh")
    return str(desk.json("time", "add", "--callout", "CO-0001", *said)["event"]["id"])


def bill_of(desk: Desk) -> Any:
    """The bill as data; its exit status says only whether somebody should look."""
    answer = desk.call(*BILL, "--format", "json")
    assert answer.returncode in (0, 4), answer.stderr
    return json.loads(answer.stdout)


def refused(desk: Desk, *arguments: str) -> str:
    answer = desk.call(*arguments)
    assert answer.returncode == 2, answer.stderr
    assert "Traceback" not in answer.stderr
    return answer.stderr


def test_a_line_is_explained_step_by_step_with_its_sources(desk: Desk, work: str) -> None:
    text = desk.call("bill", "explain", work[:8]).stdout
    for said in (
        "Raw fact: 2:00:00 from 2026-03-03T09:00:00.000000Z",
        "Rule no_consent_on_record (yes)",
        f"callout_customer.rates.engineer ({desk.folder}/hosts.yml:",
        "Looked at entry: nothing",
        "Payer: contract H-1 (hours_block)",
        "It had 60 minutes before and 0 after.",
        "Payer: time and materials; no contract has anything left. Asked before: H-1 paid 60 minutes of it and has",
        "60 min × 120.00 ÷ 60 = 120.00 EUR",
    ):
        assert said in text, said
    lines = desk.json("bill", "explain", work)["lines"]
    assert [(line["line"], line["paid_by"], line["amount"]) for line in lines] == [
        (work[:8], "H-1", "0.00"),
        (f"{work[:8]}.2", "", "120.00"),
    ]
    (second,) = desk.json("bill", "explain", f"{work[:8]}.2")["lines"]
    assert second["steps"] == lines[1]["steps"]


def test_a_persons_word_stays_beside_the_rules(desk: Desk, work: str) -> None:
    desk.json("bill", "judge", work[:8], "--charge", "no", "--reason", "Goodwill after the outage")
    (line,) = bill_of(desk)["lines"]
    assert (line["chargeable"], line["rule_says"], line["amount"], line["original_amount"]) == (
        "no", "yes", "0.00", "240.00",
    )  # fmt: skip
    assert line["override"]["reason"] == "Goodwill after the outage"
    assert "But not charged, judged by eva@desk: Goodwill after the outage." in desk.call(*BILL).stdout
    desk.json("bill", "judge", work[:8], "--charge", "yes", "--reason", "They insisted")
    assert [one["chargeable"] for one in bill_of(desk)["lines"]] == ["yes", "yes"]


def test_minutes_are_deducted_with_a_reason(desk: Desk, work: str) -> None:
    desk.json("bill", "deduct", work, "--minutes", "15", "--reason", "Waited for our own lift")
    lines = bill_of(desk)["lines"]
    assert [(one["billed_minutes"], one["deducted_minutes"], one["amount"]) for one in lines] == [
        (60, 0, "0.00"),
        (45, 15, "90.00"),
    ]
    assert lines[1]["original_amount"] == "120.00"
    assert "Waited for our own lift" in desk.call("bill", "explain", f"{work[:8]}.2").stdout
    said = refused(desk, "bill", "deduct", work, "--minutes", "106", "--reason", "x")
    assert "has 120 minutes, 15 are deducted already" in said


def test_what_cannot_be_decided_is_refused_and_nothing_is_recorded(desk: Desk, work: str) -> None:
    assert "without a reason" in refused(desk, "bill", "judge", work, "--charge", "no", "--reason", " ")
    assert "There is no work" in refused(desk, "bill", "judge", "ffffffff", "--charge", "no", "--reason", "x")
    assert "too short" in refused(desk, "bill", "explain", "ab")
    assert "no line" in refused(desk, "bill", "explain", "ffffffff", "--customer", "globex", "--month", "2026-03")
    assert "Whose bill" in refused(desk, "bill")
    desk.json("time", "withdraw", work, "--reason", "was not me")
    assert "is withdrawn" in refused(desk, "bill", "judge", work, "--charge", "no", "--reason", "x")
    assert "stands on no bill" in refused(desk, "bill", "explain", work)


def test_what_stands_on_an_invoice_is_judged_no_more(desk: Desk, work: str) -> None:
    ledger = open_ledger(desk.ledger, lambda: dt.datetime(2026, 4, 1, tzinfo=dt.UTC))
    at = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    items = [{"line": work[:8], "work": [work], "amount": "0"}]
    body = {"number": "2026-7", "work": [work], "lines": [work[:8]], "items": items, "month": "2026-03", "document": {}}
    ledger.append(Draft("invoice_issued", at, "max@desk", "globex", body=body))
    ledger.close()
    assert "stands on invoice 2026-7" in refused(desk, "bill", "judge", work, "--charge", "no", "--reason", "x")
    assert "stands on invoice 2026-7" in refused(desk, "bill", "deduct", work, "--minutes", "5", "--reason", "x")


def test_an_expense_is_billed_explained_and_judged(desk: Desk) -> None:
    said = ("--amount", "12.30", "--currency", "EUR", "--kind", "travel", "--date", "2026-03-03", "--note", "Train")
    expense = desk.json("time", "expense", "--callout", "CO-0001", *said)["event"]["id"]
    bill = bill_of(desk)
    assert [(one["amount"], one["note"]) for one in bill["expenses"]] == [("12.30", "Train")]
    assert bill["total"] == "12.30"
    assert "Charged as it was spent: 12.30 EUR." in desk.call("bill", "explain", expense[:8]).stdout
    desk.json("bill", "judge", expense, "--charge", "no", "--reason", "Ours")
    assert bill_of(desk)["total"] == "0.00"


def test_the_internal_note_stays_in_the_house(desk: Desk, work: str) -> None:
    for form in ("text", "json", "csv", "html"):
        shown = desk.call(*BILL, "--format", form).stdout
        assert "Trunk" in shown or form == "text"
        assert "sigh" not in shown
    assert "sigh" not in desk.call("bill", "explain", work).stdout
    assert work
