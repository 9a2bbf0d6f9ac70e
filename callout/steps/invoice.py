"""Issues invoices and credit notes: numbered without gaps, whole in the ledger, never changed afterwards.

The only write is one append to the ledger, and a number is given in it: whoever is killed before has given none, and
whoever is killed after has issued the invoice, which can be printed from the ledger at any time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from callout.errors import BadInput, Refused
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.policy.numbering import Issued, Numbered, next_number
from callout.steps.context import Context
from callout.steps.review import look_at, refuse
from callout.steps.settled import append_settled
from callout.views.invoice.checking.before_issue import must_be_valid
from callout.worklog.bill import Bill
from callout.worklog.bill_items import items_of
from callout.worklog.invoice.credit import credit_note_of
from callout.worklog.invoice.document import Invoice
from callout.worklog.invoice.from_bill import Issue, Why, invoice_of
from callout.worklog.invoice.terms import terms_of
from callout.worklog.invoiced import INVOICE_KINDS, Billing, InvoiceSeen, invoices_seen
from callout.worklog.invoiced import invoiced_work as work_on_invoices
from callout.worklog.month import Month
from callout.worklog.quote_use import quotes_of
from callout.worklog.quoting import accepted_for, quote_state
from callout.worklog.review import judge_issue
from callout.worklog.review_standing import Reviewed
from callout.worklog.settled_time import contested_body

if TYPE_CHECKING:
    from callout.inventory import Inventory

Check = Callable[[Invoice], object]


def issue_invoice(
    context: Context,
    inventory: Inventory,
    customer: str,
    month: str,
    *,
    date: dt.date | None = None,
    early: bool = False,
    check: Check = must_be_valid,
) -> Event:
    """The `invoice_issued` event: the approved bill of the month, frozen under the next number.

    `date` is the invoice's, default today by the context's clock. `early` issues it before the month is over. The
    number is given only to a document that `check` does not refuse. Raises Refused with every reason, BadInput for
    what the inventory does not say.
    """
    issued_on = date or context.now().date()
    _not_ahead(issued_on, context.now())

    def decide() -> Sequence[Draft]:
        found = look_at(context, inventory, customer, month)
        ends = found.bill.month.span(found.bill.time_zone)[1]
        reasons = judge_issue(found.review, found.seen, context.now(), ends, early=early)
        refuse(reasons, f"No invoice can be issued for {customer}, {month}")
        numbered = _next(context.ledger, inventory, issued_on, credit=False)
        invoice = invoice_of(found.bill, _issue(context, inventory, found.bill, numbered.number, issued_on))
        check(invoice)
        return [_invoice_draft(context, found, invoice, numbered)]

    return append_settled(context, customer, decide)[0]


def credit_invoice(
    context: Context,
    inventory: Inventory,
    number: str,
    reason: str,
    *,
    lines: Sequence[str] = (),
    date: dt.date | None = None,
    check: Check = must_be_valid,
) -> Event:
    """The `credit_note_issued` event: takes back `lines` of an invoice, without any all that is left of it.

    `reason` is printed on it. All lines of a piece of work go together. What is credited can be billed again, and
    nothing is credited twice. Raises as `issue_invoice` does.
    """
    if not reason.strip():
        raise BadInput("A credit note needs a reason; the customer reads it.", "Say it with --reason.")
    credited_on = date or context.now().date()
    _not_ahead(credited_on, context.now())
    customer = invoice_named(context.ledger, number).customer

    def decide() -> Sequence[Draft]:
        seen = invoice_named(context.ledger, number)
        wanted = _creditable(seen, lines)
        numbered = _next(context.ledger, inventory, credited_on, credit=True)
        invoice = Invoice.from_dict(seen.document)
        if credited_on < invoice.issue_date:
            raise Refused(f"A credit note cannot be older than invoice {number}.", f"--date {invoice.issue_date}")
        earlier = [Invoice.from_dict(note.body["document"]) for note in seen.credit_notes]
        note = credit_note_of(invoice, wanted, numbered.number, credited_on, reason.strip(), earlier)
        check(note)
        body = {
            **_numbered_body(numbered, note),
            "corrects": number,
            "month": seen.month.name,
            "lines": list(wanted),
            "work": sorted({identifier for line in wanted for identifier in seen.work_of.get(line, ())}),
            "reason": reason.strip(),
        }
        return [Draft("credit_note_issued", context.now(), context.actor, customer, "", "", body)]

    return append_settled(context, customer, decide)[0]


def invoiced_work(ledger: LedgerView) -> set[str]:
    """Ids of work and expenses that stand on an invoice: neither amended nor withdrawn, only credited."""
    return set(work_on_invoices(_events(ledger)))


def invoices(ledger: LedgerView, customer: str = "") -> list[InvoiceSeen]:
    """All invoices, in the order of issue; of one customer where it is named."""
    found = invoices_seen(_events(ledger)).values()
    return [one for one in found if not customer or one.customer == customer]


def invoice_named(ledger: LedgerView, number: str) -> InvoiceSeen:
    """The invoice of that number. Raises BadInput where there is none."""
    found = invoices_seen(_events(ledger)).get(number)
    if found is None:
        raise BadInput(f"There is no invoice {number!r}.", "callout invoice list shows those that there are.")
    return found


def document_named(ledger: LedgerView, number: str) -> Invoice:
    """The document of that number, an invoice's or a credit note's, as it was issued. Raises BadInput without one."""
    for event in _events(ledger):
        if event.body.get("number") == number:
            return Invoice.from_dict(event.body["document"])
    raise BadInput(
        f"There is no invoice and no credit note {number!r}.", "callout invoice list shows those that there are."
    )


def _events(ledger: LedgerView) -> Iterable[Event]:
    return (event for kind in INVOICE_KINDS for event in ledger.events(kind=kind))


def _issue(context: Context, inventory: Inventory, bill: Bill, number: str, date: dt.date) -> Issue:
    customer = inventory.customer(bill.customer)
    terms = terms_of(inventory.policy, customer)
    events = list(context.ledger.events(customer=bill.customer))
    quotes = quote_state(events, context.now()).values()
    orders: dict[str, str] = {}
    for line in bill.lines:
        quote = accepted_for(quotes, bill.customer, line.entry.ticket, line.entry.event.callout)
        if quote is not None:
            orders[line.id] = quote.order_reference
    billing = Billing(events)
    dated = [(line.entry.event.id, line.date) for line in bill.lines]
    dated += [(one.event_id, one.date) for one in bill.expenses]
    late = {
        identifier: billing.missed(Month(day.year, day.month))
        for identifier, day in dated
        if (day.year, day.month) != (bill.month.year, bill.month.number)
    }
    actual = quotes_of(events, bill.month, bill.time_zone)
    return Issue(number, date, terms, _why(terms.language), orders, late, actual)


def _why(language: str) -> Why:
    from callout.views.shown_drift import drift_sentence
    from callout.views.words import RULES, locale_of, words_of

    locale = locale_of(language)
    sentences = RULES[words_of(locale)]
    return lambda line: " ".join([sentences[line.verdict.rule], *(drift_sentence(one, locale) for one in line.drift)])


def _invoice_draft(context: Context, found: Reviewed, invoice: Invoice, numbered: Numbered) -> Draft:
    bill = found.bill
    items = items_of(bill)
    body = {
        **_numbered_body(numbered, invoice),
        "bill_hash": found.seen.hash,
        "month": bill.month.name,
        "work": sorted({identifier for item in items for identifier in item.work}),
        "lines": [line.id for line in invoice.lines],
        "items": [{"line": item.id, "work": list(item.work), "amount": f"{item.amount or 0:f}"} for item in items],
        "approved": found.review.answered.id if found.review.answered is not None else "",
        "shared": {work: contested_body(one) for work, one in sorted(bill.contested.items())},
    }
    return Draft("invoice_issued", context.now(), context.actor, bill.customer, "", "", body)


def _numbered_body(numbered: Numbered, invoice: Invoice) -> dict[str, Any]:
    return {
        "number": numbered.number,
        "series": numbered.series,
        "ordinal": numbered.ordinal,
        "document": invoice.to_dict(),
    }


def _next(ledger: LedgerView, inventory: Inventory, date: dt.date, *, credit: bool) -> Numbered:
    policy = inventory.policy.invoicing
    if policy is None:
        raise BadInput(
            "callout_policy.invoicing is missing: without a seller no invoice can be issued.",
            "Add it to group_vars/all/policy.yml; see inventory/example.",
        )
    pattern = (policy.credit_note_pattern if credit else None) or policy.number_pattern
    given = [
        Issued(
            event.body["series"], event.body["ordinal"], event.body["number"],
            dt.date.fromisoformat(event.body["document"]["issue_date"]),
        )
        for event in _events(ledger)
    ]  # fmt: skip
    return next_number(given, pattern, policy.number_digits, date)


def _creditable(seen: InvoiceSeen, lines: Sequence[str]) -> tuple[str, ...]:
    """The lines that are credited. Raises Refused where one of them, or all, were credited already."""
    if not seen.is_live:
        raise Refused(f"Invoice {seen.number} is credited whole already.", "callout invoice show tells by what.")
    wanted = seen.lines_with(lines) if lines else tuple(one for one in seen.printed if one not in seen.credited)
    if again := [line for line in wanted if line in seen.credited]:
        raise Refused(f"Line {again[0]} of {seen.number} is credited already.", "Leave it out.")
    return wanted


def _not_ahead(date: dt.date, now: dt.datetime) -> None:
    if date > now.date():
        raise BadInput(f"{date} is in the future.", "An invoice is dated on the day on which it is issued, or before.")
