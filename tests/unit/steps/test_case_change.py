"""What a case becomes: another priority, an emergency, escalated."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from callout.desk.entitlement import Channel
from callout.desk.escalation import Wish
from callout.desk.outcome import Outcome
from callout.errors import BadInput, Refused
from callout.policy.outcomes import NO_FAQ
from callout.steps.case_change import Wanted, change_case
from callout.steps.case_end import end_case
from callout.steps.case_escalate import acknowledge, escalate
from callout.steps.case_look import standings_now
from callout.steps.case_open import Asking
from tests.unit.steps.case_desk import PIN, Desk, desk

__all__ = ["desk"]


def change(desk: Desk, number: str, asking: Asking | None = None, **wanted: str) -> dict[str, Any]:
    return change_case(desk.context, desk.inventory, number, Wanted(**wanted), "They said so.", asking).body


def wish(level: int, **more: str) -> Wish:
    return Wish(level, **{"by": "Jane Roe", "concern": "not_satisfactory", "statement": f"Said {level}.", **more})


def test_changes(desk: Desk) -> None:
    number = desk.opened()
    body = change(desk, number, priority="high", subject="No voicemail at all")
    assert body["changes"] == {
        "priority": ["normal", "high"], "subject": ["Voicemail is silent", "No voicemail at all"],
    }  # fmt: skip
    assert body["rules"]["plan"]["within"] == "4 hours"
    assert desk.case(number).subject == "No voicemail at all"
    for wanted, said in (
        ({"priority": "high"}, "like that already"),
        ({}, "like that already"),
        ({"priority": "urgent"}, "no priority"),
        ({"contract": "maintenance"}, "support contract"),
        ({"system": "acme-pbx1"}, "not a system of globex"),
        ({"system": "nowhere"}, "no system"),
        ({"mode": "x"}, "no way of working"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=said):
            change(desk, number, **wanted)


def test_to_become_an_emergency_takes_what_an_emergency_takes(desk: Desk) -> None:
    number = desk.opened()
    with pytest.raises(Refused) as refused:
        change(desk, number, priority="emergency")
    assert {one["check"] for one in refused.value.reasons} == {"entitlement.caller", "entitlement.failing_calls"}
    asking = Asking(Channel.PHONE, "Jane Roe", SecretStr(PIN), 80, "Jane Roe")
    change(desk, number, asking, priority="emergency")
    assert desk.case(number).priority == "emergency"
    assert desk.case(number).rules["first_reply"].within == "45 minutes"
    with pytest.raises(Refused) as again:
        end_case(desk.context, desk.inventory.policy, number, Outcome("satisfied", faq=NO_FAQ))
    assert [one["check"] for one in again.value.reasons] == ["emergency.judged"]


def test_escalated_level_by_level(desk: Desk) -> None:
    number = desk.opened()
    with pytest.raises(Refused) as refused:
        escalate(desk.context, desk.inventory, number, wish(3))
    assert refused.value.reasons[0]["seen"] == "Levels 1 and 2 were never tried."
    escalate(desk.context, desk.inventory, number, wish(1))
    desk.clock.forward(hours=1)
    with pytest.raises(Refused):
        escalate(desk.context, desk.inventory, number, wish(1))
    escalate(desk.context, desk.inventory, number, wish(2))
    desk.clock.forward(hours=1)
    third = escalate(desk.context, desk.inventory, number, wish(3)).body
    assert [(one["level"], one["statement"]) for one in third["attempts"]] == [(1, "Said 1."), (2, "Said 2.")]
    assert third["copies"] == ["sm@nordwand.example", "am@nordwand.example", "last@nordwand.example"]
    assert desk.case(number).level == 3
    found = standings_now(desk.context, desk.inventory.policy, desk.case(number))
    assert [(one.part, one.rule.within if one.rule else "") for one in found if one.clock == "acknowledgement"] == [
        (1, "4 hours"), (2, "1 business day"), (3, "1 business day"),
    ]  # fmt: skip
    with pytest.raises(BadInput, match="No escalation of level 4"):
        acknowledge(desk.context, number, "I take it.", 4)
    assert acknowledge(desk.context, number, "I take it.").body["level"] == 3
    with pytest.raises(BadInput, match="waits for an acknowledgement"):
        acknowledge(desk.context, number, "Again.")


def test_a_level_is_skipped_with_a_reason(desk: Desk) -> None:
    number = desk.opened()
    event = escalate(desk.context, desk.inventory, number, wish(2, skipped_why="The manager is away."))
    assert event.body["skipped_why"] == "The manager is away."
