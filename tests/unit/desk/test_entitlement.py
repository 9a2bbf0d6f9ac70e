"""Who is it that asks, how many calls fail, and what the contract says to it: each rule as a table."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from callout.desk.authentication import Proof, authenticate_caller, authenticate_writer
from callout.desk.entitlement import PRICE_WORDS, Channel, Price, channels_of, entitled, price_of
from callout.desk.failing_calls import FailingCalls, Source, failing_calls, judge_failing
from callout.errors import BadInput
from callout.findings import Status
from callout.inventory import Customer
from callout.inventory.desk import CustomerDesk
from callout.ledger.event import parse_utc

JANE = {"name": "Jane Roe", "telephone": "+1 (212) 555-0100"}
PIN = "canary-4711"
MakeCustomer = Callable[..., Customer]


def desk_of(**said: Any) -> CustomerDesk:
    return CustomerDesk.model_validate(said)


def secret(pin: str | None) -> SecretStr | None:
    return None if pin is None else SecretStr(pin)


@pytest.mark.parametrize(
    ("on_file", "who", "pin", "code"),
    [
        ({"pin": PIN}, "Jane Roe", PIN, "authenticated"),
        ({"pin": PIN}, "anybody at all", PIN, "authenticated"),
        ({"pin": PIN}, "Jane Roe", f" {PIN}\n", "authenticated"),
        ({"pin": PIN}, "Jane Roe", "canary-4712", "wrong-pin"),
        ({"pin": PIN}, "Jane Roe", "", "wrong-pin"),
        ({"pin": PIN}, "Jane Roe", None, "no-pin"),
        ({"pin": PIN}, "  ", PIN, "nobody"),
        ({"callers": [JANE]}, "jane roe", None, "authenticated"),
        ({"callers": [JANE]}, "+1 212 5550100", None, "authenticated"),
        ({"callers": [JANE]}, "1 212 5550100", None, "unknown-caller"),
        ({"callers": [JANE]}, "Jane Roe II", None, "unknown-caller"),
        ({"callers": [JANE]}, "Jane Roe", PIN, "no-pin-on-file"),
        ({"callers": [JANE], "pin": PIN}, "Jane Roe", PIN, "authenticated"),
        ({"callers": [JANE], "pin": PIN}, "Jane Roe", None, "no-pin"),
        ({"callers": [JANE], "pin": PIN}, "Mallory", PIN, "unknown-caller"),
        ({"callers": [JANE], "pin": PIN}, "Jane Roe", "4711", "wrong-pin"),
        ({"callers": [{"name": "Jane Roe"}]}, "+1 212 555 0100", None, "unknown-caller"),
        ({}, "Jane Roe", None, "nothing-on-file"),
        ({"pin": ""}, "Jane Roe", "", "nothing-on-file"),
        ({"pin": "  "}, "Jane Roe", "", "nothing-on-file"),
        ({"pin": " \n", "callers": [JANE]}, "Jane Roe", " ", "no-pin-on-file"),
    ],
)
def test_a_caller_shows_all_that_is_on_file(on_file: dict[str, Any], who: str, pin: str | None, code: str) -> None:
    found = authenticate_caller(desk_of(**on_file), who, secret(pin))
    assert found.finding.code == code
    assert found.finding.blocks == (code != "authenticated")
    assert "canary" not in json.dumps([found.finding.as_dict(), found.as_dict()])


@pytest.mark.parametrize(
    ("who", "pin", "code", "proofs"),
    [
        ("IT@globex.example", None, "authenticated", [Proof.REGISTERED_ADDRESS]),
        ("it@globex.example.evil.example", None, "unregistered", []),
        ("Jane Roe", None, "authenticated", [Proof.REGISTERED_CALLER]),
        ("visitor 17", PIN, "authenticated", [Proof.PIN]),
        ("visitor 17", None, "unregistered", []),
        ("it@globex.example", "guess", "wrong-pin", [Proof.REGISTERED_ADDRESS]),
        ("", None, "unregistered", []),
    ],
)
def test_a_chat_takes_one_proof_and_no_wrong_one(who: str, pin: str | None, code: str, proofs: list[Proof]) -> None:
    found = authenticate_writer(desk_of(pin=PIN, callers=[JANE]), ["it@globex.example"], who, secret(pin))
    assert (found.finding.code, list(found.proofs)) == (code, proofs)


def test_hostile_names_are_shown_escaped() -> None:
    found = authenticate_caller(desk_of(callers=[JANE]), "\x1b[2J{{7*7}}\n", None)
    assert found.finding.seen == "\\x1b[2J{{7*7}} is not among those who may call."


NOW = parse_utc("2026-03-03T10:00:00.000000Z")
RUNNING = [{"check": "asterisk.running", "status": "pass", "code": "running"}]
DOWN = [{"check": "asterisk.running", "status": "fail", "code": "not-running"}]
SILENT = [*RUNNING, {"check": "sip.options@5060", "status": "fail", "code": "silent"}]
NO_SHELL = [{"check": "asterisk.running", "status": "unknown", "code": "no-shell"}]
NO_CALLS = [*RUNNING, {"check": "asterisk.calls", "status": "pass", "code": "counted", "evidence": {"calls": 0}}]


@pytest.mark.parametrize(
    ("findings", "minutes_ago", "percent", "words"),
    [
        (DOWN, 5, 100, "no call can pass"),
        (DOWN, 61, None, "too old"),
        (DOWN, -5, None, "is not known"),
        (RUNNING, 5, None, "that look cannot tell"),
        (NO_CALLS, 5, None, "that look cannot tell"),
        (SILENT, 5, None, "that look cannot tell"),
        (NO_SHELL, 5, None, "could not ask Asterisk"),
        ([], 5, None, "could not ask Asterisk"),
        (["nonsense"], 5, None, "could not ask Asterisk"),
    ],
    ids=["down", "old", "to come", "runs", "idle is not failing", "silent", "no shell", "empty", "malformed"],
)
def test_what_a_look_shows_of_failing_calls(
    book: Any, findings: list[Any], minutes_ago: int, percent: int | None, words: str
) -> None:
    """Only a dead Asterisk is a share. Everything else is unknown, and unknown is not fine."""
    at = (NOW - dt.timedelta(minutes=minutes_ago)).isoformat()
    book.write("health_checked", at, findings=findings)
    failing = failing_calls(book.events, NOW)
    assert failing.percent == percent
    verdict = judge_failing(failing, 50)
    assert words in verdict.seen
    assert verdict.status is (Status.PASS if percent == 100 else Status.UNKNOWN)


def test_the_newest_look_counts(book: Any) -> None:
    book.write("health_checked", "2026-03-03T09:30Z", findings=DOWN)
    book.write("verified", "2026-03-03T09:50Z", findings=RUNNING)
    assert failing_calls(reversed(book.events), NOW).percent is None


@pytest.mark.parametrize(
    ("percent", "status", "code"),
    [
        (0, Status.FAIL, "too-few"),
        (49, Status.FAIL, "too-few"),
        (50, Status.PASS, "stated"),
        (100, Status.PASS, "stated"),
    ],
)
def test_half_of_the_calls_as_somebody_states(book: Any, percent: int, status: Status, code: str) -> None:
    """A statement counts; what the last look says stays beside it."""
    look = book.write("health_checked", "2026-03-03T09:50Z", findings=RUNNING)
    failing = failing_calls(book.events, NOW, percent, "Jane Roe")
    verdict = judge_failing(failing, 50)
    assert (verdict.status, verdict.code) == (status, code)
    assert (failing.source, failing.look) == (Source.STATED, look.id)
    if status is Status.PASS:
        assert verdict.seen.startswith(f"Jane Roe states that {percent} % of calls fail. Asterisk ran at")


@pytest.mark.parametrize(("percent", "by"), [(60, " "), (-1, "Jane"), (101, "Jane"), (None, "Jane")])
def test_statements_that_are_none(percent: int | None, by: str) -> None:
    with pytest.raises(BadInput):
        failing_calls([], NOW, percent, by)


WELL = FailingCalls(60, Source.STATED, "Jane Roe")
UNKNOWN = FailingCalls(None, Source.NONE)


@pytest.mark.parametrize(
    ("channel", "emergency", "has_contract", "known", "failing", "refused"),
    [
        (Channel.PHONE, True, True, True, WELL, []),
        (Channel.PHONE, True, False, True, WELL, ["emergency_contract"]),
        (Channel.PHONE, True, True, False, WELL, ["caller"]),
        (Channel.PHONE, True, True, True, UNKNOWN, ["failing_calls"]),
        (Channel.PHONE, True, True, True, None, ["failing_calls"]),
        (Channel.PHONE, True, False, False, UNKNOWN, ["emergency_contract", "caller", "failing_calls"]),
        (Channel.PHONE, False, True, True, None, ["channel"]),
        (Channel.CHAT, False, False, True, None, []),
        (Channel.CHAT, False, False, False, None, ["caller"]),
        (Channel.CHAT, True, True, True, WELL, ["channel"]),
        (Channel.EMAIL, True, True, True, WELL, ["channel"]),
        (Channel.EMAIL, False, False, False, None, []),
    ],
)
def test_what_the_contract_says(
    make_customer: MakeCustomer,
    channel: Channel,
    emergency: bool,
    has_contract: bool,
    known: bool,
    failing: FailingCalls | None,
    refused: list[str],
) -> None:
    """All reasons at once, each by its rule."""
    customer = make_customer(emergency_phone=has_contract, desk={"callers": [JANE]})
    authentication = authenticate_caller(customer.desk, "Jane Roe" if known else "Mallory", None)
    found = entitled(customer, channel, emergency=emergency, authentication=authentication, failing=failing)
    assert [finding.check.removeprefix("entitlement.") for finding in found.refusals] == refused
    assert all(finding.remedy for finding in found.refusals)
    assert json.loads(json.dumps(found.as_dict()))["price"] == ("emergency" if emergency else "support")


def test_who_was_never_asked_is_not_let_in(make_customer: MakeCustomer) -> None:
    found = entitled(make_customer(), Channel.CHAT, emergency=False)
    assert [finding.code for finding in found.refusals] == ["unasked"]


def test_channels_and_prices_are_the_contracts(make_customer: MakeCustomer) -> None:
    assert channels_of(make_customer()) == (Channel.EMAIL, Channel.CHAT)
    assert Channel.PHONE in channels_of(make_customer(emergency_phone=True))
    assert price_of("maintenance", emergency=False) is Price.MAINTENANCE
    assert price_of("maintenance", emergency=True) is Price.EMERGENCY
    assert set(PRICE_WORDS) == set(Price)
