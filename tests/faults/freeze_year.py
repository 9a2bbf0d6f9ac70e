"""A random history of work, reviews, write-offs, invoices and credit notes, and what must hold after each step."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from callout.errors import Refused
from callout.policy.numbering import series_of
from callout.steps.bill import make_bill
from callout.steps.invoice import credit_invoice, invoices, issue_invoice
from callout.steps.review import approve_bill, reject_bill, submit_bill, write_off
from callout.worklog.bill_items import items_of
from callout.worklog.invoice.document import Invoice
from callout.worklog.invoiced import InvoiceSeen
from tests.unit.invoice_desk import POLICY, InvoiceDesk, customer_named, no_check

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")
STEPS = 22
PEOPLE = ("eva@desk", "eva@laptop", "max@desk", "ida@desk")
CENT = Decimal("0.01")
CONTRACTS: list[dict[str, Any]] = [
    {"id": "B-1", "kind": "hours_block", "starts": "2026-01-10", "ends": "2026-12-31", "hours": "5", "price": "500"},
    {"id": "R-1", "kind": "retainer", "starts": "2026-02-01", "hours_per_month": "1", "price_per_month": "90"},
    {"id": "C-1", "kind": "per_callout", "starts": "2026-01-01", "ends": "2026-02-28", "price": "55"},
]


def live_through_a_year(folder: Path, seed: int) -> int:
    """Lives one history and checks it; how many invoices it had."""
    chance = random.Random(seed)
    here = folder / str(seed)
    here.mkdir()
    contracts = chance.sample(CONTRACTS, chance.randrange(len(CONTRACTS) + 1))
    values = {"contract": chance.choice(["support", "support", "maintenance"]), "contracts": contracts}
    money = {**POLICY["money"], "rounding": chance.choice(["each", "ticket", "sum"])}
    desk = InvoiceDesk(here, (customer_named("globex", **values),), {**POLICY, "money": money})
    desk.clock.now = dt.datetime(2026, 5, 2, 9, 0, tzinfo=dt.UTC)
    if chance.random() < 0.3:
        desk.with_policy(credit_note_pattern="C{year}-{number}")
    for _ in range(3):
        _work(desk, chance)
    for _ in range(STEPS):
        desk.clock.now += dt.timedelta(hours=chance.randrange(1, 40))
        try:
            _step(desk, chance)
        except Refused:
            continue
    _check(desk)
    desk.ledger.close()
    return len(invoices(desk.opened_again()))


def _work(desk: InvoiceDesk, chance: random.Random) -> None:
    month, day, hour = chance.choice(MONTHS), chance.randrange(1, 29), chance.randrange(7, 18)
    more = {"clock_flags": ["jumped"]} if chance.random() < 0.02 else {}
    run = {"source": "playbook", "outcome": "done", "playbook": "maintain"} if chance.random() < 0.2 else {}
    at = f"{month}-{day:02}T{hour:02}:{chance.randrange(60):02}+01:00"
    if chance.random() < 0.2:
        desk.expense(f"{month}-{day:02}", f"{chance.randrange(1, 90)}.{chance.randrange(100):02}")
    callout = f"CO-{chance.randrange(1, 9):04}" if chance.random() < 0.5 else ""
    desk.work(at, chance.randrange(1, 200), actor=chance.choice(PEOPLE[::2]), callout=callout, **more, **run)


def _step(desk: InvoiceDesk, chance: random.Random) -> None:
    month = chance.choice(MONTHS)
    context = desk.by(chance.choice(PEOPLE))
    inventory = desk.inventory
    match chance.choice([*["work", "submit", "approve", "reject", "off", "issue", "credit"], *["on"] * 6]):
        case "on":
            submit_bill(context, inventory, "globex", month)
            approve_bill(desk.by("ida@desk"), inventory, "globex", month)
            _issue(desk, month)
        case "work":
            _work(desk, chance)
        case "submit":
            submit_bill(context, inventory, "globex", month)
        case "approve":
            approve_bill(context, inventory, "globex", month)
        case "reject":
            reject_bill(context, inventory, "globex", month, "Look again")
        case "off":
            _write_off(desk, chance, month)
        case "issue":
            _issue(desk, month)
        case "credit":
            _credit(desk, chance)


def _write_off(desk: InvoiceDesk, chance: random.Random, month: str) -> None:
    lines = make_bill(desk.by("max@desk"), desk.inventory, "globex", month).lines
    if lines:
        line = chance.choice(lines).id
        amount = None if chance.random() < 0.3 else CENT * chance.randrange(1, 20_000)
        write_off(desk.by("max@desk"), desk.inventory, "globex", month, line, "Goodwill", amount=amount)


def _issue(desk: InvoiceDesk, month: str) -> None:
    bill = make_bill(desk.by("max@desk"), desk.inventory, "globex", month)
    event = issue_invoice(desk.by("max@desk"), desk.inventory, "globex", month, check=no_check)
    approved = [one for one in desk.ledger.events(kind="bill_approved") if one.id == event.body["approved"]]
    # What was approved is what was asked for, line by line and in the sum.
    net = Invoice.from_dict(event.body["document"]).totals.net
    assert f"{net:f}" == approved[0].body["total"] == f"{bill.total:f}"
    assert [item["line"] for item in event.body["items"]] == [item.id for item in items_of(bill)]


def _credit(desk: InvoiceDesk, chance: random.Random) -> None:
    issued = invoices(desk.ledger)
    if issued:
        one = chance.choice(issued)
        lines = [chance.choice(one.printed)] if chance.random() < 0.6 else []
        credit_invoice(desk.by("max@desk"), desk.inventory, one.number, "Wrong", lines=lines, check=no_check)


def _check(desk: InvoiceDesk) -> None:
    issued = invoices(desk.ledger)
    for one in issued:
        _check_sums(one)
    _check_numbers(desk)
    standing = Counter(
        (identifier, line)
        for one in issued
        for line in one.printed
        if line not in one.credited
        for identifier in one.work_of[line]
    )
    assert all(count == 1 for count in standing.values())
    on_invoices = Counter(identifier for one in issued for identifier in one.work)
    on_bills: Counter[str] = Counter()
    for month in (*MONTHS, "2026-05", "2026-06"):
        bill = make_bill(desk.by("max@desk"), desk.inventory, "globex", month)
        billed = {line.entry.event.id for line in bill.lines} | {one.event_id for one in bill.expenses}
        on_bills.update(billed - set(on_invoices))
    all_work = {event.id for kind in ("work_logged", "expense_logged") for event in desk.ledger.events(kind=kind)}
    assert set(on_invoices) | set(on_bills) == all_work
    assert all(count == 1 for count in (*on_invoices.values(), *on_bills.values()))


def _check_sums(one: InvoiceSeen) -> None:
    """Invoiced less credited is what still stands, to the cent, and never less than nothing."""
    invoice = Invoice.from_dict(one.document)
    notes = [Invoice.from_dict(note.body["document"]) for note in one.credit_notes]
    left = invoice.totals.net - sum((note.totals.net for note in notes), Decimal(0))
    amounts = {line.id: line.net_amount for line in invoice.lines}
    assert left == sum((amounts[line] for line in one.printed if line not in one.credited), Decimal(0))
    due = invoice.totals.due - sum((note.totals.due for note in notes), Decimal(0))
    assert due >= 0
    assert one.is_live or due == 0
    credited = [line for note in one.credit_notes for line in note.body["lines"]]
    assert len(credited) == len(set(credited))


def _check_numbers(desk: InvoiceDesk) -> None:
    kinds = ("invoice_issued", "credit_note_issued")
    bodies = [event.body for kind in kinds for event in desk.ledger.events(kind=kind)]
    given: dict[str, list[int]] = {}
    for body in sorted(bodies, key=lambda one: (one["series"], one["ordinal"])):
        given.setdefault(body["series"], []).append(body["ordinal"])
    assert set(given) <= {series_of(one, dt.date(2026, 1, 1)) for one in ("{year}-{number}", "C{year}-{number}")}
    assert all(ordinals == list(range(1, len(ordinals) + 1)) for ordinals in given.values())
    assert len({body["number"] for body in bodies}) == len(bodies)
