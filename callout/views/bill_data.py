"""A bill as data: a dictionary for JSON, rows for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

from callout.ledger.event import format_utc
from callout.programs import printable
from callout.views.numbers import plain
from callout.worklog.bill import Bill, BillLine, SumLine

SCHEMA_VERSION = 1
COLUMNS = (
    "kind", "date", "callout", "ticket", "system", "role", "source", "actor", "note", "started_at", "ended_at",
    "raw_seconds", "deducted_seconds", "billed_minutes", "rate", "amount", "currency", "chargeable", "state",
    "rule", "why", "evidence", "claimed_by", "work",
)  # fmt: skip
# A spreadsheet takes a cell that begins with one of these for a formula or for the next cell.
FORMULA_LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def bill_dict(bill: Bill) -> dict[str, Any]:
    """JSON-able, `schema_version` first. Amounts and rates are strings; times are UTC; None is unknown."""
    return {
        "schema_version": SCHEMA_VERSION,
        "preview": True,
        "vendor": bill.vendor,
        "customer": bill.customer,
        "name": bill.name,
        "contract": bill.contract,
        "month": bill.month.name,
        "time_zone": bill.time_zone,
        "currency": bill.currency,
        "rounding": {
            "increment_minutes": bill.rounding.increment_minutes,
            "minimum_minutes": bill.rounding.minimum_minutes,
            "mode": bill.rounding.mode,
            "sentence": bill.rounding.sentence,
        },
        "lines": [line_dict(line) for line in bill.lines],
        "sums": [sum_dict(line) for line in bill.sums],
        "raw_seconds": bill.raw_seconds,
        "billed_minutes": bill.billed_minutes,
        "known": plain(bill.known),
        "total": plain(bill.total),
        "findings": [finding.as_dict() for finding in bill.findings],
    }


def line_dict(line: BillLine) -> dict[str, Any]:
    """One piece of work, JSON-able."""
    entry = line.entry
    return {
        "work": entry.event.id,
        "date": line.date.isoformat(),
        "callout": entry.event.callout,
        "ticket": entry.ticket,
        "system": entry.event.system,
        "role": entry.role,
        "source": str(entry.source),
        "actor": entry.event.actor,
        "note": entry.note,
        "outcome": entry.outcome,
        "started_at": format_utc(entry.started_at),
        "ended_at": format_utc(entry.ended_at),
        "raw_seconds": entry.seconds,
        "deducted_seconds": line.deducted_seconds,
        "claimed_by": list(line.claimed_by),
        "clock_flags": list(entry.clock_flags),
        "billed_minutes": line.billed_minutes,
        "rate": plain(line.rate),
        "rate_source": line.rate_source,
        "amount": plain(line.amount),
        "state": str(line.state),
        "chargeable": str(line.verdict.charge),
        "rule": str(line.verdict.rule),
        "why": line.verdict.why,
        "evidence": list(line.verdict.evidence),
    }


def sum_dict(line: SumLine) -> dict[str, Any]:
    """One rounded sum, JSON-able."""
    return {
        "role": line.role,
        "raw_seconds": line.seconds,
        "billed_minutes": line.billed_minutes,
        "rate": plain(line.rate),
        "rate_source": line.rate_source,
        "amount": plain(line.amount),
        "state": str(line.state),
        "of": list(line.of),
    }


def bill_csv(bill: Bill) -> str:
    """UTF-8 text for a spreadsheet, CRLF, a row per line; the amounts of all rows add up to what is known.

    No cell can become a formula, none holds a control character.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in bill.lines:
        writer.writerow(_row({"kind": "work", **line_dict(line), "currency": bill.currency}))
    for total in bill.sums:
        values = sum_dict(total)
        why = f"{bill.rounding.sentence} Role: {total.role}."
        more = {"kind": "sum", "why": why, "chargeable": "yes", "currency": bill.currency, "evidence": values["of"]}
        writer.writerow(_row({**values, **more}))
    return out.getvalue()


def safe_cell(value: object) -> str:
    """The value as a cell's text: control characters become spaces, a formula's lead gets an apostrophe."""
    if value is None:
        return ""
    text = " ".join(str(one) for one in value) if isinstance(value, list) else str(value)
    shown = printable(text)
    risky = text.startswith(FORMULA_LEADS) or shown.startswith(FORMULA_LEADS)
    return f"'{shown}" if risky else shown


def _row(values: dict[str, Any]) -> list[str]:
    return [safe_cell(values.get(name)) for name in COLUMNS]
