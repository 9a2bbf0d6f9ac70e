"""What a person should see before a bill is sent: findings, each a warning with its remedy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from callout.findings import Finding, Move, Status
from callout.ledger.event import Event, parse_utc
from callout.policy.chargeable import Rule
from callout.policy.rates import CUSTOMER_RATES, STANDARD_RATES
from callout.programs import printable
from callout.worklog.bill import BillLine, LineState, SumLine
from callout.worklog.session import describe, running_sessions


def remarks(
    lines: Sequence[BillLine], sums: Sequence[SumLine], events: Sequence[Event], start: dt.datetime, end: dt.datetime
) -> Iterator[Finding]:
    """The warnings about a month from `start` to before `end`: one for each kind, with the work's event ids."""
    unpriced = [line.entry.role for line in lines if line.state is LineState.RATE_UNKNOWN]
    unpriced += [line.role for line in sums if line.state is LineState.RATE_UNKNOWN]
    for role in sorted(set(unpriced)):
        yield _warning(
            f"bill.rate@{role}",
            "rate-unknown",
            f"There is no rate of {printable(role)}: no amount in {_lines(unpriced.count(role))}.",
            f"Write {printable(role)} into {CUSTOMER_RATES} or {STANDARD_RATES}.",
            [
                line
                for line in lines
                if line.entry.role == role and line.state in (LineState.RATE_UNKNOWN, LineState.IN_SUM)
            ],
        )
    undecided = [line for line in lines if line.state is LineState.UNDECIDED]
    if undecided:
        seen = f"Not billed, a person has to decide: {_lines(len(undecided))}."
        yield _warning("bill.undecided", "undecided", seen, "Read why in each of them.", undecided)
    unconsented = [line for line in lines if line.verdict.rule is Rule.NO_CONSENT_ON_RECORD]
    if unconsented:
        seen = f"No consent to a charge is on record for {_lines(len(unconsented))}."
        yield _warning("bill.consent", "no-consent", seen, "Ask the customer before this is sent.", unconsented)
    doubled = [line for line in lines if line.deducted_seconds]
    if doubled:
        seen = f"Overlap with other work of the same person, billed once: {_lines(len(doubled))}."
        yield _warning("bill.overlap", "overlap", seen, "Look whether the right one is billed.", doubled)
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


def _lines(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"


def _warning(check: str, code: str, seen: str, remedy: str, lines: Sequence[BillLine]) -> Finding:
    return Finding(check, Status.WARN, code, seen, Move.US, remedy, {"events": [line.entry.event.id for line in lines]})
