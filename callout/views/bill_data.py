"""A bill as data: a dictionary for JSON, rows for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

from callout.ledger.event import format_utc
from callout.programs import printable
from callout.views.numbers import exact, plain
from callout.views.words import policy_words
from callout.worklog.bill import Balance, Bill, BillLine, ExpenseLine, FixedItem, Override
from callout.worklog.rounding import Rounding

SCHEMA_VERSION = 1
COLUMNS = (
    "kind", "date", "callout", "ticket", "system", "role", "source", "actor", "note", "started_at", "ended_at",
    "raw_seconds", "deducted_seconds", "billed_minutes", "rate", "amount", "currency", "chargeable", "state",
    "rule", "why", "evidence", "claimed_by", "work", "line", "activity", "cause", "band", "factor", "rounding_minutes",
    "deducted_minutes", "paid_by", "original_amount", "rule_says", "expense",
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
        "rounding": rounding_dict(bill.rounding),
        "roundings": {activity: rounding_dict(one) for activity, one in bill.roundings.items()},
        "policy": policy_words(bill, "en"),
        "shared_minutes": bill.shared_minutes,
        "lines": [line_dict(line) for line in bill.lines],
        "expenses": [expense_dict(line) for line in bill.expenses],
        "fixed": [fixed_dict(item) for item in bill.fixed],
        "balances": [balance_dict(balance) for balance in bill.balances],
        "raw_seconds": bill.raw_seconds,
        "billed_minutes": bill.billed_minutes,
        "covered_minutes": bill.covered_minutes,
        "known": plain(bill.known),
        "total": plain(bill.total),
        "findings": [finding.as_dict() for finding in bill.findings],
    }


def line_dict(line: BillLine) -> dict[str, Any]:
    """One piece of work, JSON-able."""
    entry = line.entry
    return {
        "line": line.id,
        "work": entry.event.id,
        "date": line.date.isoformat(),
        "callout": entry.event.callout,
        "ticket": entry.ticket,
        "system": entry.event.system,
        "role": entry.role,
        "activity": entry.activity,
        "cause": entry.cause,
        "source": str(entry.source),
        "actor": entry.event.actor,
        "note": entry.note,
        "outcome": entry.outcome,
        "started_at": format_utc(line.started_at),
        "ended_at": format_utc(line.ended_at),
        "raw_seconds": line.seconds,
        "deducted_seconds": line.deducted_seconds,
        "claimed_by": list(line.claimed_by),
        "clock_flags": list(entry.clock_flags),
        "billed_minutes": line.billed_minutes,
        "rounding_minutes": line.rounding_minutes,
        "deducted_minutes": line.deducted_minutes,
        "band": line.band.name,
        "factor": plain(line.band.factor),
        "base_rate": plain(line.base_rate),
        "rate": plain(line.rate),
        "rate_source": line.rate_source,
        "paid_by": line.paid_by,
        "amount": plain(line.amount),
        "original_amount": plain(line.original_amount),
        "written_off": plain(line.written_off),
        "state": str(line.state),
        "chargeable": str(line.charge),
        "rule": str(line.verdict.rule),
        "rule_says": str(line.verdict.charge),
        "why": " ".join([line.verdict.why, *(f"Finding {one.sentence}" for one in line.drift)]),
        "evidence": list(line.verdict.evidence),
        "override": override_dict(line.override),
        "steps": list(line.steps),
        # Only where there are any: lines without keep the mark under which they were approved.
        **({"drift": [one.as_dict() for one in line.drift]} if line.drift else {}),
    }


def expense_dict(line: ExpenseLine) -> dict[str, Any]:
    """One expense, JSON-able."""
    return {
        "line": line.id,
        "work": line.event_id,
        "date": line.date.isoformat(),
        "expense": line.expense,
        "callout": line.callout,
        "ticket": line.ticket,
        "actor": line.actor,
        "note": line.note,
        "spent": line.spent,
        "spent_currency": line.spent_currency,
        "amount": plain(line.amount),
        "original_amount": plain(line.original_amount),
        "written_off": plain(line.written_off),
        "state": str(line.state),
        "override": override_dict(line.override),
        "steps": list(line.steps),
    }


def fixed_dict(item: FixedItem) -> dict[str, Any]:
    """What a contract costs by itself, JSON-able."""
    return {
        "line": item.id,
        "date": item.date.isoformat(),
        "contract": item.contract,
        "contract_kind": item.kind,
        "text": item.text,
        "callout": item.callout,
        "ticket": item.ticket,
        "amount": plain(item.amount),
        "of": list(item.work),
        "steps": list(item.steps),
    }


def balance_dict(balance: Balance) -> dict[str, Any]:
    """How a contract stands, JSON-able; amounts are strings, in `unit`."""
    return {
        "contract": balance.contract,
        "contract_kind": balance.kind,
        "unit": balance.unit,
        "starts": balance.starts.isoformat() if balance.starts else None,
        "ends": balance.ends.isoformat() if balance.ends else None,
        "bought": exact(balance.bought),
        "used_before": exact(balance.used_before),
        "used_now": exact(balance.used_now),
        "expired": exact(balance.expired),
        "left": exact(balance.left),
        "warning": balance.warning,
    }


def override_dict(override: Override | None) -> dict[str, Any] | None:
    """A person's word, JSON-able; None where the rule's stands."""
    if override is None:
        return None
    return {
        "charge": str(override.charge),
        "reason": override.reason,
        "actor": override.actor,
        "event": override.event_id,
    }


def rounding_dict(rounding: Rounding) -> dict[str, Any]:
    """A rule of rounding, JSON-able."""
    return {
        "increment_minutes": rounding.increment_minutes,
        "minimum_minutes": rounding.minimum_minutes,
        "mode": rounding.mode,
        "sentence": rounding.sentence,
    }


def bill_csv(bill: Bill) -> str:
    """UTF-8 text for a spreadsheet, CRLF, a row per line; the amounts of all rows add up to what is known.

    No cell can become a formula, none holds a control character. No internal note is in it.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    rows = [{"kind": "work", **line_dict(line)} for line in bill.lines]
    rows += [
        {"kind": "expense", "chargeable": str(line.override.charge) if line.override else "yes", **expense_dict(line)}
        for line in bill.expenses
    ]
    rows += [
        {"kind": "contract", "chargeable": "yes", "paid_by": item.contract, "note": item.text, **fixed_dict(item)}
        for item in bill.fixed
    ]
    for values in rows:
        writer.writerow(_row({**values, "currency": bill.currency}))
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
