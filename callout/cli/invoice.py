"""`callout invoice`: issue, list, show, export, credit. What was issued is never changed, only corrected."""

from __future__ import annotations

import datetime as dt
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli import invoice_check
from callout.cli.bill_review import CustomerArgument, MonthArgument
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json, tell
from callout.cli.written import write_private
from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.worklog.invoice.document import Invoice

app = new_app("Invoices: numbered without gaps, never changed, corrected by credit notes.")
invoice_check.register(app)
NumberArgument = Annotated[str, typer.Argument(help="The number, as callout invoice list shows it.", metavar="NUMBER")]


class Form(StrEnum):
    """What comes out."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    PDF = "pdf"
    UBL = "ubl"
    FACTURX = "facturx"


@app.command("issue")
def issue(
    customer: CustomerArgument,
    month: MonthArgument,
    date: Annotated[str, typer.Option(help="The invoice's date, like 2026-04-02; default: today.")] = "",
    early: Annotated[bool, typer.Option("--early", help="Also where the month is not over yet.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Freeze a month's approved bill under the next number. From here on it is only ever corrected."""
    from callout.steps.invoice import issue_invoice
    from callout.worklog.month import parse_month

    parse_month(month)  # before half a second is spent on the inventory
    context = context_for(inventory, must_exist=True)
    event = issue_invoice(context, inventory_of(context), customer, month, date=_date(date), early=early)
    if as_json:
        print_json({"event": event.as_dict()})
        return
    document = event.body["document"]
    print(
        f"Invoice {event.body['number']}: {document['totals']['due']} {document['currency']} for {customer}, {month}."
    )
    tell(f"Write it with: callout invoice export {event.body['number']} --format facturx -o FILE")


@app.command("credit")
def credit(
    number: NumberArgument,
    reason: Annotated[str, typer.Option(help="What was wrong; the customer reads it.")],
    line: Annotated[list[str] | None, typer.Option(help="A line's id; may be repeated.")] = None,
    whole: Annotated[bool, typer.Option("--all", help="All that is left of it.")] = False,
    date: Annotated[str, typer.Option(help="The credit note's date; default: today.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Take back an invoice, or lines of it, by a credit note. What is credited can be billed again."""
    from callout.steps.invoice import credit_invoice

    if bool(line) == whole:
        raise BadInput("What is taken back?", "Give --line LINE, which may be repeated, or --all.")
    context = context_for(inventory, must_exist=True)
    event = credit_invoice(context, inventory_of(context), number, reason, lines=line or (), date=_date(date))
    if as_json:
        print_json({"event": event.as_dict()})
        return
    body = event.body
    due = f"{body['document']['totals']['due']} {body['document']['currency']}"
    print(f"Credit note {body['number']}: {due} of invoice {number}, {len(body['lines'])} lines.")
    if line and len(body["lines"]) > len(set(line)):
        tell("All lines of a piece of work are credited together.")


@app.command("list")
def list_invoices(
    customer: Annotated[str, typer.Option(help="Only this customer's.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List all invoices and their credit notes, in the order of issue."""
    from callout.steps.invoice import invoices
    from callout.views.invoice_list import invoices_dict, invoices_text

    found = invoices(context_for(inventory, must_exist=True).ledger, customer)
    if as_json:
        print_json(invoices_dict(found))
    else:
        print(invoices_text(found))


@app.command("show")
def show(number: NumberArgument, as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Show an invoice or a credit note as it was issued."""
    from callout.steps.invoice import document_named

    found = document_named(context_for(inventory, must_exist=True).ledger, number)
    print(_rendered(found, Form.JSON if as_json else Form.TEXT).decode(), end="")


@app.command("export")
def export(
    number: NumberArgument,
    form: Annotated[Form, typer.Option("--format", help="What comes out.")] = Form.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    inventory: InventoryOption = None,
) -> None:
    """Write an invoice or a credit note: for people, for a spreadsheet, or as an e-invoice. Changes nothing."""
    from callout.steps.invoice import document_named

    if output is None and form in (Form.PDF, Form.FACTURX) and sys.stdout.isatty():
        raise BadInput("A PDF is nothing for a terminal.", "Say where it goes: -o invoice.pdf")
    content = _rendered(document_named(context_for(inventory, must_exist=True).ledger, number), form)
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_private(output, content)
        tell(f"Wrote {output}.")


def _rendered(invoice: Invoice, form: Form) -> bytes:
    from callout.views.invoice.data import invoice_csv, invoice_json

    if form is Form.JSON:
        return invoice_json(invoice).encode()
    if form is Form.CSV:
        return invoice_csv(invoice).encode()
    if form is Form.UBL:
        from callout.views.invoice.ubl import ubl

        return ubl(invoice)
    if form is Form.HTML:
        from callout.views.invoice.page import invoice_html

        return invoice_html(invoice).encode()
    if form is Form.TEXT:
        from callout.views.invoice.text import invoice_text

        return invoice_text(invoice).encode()
    from callout.views.invoice.pdf import facturx_pdf, invoice_pdf

    return facturx_pdf(invoice) if form is Form.FACTURX else invoice_pdf(invoice)


def _date(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written) if written else None
    except ValueError:
        raise BadInput(f"{written[:40]!r} is no date.", "Write it like 2026-04-02.") from None
