"""`callout report work`, `report money`: hours and amounts, grouped as asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.report_options import (
    ByOption,
    CustomerOption,
    Form,
    FormOption,
    FromOption,
    OutputOption,
    ToOption,
    collected_for,
    form_of,
    print_report,
)  # fmt: skip
from callout.cli.shared import InventoryOption

if TYPE_CHECKING:
    from callout.views.report_page import Part

SortOption = Annotated[str, typer.Option("--sort", help="name, hours, billed or amount; the most first.")]


def report_work(
    by: ByOption = "customer",
    first: FromOption = "",
    last: ToOption = "",
    customer: CustomerOption = None,
    sort: SortOption = "name",
    form: FormOption = None,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """Show hours: worked, charged, covered, not charged and by which rule.

    Writes nothing to the ledger; exits 4 where something has no amount yet or is not in it.
    """
    _report("work", by, (first, last), customer, sort, form, output, inventory)


def report_money(
    by: ByOption = "customer",
    first: FromOption = "",
    last: ToOption = "",
    customer: CustomerOption = None,
    sort: SortOption = "name",
    form: FormOption = None,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """Show amounts: work, expenses, what contracts cost, what they covered and what was given up, by currency.

    Writes nothing to the ledger; exits 4 where something has no amount yet or is not in it.
    """
    _report("money", by, (first, last), customer, sort, form, output, inventory)


def _report(
    about: str, by: str, period: tuple[str, str], customers: list[str] | None, sort: str, form: Form | None,
    output: Path | None, inventory: Path | None,
) -> None:  # fmt: skip
    from callout.views.report_data import grouped_dict, money_csv, work_csv
    from callout.views.report_page import Part, report_html
    from callout.views.report_text import money_text, work_text
    from callout.worklog.reports.grouping import group, parse_dimensions, parse_order
    from callout.worklog.reports.records import work_of

    chosen, dimensions, order = form_of(form, output), parse_dimensions(by), parse_order(sort)
    collected = collected_for(inventory, *period, customers)
    part: Part = Part(about)
    grouped = group(work_of(collected.records) if part is Part.WORK else collected.records, dimensions, order)
    if chosen is Form.JSON:
        return print_report(collected, chosen, output, grouped_dict(about, collected, grouped))
    if chosen is Form.CSV:
        table = work_csv(grouped) if part is Part.WORK else money_csv(grouped)
        return print_report(collected, chosen, output, table)
    if chosen is Form.TEXT:
        text = work_text if part is Part.WORK else money_text
        return print_report(collected, chosen, output, text(collected, grouped))
    return print_report(collected, chosen, output, report_html(collected, grouped, (part,)))
