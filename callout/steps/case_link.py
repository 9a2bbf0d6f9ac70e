"""Links to a case what belongs to it, after a look whether that is there at all and the same customer's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from callout.desk.bounds import LONGEST_REASON, bounded
from callout.desk.numbers import case_number_of
from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.steps.case_look import case_now
from callout.steps.case_write import draft_of, write_to_case

if TYPE_CHECKING:
    from callout.desk.case import Case
    from callout.steps.context import Context

FINDING = re.compile(r"D-[0-9a-f]{10}", re.ASCII)


class Linked(StrEnum):
    """What can belong to a case. A `bundle` is the patch of its critical bug and stops that clock."""

    CALLOUT = "callout"
    PATCH = "patch"
    FINDING = "finding"
    QUOTE = "quote"
    BUNDLE = "bundle"
    CASE = "case"


def link_to_case(context: Context, written: str, what: Linked, identifier: str, reason: str = "") -> Event:
    """The `case_linked` event. A case that has ended takes links, too: the patch of its bug comes later.

    Raises BadInput for what is not in the ledger, is another customer's, or is linked already.
    """
    why = bounded(reason, "The reason", LONGEST_REASON)

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft]:
        name = known_name(ledger, case, what, identifier)
        if any((link.what, link.id) == (what, name) for link in case.links):
            raise BadInput(f"{name} is linked to {case.number} already.", "There is nothing to do.")
        return [link_draft(context, case, what, name, why)]

    return write_to_case(context, written, decide)[0]


def link_draft(context: Context, case: Case, what: Linked, name: str, why: str) -> Draft:
    """The draft of a link; a call-out's number stands in the column, too, where its story finds it."""
    body = {"what": str(what), "id": name, "reason": why}
    return draft_of(context, case, "case_linked", body, callout=name if what is Linked.CALLOUT else "")


def known_name(ledger: LedgerView, case: Case, what: Linked, identifier: str) -> str:
    """What is linked, as the ledger has it. Raises BadInput where it does not, or it is another customer's."""
    written = identifier.strip()
    if what is Linked.CASE:
        number = case_number_of(written)
        if number == case.number:
            raise BadInput(f"{number} is this case.", "Link another one.")
        _of_customer(case, number, case_now(ledger, number).customer)
        return number
    found = next((event for event in _FOUND[what](ledger, written)), None)
    if found is None:
        raise BadInput(f"There is no {what} {written[:60]!r} in the ledger.", _WHERE[what])
    if found.customer:  # a patch is announced to everybody
        _of_customer(case, written, found.customer)
    return written


def _of_customer(case: Case, name: str, customer: str) -> None:
    if customer != case.customer:
        raise BadInput(f"{name} is of {customer}, and {case.number} of {case.customer}.", "Look at the number.")


def _callouts(ledger: LedgerView, name: str) -> Sequence[Event]:
    return [event for event in ledger.events(callout=name, kind="opened") if name]


def _quotes(ledger: LedgerView, name: str) -> Sequence[Event]:
    return [event for event in ledger.events(kind="quoted") if event.body.get("quote") == name]


def _findings(ledger: LedgerView, name: str) -> Sequence[Event]:
    if not FINDING.fullmatch(name):
        return []
    looks = ledger.events(kind="drift_looked")
    return [event for event in looks if any(_names(one, name) for one in event.body.get("findings", ()))]


def _bundles(ledger: LedgerView, name: str) -> Sequence[Event]:
    """Announced ones first: they are for everybody. One that was put in somewhere is that customer's."""
    announced = [event for event in ledger.events(kind="patch_announced") if event.body.get("bundle") == name]
    return announced or [event for event in ledger.events(kind="patched") if event.body.get("bundle") == name]


def _names(finding: Any, name: str) -> bool:
    return isinstance(finding, dict) and finding.get("id") == name


_FOUND: Mapping[Linked, Callable[[LedgerView, str], Sequence[Event]]] = {
    Linked.CALLOUT: _callouts,
    Linked.QUOTE: _quotes,
    Linked.FINDING: _findings,
    Linked.PATCH: _bundles,
    Linked.BUNDLE: _bundles,
}
_WHERE = {
    Linked.CALLOUT: "callout list shows those that there are.",
    Linked.QUOTE: "callout quote list shows those that there are.",
    Linked.FINDING: "callout drift show SYSTEM names the findings.",
    Linked.PATCH: "callout patch list shows those that are known; announce it: callout patch announce FILE.",
    Linked.BUNDLE: "callout patch list shows those that are known; announce it: callout patch announce FILE.",
}
