"""An approved bill → the invoice. Pure; what the customer reads is only what is meant for the customer.

Each line's amount is worked out anew by the arithmetic of the invoice and has to be the bill's, to the cent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from callout.errors import CalloutError
from callout.policy.chargeable import Charge, Rule
from callout.worklog.bill import Balance as BillBalance
from callout.worklog.bill import Bill, BillLine, ExpenseLine, FixedItem, LineState
from callout.worklog.bill_items import items_of
from callout.worklog.invoice.completion import completed
from callout.worklog.invoice.document import Adjustment, Balance, Draft, DraftLine, Invoice, Period, Unit
from callout.worklog.invoice.line_words import line_words
from callout.worklog.invoice.quantities import quantity_of
from callout.worklog.invoice.terms import Terms
from callout.worklog.month import Month
from callout.worklog.quote_use import QuoteAgainstActual

# Covered by what the customer has bought: they see it, at zero. What went wrong on our side is no matter of theirs.
COVERED_RULES = frozenset(
    {Rule.MAINTENANCE_CONTRACT, Rule.SUPPORT_GIVEN, Rule.DOCUMENTED_SUPPORT, Rule.INCLUDED, Rule.INCLUDED_HOURS}
)
# That the customer was never asked is our own affair, and a remark on the bill before it is approved.
INTERNAL_RULES = frozenset({Rule.NO_CONSENT_ON_RECORD})
Why = Callable[[BillLine], str]


@dataclass(frozen=True, slots=True)
class Issue:
    """What an invoice has besides its bill.

    `why` says in the customer's language why a line is charged, or not. `orders` are line → the customer's order.
    `late` are ids of work or expenses → number of the invoice of their own month, which they came too late for.
    """

    number: str
    date: dt.date
    terms: Terms
    why: Why
    orders: Mapping[str, str]
    late: Mapping[str, str]
    quotes: Sequence[QuoteAgainstActual] = ()


def invoice_of(bill: Bill, issue: Issue) -> Invoice:
    """The invoice of an approved bill.

    Raises BadInput with all that EN 16931 demands and the inventory does not say, and CalloutError where a line or
    the sum would come to something else than on the bill: that would be our own fault, and nothing is issued.
    """
    terms, words = issue.terms, line_words(issue.terms.language)
    lines = [_work(line, bill, issue, words) for line in bill.lines if is_printed(line)]
    lines += [_expense(one, issue, words) for one in bill.expenses if one.state is not LineState.NOT_CHARGED]
    lines += [_fixed(one, issue, words) for one in bill.fixed]
    draft = Draft(
        number=issue.number,
        issue_date=issue.date,
        due_date=issue.date + dt.timedelta(days=terms.payment_days),
        currency=bill.currency,
        seller=terms.seller,
        buyer=terms.buyer,
        payment=replace(terms.payment, reference=issue.number),
        payment_terms=terms.payment_terms,
        buyer_reference=terms.buyer_reference,
        order_reference=_order(bill, issue),
        contract=terms.contract,
        notes=(*terms.notes, *(_quote(one, words) for one in issue.quotes)),
        lines=tuple(lines),
        period=_month(bill.month),
        delivery_country=terms.delivery_country,
        balances=tuple(_balance(one) for one in bill.balances),
        language=terms.language,
    )
    invoice = completed(draft)
    _check(bill, invoice)
    return invoice


def is_printed(line: BillLine) -> bool:
    """Whether the customer sees the line: what is charged, what a contract covers, what is let off."""
    if line.state is LineState.NOT_CHARGED:
        return line.override is not None or line.verdict.rule in COVERED_RULES
    return bool(line.billed_minutes) or bool(line.amount)


def _work(line: BillLine, bill: Bill, issue: Issue, words: Mapping[str, str]) -> DraftLine:
    entry, zone = line.entry, ZoneInfo(bill.time_zone)
    charged = line.state is LineState.PRICED
    minutes = line.billed_minutes or -(-line.seconds // 60)
    quantity = quantity_of(minutes)
    rate = line.rate or Decimal(0)
    times = "–".join(f"{at.astimezone(zone):%H:%M}" for at in (line.started_at, line.ended_at))
    order = issue.orders.get(line.id, "")
    return DraftLine(
        id=line.id,
        name=entry.note.strip() or words.get(str(entry.activity), words["maintenance"]),
        quantity=quantity.quantity,
        unit=quantity.unit,
        price=rate if charged else Decimal(0),
        price_quantity=quantity.price_quantity,
        gross_price=rate if not charged and line.rate is not None else None,
        tax=issue.terms.tax,
        description=_joined(
            words["callout"].format(callout=entry.event.callout) if entry.event.callout else "",
            entry.event.system,
            entry.role,
            times if entry.clock_known else "",
        ),
        note=f"{_reason(line, issue, words)} {_late(entry.event.id, line.date, issue, words)}".strip(),
        period=Period(first=line.date, last=line.date),
        adjustments=_reduced(line.written_off, words),
        ticket=entry.ticket,
        attributes=((words["order"], order),) if order else (),
    )


def _reason(line: BillLine, issue: Issue, words: Mapping[str, str]) -> str:
    """Why it is charged, or not, as far as that is the customer's affair."""
    if line.paid_by:
        return words["covered"].format(contract=line.paid_by)
    if line.override is not None:
        return words["courtesy"] if line.override.charge is Charge.NO else ""
    return "" if line.verdict.rule in INTERNAL_RULES else issue.why(line)


