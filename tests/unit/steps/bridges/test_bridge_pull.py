"""Tickets of a real server on the loopback become cases, each of them once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from callout.errors import BadInput
from callout.inventory import Customer
from callout.ledger.event import format_utc
from callout.steps.case_look import case_now
from tests.unit.desk.bridges.remote_server import moment, recorded
from tests.unit.steps.bridges.bridge_desk import SINCE, Desk, whats


def test_tickets_of_rt_become_cases_with_all_that_was_said(desk: Desk) -> None:
    found = desk.pull(since=SINCE)
    assert whats(found) == [
        ("rt:40", "over", ""), ("rt:41", "opened", "CS-000001"), ("rt:42", "set aside", ""),
        ("rt:43", "opened", "CS-000002"),
    ]  # fmt: skip
    case = case_now(desk.context.ledger, "CS-000001")
    assert (case.channel, case.ticket, case.sender) == ("bridge", "rt:41", "it@globex.example")
    assert case.subject == "No calls to mobiles since noon"
    assert case.opened_at == moment("2026-11-23T11:02:10+00:00")
    assert [(one.way, one.reply, one.text.splitlines()[0]) for one in case.messages] == [
        ("heard", False, "Since noon no call to a mobile passes."),
        ("told", True, "We are on it."),
        ("heard", False, "Every mobile, yes. {{7*7}} =cmd|x"),
        ("heard", False, "From here as well."),
    ]
    assert "[files in rt:41: trace.png]" in case.text
    assert case.first_reply_at == moment("2026-11-23T11:45:00+00:00")
    assert "Do not tell" not in str([event.body for event in desk.events("case_heard", "case_told", "case_opened")])
    assert case.rules
    opened = desk.events("case_opened")[0]
    assert (opened.customer, opened.body["priority"]) == ("globex", "normal")
    assert opened.body["entitlement"]["channel"] == "bridge"
    assert desk.inventory.customers["initech"].id == desk.events("case_opened")[1].customer  # by carl's address


def test_tickets_of_zammad_likewise(desk: Desk) -> None:
    found = desk.pull("zammad", since=SINCE)
    assert whats(found) == [
        ("zammad:12", "opened", "CS-000001"), ("zammad:11", "set aside", ""), ("zammad:10", "over", ""),
    ]  # fmt: skip
    case = case_now(desk.context.ledger, "CS-000001")
    assert [(one.way, one.text) for one in case.messages] == [
        ("heard", "Callers hear nothing\nwhile they wait.\n[files in zammad:12: hold.wav]"),
        ("told", "Which tenant is it?"),
        ("heard", "The first one."),
    ]


def test_a_login_that_is_no_address_is_looked_up(desk: Desk) -> None:
    desk.remote.answers["/api/v1/tickets"] = [{**recorded("zammad-tickets")[1], "customer": "ines"}]
    assert whats(desk.pull("zammad", since=SINCE)) == [("zammad:12", "opened", "CS-000001")]
    assert case_now(desk.context.ledger, "CS-000001").sender == "it@globex.example"


@pytest.mark.parametrize("name", ["rt", "zammad"])
def test_reading_again_changes_nothing(desk: Desk, name: str) -> None:
    desk.pull(name, since=SINCE)
    before = list(desk.context.ledger.events())
    for _ in range(2):
        found = desk.pull(name)
        assert {row.what for row in found.rows} <= {"unchanged", "over", "set aside"}
    assert list(desk.context.ledger.events()) == before


def test_the_next_reading_begins_before_the_last_ones_end(desk: Desk) -> None:
    desk.pull(since=SINCE)
    (read,) = [event for event in desk.events("case_bridged") if event.body.get("until")]
    assert read.body["until"] == "2026-11-23T13:05:00.000000Z"
    assert desk.pull().since == moment("2026-11-22T11:05:00+00:00")
    query = [path for method, path, _ in desk.remote.asked if "/tickets?" in path][-1]
    assert "LastUpdated+%3E+%272026-11-22+11%3A05%3A00%27" in query


def test_a_first_reading_says_where_it_begins(desk: Desk) -> None:
    with pytest.raises(BadInput, match="rt was never read") as caught:
        desk.pull()
    assert "--since" in caught.value.hint
    assert desk.remote.asked == []


def test_what_is_new_over_there_goes_into_the_same_case(desk: Desk) -> None:
    desk.pull("zammad", since=SINCE)
    desk.tell(
        "case_told", "CS-000001", letter="reply", text="Try it now?", reply=True, asks=True, links=[], language=""
    )
    assert case_now(desk.context.ledger, "CS-000001").turn == "customer"
    last = recorded("zammad-articles")[4]
    more = [{**last, "id": 36 + n, "body": f"Word {n}", "created_at": f"2026-11-23T14:0{n}:00Z"} for n in range(2)]
    tickets = recorded("zammad-tickets")
    tickets[1]["updated_at"] = "2026-11-23T14:01:00Z"
    desk.remote.answers = {
        "/api/v1/tickets": tickets,
        "/api/v1/ticket_articles/by_ticket/12": [*recorded("zammad-articles"), *more],
    }
    (row,) = [row for row in desk.pull("zammad").rows if row.what == "continued"]
    assert (row.case, row.news) == ("CS-000001", 2)
    heard = desk.events("case_heard")[-2:]
    assert [(event.body["text"], event.body["answers"]) for event in heard] == [("Word 0", True), ("Word 1", False)]
    case = case_now(desk.context.ledger, "CS-000001")
    assert case.turn == "us"
    assert len(desk.events("case_opened")) == 1


def test_a_dry_run_says_the_same_and_records_nothing(desk: Desk) -> None:
    said = [(row.ticket, row.what, row.news) for row in desk.pull(since=SINCE, dry_run=True).rows]
    assert list(desk.context.ledger.events()) == []
    assert said == [(row.ticket, row.what, row.news) for row in desk.pull(since=SINCE).rows]


def test_who_is_not_registered_is_set_aside_once_and_taken_when_they_are(
    desk: Desk, make_customer: Callable[..., Customer]
) -> None:
    desk.pull(since=SINCE)
    (refused,) = desk.events("case_refused")
    assert refused.body["what"] == "ticket rt:42"
    assert "spam@elsewhere.example" in refused.body["reasons"][0]["seen"]
    again = [row for row in desk.pull().rows if row.what == "set aside"]
    assert [row.ticket for row in again] == ["rt:42"]  # listed each time, recorded once
    assert len(desk.events("case_refused")) == 1
    friend = make_customer(id="elsewhere", registered_addresses=["spam@elsewhere.example"])
    desk.inventory = replace(desk.inventory, customers={**desk.inventory.customers, "elsewhere": friend})
    desk.remote.answers["/REST/2.0/tickets"] = {"page": 1, "pages": 1, "items": []}  # long out of the list by now
    desk.remote.answers["/REST/2.0/ticket/42"] = recorded("rt-tickets")["items"][2]
    assert whats(desk.pull()) == [("rt:42", "opened", "CS-000003")]


def test_an_address_of_two_customers_is_nobodys(desk: Desk, make_customer: Callable[..., Customer]) -> None:
    twin = make_customer(id="twin")
    desk.inventory = replace(desk.inventory, customers={**desk.inventory.customers, "twin": twin})
    assert ("rt:41", "set aside", "") in whats(desk.pull(since=SINCE))


def test_one_ticket_alone(desk: Desk) -> None:
    assert whats(desk.pull(only="41")) == [("rt:41", "opened", "CS-000001")]
    assert whats(desk.pull(only="41")) == [("rt:41", "unchanged", "CS-000001")]
    assert not [event for event in desk.events("case_bridged") if event.body.get("until")]


def test_a_customers_word_after_the_end_is_heard_and_told_to_a_person(desk: Desk) -> None:
    desk.pull("zammad", since=SINCE)
    desk.tell("case_ended", "CS-000001", outcome="satisfied", why="", reference="", indication="", faq="none yet",
              critical=False, bundle="", confirmed_at="")  # fmt: skip
    tickets, articles = recorded("zammad-tickets"), recorded("zammad-articles")
    tickets[1] |= {"updated_at": "2026-11-23T14:00:00Z", "state": "open"}
    late = {**articles[4], "id": 40, "body": "It is back.", "created_at": "2026-11-24T09:00:00Z"}
    desk.remote.answers = {"/api/v1/tickets": tickets, "/api/v1/ticket_articles/by_ticket/12": [*articles, late]}
    (row,) = [row for row in desk.pull("zammad").rows if row.what == "continued"]
    assert "callout case reopen CS-000001" in row.note
    heard = desk.events("case_heard")[-1]
    assert (heard.body["text"], heard.at) == ("It is back.", format_utc(desk.context.now()))  # their clock runs ahead
