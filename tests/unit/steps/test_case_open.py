"""Opening a case: entitled or refused, on record either way, and the PIN nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from callout.desk.entitlement import Channel
from callout.errors import BadInput, Refused
from callout.policy.desk_words import Priority
from callout.steps.case_open import Asking, Matter, open_case
from tests.unit.steps.case_desk import PIN, Desk, desk

__all__ = ["desk"]


def test_a_case_by_chat(desk: Desk) -> None:
    number = desk.opened(text="Since today it is silent.", priority=Priority.HIGH, ticket="RT-9")
    case = desk.case(number)
    assert (number, case.customer, case.system, case.channel) == ("CS-000001", "globex", "globex-pbx1", "chat")
    assert (case.sender, case.subject, case.text) == (
        "it@globex.example", "Voicemail is silent", "Since today it is silent.",
    )  # fmt: skip
    assert (case.priority, case.contract, case.ticket) == ("high", "support", "RT-9")
    assert {name: rule.within for name, rule in case.rules.items()} == {
        "first_reply": "1 business day", "critical_patch": "24 hours", "plan": "4 hours",
    }  # fmt: skip
    assert desk.opened("acme") == "CS-000002"


def test_an_emergency_call(desk: Desk) -> None:
    case = desk.case(desk.emergency())
    assert (case.priority, case.channel) == ("emergency", "phone")
    assert case.entitlement["authentication"] == {"who": "Jane Roe", "proofs": ["registered_caller", "pin"]}
    assert case.entitlement["failing"]["percent"] == 60
    assert case.rules["first_reply"].runs == "always"


@pytest.mark.parametrize(
    ("asked", "check", "code"),
    [
        ({"pin": SecretStr("canary-4712")}, "entitlement.caller", "wrong-pin"),
        ({"pin": None}, "entitlement.caller", "no-pin"),
        ({"who": "Mallory"}, "entitlement.caller", "unknown-caller"),
        ({"failing_percent": 49}, "entitlement.failing_calls", "too-few"),
        ({"failing_percent": None, "stated_by": ""}, "entitlement.failing_calls", "unknown"),
        ({"channel": Channel.CHAT}, "entitlement.channel", "emergencies-come-by-phone"),
    ],
)
def test_what_is_refused_is_on_record(desk: Desk, asked: dict[str, Any], check: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        desk.emergency(**asked)
    assert [(one["check"], one["code"]) for one in refused.value.reasons] == [(check, code)]
    (event,) = desk.context.ledger.events()
    assert (event.kind, event.customer, event.system) == ("case_refused", "globex", "globex-pbx1")
    assert (event.body["case"], event.body["what"]) == ("", "open")
    assert event.body["reasons"] == refused.value.reasons


def test_no_emergency_contract(desk: Desk) -> None:
    customer, policy = desk.inventory.customer("acme"), desk.inventory.policy
    asking = Asking(Channel.PHONE, "Jane Roe", None, 100, "Jane Roe")
    with pytest.raises(Refused) as refused:
        open_case(desk.context, customer, policy, "", asking, Matter("No calls", priority=Priority.EMERGENCY))
    assert {one["check"] for one in refused.value.reasons} == {
        "entitlement.emergency_contract", "entitlement.caller",
    }  # fmt: skip


def test_a_dead_asterisk_needs_no_statement(desk: Desk) -> None:
    """What a look at this very system saw is evidence; a look at another is none."""
    down = {"check": "asterisk.running", "status": "fail", "code": "not-running"}
    system = desk.inventory.system("acme-pbx1")
    desk.context.record("health_checked", system, "", {"moment": "before", "findings": [down]})
    with pytest.raises(Refused):
        desk.emergency(failing_percent=None, stated_by="")
    look = desk.context.record(
        "health_checked", desk.inventory.system("globex-pbx1"), "", {"moment": "before", "findings": [down]}
    )
    case = desk.case(desk.emergency(failing_percent=None, stated_by=""))
    assert (case.entitlement["failing"]["source"], case.entitlement["failing"]["look"]) == ("seen", look.id)


def test_the_pin_is_nowhere(desk: Desk, tmp_path: Path) -> None:
    """Right or wrong, asked for or not: in no event, in no message, in no file beside the ledger."""
    desk.emergency()
    wrong = "canary-wrong-0815"
    with pytest.raises(Refused) as refused:
        desk.emergency(pin=SecretStr(wrong))
    told = [str(refused.value), refused.value.hint, json.dumps(refused.value.reasons), repr(desk.inventory.customers)]
    told += [event.body_text for event in desk.context.ledger.events()]
    assert not any("canary" in one for one in told)
    assert all(b"canary" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert PIN.startswith("canary")


def test_a_long_transcript_is_kept_whole(desk: Desk) -> None:
    text = "x" * 19_999 + "\n{{7*7}} \x1b[2J" + "y" * 30_000
    number = desk.opened(text=text, answered=True)
    messages = desk.case(number).messages
    assert "".join(one.text for one in messages if one.way == "heard") == text
    assert messages[-1].reply
    assert desk.kinds(number) == ["case_opened", "case_heard", "case_heard", "case_told"]
    with pytest.raises(BadInput, match="800,001 characters"):
        desk.opened(text="x" * 800_001)


@pytest.mark.parametrize(
    "matter", [{"subject": ""}, {"subject": "a\nb"}, {"mode": "they_do"}, {"ticket": "x" * 301}], ids=str
)
def test_what_is_not_whole_is_not_recorded(desk: Desk, matter: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        desk.opened(**matter)
    assert list(desk.context.ledger.events()) == []


def test_a_call_told_later_happened_when_it_came(desk: Desk) -> None:
    came = desk.now
    desk.clock.forward(hours=3)
    assert desk.case(desk.opened(at=came)).opened_at == came
    with pytest.raises(BadInput, match="in the future"):
        desk.opened(at=came.replace(year=2038))
