"""A consent names a plan, outlives the refused call-out, and is good for one change."""

from __future__ import annotations

import pytest

from callout.errors import BadInput
from callout.inventory import System
from callout.policy.consents import usable
from callout.steps.consent import adopt_consent, consents_for, record_consent
from callout.steps.context import Context
from callout.steps.record import close_callout, open_callout
from tests.unit.steps.conftest import Clock

HASH = "ab" * 32


def planned(context: Context, system: System) -> str:
    callout = open_callout(context, system, "T-1", "x").callout
    context.record("planned", system, callout, {"hash": HASH, "verdict": "applicable", "plan": {}})
    return callout


def give(context: Context, system: System, callout: str, plan: str = HASH, **how: str) -> None:
    words = {"by": "it@globex.example", "channel": "email", "reference": "<1@x>", **how}
    record_consent(context, system.customer, callout, plan, **words)


def spender(context: Context, callout: str) -> str:
    consents = consents_for(context.ledger, "globex-sw1")
    found, why_not = usable(consents, HASH, callout, context.now(), 30)
    return found.by if found else why_not


def test_consent_to_a_refused_call_outs_plan_covers_the_next(context: Context, system: System, clock: Clock) -> None:
    refused = planned(context, system)
    close_callout(context, refused, "not-possible", "no consent")
    clock.forward(days=1)
    give(context, system, refused, HASH[:8])
    following = planned(context, system)
    adopted = adopt_consent(context, system, following, HASH)
    assert adopted is not None
    assert adopted.body["given_in"] == refused
    assert adopt_consent(context, system, following, HASH) is None
    assert spender(context, following) == "it@globex.example"


def test_spent_by_one_change(context: Context, system: System) -> None:
    first = planned(context, system)
    give(context, system, first)
    context.record("patched", system, first, {"plan_hash": HASH})
    second = planned(context, system)
    assert adopt_consent(context, system, second, HASH) is None
    assert spender(context, second) == "The consent of it@globex.example was for one change, and CO-0001 has made it."
    give(context, system, second, reference="<2@x>")
    assert spender(context, second) == "it@globex.example"


def test_adoption_does_not_renew(context: Context, system: System, clock: Clock) -> None:
    first = planned(context, system)
    give(context, system, first)
    clock.forward(days=20)
    second = planned(context, system)
    adopt_consent(context, system, second, HASH)
    clock.forward(days=11)
    assert spender(context, second) == "The consent of it@globex.example is older than 30 days."


@pytest.mark.parametrize(
    ("plan", "how", "sentence"),
    [
        ("cd" * 32, {}, "has no plan with hash"),
        ("ab", {}, "has no plan with hash"),
        (HASH, {"channel": "pigeon"}, "'pigeon' is no channel"),
        (HASH, {"by": " "}, "needs who gave it"),
        (HASH, {"reference": ""}, "needs who gave it"),
    ],
)
def test_consents_that_cannot_be(
    context: Context, system: System, plan: str, how: dict[str, str], sentence: str
) -> None:
    callout = planned(context, system)
    with pytest.raises(BadInput, match=sentence):
        give(context, system, callout, plan, **how)


def test_no_consent_before_a_plan(context: Context, system: System) -> None:
    callout = open_callout(context, system, "T-1", "x").callout
    with pytest.raises(BadInput, match="has no plan to consent to"):
        give(context, system, callout)


def test_unregistered_address_is_noted(context: Context, system: System) -> None:
    callout = planned(context, system)
    give(context, system, callout, by="somebody@else.example")
    (given,) = consents_for(context.ledger, "globex-sw1")
    assert not given.registered


@pytest.mark.parametrize(
    ("by", "registered"),
    [
        ("Ivo Tal <IT@globex.example>", True),
        ("Ivo Tal (it@globex.example), by phone", True),
        ("notit@globex.example", False),
        ("it@globex.example.evil.example", False),
        ("it@globex.example@evil.example", False),
    ],
)
def test_only_a_whole_registered_address_counts(context: Context, system: System, by: str, registered: bool) -> None:
    callout = planned(context, system)
    give(context, system, callout, by=by)
    assert consents_for(context.ledger, system.name)[0].registered is registered
