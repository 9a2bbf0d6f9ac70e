"""Opening and closing call-outs."""

from __future__ import annotations

import pytest

from callout.errors import BadInput
from callout.inventory import System
from callout.steps.context import Context
from callout.steps.record import close_callout, open_callout, opening_of, require_open, story_of


def test_opened_is_numbered_and_says_why(context: Context, system: System) -> None:
    first = open_callout(context, system, " T-1 ", "patch it")
    second = open_callout(context, system, "T-2", "again", "60 % of calls fail")
    assert (first.callout, second.callout) == ("CO-0001", "CO-0002")
    assert first.body["ticket"] == "T-1"
    assert first.customer == "globex"
    assert second.body["emergency"] == "60 % of calls fail"


@pytest.mark.parametrize(("ticket", "reason"), [("", "x"), ("  ", "x"), ("T-1", " ")])
def test_no_call_out_without_ticket_or_reason(context: Context, system: System, ticket: str, reason: str) -> None:
    with pytest.raises(BadInput):
        open_callout(context, system, ticket, reason)
    assert list(context.ledger.events()) == []


def test_closed_once_and_for_all(context: Context, system: System) -> None:
    callout = open_callout(context, system, "T-1", "x").callout
    close_callout(context, callout, "satisfied")
    with pytest.raises(BadInput, match="is closed"):
        close_callout(context, callout, "satisfied")
    with pytest.raises(BadInput, match="is closed"):
        require_open(context.ledger, callout)
    assert [event.kind for event in story_of(context.ledger, callout)] == ["opened", "closed"]


def test_unknown_call_out_is_said(context: Context) -> None:
    with pytest.raises(BadInput, match="There is no call-out 'CO-0099'"):
        close_callout(context, "CO-0099", "satisfied")


def test_call_out_of_another_system_is_not_taken(context: Context, system: System) -> None:
    callout = open_callout(context, system, "T-1", "x").callout
    with pytest.raises(BadInput, match="is about globex-sw1, not acme-pbx1"):
        opening_of(context.ledger, callout, "acme-pbx1")
