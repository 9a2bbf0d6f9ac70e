"""Reports as data: dictionaries for JSON, rows for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from callout.ledger.event import format_utc
from callout.views.bill_data import safe_cell
from callout.views.numbers import plain
from callout.worklog.bill import Balance
from callout.worklog.reports.accuracy import Accuracy, QuoteOutcome, accuracy_of
from callout.worklog.reports.collected import Collected, CustomerBalances
from callout.worklog.reports.grouping import Grouped
from callout.worklog.reports.tally import Sum, Tally

SCHEMA_VERSION = 1
_HOURS = (
    "raw_seconds", "charged_seconds", "covered_seconds", "not_charged_seconds", "waiting_seconds",
    "overlapping_seconds", "billed_minutes", "covered_minutes", "let_off_minutes",
)  # fmt: skip
_SUM = (
    "currency",
    "work",
    "expenses",
    "fixed",
    "known",
    "total",
    "waiting_work",
    "waiting_expenses",
    "covered",
    "given_up",
)


def grouped_dict(report: str, collected: Collected, grouped: Grouped) -> dict[str, Any]:
    """JSON-able: of `work` the hours, of `money` also the amounts.

    Amounts are strings, seconds and minutes numbers; None is unknown.
    """
    names = [str(one) for one in grouped.dimensions]

    def tally_dict(tally: Tally) -> dict[str, Any]:
        amounts = {"amounts": [sum_dict(one) for one in tally.sums]} if report == "money" else {}
        return {"hours": asdict(tally.hours), **amounts}

    rows = [{**dict(zip(names, row.names, strict=True)), **tally_dict(row.tally)} for row in grouped.rows]
    return {**_head(report, collected), "by": names, "rows": rows, "total": tally_dict(grouped.total)}


def sum_dict(one: Sum) -> dict[str, Any]:
    """One currency, JSON-able; `total` is None while anything waits."""
    amounts = {name: getattr(one, name) for name in _SUM}
    return {
        name: value if name == "currency" or name.startswith("waiting") else plain(value)
        for name, value in amounts.items()
    }


def balances_dict(collected: Collected) -> dict[str, Any]:
    """What is left, by customer and contract, JSON-able. `unit` is `minutes` or a currency."""
    rows = [_balance(own, one) for own in collected.balances for one in own.balances]
    return {**_head("balances", collected), "rows": rows}


def quotes_dict(collected: Collected) -> dict[str, Any]:
    """Quotes beside what was worked, JSON-able; percents are strings."""
    return {
        **_head("quotes", collected),
        "rows": [_outcome(one) for one in collected.outcomes],
        "customers": [_accuracy(one) for one in accuracies(collected)],
        "total": _accuracy(accuracy_of(collected.outcomes)),
    }


def accuracies(collected: Collected) -> list[Accuracy]:
    """One for each customer who was ever quoted anything, by id."""
    customers = sorted({one.quote.customer for one in collected.outcomes})
    return [accuracy_of(collected.outcomes, customer) for customer in customers]


def work_csv(grouped: Grouped) -> str:
    """Hours for a spreadsheet, a row per group."""
    names = [str(one) for one in grouped.dimensions]
    rows = [
        {**dict(zip(names, row.names, strict=True)), **asdict(row.tally.hours)}
        for row in grouped.rows
    ]  # fmt: skip
    return _csv([*names, *_HOURS], rows)


def money_csv(grouped: Grouped) -> str:
    """Amounts for a spreadsheet, a row per group and currency; the `known` of all rows add up to what is known."""
    names = [str(one) for one in grouped.dimensions]
    rows = [
        {**dict(zip(names, row.names, strict=True)), **sum_dict(one)} for row in grouped.rows for one in row.tally.sums
    ]
    return _csv([*names, *_SUM], rows)


def rows_csv(data: Mapping[str, Any]) -> str:
    """The rows of `balances_dict` or `quotes_dict` for a spreadsheet; empty where there are none."""
    rows: list[dict[str, Any]] = data["rows"]
    return _csv(list(rows[0]), rows) if rows else ""


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe_cell(row.get(name)) for name in columns])
    return out.getvalue()


def _head(report: str, collected: Collected) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "report": report,
        "from": collected.first.name,
        "to": collected.last.name,
        "made_at": format_utc(collected.made_at),
        "customers_asked": sorted(collected.names),
        "findings": [finding.as_dict() for finding in collected.findings],
    }


def _balance(own: CustomerBalances, one: Balance) -> dict[str, Any]:
    amounts = ("bought", "used_before", "used_now", "expired", "left")
    return {
        "customer": own.customer,
        "month": own.month.name,
        "contract": one.contract,
        "kind": one.kind,
        "unit": one.unit,
        **{name: plain(getattr(one, name)) for name in amounts},
        "warning": one.warning,
        "starts": one.starts.isoformat() if one.starts else None,
        "ends": one.ends.isoformat() if one.ends else None,
    }


def _outcome(one: QuoteOutcome) -> dict[str, Any]:
    quote = one.quote
    return {
        "quote": quote.number,
        "customer": quote.customer,
        "ticket": quote.ticket,
        "callout": quote.callout,
        "state": str(quote.state),
        "method": quote.method,
        "quoted_minutes": quote.minutes,
        "p90_minutes": quote.p90_minutes,
        "quoted_amount": plain(quote.amount),
        "currency": quote.currency,
        "actual_seconds": one.actual_seconds,
        "done": one.done,
        "error_percent": plain(one.error_percent),
        "within_cap": one.within_cap,
        "within_p90": one.within_p90,
    }


def _accuracy(one: Accuracy) -> dict[str, Any]:
    percents = ("median_error_percent", "median_bias_percent")
    return {**asdict(one), **{name: plain(getattr(one, name)) for name in percents}}
