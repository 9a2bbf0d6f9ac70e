"""What a person does with a case: says, hears, pauses, changes, escalates, ends; each once, by whoever is first."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from typing import Any

import pytest

from callout.desk.case import CaseState
from callout.desk.entitlement import Channel
from callout.desk.escalation import Wish
from callout.desk.outcome import Outcome
from callout.errors import BadInput, Refused
from callout.ledger import open_ledger
from callout.ledger.event import format_utc
from callout.policy.outcomes import NO_FAQ
from callout.steps.case_change import Wanted, change_case
from callout.steps.case_clock import justify_breach, pause_case, resume_case, set_deadline
from callout.steps.case_end import end_case, reopen_case
from callout.steps.case_escalate import escalate
from callout.steps.case_look import all_cases, case_now, events_of_case, standings_now
from callout.steps.case_open import Asking
from callout.steps.case_talk import Reply, hear, reply
from callout.steps.case_write import write_to_case
from tests.unit.steps.case_desk import LINK, POLICY, Desk, desk, desk_inventory

__all__ = ["desk"]
CONCERN = Wish(1, "Jane Roe", "not_satisfactory", "Still silent.")
DONE = Outcome("satisfied", faq=NO_FAQ)


def end(desk: Desk, number: str, outcome: Outcome = DONE) -> None:
    end_case(desk.context, desk.inventory.policy, number, outcome)


def say(desk: Desk, number: str, **said: Any) -> None:
    reply(desk.context, desk.inventory.policy, number, Reply(**{"text": "Look at the page.", **said}))


def change(desk: Desk, number: str, asking: Asking | None = None, **wanted: str) -> dict[str, Any]:
    return change_case(desk.context, desk.inventory, number, Wanted(**wanted), "They said so.", asking).body


def states(desk: Desk, number: str) -> dict[str, str]:
    found = standings_now(desk.context, desk.inventory.policy, desk.case(number))
    return {str(one.clock): str(one.state) for one in found}


def test_a_question_pauses_and_an_answer_resumes(desk: Desk) -> None:
    number = desk.opened()
    say(desk, number, asks=True)
    assert desk.case(number).state is CaseState.PAUSED
    assert desk.case(number).turn == "customer"
    answer = hear(desk.context, "cs-1", Channel.PHONE, "", "It blinks.")
    assert (answer.body["sender"], answer.body["answers"]) == ("it@globex.example", True)
    assert (desk.case(number).state, desk.case(number).turn) == (CaseState.OPEN, "us")
    assert states(desk, number)["first_reply"] == "met"


def test_where_policy_lets_the_clocks_run_a_question_pauses_nothing(desk: Desk) -> None:
    rules = {**POLICY, "desk": {**POLICY["desk"], "pause_on_customers_turn": False}}
    desk.inventory = desk_inventory(rules)
    number = desk.opened()
    say(desk, number, asks=True)
    assert desk.case(number).state is CaseState.OPEN


def test_instructions_make_it_support(desk: Desk) -> None:
    number = desk.opened()
    with pytest.raises(Refused, match="no instructions"):
        say(desk, number, instructions=True)
    say(desk, number, instructions=True, links=(LINK,))
    assert desk.case(number).mode == "you_do"
    assert desk.kinds(number)[-2:] == ["case_told", "case_changed"]
    assert change(desk, number, mode="we-do")["changes"] == {"mode": ["you_do", "we_do"]}
    with pytest.raises(Refused) as refused:
        say(desk, number, instructions=True, links=(LINK,))
    assert refused.value.reasons[0]["code"] == "we-do"
    assert desk.kinds(number)[-1] == "case_refused"


def test_pauses(desk: Desk) -> None:
    number = desk.opened()
    for turn in ("us", "nobody"):
        with pytest.raises(BadInput, match="nobody whom a case waits for"):
            pause_case(desk.context, number, turn, "because")
    with pytest.raises(BadInput, match="not paused"):
        resume_case(desk.context, number, "because")
    pause_case(desk.context, number, "provider", "They look at the trunk.")
    with pytest.raises(BadInput, match="paused already"):
        pause_case(desk.context, number, "customer", "because")
    with pytest.raises(BadInput, match="needs a reason"):
        resume_case(desk.context, number, " ")
    desk.clock.forward(days=7)
    assert states(desk, number)["first_reply"] == "paused"
    resume_case(desk.context, number, "They have answered.")
    assert states(desk, number)["first_reply"] == "running"


def test_a_deadline_by_hand(desk: Desk) -> None:
    number = desk.opened()
    due = desk.now + dt.timedelta(days=1)
    set_deadline(desk.context, number, "plan", due, "Agreed by phone.")
    (plan,) = [
        one for one in standings_now(desk.context, desk.inventory.policy, desk.case(number)) if one.clock == "plan"
    ]
    assert (plan.due_at, plan.by_hand) == (due, True)
    for clock, when, why in (
        ("plan", desk.now, "x"), ("lunch", due, "x"), ("acknowledgement", due, "x"), ("plan", due, " "),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            set_deadline(desk.context, number, clock, when, why)


def test_no_end_while_a_breach_is_not_justified(desk: Desk) -> None:
    number = desk.opened()
    with pytest.raises(BadInput, match="no breach of first reply"):
        justify_breach(desk.context, desk.inventory.policy, number, "first-reply", "because")
    desk.clock.forward(days=3)
    assert states(desk, number)["first_reply"] == "breached"
    with pytest.raises(Refused) as refused:
        end(desk, number)
    assert [one["check"] for one in refused.value.reasons] == ["clock.first_reply"]
    say(desk, number)
    with pytest.raises(Refused):
        end(desk, number)
    justify_breach(desk.context, desk.inventory.policy, number, "first_reply", "The mailbox was full.")
    end(desk, number)
    assert desk.case(number).outcome
    assert desk.kinds(number).count("case_refused") == 2


def test_a_justification_of_an_ended_case(desk: Desk) -> None:
    """What was late before it was reopened is late still."""
    number = desk.opened()
    with pytest.raises(BadInput, match="says why"):
        justify_breach(desk.context, desk.inventory.policy, number, "first_reply", " ")
    end(desk, number)
    with pytest.raises(BadInput, match="no breach"):
        justify_breach(desk.context, desk.inventory.policy, number, "first_reply", "x")


def test_an_end_and_what_comes_after(desk: Desk) -> None:
    number = desk.opened()
    end(desk, number)
    for deed in (
        lambda: end(desk, number),
        lambda: say(desk, number),
        lambda: hear(desk.context, number, Channel.CHAT, "", "Hello?"),
        lambda: pause_case(desk.context, number, "customer", "x"),
        lambda: resume_case(desk.context, number, "x"),
        lambda: change(desk, number, priority="high"),
        lambda: escalate(desk.context, desk.inventory, number, CONCERN),
        lambda: set_deadline(desk.context, number, "plan", desk.now + dt.timedelta(1), "x"),
    ):
        with pytest.raises(BadInput, match="has ended: satisfied"):
            deed()
    reopen_case(desk.context, number, "It is silent again.")
    with pytest.raises(BadInput, match="has not ended"):
        reopen_case(desk.context, number, "x")
    case = desk.case(number)
    assert (case.outcome, len(case.endings), case.endings[0].reopened_why) == (None, 1, "It is silent again.")
    say(desk, number)


def test_two_people_end_it_and_one_does(desk: Desk) -> None:
    """Each with a connection of their own, at the same time."""
    number = desk.opened()
    ends: list[str] = []
    told: list[str] = []
    ready = threading.Barrier(4)

    def one(name: str) -> None:
        ledger = open_ledger(desk.context.places.ledger, desk.clock)
        ready.wait()
        try:
            end_case(replace(desk.context, ledger=ledger, actor=name), desk.inventory.policy, number, DONE)
            ends.append(name)
        except BadInput as refused:
            told.append(refused.message)
        finally:
            ledger.close()

    people = [threading.Thread(target=one, args=(f"p{index}@desk",)) for index in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(ends) == 1
    assert told == [f"{number} has ended: satisfied."] * 3
    (ended,) = desk.events("case_ended")
    assert ended.actor == ends[0]


def test_what_is_not_there(desk: Desk) -> None:
    for written in ("CS-9", "CS-000009"):
        with pytest.raises(BadInput, match="no case CS-000009"):
            say(desk, written)
    with pytest.raises(BadInput, match="no number of a case"):
        say(desk, "CO-0001")


def test_a_fault_in_the_middle_leaves_nothing(desk: Desk) -> None:
    """What fails while it is decided has written nothing, and the next one goes through."""
    number = desk.opened()

    def fails(case: Any, ledger: Any) -> Any:
        raise RuntimeError("the machine is gone")

    with pytest.raises(RuntimeError):
        write_to_case(desk.context, number, fails)
    assert desk.kinds(number) == ["case_opened"]
    say(desk, number)


def test_said_later_than_it_was(desk: Desk) -> None:
    number = desk.opened()
    said_at = desk.now + dt.timedelta(minutes=10)
    desk.clock.forward(hours=5)
    say(desk, number, at=said_at)
    assert desk.case(number).first_reply_at == said_at
    with pytest.raises(BadInput, match="before the case was opened"):
        say(desk, number, at=said_at - dt.timedelta(days=1))


def test_all_cases_and_one_are_the_same(desk: Desk) -> None:
    """Read one by one or all at once: what belongs to a case by its number is there both ways."""
    numbers = [desk.opened(), desk.opened("acme"), desk.opened()]
    say(desk, numbers[0], asks=True)
    end(desk, numbers[2])
    found = all_cases(desk.context.ledger)
    assert found == [case_now(desk.context.ledger, number) for number in numbers]
    assert [case.number for case in all_cases(desk.context.ledger, "acme")] == [numbers[1]]
    assert format_utc(found[0].opened_at) == events_of_case(desk.context.ledger, "1")[0].at
