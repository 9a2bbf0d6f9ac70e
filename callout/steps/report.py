"""What a report is made from: the ledger read once, a bill for each customer and month. Nothing is appended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from access_check.escaping import shown
from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.ledger.event import Event
from callout.ledger.gathered import Gathered
from callout.ledger.store import LedgerView
from callout.steps.bill import bill_of
from callout.steps.bill_elsewhere import events_elsewhere
from callout.steps.standing import keep_balances, newest_known
from callout.worklog.bill import Bill
from callout.worklog.month import Month, month_of, months_between, parse_month
from callout.worklog.reports.accuracy import outcomes_of
from callout.worklog.reports.collected import Collected, CustomerBalances
from callout.worklog.reports.records import records_of

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.reading import Inventory
    from callout.steps.context import Context

DEFAULT_MONTHS = 12
# Longer than anybody looks back at once, and short enough that a typing error does not take an hour.
MOST_MONTHS = 120
_BILLED = ("work_logged", "expense_logged")
_NAMED = 5


def period_of(first: str, last: str, now: dt.datetime) -> tuple[Month, Month]:
    """The months from `first` to `last` (`YYYY-MM`); without them the twelve that end with the running one (UTC).

    Raises BadInput for what is no month, for an order that is none, and for more than ten years.
    """
    running = month_of(now.astimezone(dt.UTC).date())
    end = parse_month(last) if last else running
    if first:
        begin = parse_month(first)
    else:
        index = end.year * 12 + end.number - DEFAULT_MONTHS
        begin = Month(index // 12, index % 12 + 1)
    count = len(months_between(begin, end))
    if not count:
        raise BadInput(f"--from {begin.name} is after --to {end.name}.", "Name the earlier month first.")
    if count > MOST_MONTHS:
        raise BadInput(f"{count} months are too many for one report.", f"Take at most {MOST_MONTHS}.")
    return begin, end


def collect(
    context: Context, inventory: Inventory, first: Month, last: Month, customers: Sequence[str] = ()
) -> Collected:
    """Bills, balances and quotes of `customers` (ids; empty: all of the inventory) for the months between.

    Raises BadInput for an unknown customer, and for a rate or a currency that cannot be used.
    """
    asked = _asked(inventory, customers)
    by_customer = events_by_customer(context.ledger, [one.id for one in asked] if customers else None)
    everybody = context.ledger if customers else None
    return collected_from(by_customer, inventory, asked, (first, last), context.now(), everybody)


def collected_from(
    by_customer: Mapping[str, list[Event]],
    inventory: Inventory,
    asked: Sequence[Customer],
    period: tuple[Month, Month],
    now: dt.datetime,
    everybody: LedgerView | None = None,
) -> Collected:
    """What `collect` gives back, from events that were read. Those of customers whom nobody knows are told about.

    `everybody` is where other customers' work is looked up, where `by_customer` does not hold all there are.
    """
    bills, outcomes = [], []
    everybody = everybody or Gathered(event for events in by_customer.values() for event in events)
    for customer in asked:
        events = by_customer.get(customer.id, [])
        gathered = Gathered(events)
        # Once for all months: each of them then asks what was found.
        beside = Gathered(events_elsewhere(everybody, customer.id, events))
        months = months_between(*period)
        bills += [bill_of(gathered, inventory, customer, month, everybody=beside) for month in months]
        outcomes += outcomes_of(events, now)
    unknown = {name: events for name, events in by_customer.items() if name not in inventory.customers}
    return replace(
        _collected(inventory, asked, period, now),
        records=tuple(records_of(bills)),
        balances=tuple(balances_of(bill) for bill in bills if bill.month == period[1]),
        outcomes=tuple(outcomes),
        findings=(*_waiting(bills), *_left_out(unknown, *period)),
    )


def collect_balances(
    context: Context, inventory: Inventory, customers: Sequence[str] = ()
) -> tuple[Collected, list[str]]:
    """What is left now, by bills of the month that runs at each customer's place; kept for the quick verbs.

    Beside it sentences about files that could not be written. Raises BadInput like `collect`.
    """
    asked = _asked(inventory, customers)
    now = context.now()
    balances, trouble = [], []
    for customer in asked:
        known = newest_known(context, customer.id)
        bill = bill_of(context.ledger, inventory, customer, running_month(customer, now))
        balances.append(balances_of(bill))
        trouble.append(keep_balances(context, bill, known))
    months = [one.month for one in balances]
    collected = _collected(inventory, asked, (min(months, key=_name), max(months, key=_name)), now)
    return replace(collected, balances=tuple(balances)), [sentence for sentence in trouble if sentence]


def collect_quotes(context: Context, inventory: Inventory, customers: Sequence[str] = ()) -> Collected:
    """All quotes ever made, beside what was worked until now. Raises BadInput for an unknown customer."""
    asked = _asked(inventory, customers)
    by_customer = events_by_customer(context.ledger, [one.id for one in asked])
    now = context.now()
    outcomes = [one for customer in asked for one in outcomes_of(by_customer[customer.id], now)]
    month = month_of(now.astimezone(dt.UTC).date())
    return replace(_collected(inventory, asked, (month, month), now), outcomes=tuple(outcomes))


def events_by_customer(ledger: LedgerView, customers: Sequence[str] | None) -> dict[str, list[Event]]:
    """The events of each of `customers`, in order; None: of all, in one pass over the ledger."""
    found: dict[str, list[Event]] = {}
    for name in customers or ():
        found[name] = list(ledger.events(customer=name))
    if customers is None:
        for event in ledger.events():
            found.setdefault(event.customer, []).append(event)
    return found


def balances_of(bill: Bill) -> CustomerBalances:
    """The balances of one bill."""
    return CustomerBalances(bill.customer, bill.name, bill.month, bill.balances)


def running_month(customer: Customer, now: dt.datetime) -> Month:
    """The month that it is now (aware) at the customer's place."""
    return month_of(now.astimezone(ZoneInfo(customer.time_zone)).date())


