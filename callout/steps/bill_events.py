"""Reads what the bill of a month needs, and no more: a ledger of a million events is not read for it.

The customer's work since the month whose history still matters, by two ways, since a piece of work is in the ledger
under the time at which it was logged: what was logged until some days after the month, and, by an index of its own,
what was entered later than that and began until the month's end. Then whatever names that work: amendments,
decisions, call-outs' stories.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from callout.ledger.event import Event
from callout.ledger.store import LedgerView
from callout.worklog.entry import LONGEST_S
from callout.worklog.facts import QUOTE_KINDS, STORY_KINDS
from callout.worklog.history import first_month
from callout.worklog.shown_drift import KIND as DRIFT_LOOKED
from callout.worklog.shown_drift import cited_events

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.policy import Money
    from callout.worklog.month import Month

# Work that overlaps with the first of the month began at most so long before it; clocks differ a little.
LOOK_BACK = dt.timedelta(seconds=LONGEST_S, hours=8)
# Most work is logged when it ends. A zone's day can begin 14 hours before UTC's, a day without clock times at any time.
LOOK_ON = dt.timedelta(days=3)
# Few, and about work of any time.
ABOUT_WORK = ("work_judged", "work_deducted", "expense_logged", "invoice_issued", "credit_note_issued", *QUOTE_KINDS)


def bill_events(ledger: LedgerView, customer: Customer, money: Money, month: Month) -> list[Event]:
    """The events out of which `bill_for` makes the same bill of `month` as out of all of the customer's."""
    found: dict[str, Event] = {}
    of = {"customer": customer.id}
    first = first_month(customer.contracts, money, month)
    begins, ends = month.span(customer.time_zone)
    since = None
    if first is None:
        _take(found, ledger.events(kind="work_logged", **of))
    else:
        since, until = first.span(customer.time_zone)[0] - LOOK_BACK, ends + LOOK_ON
        _take(found, ledger.events(kind="work_logged", since_at=since, until_at=until, **of))
        _take(found, ledger.events(begun_since=since, begun_until=until, since_at=until, **of))
    _take(found, ledger.events(kinds=ABOUT_WORK, **of))
    _take_amendments(ledger, found, customer.id, since)
    # One that began in the month and runs no more is known by its work, which began with it.
    _take(found, ledger.events(kind="work_started", since_at=begins - LOOK_BACK, until_at=ends + LOOK_ON, **of))
    for callout in sorted({one.callout for one in found.values() if one.kind == "work_logged" and one.callout}):
        _take(found, ledger.events(kinds=STORY_KINDS, callout=callout))
    for look in sorted({look for one in found.values() for look in cited_events(one.body_text)}):
        # A bill stands on findings of the customer's own systems only.
        _take(found, (one for one in ledger.events(id=look, **of) if one.kind == DRIFT_LOOKED))
    return sorted(found.values(), key=lambda event: event.seq)


def _take_amendments(ledger: LedgerView, found: dict[str, Event], customer: str, since: dt.datetime | None) -> None:
    """Amendments of what was found, and older work that an amendment has moved into the time that was asked for.

    Nobody amends work into the future: what concerns work since `since` was written since then.
    """
    if since is None:
        _take(found, ledger.events(kind="work_amended", customer=customer))
        return
    amendments = list(ledger.events(kind="work_amended", customer=customer, since_at=since))
    moved = {str(one.body.get("work")) for one in amendments if '"started_at"' in one.body_text} - found.keys()
    older = [event for work in sorted(moved) for event in ledger.events(id=work) if event.kind == "work_logged"]
    if older:
        _take(found, older)
        amendments = list(ledger.events(kind="work_amended", customer=customer))
    for one in amendments:
        body = one.body
        # An amendment names the work, or an earlier amendment that it takes back; `discarded` names a session.
        if body.get("work") in found or body.get("amendment") == "discarded":
            found[one.id] = one


def _take(found: dict[str, Event], events: Iterable[Event]) -> None:
    found.update((event.id, event) for event in events)
