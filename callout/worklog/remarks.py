"""What a person should see before a bill is sent: findings, each a warning with its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callout.findings import Finding, Move, Status
from callout.ledger.event import Event, parse_utc
from callout.policy.chargeable import Charge, Rule
from callout.policy.rates import CUSTOMER_RATES, STANDARD_RATES
from callout.programs import printable
from callout.worklog.balances import balance_findings
from callout.worklog.bill import Bill, BillLine, LineState
from callout.worklog.session import describe, running_sessions

# What is charged whatever the contract needs something to show for it.
ON_EVIDENCE = (Rule.UNSUPPORTED_MODIFICATION, Rule.MAN_MADE_EMERGENCY)
CODES = {"consent": "no-consent", "evidence": "no-evidence", "cap": "cap-reached"}
UNDECIDED = ("Not billed, a person has to decide: {lines}.", "Read why in each of them.")
CLOCK_TIMES = (
    "Not billed, an hour's price depends on the time of the day, which is not known: {lines}.",
    "State the clock times: callout time amend",
)
CAP = (
    "Beyond what may be billed after a contract is used up: {lines}.",
    "Ask the customer, then: callout bill judge WORK --charge yes|no --reason R",
)
NO_CONSENT = ("No consent to a charge is on record for {lines}.", "Ask the customer before this is sent.")
PROOF = (
    "Charged for its cause, but nothing is named that shows the cause: {lines}.",
    "Name the finding or the event: callout time amend",
)
OVERLAP = (
    "Overlap with other work of the same person, billed once: {lines}.",
    "Look whether the right one is billed.",
)


def remarks(bill: Bill, events: Sequence[Event]) -> Iterator[Finding]:
    """The warnings about a bill, one for each kind, with the work's event ids. `events` are the customer's."""
    lines = bill.lines
    unpriced = [line for line in lines if line.state is LineState.RATE_UNKNOWN]
    for role in sorted({line.entry.role for line in unpriced}):
        of_role = [line for line in unpriced if line.entry.role == role]
        yield _warning(
            f"bill.rate@{role}",
            "rate-unknown",
            f"There is no rate of {printable(role)}: no amount in {_lines(len(of_role))}.",
            f"Write {printable(role)} into {CUSTOMER_RATES} or {STANDARD_RATES}.",
            of_role,
        )
    undecided = [line for line in lines if line.state is LineState.UNDECIDED]
    for told, code, seen, remedy in (
        ([line for line in undecided if line.verdict.rule is Rule.CLOCK_TIMES_NEEDED], "clock-times", *CLOCK_TIMES),
        ([line for line in undecided if line.charge is not Charge.UNDECIDED and not _timeless(line)], "cap", *CAP),
        (
            [line for line in undecided if line.charge is Charge.UNDECIDED and not _timeless(line)],
            "undecided",
            *UNDECIDED,
        ),
        ([line for line in lines if line.verdict.rule is Rule.NO_CONSENT_ON_RECORD], "consent", *NO_CONSENT),
        (
            [line for line in lines if line.verdict.rule in ON_EVIDENCE and not line.verdict.evidence],
            "evidence",
            *PROOF,
        ),
        ([line for line in lines if line.deducted_seconds], "overlap", *OVERLAP),
    ):
        if told:
            yield _warning(f"bill.{code}", CODES.get(code, code), seen.format(lines=_lines(len(told))), remedy, told)
    foreign = [one for one in bill.expenses if one.state is LineState.UNDECIDED]
    if foreign:
        seen = f"Not in {bill.currency}: {len(foreign)} expense{'' if len(foreign) == 1 else 's'}."
        yield Finding(
            "bill.expenses", Status.WARN, "other-currency", seen, Move.US,
            f"Amend it with what it comes to in {bill.currency}: callout time amend",
            {"events": [one.event_id for one in foreign]},
        )  # fmt: skip
    yield from balance_findings(bill.balances)
    start, end = bill.month.span(bill.time_zone)
    for session in running_sessions(events):
        if start <= parse_utc(session.body["started_at"]) < end:
            yield Finding(
                "bill.running",
                Status.WARN,
                "still-running",
                f"A session of {printable(session.actor)} still runs and is not on the bill: {describe(session)}.",
                Move.US,
                "Stop it: callout time stop",
                {"events": [session.id]},
            )


def _unproven(line: BillLine) -> bool:
    return line.verdict.rule in ON_EVIDENCE and not line.verdict.evidence


def _timeless(line: BillLine) -> bool:
    return line.verdict.rule is Rule.CLOCK_TIMES_NEEDED


def _lines(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"


def _warning(check: str, code: str, seen: str, remedy: str, lines: Sequence[BillLine]) -> Finding:
    return Finding(check, Status.WARN, code, seen, Move.US, remedy, {"events": [line.entry.event.id for line in lines]})
