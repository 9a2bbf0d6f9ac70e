"""A bill for a terminal: neutral formats, every line with its reason."""

from __future__ import annotations

from decimal import Decimal

from callout.programs import printable
from callout.views.numbers import clock_time, exact, hours_minutes, plain, plain_rate
from callout.views.table import columns
from callout.views.words import policy_words
from callout.worklog.bill import Balance, Bill, BillLine, ExpenseLine, FixedItem

HEAD = ("Date", "Call-out", "Ticket", "System", "Role", "Worked", "Billed", "Rate/h", "Amount", "Why")
NUMBERS = (5, 6, 7, 8)


def bill_text(bill: Bill) -> str:
    """The whole preview. Worked time is h:mm:ss, billed time h:mm; billed × rate is the amount, to the last digit."""
    lines = [
        f"Bill preview for {printable(bill.name)} ({bill.customer}), {bill.month.name}, {bill.contract} contract",
        f"Dates in {bill.time_zone}, amounts in {bill.currency}. {bill.rounding.sentence}",
        *policy_words(bill, "en"),
        "",
    ]
    if bill.lines or bill.expenses or bill.fixed:
        rows = [_row(line, bill) for line in bill.lines]
        rows += [_expense_row(line) for line in bill.expenses] + [_fixed_row(item) for item in bill.fixed]
        lines += [*columns(HEAD, rows, NUMBERS), ""]
    else:
        lines += ["No work in this month.", ""]
    lines += [_total(bill)]
    if bill.balances:
        lines += ["", "Contracts:", *(f"  {balance_text(balance)}" for balance in bill.balances)]
    if bill.lines:
        lines += ["", "Evidence (events of the ledger):", *(_evidence(line) for line in bill.lines)]
    if bill.findings:
        lines += ["", "To look at before it is sent:"]
        lines += [f"  {finding.status}  {finding.seen} {finding.remedy}" for finding in bill.findings]
    return "\n".join(lines)


def why(line: BillLine) -> str:
    """The verdict's sentence, with what was taken off, who pays, and what a person said in the rule's place."""
    told = [line.verdict.why, *(f"Finding {one.sentence}" for one in line.drift)]
    if line.deducted_seconds:
        told.append(f"{clock_time(line.deducted_seconds)} of it are billed with other work.")
    if line.override:
        said = {"yes": "charged", "no": "not charged"}[str(line.override.charge)]
        told.append(f"But {said}, judged by {line.override.actor}: {line.override.reason}.")
    if line.band.factor != 1:
        told.append(f"{line.band.name.replace('_', ' ').capitalize()}: × {line.band.factor}.")
    if line.deducted_minutes:
        told.append(f"{hours_minutes(line.deducted_minutes)} let off.")
    if line.written_off and line.amount is not None:
        told.append(f"{plain(line.written_off)} of {plain(line.amount + line.written_off)} written off.")
    if line.paid_by:
        worth = plain(line.original_amount)
        told.append(f"Paid by {line.paid_by}{f', worth {worth}' if worth is not None else ''}.")
    return " ".join(told)


def balance_text(balance: Balance) -> str:
    """How a contract stands, in one line."""
    told = [
        f"{quantity(balance.used_before, balance)} used before",
        f"{quantity(balance.used_now, balance)} now",
        f"{quantity(balance.left, balance)} left",
    ]
    if balance.expired:
        told.insert(2, f"{quantity(balance.expired, balance)} lapsed")
    until = f", until {balance.ends.isoformat()}" if balance.ends else ""
    warning = {"": "", "100": " (used up)"}.get(balance.warning, f" (used to {balance.warning} % or more)")
    kind = balance.kind.replace("_", " ")
    return f"{balance.contract} ({kind}{until}): {quantity(balance.bought, balance)} bought, {', '.join(told)}{warning}"


def quantity(amount: Decimal, balance: Balance) -> str:
    """One of the balance's figures: minutes as h:mm, money with its currency."""
    if balance.unit != "minutes":
        return f"{plain(amount)} {balance.unit}"
    whole, part = divmod(amount, 1)
    return hours_minutes(int(whole)) + (f" {exact(part * 60)} s" if part else "")


def _row(line: BillLine, bill: Bill) -> tuple[str, ...]:
    event = line.entry.event
    return (
        line.date.isoformat(),
        event.callout or "–",
        line.entry.ticket,
        event.system or "–",
        line.entry.role,
        clock_time(line.seconds),
        hours_minutes(line.billed_minutes),
        _rate(line.rate, bill),
        plain(line.amount) or str(line.state),
        why(line),
    )


def _expense_row(line: ExpenseLine) -> tuple[str, ...]:
    spent = "" if line.amount is not None else f" {line.spent} {line.spent_currency} were spent."
    note = f"{line.note}." if line.note else ""
    why = f"Expense: {line.expense}. {note}{spent}".strip()
    amount = plain(line.amount) or str(line.state)
    return line.date.isoformat(), line.callout or "–", line.ticket, "–", "", "", "", "", amount, why


def _fixed_row(item: FixedItem) -> tuple[str, ...]:
    why = f"Contract {item.contract} ({item.kind.replace('_', ' ')}): {item.text}."
    return item.date.isoformat(), item.callout or "–", item.ticket, "–", "", "", "", "", plain(item.amount) or "", why


def _rate(rate: Decimal | None, bill: Bill) -> str:
    return "unknown" if rate is None else plain_rate(rate, bill.decimals)


def _total(bill: Bill) -> str:
    if bill.total is not None:
        return f"Total: {plain(bill.total)} {bill.currency}"
    return f"Total: not known yet, {bill.waiting} without an amount (so far {plain(bill.known)} {bill.currency})"


def _evidence(line: BillLine) -> str:
    cited = ", ".join(line.verdict.evidence) or "none but the work itself"
    piece = f" (line {line.id})" if "." in line.id else ""
    return f"  {line.date.isoformat()} work {line.entry.event.id}{piece}: {line.verdict.rule}: {cited}"
