"""What a person should see before a bill is sent: findings, each a warning with its remedy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from callout.findings import Finding, Move, Status
from callout.ledger.event import Event, parse_utc
from callout.policy.chargeable import Rule
from callout.policy.rates import CUSTOMER_RATES, STANDARD_RATES
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
            f"There is no rate of {role}: {unpriced.count(role)} of the lines have no amount.",
            f"Write {role} into {CUSTOMER_RATES} or {STANDARD_RATES}.",
            [line for line in lines if line.entry.role == role and line.state is not LineState.NOT_CHARGED],
        )
    undecided = [line for line in lines if line.state is LineState.UNDECIDED]
    if undecided:
        seen = f"{len(undecided)} of the lines wait for a person's decision and are not billed."
        yield _warning("bill.undecided", "undecided", seen, "Read why in each of them.", undecided)
    unconsented = [line for line in lines if line.verdict.rule is Rule.NO_CONSENT_ON_RECORD]
    if unconsented:
        seen = f"{len(unconsented)} chargeable lines have no consent to a charge on record."
        yield _warning("bill.consent", "no-consent", seen, "Ask the customer before this is sent.", unconsented)
    doubled = [line for line in lines if line.deducted_seconds]
    if doubled:
        seen = f"{len(doubled)} lines overlap with other work of the same person; that time is billed once."
        yield _warning("bill.overlap", "overlap", seen, "Look whether the right one is billed.", doubled)
    for session in running_sessions(events):
        if start <= parse_utc(session.body["started_at"]) < end:
            yield Finding(
                "bill.running",
                Status.WARN,
                "still-running",
                f"A session of {session.actor} still runs and is not on the bill: {describe(session)}.",
                Move.US,
                "Stop it: callout time stop",
                {"events": [session.id]},
            )


def _warning(check: str, code: str, seen: str, remedy: str, lines: Sequence[BillLine]) -> Finding:
    return Finding(check, Status.WARN, code, seen, Move.US, remedy, {"events": [line.entry.event.id for line in lines]})
