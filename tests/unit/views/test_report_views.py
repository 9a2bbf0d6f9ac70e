"""Reports as text, JSON, CSV and page: golden files, and what hostile values may not do there."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from callout.views.report_data import balances_dict, grouped_dict, money_csv, quotes_dict, rows_csv, work_csv
from callout.views.report_page import Part, report_html
from callout.views.report_text import balances_text, money_text, quotes_text, work_text
from callout.worklog.reports.collected import Collected
from callout.worklog.reports.grouping import Order, group, parse_dimensions
from callout.worklog.reports.records import Dimension, work_of
from tests.unit.report_year import half_year

Golden = Callable[[str, str], None]
LEADS = ["=", "+", "-", "@", "\t", "\r", "\n", "\t=", " =", "\r\n@", "\x1b=", "=\x00"]
PAYLOADS = [
    "{{7*7}}",
    "{% for x in ''.__class__.__mro__ %}{{ x }}{% endfor %}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</text></svg><script>alert(1)</script>",
    "]]><script>",
    "</style></title><script>",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "\u202egnirts",
    "a\r\nb",
    "\x00",
    "x" * 4000,
]


@pytest.fixture(scope="module")
def year(make_book: Callable[[], Any]) -> Collected:
    return half_year(make_book)


def test_work(year: Collected, golden: Golden) -> None:
    grouped = group(work_of(year.records), parse_dimensions("customer,month"))
    golden("report/work.txt", work_text(year, grouped) + "\n")
    golden("report/work.json", json.dumps(grouped_dict("work", year, grouped), indent=2) + "\n")
    golden("report/work.csv", work_csv(grouped).replace("\r\n", "\n"))


def test_money(year: Collected, golden: Golden) -> None:
    grouped = group(year.records, parse_dimensions("engineer,contract"), Order.AMOUNT)
    golden("report/money.json", json.dumps(grouped_dict("money", year, grouped), indent=2) + "\n")
    golden("report/money.txt", money_text(year, grouped) + "\n")
    golden("report/money.csv", money_csv(grouped).replace("\r\n", "\n"))


def test_balances(year: Collected, golden: Golden) -> None:
    golden("report/balances.txt", balances_text(year) + "\n")
    golden("report/balances.json", json.dumps(balances_dict(year), indent=2) + "\n")


def test_quotes(year: Collected, golden: Golden) -> None:
    golden("report/quotes.txt", quotes_text(year) + "\n")
    golden("report/quotes.json", json.dumps(quotes_dict(year), indent=2) + "\n")


def test_page(year: Collected, golden: Golden) -> None:
    golden("report/page.html", report_html(year))


def test_nothing_is_said(year: Collected) -> None:
    nothing = replace(year, records=(), balances=(), outcomes=(), findings=())
    empty = group((), [Dimension.CUSTOMER])
    page = report_html(nothing)
    assert "<svg" not in page
    for told in ("No work in", "Nothing to bill", "No contract of which", "Nothing was quoted"):
        assert told in page
    assert "No work in" in work_text(nothing, empty)
    assert "Nothing to bill" in money_text(nothing, empty)
    assert "No contract of which" in balances_text(nothing)
    assert "Nothing was quoted" in quotes_text(nothing)
    assert rows_csv(balances_dict(nothing)) == ""
    assert work_csv(empty).count("\r\n") == 1


def test_one_month_of_one_customer_is_a_page(year: Collected) -> None:
    one = [record for record in year.records if record.names[Dimension.MONTH] == "2026-02"][:1]
    page = report_html(replace(year, records=tuple(one), first=year.last))
    assert page.count("<svg") >= 4


@pytest.mark.parametrize("part", list(Part))
def test_a_part_has_its_plots_only(year: Collected, part: Part) -> None:
    titles = {Part.WORK: "Hours by month", Part.MONEY: "Asked for by month, EUR", Part.BALANCES: "left of contracts",
              Part.QUOTES: "Quotes beside"}  # fmt: skip
    page = report_html(year, parts=(part,))
    assert [one for one in Part if titles[one] in page] == [part]


def test_the_csv_adds_up(year: Collected) -> None:
    grouped = group(year.records, parse_dimensions("ticket,rule"))
    for one in grouped.total.sums:
        rows = [row for row in csv.DictReader(io.StringIO(money_csv(grouped))) if row["currency"] == one.currency]
        assert sum(Decimal(row["known"]) for row in rows) == one.known
    hours = csv.DictReader(io.StringIO(work_csv(grouped)))
    assert sum(int(row["raw_seconds"]) for row in hours) == grouped.total.hours.raw_seconds


def renamed(year: Collected, name: str) -> Collected:
    """The same with every name replaced: customers, systems, people, tickets, contracts, quotes."""
    records = tuple(replace(one, names=dict.fromkeys(Dimension, name)) for one in year.records)
    balances = tuple(
        replace(own, customer=name, name=name, balances=tuple(replace(one, contract=name) for one in own.balances))
        for own in year.balances
    )
    outcomes = tuple(
        replace(one, quote=replace(one.quote, number=name, ticket=name, callout=name)) for one in year.outcomes
    )
    return replace(
        year, vendor=name, names={name: name}, records=records, balances=balances, outcomes=outcomes
    )  # fmt: skip


@pytest.mark.parametrize("lead", LEADS)
def test_no_cell_becomes_a_formula(year: Collected, lead: str) -> None:
    evil = renamed(year, f"{lead}1+1")
    grouped = group(evil.records, list(Dimension))
    for table in (work_csv(grouped), money_csv(grouped), rows_csv(balances_dict(evil)), rows_csv(quotes_dict(evil))):
        rows = list(csv.reader(io.StringIO(table)))
        assert len(rows) > 1
        cells = [cell for row in rows for cell in row]
        assert [cell for cell in cells if "1+1" in cell and not cell.startswith("'")] == []
        assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))] == []


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.reaching: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.reaching += [name for name, _ in attrs if name.startswith("on") or name in ("src", "href", "xlink:href")]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_only_ever_text(year: Collected, payload: str) -> None:
    evil = renamed(year, payload)
    grouped = group(evil.records, [Dimension.CUSTOMER, Dimension.TICKET])
    page = report_html(evil, grouped)
    parsed = Tags()
    parsed.feed(page)
    assert not parsed.tags & {"script", "img", "iframe", "foreignobject", "use", "image", "a", "link"}
    assert not parsed.reaching
    assert "default-src 'none'" in page
    told = (page, work_text(evil, grouped), money_text(evil, grouped), balances_text(evil), quotes_text(evil))
    for output in told:
        assert all(character.isprintable() or character == "\n" for character in output)
        assert ">49<" not in output
    for data in (grouped_dict("work", evil, grouped), balances_dict(evil), quotes_dict(evil)):
        assert json.dumps(data).isascii()
