"""What belongs to a case: call-outs, links, and the charge for an emergency that was none."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from callout.desk.mode import Mode
from callout.desk.outcome import Outcome
from callout.errors import BadInput, Refused
from callout.ledger import Draft
from callout.ledger.event import format_utc
from callout.policy.chargeable import Charge, Rule
from callout.policy.outcomes import NO_FAQ
from callout.steps.bill import make_bill
from callout.steps.case_change import Wanted, change_case
from callout.steps.case_end import end_case
from callout.steps.case_judge import judge_emergency
from callout.steps.case_link import Linked, link_to_case
from callout.steps.case_look import standings_now
from callout.steps.case_story import case_story
from callout.steps.judge import judge_work
from callout.steps.past_work import add_work, amend, withdraw
from callout.steps.record import close_callout, open_callout, story_of
from callout.steps.work import Subject
from callout.worklog.details import Details
from callout.worklog.past import Told
from tests.unit.steps.case_desk import Desk, desk

__all__ = ["desk"]


def call_out(desk: Desk, number: str, **more: str) -> str:
    system = desk.inventory.system(more.pop("system", "globex-pbx1"))
    return open_callout(desk.context, system, more.pop("ticket", ""), "Look at the trunk", case=number).callout


def work(desk: Desk, callout: str = "", ticket: str = "CS-000001", minutes: int = 60, **more: Any) -> str:
    began = desk.now - dt.timedelta(hours=2)
    details = Details(ticket=ticket, note="Looked", activity="support", **more)
    told = Told(began, began + dt.timedelta(minutes=minutes), minutes * 60)
    system = "globex-pbx1" if callout else ""
    return add_work(desk.context, Subject("globex", system, callout), details, told).id


def lines(desk: Desk) -> dict[str, Any]:
    """Work's id → its line of this month's bill."""
    return {line.entry.event.id: line for line in make_bill(desk.context, desk.inventory, "globex", "2026-03").lines}


def test_a_call_out_is_linked_in_the_same_append(desk: Desk) -> None:
    number = desk.opened()
    callout = call_out(desk, "cs-1")
    assert desk.case(number).callouts == (callout,) == ("CO-0001",)
    assert desk.case(number).mode == Mode.WE_DO
    kinds = [event.kind for event in story_of(desk.context.ledger, callout)]
    assert kinds == ["opened", "case_linked"]
    assert desk.events("opened")[0].body["ticket"] == number
    close_callout(desk.context, callout, "satisfied")
    story = case_story(desk.context, desk.inventory.policy, number)
    assert [(one.number, one.outcome) for one in story.callouts] == [(callout, "satisfied")]
    assert "closed" in [event.kind for event in story.events]


def test_a_call_out_with_a_ticket_of_its_own(desk: Desk) -> None:
    """Its ticket is another, and it belongs to the case all the same; one whose ticket the case is needs no word."""
    number = desk.opened()
    first = call_out(desk, number, ticket="RT-7")
    second = open_callout(desk.context, desk.inventory.system("globex-pbx1"), number, "Again").callout
    assert desk.case(number).callouts == (first, second)
    assert desk.events("opened")[0].body["ticket"] == "RT-7"


def test_call_outs_that_are_none_of_its(desk: Desk) -> None:
    number = desk.opened()
    with pytest.raises(BadInput, match="a system of acme"):
        call_out(desk, number, system="acme-pbx1")
    with pytest.raises(BadInput, match="no case"):
        call_out(desk, "CS-9")
    change_case(desk.context, desk.inventory, number, Wanted(mode="you_do"), "They do it.")
    with pytest.raises(Refused, match="No call-out was opened"):
        call_out(desk, number)
    change_case(desk.context, desk.inventory, number, Wanted(mode="we_do"), "They cannot.")
    end_case(desk.context, desk.inventory.policy, number, Outcome("satisfied", faq=NO_FAQ))
    with pytest.raises(BadInput, match="has ended"):
        call_out(desk, number)
    assert desk.events("opened") == []


def test_links(desk: Desk) -> None:
    number, other, foreign = desk.opened(), desk.opened(), desk.opened("acme")
    ledger, at = desk.context.ledger, desk.now
    ledger.append(
        Draft("quoted", at, "eva", "globex", body={"quote": "Q-0001", "ticket": "T-1"}),
        Draft("drift_looked", at, "eva", "globex", "globex-pbx1", body={"findings": [{"id": "D-0123456789"}]}),
        Draft("drift_looked", at, "eva", "acme", "acme-pbx1", body={"findings": [{"id": "D-aaaaaaaaaa"}]}),
        Draft("patch_announced", at, "eva", body={"bundle": "PW-1"}),
    )
    callout = open_callout(desk.context, desk.inventory.system("globex-pbx1"), "T-1", "Before").callout
    good = {
        Linked.QUOTE: "Q-0001", Linked.FINDING: "D-0123456789", Linked.PATCH: "PW-1", Linked.BUNDLE: "PW-1",
        Linked.CASE: "2", Linked.CALLOUT: callout,
    }  # fmt: skip
    for what, name in good.items():
        link_to_case(desk.context, number, what, name, "It has to do with it.")
        with pytest.raises(BadInput, match="linked to CS-000001 already"):
            link_to_case(desk.context, number, what, name)
    assert {(link.what, link.id) for link in desk.case(number).links} == {
        (str(what), other if what is Linked.CASE else name) for what, name in good.items()
    }
    bad = [
        (Linked.CALLOUT, "CO-0009"), (Linked.CALLOUT, ""), (Linked.QUOTE, "Q-9"), (Linked.FINDING, "D-bbbbbbbbbb"),
        (Linked.FINDING, "x"), (Linked.BUNDLE, "PW-2"), (Linked.CASE, number), (Linked.CASE, foreign),
        (Linked.FINDING, "D-aaaaaaaaaa"),
    ]  # fmt: skip
    for what, name in bad:
        with pytest.raises(BadInput):
            link_to_case(desk.context, number, what, name)


def test_the_patch_of_a_critical_bug(desk: Desk) -> None:
    """Its clock begins with the confirmation, runs after the end, and stops with the bundle."""
    number = desk.opened()
    confirmed = desk.now - dt.timedelta(hours=1)
    bug = Outcome("bug", "", "BUG-7", "tomorrow", NO_FAQ, critical=True, confirmed_at=confirmed)
    end_case(desk.context, desk.inventory.policy, number, bug)

    def patch() -> Any:
        found = standings_now(desk.context, desk.inventory.policy, desk.case(number))
        return next(one for one in found if one.clock == "critical_patch")

    assert (patch().due_at, patch().state) == (confirmed + dt.timedelta(hours=24), "running")
    desk.context.ledger.append(Draft("patch_announced", desk.now, "eva", body={"bundle": "PW-1"}))
    desk.clock.forward(hours=2)
    link_to_case(desk.context, number, Linked.BUNDLE, "PW-1")
    assert patch().state == "met"


def test_a_bundle_that_is_there_at_the_end_is_linked_with_it(desk: Desk) -> None:
    number = desk.opened()
    bug = Outcome("bug", "", "BUG-7", "now", NO_FAQ, critical=True, confirmed_at=desk.now, bundle="PW-1")
    with pytest.raises(BadInput, match="no bundle 'PW-1'"):
        end_case(desk.context, desk.inventory.policy, number, bug)
    assert desk.events("case_ended") == []
    desk.context.ledger.append(Draft("patch_announced", desk.now, "eva", body={"bundle": "PW-1"}))
    end_case(desk.context, desk.inventory.policy, number, bug)
    assert [link.id for link in desk.case(number).links] == ["PW-1"]


def test_a_man_made_emergency_is_charged_afterwards(desk: Desk) -> None:
    """In its call-outs and under its number; by the cause that bills know, on the evidence of the judgement."""
    number = desk.emergency()
    callout = call_out(desk, number)
    in_it, beside = work(desk, callout), work(desk, minutes=30)
    elsewhere = work(desk, ticket="T-9")
    assert {line.charge for line in lines(desk).values()} == {Charge.NO}
    judgement = judge_emergency(desk.context, number, "man-made", "They had changed the firewall.")
    found = lines(desk)
    for one in (in_it, beside):
        assert (found[one].charge, found[one].verdict.rule) == (Charge.YES, Rule.MAN_MADE_EMERGENCY)
        assert found[one].verdict.evidence == (judgement.event.id,)
    assert found[elsewhere].charge is Charge.NO
    assert desk.case(number).judged.emergency == "man_made"  # type: ignore[union-attr]
    reasons = {event.body["reason"] for event in desk.events("work_amended")}
    assert reasons == {"CS-000001: the emergency was man-made: They had changed the firewall."}


def test_what_comes_after_the_judgement_is_told_and_taken(desk: Desk) -> None:
    number = desk.emergency()
    judge_emergency(desk.context, number, "man_made", "Their firewall.")
    later = work(desk)
    story = case_story(desk.context, desk.inventory.policy, number)
    assert ([one.work.event_id for one in story.not_charged], story.worked_s) == ([later], 3600)
    again = judge_emergency(desk.context, number, "man_made", "Their firewall.")
    assert [str(one.deed) for one in again.deeds] == ["cause"]
    assert case_story(desk.context, desk.inventory.policy, number).not_charged == []
    assert [one.why for one in judge_emergency(desk.context, number, "man_made", "x").deeds] == [
        "it is charged for that already"
    ]


def test_a_judgement_is_taken_back(desk: Desk) -> None:
    """Only what this case gave for a cause goes; what somebody else said stays."""
    number = desk.emergency()
    ours, theirs = work(desk), work(desk, cause="man_made_emergency")
    judge_emergency(desk.context, number, "man_made", "Their firewall.")
    judge_emergency(desk.context, number, "genuine", "It was the provider's.")
    found = lines(desk)
    assert (found[ours].charge, found[theirs].charge) == (Charge.NO, Charge.YES)


def test_an_emergency_that_was_none(desk: Desk) -> None:
    """Charged by a person's word; that is not taken back in one go."""
    number = desk.emergency()
    charged, let_off, gone = work(desk), work(desk), work(desk)
    judge_work(desk.context, let_off, "no", "We had promised it.")
    withdraw(desk.context, gone, "Never done.")
    judgement = judge_emergency(desk.context, number, "none", "One telephone was unplugged.")
    assert {one.work.event_id: str(one.deed) for one in judgement.deeds} == {charged: "charge", let_off: "left"}
    found = lines(desk)
    assert (found[charged].charge, found[let_off].charge) == (Charge.YES, Charge.NO)
    with pytest.raises(Refused) as refused:
        judge_emergency(desk.context, number, "genuine", "It was one after all.")
    assert refused.value.reasons[0]["code"] == "charged-by-word"
    end_case(desk.context, desk.inventory.policy, number, Outcome("satisfied", faq=NO_FAQ))


