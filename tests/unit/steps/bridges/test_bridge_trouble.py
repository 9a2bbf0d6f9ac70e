"""Reading from a server on the loopback that fails, lies, shifts and forgets: nothing is lost, nothing doubled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from callout.desk.bridges.reading import RequestTracker
from callout.errors import BadInput, Unreachable
from callout.inventory import Customer, Policy
from callout.steps.bridge import pull, system_behind
from callout.steps.case_look import case_now
from tests.unit.desk.bridges.remote_server import answer, moment, recorded
from tests.unit.steps.bridges.bridge_desk import SINCE, Desk, whats
from tests.unit.steps.conftest import Clock


def test_a_ticket_that_is_not_as_it_should_be_spoils_no_other(desk: Desk) -> None:
    desk.remote.answers["/REST/2.0/transaction/505/attachments"] = {"items": "?"}
    tickets = recorded("rt-tickets")
    tickets["items"][3]["Created"] = "when the moon was new"
    desk.remote.answers["/REST/2.0/tickets"] = tickets
    found = desk.pull(since=SINCE)
    assert [(row.ticket, row.what) for row in found.rows] == [
        ("rt:40", "over"), ("rt:41", "unread"), ("rt:42", "set aside"), ("rt:43", "unread"),
    ]  # fmt: skip
    assert not found.is_whole
    assert desk.events("case_opened") == []
    with pytest.raises(BadInput, match="never read"):
        desk.pull()  # not whole: the next one begins where this one did
    desk.remote.answers = {}
    assert [row.what for row in desk.pull(since=SINCE).rows] == ["over", "opened", "set aside", "opened"]


def test_a_reading_cut_after_any_request_loses_and_doubles_nothing(desk: Desk) -> None:
    """The line is cut at the first, second, third … request, until a reading comes to its end."""
    for left in range(1, 40):
        asked = iter(range(left))
        desk.remote.fault = lambda handler, asked=asked: next(asked, None) is None and answer(handler, {}, 500)
        try:
            desk.pull(since=SINCE)
        except Unreachable:
            continue
        break
    assert left > 5
    assert [event.body["ticket"] for event in desk.events("case_opened")] == ["rt:41", "rt:43"]
    articles = [text for event in desk.events("case_heard", "case_told", "case_opened")
                if event.body["case"] == "CS-000001" for text in [event.body["text"]]]  # fmt: skip
    assert len(articles) == len(set(articles)) == 4


def test_pages_that_shift_and_an_order_that_is_none(desk: Desk) -> None:
    """Zammad's list may come unsorted, and a ticket on two pages: none is left out, none is taken twice."""
    old = {**recorded("zammad-tickets")[3], "state": "open", "updated_at": "2026-11-01T00:00:00Z"}
    pages = {1: [{**old, "id": 100 + one} for one in range(50)], 2: recorded("zammad-tickets")[1:2] * 2}
    pages[1][0] = recorded("zammad-tickets")[2]

    def paged(handler: Any) -> bool:
        if not handler.path.startswith("/api/v1/tickets?"):
            return False
        return answer(handler, pages[int(handler.path.partition("&page=")[2].partition("&")[0])])

    desk.remote.fault = paged
    pages[1].reverse()  # the newest comes last
    assert [row.ticket for row in desk.pull("zammad", since=SINCE).rows] == ["zammad:11", "zammad:12"]


def test_a_list_without_end_is_given_up(desk: Desk) -> None:
    items = recorded("rt-tickets")["items"][:1]
    desk.remote.answers["/REST/2.0/tickets"] = {"page": 1, "pages": 10**6, "items": items}
    system = system_behind(desk.context, desk.inventory, "rt")
    assert isinstance(system, RequestTracker)
    with pytest.raises(Unreachable, match="more than 7 pages"):
        pull(desk.context, desk.inventory, "rt", replace(system, most_pages=7), since=SINCE)


