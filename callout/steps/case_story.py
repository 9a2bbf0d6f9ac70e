"""Gathers one case with all that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from callout.desk.case import Case, case_of
from callout.desk.mode import Mode, Progress, steps_of
from callout.ledger.event import Event
from callout.ledger.store import LedgerView
from callout.policy.quotes import QuoteState
from callout.steps.case_judge import WorkOfCase, not_charged_yet, was_emergency
from callout.steps.case_look import events_of_case, standings_now
from callout.steps.quote import quotes
from callout.views.case_story import CalloutSeen, CaseStory

if TYPE_CHECKING:
    from callout.findings import Finding
    from callout.inventory.policy import Policy
    from callout.steps.context import Context
    from callout.worklog.quoting import Quote


def case_story(context: Context, policy: Policy, written: str) -> CaseStory:
    """The whole story of one case. Raises BadInput for a number that no case has."""
    ledger = context.ledger
    events = events_of_case(ledger, written)
    case = case_of(events)
    callouts = [seen for number in case.callouts for seen in _seen(ledger, number)]
    of_case = _quotes_of(context, case)
    closings = [event for one in callouts for event in ledger.events(callout=one.number, kind="closed")]
    own = {event.id for event in events}
    return CaseStory(
        case=case,
        standings=standings_now(context, policy, case),
        events=sorted([*events, *(one for one in closings if one.id not in own)], key=lambda one: (one.at, one.seq)),
        callouts=callouts,
        quotes={quote.number: str(quote.state) for quote in of_case},
        progress=_progress(ledger, case, of_case),
        worked_s=WorkOfCase(ledger, case).seconds,
        not_charged=not_charged_yet(ledger, case),
    )


def _seen(ledger: LedgerView, number: str) -> list[CalloutSeen]:
    """The call-out as the ledger has it; nothing for a number that it does not know."""
    found: list[Event] = list(ledger.events(callout=number, kinds=("opened", "closed")))
    opened = next((event for event in found if event.kind == "opened"), None)
    closed = next((event for event in found if event.kind == "closed"), None)
    if opened is None:
        return []
    ended_at, outcome = (closed.happened_at, str(closed.body.get("outcome", ""))) if closed else (None, "")
    return [CalloutSeen(number, opened.system, opened.happened_at, ended_at, outcome)]


def _quotes_of(context: Context, case: Case) -> list[Quote]:
    """Those that were linked, whose ticket it is, and that are for its call-outs."""
    linked = {link.id for link in case.links if link.what == "quote"}
    return [
        one
        for one in quotes(context, case.customer)
        if one.number in linked or one.ticket == case.number or (one.callout and one.callout in case.callouts)
    ]


def _progress(ledger: LedgerView, case: Case, of_case: Sequence[Quote]) -> list[Finding]:
    if case.mode != Mode.WE_DO or case.outcome is not None:
        return []
    consents = [event.id for number in case.callouts for event in ledger.events(callout=number, kind="consented")]
    progress = Progress(
        contract=case.contract,
        emergency=was_emergency(case),
        quotes=tuple(one.number for one in of_case if one.state is QuoteState.ACCEPTED),
        open_quotes=tuple(one.number for one in of_case if one.state is QuoteState.OPEN),
        consents=tuple(consents),
        callouts=case.callouts,
    )
    return steps_of(progress, case.number)
