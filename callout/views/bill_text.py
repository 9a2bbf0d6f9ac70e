"""A bill for a terminal: neutral formats, every line with its reason."""

from __future__ import annotations

from decimal import Decimal

from callout.programs import printable
from callout.views.numbers import clock_time, hours_minutes, plain, plain_rate
from callout.views.table import columns
from callout.worklog.bill import Bill, BillLine, LineState, SumLine

HEAD = ("Date", "Call-out", "Ticket", "System", "Role", "Worked", "Billed", "Rate/h", "Amount", "Why")
NUMBERS = (5, 6, 7, 8)


def bill_text(bill: Bill) -> str:
    """The whole preview. Worked time is h:mm:ss, billed time h:mm; billed × rate is the amount, to the last digit."""
    lines = [
        f"Bill preview for {printable(bill.name)} ({bill.customer}), {bill.month.name}, {bill.contract} contract",
        f"Dates in {bill.time_zone}, amounts in {bill.currency}. {bill.rounding.sentence}",
        "",
    ]
    if bill.lines:
        rows = [_row(line, bill) for line in bill.lines] + [_sum_row(line, bill) for line in bill.sums]
        lines += [*columns(HEAD, rows, NUMBERS), ""]
    else:
        lines += ["No work in this month.", ""]
    lines += [_total(bill)]
    if bill.lines:
        lines += ["", "Evidence (events of the ledger):", *(_evidence(line) for line in bill.lines)]
    if bill.findings:
        lines += ["", "To look at before it is sent:"]
        lines += [f"  {finding.status}  {finding.seen} {finding.remedy}" for finding in bill.findings]
    return "\n".join(lines)


def why(line: BillLine) -> str:
    """The verdict's sentence, with what was taken off for overlapping work."""
    if not line.deducted_seconds:
        return line.verdict.why
    return f"{line.verdict.why} {clock_time(line.deducted_seconds)} of it are billed with other work."


def _row(line: BillLine, bill: Bill) -> tuple[str, ...]:
    event = line.entry.event
    return (
        line.date.isoformat(),
        event.callout or "–",
        line.entry.ticket,
        event.system or "–",
        line.entry.role,
        clock_time(line.entry.seconds),
        hours_minutes(line.billed_minutes),
        _rate(line.rate, bill),
        plain(line.amount) or str(line.state),
        why(line),
    )


def _sum_row(line: SumLine, bill: Bill) -> tuple[str, ...]:
    plural = "" if len(line.of) == 1 else "s"
    return (
        "Sum", "", "", "", line.role, clock_time(line.seconds), hours_minutes(line.billed_minutes),
        _rate(line.rate, bill), plain(line.amount) or str(line.state), f"Sum of {len(line.of)} line{plural}.",
    )  # fmt: skip


def _rate(rate: Decimal | None, bill: Bill) -> str:
    return "unknown" if rate is None else plain_rate(rate, bill.decimals)


def _total(bill: Bill) -> str:
    if bill.total is not None:
        return f"Total: {plain(bill.total)} {bill.currency}"
    open_states = (LineState.RATE_UNKNOWN, LineState.UNDECIDED)
    waiting = sum(line.state in open_states for line in bill.lines) + sum(
        line.state in open_states for line in bill.sums
    )
    return f"Total: not known yet, {waiting} without an amount (so far {plain(bill.known)} {bill.currency})"


def _evidence(line: BillLine) -> str:
    cited = ", ".join(line.verdict.evidence) or "none but the work itself"
    return f"  {line.date.isoformat()} work {line.entry.event.id}: {line.verdict.rule}: {cited}"
