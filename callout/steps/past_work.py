"""Work told afterwards, expenses, and corrections of both. Whatever stands on an invoice stays as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.steps.work import Subject
from callout.worklog.amended import AMENDABLE, WORK_KINDS, Amended, amended
from callout.worklog.amending import changed_body, withdrawn_body
from callout.worklog.details import Details
from callout.worklog.invoiced import INVOICE_KINDS, invoiced_work
from callout.worklog.past import Told, told_body
from callout.worklog.shown_drift import FINDING, citation
from callout.worklog.shown_drift import KIND as DRIFT_LOOKED

if TYPE_CHECKING:
    from callout.steps.context import Context

SHORTEST_ID = 4
WHOLE_ID = 36


def add_work(context: Context, subject: Subject, details: Details, when: Told) -> Event:
    """The `work_logged` event of work that a person tells afterwards. Raises BadInput; see `Details.fields`."""
    body = told_body(when, details)
    names = (subject.customer, subject.system, subject.callout)
    at = min(when.ended_at, context.now())
    return context.ledger.append(Draft("work_logged", at, context.actor, *names, body))[0]


def log_expense(context: Context, subject: Subject, body: Mapping[str, object]) -> Event:
    """The `expense_logged` event of a body that `expense_body` made."""
    names = (subject.customer, subject.system, subject.callout)
    return context.ledger.append(Draft("expense_logged", context.now(), context.actor, *names, body))[0]


def amend(context: Context, named: str, changes: Mapping[str, str], reason: str, zone: dt.tzinfo) -> Event:
    """The `work_amended` event that changes the work or the expense `named` (an id, or its unique beginning).

    `changes` are as a person wrote them; local times are read by the clocks of `zone`. Raises BadInput for an
    unknown id, for what is withdrawn or stands on an invoice, and for work that cannot be; see `changed_body`.
    """
    now = context.now()
    if changes.get("evidence"):
        words = changes["evidence"].replace(",", " ").split()
        changes = {**changes, "evidence": " ".join(evidence_ids(context.ledger, words))}

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        one = _standing(ledger, find_id(ledger, named, AMENDABLE))
        if one.withdrawn:
            raise BadInput(f"{one.event.id} is withdrawn.", "Withdraw its withdrawal first: callout time list --all")
        body = changed_body(one, changes, reason, zone=zone, now=now)
        return [_amendment(context, now, one.event, body)]

    return context.ledger.append_after(decide)[0]


def withdraw(context: Context, named: str, reason: str) -> Event:
    """The `work_amended` event after which `named` counts no longer: work, an expense, or an amendment of them.

    Raises BadInput for an unknown id, and for what is withdrawn already or stands on an invoice.
    """
    now = context.now()

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        identifier = find_id(ledger, named, WORK_KINDS)
        one = _standing(ledger, identifier)
        if one.withdrawn and identifier == one.event.id:
            raise BadInput(f"{identifier} is withdrawn already.", "callout time list --all shows by what.")
        return [_amendment(context, now, one.event, withdrawn_body(identifier, reason))]

    return context.ledger.append_after(decide)[0]


def find_id(ledger: LedgerView, named: str, kinds: Sequence[str]) -> str:
    """The id that is `named`, wholly or by at least its first four characters, among events of `kinds`.

    Raises BadInput where there is none, and where several begin so.
    """
    written = named.strip().lower()
    if len(written) == WHOLE_ID:
        found = [event.id for event in ledger.events(id=written) if event.kind in kinds]
    elif len(written) < SHORTEST_ID:
        raise BadInput(f"{named[:40]!r} is too short for an id.", f"Give at least its first {SHORTEST_ID} characters.")
    else:
        found = [event.id for kind in kinds for event in ledger.events(kind=kind) if event.id.startswith(written)]
    if not found:
        raise BadInput(f"There is no work {named[:40]!r} in the ledger.", "callout time list --all shows the ids.")
    if len(found) > 1:
        shown = ", ".join(found[:4]) + (" …" if len(found) > 4 else "")
        raise BadInput(f"{len(found)} ids begin with {named[:40]!r}: {shown}.", "Give more of it.")
    return found[0]


def evidence_ids(ledger: LedgerView, named: Sequence[str]) -> tuple[str, ...]:
    """The whole ids of events of any kind; of a drift finding (`D-0123456789`) the newest look that names it, with it.

    Raises BadInput where one is unknown or not unique.
    """
    return tuple(_evidence_id(ledger, one.strip()) for one in named)


def _evidence_id(ledger: LedgerView, named: str) -> str:
    from callout.ledger.event import KINDS

    event, _, finding = named.rpartition("#")
    if not FINDING.fullmatch(finding):
        return find_id(ledger, named, sorted(KINDS))
    looks = (
        one for one in ledger.events(kind=DRIFT_LOOKED) if any(told["id"] == finding for told in one.body["findings"])
    )
    found = [one for one in looks if not event or one.id == event]
    if not found:
        raise BadInput(f"No look in the ledger found {named[:60]!r}.", "callout drift show SYSTEM names the findings.")
    return citation(found[-1], finding)


def _standing(ledger: LedgerView, identifier: str) -> Amended:
    """The work or expense that `identifier` is, or amends, as it stands. Raises BadInput where it is invoiced."""
    (event,) = ledger.events(id=identifier)
    while event.kind == "work_amended":
        following = list(ledger.events(id=str(event.body.get("work", ""))))
        if not following:
            raise BadInput(f"{identifier} ended a session without work.", "There is nothing to correct in it.")
        event = following[0]
    number = invoiced_work(one for kind in INVOICE_KINDS for one in ledger.events(kind=kind)).get(event.id)
    if number is not None:
        raise BadInput(
            f"{event.id} stands on invoice {number} and stays as it is.",
            "Correct the invoice: a credit note for it sets its work free.",
        )
    known = (one for kind in WORK_KINDS for one in ledger.events(kind=kind, customer=event.customer))
    standing = next(one for one in amended(known, event.kind) if one.event.id == event.id)
    if identifier != event.id and identifier not in standing.amendments:
        raise BadInput(f"{identifier} is withdrawn already, or withdrew something itself.", "Amend the work itself.")
    return standing


def _amendment(context: Context, now: dt.datetime, of: Event, body: Mapping[str, object]) -> Draft:
    return Draft("work_amended", now, context.actor, of.customer, of.system, of.callout, body)
