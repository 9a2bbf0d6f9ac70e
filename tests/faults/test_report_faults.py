"""Hostile names in reports: more than 500 of them, in every field, in every form."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from typing import Any

import pytest

from callout.views.report_data import balances_dict, grouped_dict, money_csv, quotes_dict, rows_csv, work_csv
from callout.views.report_page import report_html
from callout.views.report_text import balances_text, money_text, quotes_text, work_text
from callout.worklog.reports.collected import Collected
from callout.worklog.reports.grouping import Grouped, group
from callout.worklog.reports.records import Dimension
from tests.faults.hostile_texts import LEADS, payloads
from tests.unit.conftest import Book
from tests.unit.report_year import half_year
from tests.unit.views.test_report_views import renamed

pytestmark = pytest.mark.faults
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
# Nobody's half year is longer, whatever its names are.
LONGEST_PAGE, LONGEST_TEXT = 250_000, 60_000


class Page(HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture(scope="module")
def year() -> Collected:
    return half_year(Book)


@pytest.mark.parametrize("step", [40, pytest.param(1, marks=WHOLE)])
def test_hostile_names_stay_names_in_every_form(year: Collected, step: int, record_property: Any) -> None:
    every = payloads()
    assert len(every) >= 500
    plain = Page(report_html(renamed(year, "word")))
    for payload in every[::step]:
        evil = renamed(year, payload)
        grouped = group(evil.records, [Dimension.CUSTOMER, Dimension.TICKET])
        page = report_html(evil)
        found = Page(page)
        assert found.tags <= plain.tags
        assert found.attributes <= plain.attributes
        assert all(one.isprintable() or one == "\n" for one in page)
        assert len(page) < LONGEST_PAGE
        for text in (work_text(evil, grouped), money_text(evil, grouped), balances_text(evil), quotes_text(evil)):
            assert all(one.isprintable() or one == "\n" for one in text)
            assert len(text) < LONGEST_TEXT
        for data in (grouped_dict("money", evil, grouped), balances_dict(evil), quotes_dict(evil)):
            assert json.dumps(data).isascii()
        _no_cell_is_a_formula(evil, grouped)
    record_property("payloads", len(every[::step]))


@pytest.mark.parametrize("lead", LEADS, ids=lambda lead: f"U+{ord(lead):04X}")
def test_no_field_of_a_csv_begins_like_a_formula(year: Collected, lead: str) -> None:
    evil = renamed(year, f"{lead}1+1")
    grouped = group(evil.records, list(Dimension))
    _no_cell_is_a_formula(evil, grouped)


def _no_cell_is_a_formula(evil: Collected, grouped: Grouped) -> None:
    for table in (work_csv(grouped), money_csv(grouped), rows_csv(balances_dict(evil)), rows_csv(quotes_dict(evil))):
        head, *rows = csv.reader(io.StringIO(table))
        assert rows
        for row in rows:
            assert len(row) == len(head)
            assert [cell[:50] for cell in row if cell.startswith(LEADS) or not cell.isprintable()] == []