def test_a_sorted_list_is_read_no_further_than_it_must(desk: Desk) -> None:
    ticket = recorded("zammad-tickets")[3]
    page = [{**ticket, "id": 200 + n, "updated_at": f"2026-11-19T00:00:{59 - n:02}Z"} for n in range(50)]
    desk.remote.answers["/api/v1/tickets"] = page
    assert desk.pull("zammad", since=SINCE).rows == ()
    assert len(desk.remote.asked) == 1


@pytest.mark.parametrize("code", [403, 404])
def test_an_asker_who_cannot_be_looked_up_is_nobodys(desk: Desk, code: int) -> None:
    desk.remote.fault = lambda handler: "/user/" in handler.path and answer(handler, {}, code)
    found = desk.pull(since=SINCE)
    assert ("rt:43", "set aside", "") in whats(found)
    assert found.is_whole


def test_a_ticket_that_is_gone_stops_nothing(desk: Desk, make_customer: Callable[..., Customer]) -> None:
    desk.pull(since=SINCE)
    friend = make_customer(id="elsewhere", registered_addresses=["spam@elsewhere.example"])
    desk.inventory = replace(desk.inventory, customers={**desk.inventory.customers, "elsewhere": friend})
    desk.remote.answers["/REST/2.0/tickets"] = {"page": 1, "pages": 1, "items": recorded("rt-tickets")["items"][:1]}
    desk.remote.fault = lambda handler: handler.path.startswith("/REST/2.0/ticket/42") and answer(handler, {}, 404)
    found = desk.pull()
    assert [(row.ticket, row.what) for row in found.rows] == [("rt:42", "gone"), ("rt:40", "over")]
    assert found.is_whole


def test_off_until_policy_has_it(desk: Desk) -> None:
    desk.inventory = replace(desk.inventory, policy=Policy())
    for name in ("rt", "zammad", "otrs", "__class__"):
        with pytest.raises(BadInput, match=r"callout_policy\.desk\.bridges has none"):
            desk.pull(name, since=SINCE)
    assert desk.remote.asked == []


@pytest.mark.parametrize("token", ["", "two words", "line\nHost: elsewhere", "ümlaut"])
def test_a_token_that_is_none_is_not_sent(desk: Desk, token: str) -> None:
    bridges = desk.inventory.policy.desk.bridges
    assert bridges.rt is not None
    rt = bridges.rt.model_copy(update={"token": SecretStr(token)})
    told = desk.inventory.policy.desk.model_copy(update={"bridges": bridges.model_copy(update={"rt": rt})})
    desk.inventory = replace(desk.inventory, policy=desk.inventory.policy.model_copy(update={"desk": told}))
    with pytest.raises(BadInput, match=r"bridges\.rt\.token: it is no token"):
        desk.pull(since=SINCE)
    assert desk.remote.asked == []


def test_two_who_read_at_once_open_one_case(desk: Desk) -> None:
    """The second has looked before the first wrote, and looks again in its own transaction."""
    system = system_behind(desk.context, desk.inventory, "rt")
    first = pull(desk.context, desk.inventory, "rt", Between(system, lambda: desk.pull(since=SINCE)), since=SINCE)
    assert len(desk.events("case_opened")) == 2
    assert [row.what for row in first.rows] == ["over", "opened", "set aside", "unchanged"]
    said = [(event.body["case"], event.body["text"]) for event in desk.events("case_opened", "case_heard", "case_told")]
    assert len(said) == len(set(said)) == 8


class Between:
    """A ticket system that lets somebody else read it just before its first articles are handed over."""

    def __init__(self, system: Any, then: Callable[[], object]) -> None:
        self._system, self._then = system, then

    def articles(self, head: Any, known: Any) -> Any:
        found, then = self._system.articles(head, known), self._then
        self._then = lambda: None
        then()
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)


def test_a_clock_far_ahead_is_not_believed(desk: Desk, clock: Clock) -> None:
    clock.now = moment("2026-11-23T11:10:00+00:00")
    desk.pull(since=SINCE)
    case = case_now(desk.context.ledger, "CS-000001")
    assert max(one.at for one in case.messages) == clock.now
    assert case.opened_at == moment("2026-11-23T11:02:10+00:00")
    assert clock.now - case.opened_at < dt.timedelta(minutes=10)
