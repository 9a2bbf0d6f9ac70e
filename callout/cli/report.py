"""`callout report`: what was done to a system, for the customer; hours, money, contracts and quotes, for us."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from callout.cli.report_standing import report_balances, report_page, report_quotes
from callout.cli.report_work import report_money, report_work
from callout.cli.shared import InventoryOption, context_for, inventory_of, new_app, tell
from callout.cli.written import write_private
from callout.errors import BadInput

app = new_app("Reports: a change for the customer; hours, money, contracts and quotes for us.")
app.command("work")(report_work)
app.command("money")(report_money)
app.command("balances")(report_balances)
app.command("quotes")(report_quotes)
app.command("page")(report_page)


class Form(StrEnum):
    """What comes out."""

    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"


@app.callback()
def group() -> None:
    """Reports: a change for the customer, in their language and zone; hours, money, contracts, quotes for us."""


@app.command("change")
def report_change_of(
    callout: Annotated[str, typer.Argument(help="The call-out, like CO-0001.", metavar="ID")],
    form: Annotated[
        Form | None, typer.Option("--format", help="What comes out; default: by the file's name, else md.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    differences: Annotated[
        Path | None, typer.Option(help="The call-out's bundle: also show what changed in text files.", metavar="FILE")
    ] = None,
    inventory: InventoryOption = None,
) -> None:
    """Tell the customer what was changed, why and when, how the system was before and after, how it can be undone.

    Writes nothing to the ledger.
    """
    from callout.steps.change_report import report_change
    from callout.views.change_text import change_html, change_markdown

    chosen = form or _by_name(output)
    if chosen is Form.PDF and output is None and sys.stdout.isatty():
        raise BadInput("A PDF is nothing for a terminal.", "Say where it goes: -o report.pdf")
    context = context_for(inventory, must_exist=True)
    report = report_change(context, inventory_of(context), callout, differences)
    text = change_markdown(report) if chosen is Form.MARKDOWN else change_html(report)
    content: str | bytes = text
    if chosen is Form.PDF:
        from callout.views.pdf import pdf_of

        content = pdf_of(text)
    if output is not None:
        write_private(output, content)
        tell(f"Wrote {output}.")
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        print(content, end="")


def _by_name(output: Path | None) -> Form:
    named = output.suffix.lower() if output else ""
    return {".html": Form.HTML, ".htm": Form.HTML, ".pdf": Form.PDF}.get(named, Form.MARKDOWN)
