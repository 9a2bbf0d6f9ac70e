"""Reads cases: one with all that belongs to it, or all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from callout.desk.case import Case, case_of
from callout.desk.numbers import case_number_of
from callout.errors import BadInput
from callout.ledger.event import Event
from callout.ledger.selection import CASE_KINDS
from callout.ledger.selection import case_of as case_number_in
from callout.ledger.store import LedgerView

if TYPE_CHECKING:
    from callout.desk.standing import Standing
    from callout.inventory.policy import Policy
    from callout.steps.context import Context

# Besides what names a case: a call-out or a quote whose ticket it is, and the announcement of a patch linked to it.
OPENED, QUOTED, ANNOUNCED = "opened", "quoted", "patch_announced"


def events_of_case(ledger: LedgerView, written: str) -> list[Event]:
    """All that was said of one case, and what belongs to it by its number, in the ledger's order.

    `written` as a person writes it (`CS-1`). Raises BadInput for a number that is none, or that no case has.
    """
    number = case_number_of(written)
    own = list(ledger.events(case=number))
    opened = next((event for event in own if event.kind == "case_opened"), None)
    if opened is None:
        raise BadInput(f"There is no case {number} in the ledger.", "callout case list shows those that there are.")
    return sorted([*own, *_beside(ledger, number, opened.customer, own)], key=lambda event: event.seq)


def case_now(ledger: LedgerView, written: str) -> Case:
    """The case as it stands after its last event. Raises BadInput for a number that no case has."""
    return case_of(events_of_case(ledger, written))


def require_going(case: Case) -> Case:
    """The case, where it has not ended. Raises BadInput where it has."""
    if case.outcome is not None:
        raise BadInput(
            f"{case.number} has ended: {case.outcome.outcome}.",
            f"It goes on with: callout case reopen {case.number} --reason …",
        )
    return case


def all_cases(ledger: LedgerView, customer: str = "") -> list[Case]:
    """All cases, or one customer's, in the order of their numbers. The ledger is read once."""
    filters = {"customer": customer} if customer else {}
    grouped: dict[str, list[Event]] = {}
    for event in ledger.events(kinds=CASE_KINDS, **filters):
        if number := case_number_in(event):
            grouped.setdefault(number, []).append(event)
    for event in ledger.events(kinds=(OPENED, QUOTED), **filters):
        ticket = str(event.body.get("ticket", ""))
        if ticket in grouped:
            grouped[ticket].append(event)
    announced = list(ledger.events(kind=ANNOUNCED))
    return [
        case_of([*events, *_announced(announced, events)])
        for _, events in sorted(grouped.items())
        if any(event.kind == "case_opened" for event in events)
    ]


def standings_now(context: Context, policy: Policy, case: Case) -> tuple[Standing, ...]:
    """How the case's clocks stand now, by the policy's calendar."""
    from callout.desk.standing import standings
    from callout.steps.calendar import calendars_for

    now = context.now()
    # A deadline may lie a year ahead, and a pause may move it on; asked beyond that the calendar says so.
    calendars = calendars_for(policy, case.opened_at.year - 1, max(now.year, case.last_at.year) + 2)
    return standings(case, calendars, now, policy.desk.warn_at_percent)


def _beside(ledger: LedgerView, number: str, customer: str, own: Sequence[Event]) -> Iterator[Event]:
    for event in ledger.events(kinds=(OPENED, QUOTED), customer=customer):
        if event.body.get("ticket") == number:
            yield event
    if bundles_of(own):
        yield from _announced(ledger.events(kind=ANNOUNCED), own)


def _announced(announced: Iterable[Event], own: Sequence[Event]) -> Iterator[Event]:
    bundles = bundles_of(own)
    return (event for event in announced if event.body.get("bundle") in bundles)


def bundles_of(own: Iterable[Event]) -> set[str]:
    """The bundles that a case's events link, or name at an end; their announcements belong to the case."""
    found = set()
    for event in own:
        if event.kind == "case_linked" and event.body.get("what") in ("bundle", "patch"):
            found.add(str(event.body.get("id", "")))
        elif event.kind == "case_ended":
            found.add(str(event.body.get("bundle", "")))
    return found - {""}