def test_invoiced_work_stays(desk: Desk) -> None:
    number = desk.emergency()
    billed = work(desk)
    body = {"number": "2026-1", "month": "2026-03", "items": [{"line": billed, "work": [billed]}], "lines": [billed]}
    desk.context.ledger.append(Draft("invoice_issued", desk.now, "eva", "globex", body=body))
    (left,) = judge_emergency(desk.context, number, "man_made", "Their firewall.").deeds
    assert left.why == "it stands on invoice 2026-1: a credit note sets it free"
    assert desk.events("work_amended") == []


def test_a_cause_that_a_person_said_stays(desk: Desk) -> None:
    number = desk.emergency()
    identifier = work(desk)
    amend(desk.context, identifier, {"cause": "own_bug"}, "It was ours.", dt.UTC)
    judge_emergency(desk.context, number, "man_made", "x")
    assert lines(desk)[identifier].verdict.rule is Rule.OWN_BUG


def test_only_an_emergency_is_judged(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        judge_emergency(desk.context, desk.opened(), "none", "x")
    assert refused.value.reasons[0]["code"] == "no-emergency"
    for word, why in (("fake", "x"), ("none", " ")):
        with pytest.raises(BadInput):
            judge_emergency(desk.context, "CS-1", word, why)


def test_the_way_of_we_do(desk: Desk) -> None:
    """The story says what is missing: a quote, a consent, a call-out."""
    number = desk.opened(mode="we_do")

    def codes() -> list[str]:
        return [one.code for one in case_story(desk.context, desk.inventory.policy, number).progress]

    assert codes() == ["none", "none", "none"]
    valid = format_utc(desk.now + dt.timedelta(days=9))
    body: dict[str, Any] = {
        "quote": "Q-0001", "ticket": number, "callout": "", "text": "Trunk", "method": "stated",
        "minutes": {"stated": 60},
        "amount": "120.00", "currency": "EUR", "cap": None, "valid_until": valid, "basis": [],
    }  # fmt: skip
    desk.context.ledger.append(Draft("quoted", desk.now, "eva", "globex", body=body))
    assert codes() == ["open", "none", "none"]
    callout = call_out(desk, number)
    accepted = {"quote": "Q-0001", "given_at": format_utc(desk.now)}
    desk.context.ledger.append(
        Draft("quote_accepted", desk.now, "eva", "globex", body=accepted),
        Draft("consented", desk.now, "eva", "globex", "globex-pbx1", callout, {"plan_hash": "x"}),
    )
    assert codes() == ["accepted", "given", "opened"]