def _asked(inventory: Inventory, customers: Sequence[str]) -> list[Customer]:
    found = [inventory.customer(name) for name in dict.fromkeys(customers)] or list(inventory.customers.values())
    return sorted(found, key=lambda one: one.id)


def _collected(
    inventory: Inventory, asked: Sequence[Customer], period: tuple[Month, Month], now: dt.datetime
) -> Collected:
    names = {one.id: one.name for one in asked}
    return Collected(inventory.policy.vendor, *period, now, names, (), (), (), ())


def _name(month: Month) -> str:
    return month.name


def _waiting(bills: Iterable[Bill]) -> list[Finding]:
    waiting = [bill for bill in bills if bill.waiting]
    if not waiting:
        return []
    named = ", ".join(f"{bill.customer} {bill.month.name} ({bill.waiting})" for bill in waiting[:_NAMED])
    more = f" and {len(waiting) - _NAMED} more bills" if len(waiting) > _NAMED else ""
    count = sum(bill.waiting for bill in waiting)
    seen = f"{count} {'line is' if count == 1 else 'lines are'} without an amount and in no sum: {named}{more}."
    return [
        Finding(
            "report.waiting", Status.WARN, "waiting", seen, Move.US,
            "Read why: callout bill --customer C --month M",
            {"bills": [f"{bill.customer} {bill.month.name}" for bill in waiting]},
        )
    ]  # fmt: skip


def _left_out(unknown: Mapping[str, Sequence[Event]], first: Month, last: Month) -> list[Finding]:
    """Work of customers whom the inventory does not know: no rate, no contract, no calendar."""
    start, end = first.span("UTC")[0], last.span("UTC")[1]
    found = []
    for name, events in sorted(unknown.items()):
        count = sum(event.kind in _BILLED and start <= event.happened_at < end for event in events)
        if count:
            seen = f"{count} pieces of work or expenses of {shown(name, 60) or 'no customer'} are not in it"
            found.append(
                Finding(
                    f"report.unknown@{shown(name, 60)}", Status.WARN, "unknown-customer",
                    f"{seen}: the inventory does not know that customer.", Move.US,
                    "Put the customer back into the inventory.", {"customer": name, "events": count},
                )
            )  # fmt: skip
    return found
