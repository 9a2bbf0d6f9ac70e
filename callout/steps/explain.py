"""Finds the bill that a line stands on, and the line's pieces on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from callout.errors import BadInput
from callout.steps.bill import make_bill
from callout.steps.past_work import find_id
from callout.worklog.amended import AMENDABLE, WORK_KINDS, amended, entries_of
from callout.worklog.bill import Bill, BillLine, ExpenseLine, FixedItem
from callout.worklog.month import month_of
from callout.worklog.pieces import day_of

if TYPE_CHECKING:
    from callout.inventory.reading import Inventory
    from callout.steps.context import Context

Explained = BillLine | ExpenseLine | FixedItem


def explain_line(
    context: Context, inventory: Inventory, line: str, customer_id: str = "", month: str = ""
) -> tuple[Bill, Sequence[Explained]]:
    """The bill, and the lines of it that `line` means: one line by its id, or all that a piece of work has become.

    Customer and month are those of the work where they are not given. Raises BadInput where nothing of that name is
    on that bill.
    """
    wanted = line.strip()
    if not (customer_id and month):
        customer_id, month = _home(context, inventory, wanted, customer_id, month)
    bill = make_bill(context, inventory, customer_id, month)
    everything: list[Explained] = [*bill.lines, *bill.expenses, *bill.fixed]
    exact = [one for one in everything if one.id == wanted]
    # The first piece's id is also that of its work: whoever asks for it sees what the others are as well.
    found = exact if exact and "." in wanted else [one for one in everything if _means(one, wanted.lower())]
    if not (found or exact):
        raise BadInput(
            f"There is no line {wanted[:60]!r} on the bill of {customer_id} for {month}.",
            "callout bill --format json shows the lines' ids.",
        )
    return bill, found or exact


def _means(one: Explained, wanted: str) -> bool:
    if isinstance(one, FixedItem):
        return False
    work = one.event_id if isinstance(one, ExpenseLine) else one.entry.event.id
    return len(wanted) >= 4 and work.startswith(wanted)


def _home(context: Context, inventory: Inventory, line: str, customer_id: str, month: str) -> tuple[str, str]:
    ledger = context.ledger
    (event,) = ledger.events(id=find_id(ledger, line.split(".")[0], AMENDABLE))
    customer = inventory.customer(customer_id or event.customer)
    if month:
        return customer.id, month
    if event.kind == "expense_logged":
        known = (one for kind in WORK_KINDS for one in ledger.events(kind=kind, customer=customer.id))
        body = next(one.body for one in amended(known, event.kind) if one.event.id == event.id)
        return customer.id, str(body.get("date", ""))[:7]
    known = (one for kind in WORK_KINDS for one in ledger.events(kind=kind, customer=customer.id))
    entry = next((one for one in entries_of(known) if one.event.id == event.id), None)
    if entry is None:
        raise BadInput(f"{event.id} is withdrawn: it stands on no bill.", "callout time list --all shows by what.")
    return customer.id, month_of(day_of(entry, customer.time_zone)).name
