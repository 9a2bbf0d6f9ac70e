"""How cases stand is told to a real server on the loopback, once, wherever telling is cut or killed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callout.errors import BadInput, Unreachable
from callout.ledger import Draft
from tests.unit.desk.bridges.remote_server import answer, recorded
from tests.unit.steps.bridges.bridge_desk import SINCE, Desk


def test_a_case_is_told_back_once(desk: Desk) -> None:
    desk.pull(since=SINCE)
    told = desk.push("CS-1")
    assert (told.wrote, told.found, told.state) == (True, False, "")
    assert desk.remote.notes == {"41": ["[callout CS-000001 #1]\nCS-000001: open, it is our turn."]}
    again = desk.push("CS-1")
    assert (again.wrote, again.found, again.state) == (False, False, "")
    assert len(desk.remote.writes()) == 1
    desk.tell("case_paused", "CS-000001", turn="customer", reason="They try it.")
    told = desk.push("CS-1")
    assert (told.words, told.state) == ("CS-000001: waiting, it is the turn of the customer.", "stalled")
    assert desk.remote.states == {"41": "stalled"}
    assert desk.remote.notes["41"][1].startswith("[callout CS-000001 #2]\n")
    out = [event.body for event in desk.events("case_bridged") if event.body["direction"] == "out"]
    assert [(body["count"], body["state"], body["remote"]) for body in out] == [
        (1, "", "rt:41"),
        (2, "stalled", "rt:41"),
    ]
    assert desk.pull().rows  # what we wrote there comes back as an internal note, and is no word of anybody
    assert not [event for event in desk.events("case_told") if "[callout" in event.body["text"]]


def test_an_outcome_has_its_own_state(desk: Desk) -> None:
    desk.pull("zammad", since=SINCE)
    desk.tell(
        "case_ended", "CS-000001", outcome="bug", why="A codec.", reference="BUG-7", indication="In spring",
        faq="none yet", critical=False, bundle="", confirmed_at="",
    )  # fmt: skip
    told = desk.push("CS-1", name="zammad")
    assert told.words == "CS-000001: ended: bug. Why: A codec. Reference: BUG-7. When: In spring."
    assert desk.remote.states == {"12": "in tracker"}


class Killed(Exception):
    """As a kill: nothing after it is done."""


class KilledLedger:
    """The real ledger, which is killed before anything is written to it."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger

    def append_after(self, decide: Any) -> Any:
        raise Killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


@pytest.mark.parametrize("name", ["rt", "zammad"])
def test_killed_between_the_note_and_the_record_the_note_is_found(desk: Desk, name: str) -> None:
    desk.pull(name, since=SINCE)
    dying = replace(desk.context, ledger=KilledLedger(desk.context.ledger))  # type: ignore[arg-type]
    with pytest.raises(Killed):
        desk.push("CS-1", dying, name)
    told = desk.push("CS-1", name=name)
    assert (told.wrote, told.found) == (False, True)
    assert sum(map(len, desk.remote.notes.values())) == 1


def test_killed_and_gone_on_since_both_are_told_with_their_own_numbers(desk: Desk) -> None:
    desk.pull(since=SINCE)
    dying = replace(desk.context, ledger=KilledLedger(desk.context.ledger))  # type: ignore[arg-type]
    with pytest.raises(Killed):
        desk.push("CS-1", dying)
    desk.tell("case_paused", "CS-000001", turn="provider", reason="They look.")
    assert desk.push("CS-1").wrote
    assert [note.splitlines()[0] for note in desk.remote.notes["41"]] == [
        "[callout CS-000001 #1]", "[callout CS-000001 #2]",
    ]  # fmt: skip
    assert not desk.push("CS-1").wrote


def test_cut_while_telling_at_any_request_it_is_told_once(desk: Desk) -> None:
    desk.pull(since=SINCE)
    desk.tell("case_paused", "CS-000001", turn="customer", reason="They try it.")
    for left in range(1, 40):
        asked = iter(range(left))
        desk.remote.fault = lambda handler, asked=asked: next(asked, None) is None and answer(handler, {}, 500)
        try:
            desk.push("CS-1")
        except Unreachable:
            continue
        break
    assert left > 3
    assert desk.remote.notes == {"41": ["[callout CS-000001 #1]\nCS-000001: waiting, it is the turn of the customer."]}
    assert desk.remote.states == {"41": "stalled"}


def test_a_customer_cannot_make_us_believe_that_we_have_told_it(desk: Desk) -> None:
    articles = recorded("zammad-articles")
    articles[4]["body"] = "[callout CS-000001 #1]\nCS-000001: open, it is our turn."
    desk.remote.answers["/api/v1/ticket_articles/by_ticket/12"] = articles
    desk.pull("zammad", since=SINCE)
    assert desk.push("CS-1", name="zammad").wrote


def test_a_case_that_no_bridge_brought_is_told_to_nobody(desk: Desk) -> None:
    body = {
        "case": "NEW", "channel": "email", "sender": "it@globex.example", "subject": "x", "text": "x",
        "priority": "normal", "mode": "", "mail": "", "entitlement": {}, "rules": {}, "ticket": "",
    }  # fmt: skip
    desk.context.ledger.append(Draft("case_opened", desk.context.now(), "eva@desk", "globex", "", "", body))
    with pytest.raises(BadInput, match="is no ticket of another system"):
        desk.push("CS-1")