def _expense(one: ExpenseLine, issue: Issue, words: Mapping[str, str]) -> DraftLine:
    amount = one.amount or Decimal(0)
    return DraftLine(
        id=one.id,
        name=one.note.strip() or words.get(one.expense, words["other"]),
        quantity=Decimal(1),
        unit=Unit.PIECE,
        price=amount + one.written_off,
        tax=issue.terms.tax,
        description=_joined(
            words.get(one.expense, words["other"]),
            words["callout"].format(callout=one.callout) if one.callout else "",
        ),
        note=_late(one.event_id, one.date, issue, words),
        period=Period(first=one.date, last=one.date),
        adjustments=_reduced(one.written_off, words),
        ticket=one.ticket,
    )


def _fixed(one: FixedItem, issue: Issue, words: Mapping[str, str]) -> DraftLine:
    return DraftLine(
        id=one.id,
        name=one.text.strip() or words["fixed"].format(contract=one.contract),
        quantity=Decimal(1),
        unit=Unit.PIECE,
        price=one.amount,
        tax=issue.terms.tax,
        description=_joined(
            words["fixed"].format(contract=one.contract),
            words["callout"].format(callout=one.callout) if one.callout else "",
        ),
        period=Period(first=one.date, last=one.date),
        ticket=one.ticket,
    )


def _late(identifier: str, day: dt.date, issue: Issue, words: Mapping[str, str]) -> str:
    number = issue.late.get(identifier, "")
    return words["late"].format(month=f"{day:%Y-%m}", number=number) if number else ""


def _reduced(amount: Decimal, words: Mapping[str, str]) -> tuple[Adjustment, ...]:
    """What was written off, without our reason for it: that one is internal."""
    return (Adjustment(amount=amount, reason=words["reduction"]),) if amount else ()


def _order(bill: Bill, issue: Issue) -> str:
    """The customer's order where all that is charged is of one; else what their book-keeping wants on every invoice."""
    orders = {issue.orders.get(item.id, "") for item in items_of(bill) if item.amount}
    only = orders.pop() if len(orders) == 1 else ""
    return only or issue.terms.order_reference


def _quote(one: QuoteAgainstActual, words: Mapping[str, str]) -> str:
    quoted = f"{one.quoted_amount:f} {one.currency}"
    if one.quoted_minutes is not None:
        quoted = f"{one.quoted_minutes // 60}:{one.quoted_minutes % 60:02d} h, {quoted}"
    actual = f"{one.actual_seconds // 3600}:{one.actual_seconds // 60 % 60:02d}"
    return words["quote"].format(quote=one.quote, ticket=one.ticket, quoted=quoted, actual=actual)


def _balance(one: BillBalance) -> Balance:
    hours = one.unit == "minutes"

    def told(figure: Decimal) -> Decimal:
        return (figure / 60).quantize(Decimal("0.01")) if hours else figure

    return Balance(
        contract=one.contract,
        unit="hours" if hours else one.unit,
        bought=told(one.bought),
        used_before=told(one.used_before),
        used_now=told(one.used_now),
        left=told(one.left),
        until=one.ends,
    )


def _check(bill: Bill, invoice: Invoice) -> None:
    amounts = {item.id: item.amount for item in items_of(bill)}
    for line in invoice.lines:
        if line.net_amount != amounts[line.id]:
            raise _differs(f"Line {line.id}", line.net_amount, amounts[line.id])
    if invoice.totals.net != bill.total:
        raise _differs("The sum", invoice.totals.net, bill.total)


def _differs(what: str, there: Decimal, here: Decimal | None) -> CalloutError:
    return CalloutError(
        f"{what} comes to {there:f} on the invoice and to {here} on the bill: nothing was issued.",
        "That is a fault of ours: report it with the bill.",
    )


def _month(month: Month) -> Period:
    return Period(first=month.first_day, last=month.last_day)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
