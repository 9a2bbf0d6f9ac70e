"""Numbers of cases, and one case's events: the same in both databases, and in what was read already."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from callout.errors import BadInput
from callout.ledger import Draft, Ledger
from callout.ledger.event import KINDS
from callout.ledger.gathered import Gathered
from callout.ledger.rows import case_number
from callout.ledger.selection import CASE_KINDS, case_of
from callout.ledger.sqlite import SQLiteLedger
from tests.unit.ledger.conftest import NOW


def said(kind: str, case: str, text: str = "") -> Draft:
    return Draft(kind, NOW, "eva", "acme", body={"case": case, "answers": [text], "text": text})


def test_each_new_case_has_a_number_of_its_own(ledger: Ledger) -> None:
    """Drafts that say the same new case are about one, also beside others of the same append."""
    first = ledger.append(said("mail_received", "NEW:a"), said("case_opened", "NEW:a"), said("case_opened", "NEW:b"))
    assert [event.body["case"] for event in first] == ["CS-000001", "CS-000001", "CS-000002"]
    (second,) = ledger.append(said("case_opened", "NEW"))
    assert second.body["case"] == "CS-000003"


def test_only_that_cases_events(ledger: Ledger) -> None:
    """Whatever anybody writes in a text, it does not make an event one of another case."""
    forged = '"case":"CS-000001"'
    events = ledger.append(
        said("case_opened", "NEW"), said("case_heard", "CS-000002", forged), said("case_paused", "CS-000001"),
        Draft("noted", NOW, "eva", body={"case": "CS-000001"}), said("mail_received", "", forged),
    )  # fmt: skip
    for view in (ledger, Gathered(events)):
        assert [event.seq for event in view.events(case="CS-000001")] == [1, 3]
        assert [event.seq for event in view.events(case="CS-000002")] == [2]
        assert [event.seq for event in view.events(case="CS-00000_")] == []
        assert [event.seq for event in view.events(after=2, customer="acme")] == [3, 5]
        with pytest.raises(BadInput):
            list(view.events(after="2"))
    assert [case_of(event) for event in events] == ["CS-000001", "CS-000002", "CS-000001", "", ""]


def test_a_cases_events_are_found_by_the_index(tmp_path: Path) -> None:
    """Not by reading everybody's: the plan of the very words that a ledger asks with says so."""
    path = tmp_path / "ledger.sqlite"
    ledger = SQLiteLedger(path, lambda: NOW)
    ledger.append(said("case_opened", "NEW"))
    asked: list[str] = []
    ledger._connection.set_trace_callback(asked.append)
    list(ledger.events(case="CS-000001"))
    ledger.close()
    with sqlite3.connect(path) as connection:
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall() for query in asked if "CS-" in query]
    assert plans
    assert all("events_by_case" in str(plan) for plan in plans)


def test_every_kind_that_is_about_a_case_is_in_its_index() -> None:
    named = {kind for kind in KINDS if kind.startswith(("case_", "mail_", "letter_"))}
    assert named == set(CASE_KINDS)


def test_numbers_are_all_of_one_length() -> None:
    assert (case_number(1), case_number(999_999)) == ("CS-000001", "CS-999999")
    with pytest.raises(BadInput, match="999,999"):
        case_number(1_000_000)
