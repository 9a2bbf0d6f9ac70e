"""Collecting for a report: the ledger is read once, however many customers and months there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from callout.ledger import Draft, Event
from callout.ledger.event import format_utc
from callout.ledger.store import Ledger
from callout.steps.context import Context
from callout.steps.report import collect, collect_quotes
from callout.worklog.month import parse_month
from callout.worklog.reports.grouping import group
from callout.worklog.reports.records import Dimension
from tests.unit.report_year import customers, inventory_of

FIRST, LAST = parse_month("2025-07"), parse_month("2026-06")


class Counted:
    """A ledger that counts how often it is read, and how much."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.asked, self.read = ledger, 0, 0

    def events(self, **filters: Any) -> Iterator[Event]:
        """What the ledger says."""
        self.asked += 1
        for event in self.ledger.events(**filters):
            self.read += 1
            yield event


def counted(context: Context) -> tuple[Counted, Context]:
    """The context on a ledger that counts, in which every customer has worked in every month."""
    for customer in ("globex", "hooli", "initech", "somebody else"):
        for month in range(1, 7):
            begun = dt.datetime(2026, month, 5, 9, tzinfo=dt.UTC)
            body = {
                "source": "person", "started_at": format_utc(begun), "seconds": 3600, "role": "engineer",
                "ended_at": format_utc(begun + dt.timedelta(hours=1)), "ticket": "T-1", "note": "",
            }  # fmt: skip
            context.ledger.append(Draft("work_logged", begun, "eva@desk", customer, "", "", body))
    ledger = Counted(context.ledger)
    return ledger, replace(context, ledger=cast("Ledger", ledger))


def test_a_year_of_all_customers_is_one_pass(context: Context) -> None:
    ledger, own = counted(context)
    collected = collect(own, inventory_of(*customers()), FIRST, LAST)
    assert (ledger.asked, ledger.read) == (1, 24)
    rows = group(collected.records, [Dimension.CUSTOMER]).rows
    assert [(row.names[0], row.tally.hours.raw_seconds) for row in rows] == [
        ("globex", 6 * 3600), ("hooli", 6 * 3600), ("initech", 6 * 3600),
    ]  # fmt: skip
    assert [finding.code for finding in collected.findings] == ["waiting", "unknown-customer"]


def test_one_customer_is_read_alone(context: Context) -> None:
    ledger, own = counted(context)
    collected = collect(own, inventory_of(*customers()), FIRST, LAST, ["hooli"])
    # Its own events at once; then whom else its people worked for, and what was amended of that.
    assert ledger.asked <= 10
    assert ledger.read <= 24
    assert list(collected.names) == ["hooli"]
    assert collected.findings == ()


def test_quotes_are_those_of_all_times(context: Context) -> None:
    ledger, own = counted(context)
    collected = collect_quotes(own, inventory_of(*customers()))
    assert ledger.asked <= 3
    assert collected.outcomes == ()
