"""`callout report balances`, `report quotes`, `report page`: what is left, how good quotes were, all on one page."""

from __future__ import annotations

from callout.cli.report_options import (
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
from callout.cli.shared import InventoryOption, context_for, inventory_of, tell
from callout.errors import BadInput


def report_balances(
    customer: CustomerOption = None,
    form: FormOption = None,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """Show what is left of hours and money that were bought in advance, now.

    Verbs with which work begins show it from then on, with its time. Writes nothing to the ledger.
    """
    from callout.steps.report import collect_balances
    from callout.views.report_data import balances_dict, rows_csv
    from callout.views.report_page import Part, report_html
    from callout.views.report_text import balances_text

    chosen = form_of(form, output)
    context = context_for(inventory, must_exist=True)
    collected, trouble = collect_balances(context, inventory_of(context), customer or ())
    for sentence in trouble:
        tell(f"warn  {sentence}")
    data = balances_dict(collected)
    if chosen is Form.JSON:
        return print_report(collected, chosen, output, data)
    if chosen is Form.CSV:
        return print_report(collected, chosen, output, rows_csv(data))
    if chosen is Form.TEXT:
        return print_report(collected, chosen, output, balances_text(collected))
    return print_report(collected, chosen, output, report_html(collected, parts=(Part.BALANCES,)))


def report_quotes(
    customer: CustomerOption = None,
    form: FormOption = None,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """Show how far quotes were from what was worked: each, by customer, and over all. Writes nothing to the ledger."""
    from callout.steps.report import collect_quotes
    from callout.views.report_data import quotes_dict, rows_csv
    from callout.views.report_page import Part, report_html
    from callout.views.report_text import quotes_text

    chosen = form_of(form, output)
    context = context_for(inventory, must_exist=True)
    collected = collect_quotes(context, inventory_of(context), customer or ())
    data = quotes_dict(collected)
    if chosen is Form.JSON:
        return print_report(collected, chosen, output, data)
    if chosen is Form.CSV:
        return print_report(collected, chosen, output, rows_csv(data))
    if chosen is Form.TEXT:
        return print_report(collected, chosen, output, quotes_text(collected))
    return print_report(collected, chosen, output, report_html(collected, parts=(Part.QUOTES,)))


def report_page(
    first: FromOption = "",
    last: ToOption = "",
    customer: CustomerOption = None,
    form: FormOption = None,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """Write all of it as one page with plots: hours, amounts, what is left, quotes. HTML, or PDF.

    No script is in it and nothing is fetched from anywhere. Writes nothing to the ledger.
    """
    from callout.views.report_page import report_html

    chosen = form_of(form, output, Form.HTML)
    if chosen not in (Form.HTML, Form.PDF):
        raise BadInput(f"A page is no {chosen}.", "callout report work, money, balances and quotes have data.")
    collected = collected_for(inventory, first, last, customer)
    print_report(collected, chosen, output, report_html(collected))
