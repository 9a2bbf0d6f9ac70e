"""What all reports over customers and months are asked with, and where they go."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callout.cli.shared import context_for, inventory_of, tell
from callout.cli.written import write_private
from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.worklog.reports.collected import Collected

FromOption = Annotated[str, typer.Option("--from", help="The first month, like 2026-01; default: a year back.")]
ToOption = Annotated[str, typer.Option("--to", help="The last month, like 2026-12; default: the running one.")]
CustomerOption = Annotated[
    list[str] | None, typer.Option("--customer", help="Only this customer; may be said again.", show_default=False)
]
ByOption = Annotated[
    str,
    typer.Option(
        "--by",
        help="What to group by: customer, engineer, actor, system, month, activity, ticket, callout, role, rule, "
        "contract; several with commas between.",
    ),
]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")]


class Form(StrEnum):
    """What comes out."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    PDF = "pdf"


FormOption = Annotated[Form | None, typer.Option("--format", help="What comes out; default: by the file's name.")]
_BY_ENDING = {".json": Form.JSON, ".csv": Form.CSV, ".html": Form.HTML, ".htm": Form.HTML, ".pdf": Form.PDF}


def form_of(form: Form | None, output: Path | None, default: Form = Form.TEXT) -> Form:
    """What was asked for, else what the file's name says. Raises BadInput for a PDF onto a terminal."""
    chosen = form or _BY_ENDING.get(output.suffix.lower() if output else "", default)
    if chosen is Form.PDF and output is None and sys.stdout.isatty():
        raise BadInput("A PDF is nothing for a terminal.", "Say where it goes: -o report.pdf")
    return chosen


def collected_for(inventory: Path | None, first: str, last: str, customers: list[str] | None) -> Collected:
    """All that a report is made from. Raises BadInput for what cannot be asked."""
    from callout.steps.report import collect, period_of

    context = context_for(inventory, must_exist=True)
    begin, end = period_of(first, last, context.now())  # before half a second is spent on the inventory
    return collect(context, inventory_of(context), begin, end, customers or ())


def print_report(collected: Collected, form: Form, output: Path | None, content: str | dict[str, Any]) -> None:
    """Text, data or a page to where it goes; exits 4 where something is not in it or not known."""
    from callout.findings import exit_code

    # ASCII only: U+009B in a name would be an escape sequence to a terminal.
    text = json.dumps(content, indent=2) if isinstance(content, dict) else content
    written: str | bytes = text if text.endswith("\n") else f"{text}\n"
    if form is Form.PDF:
        from callout.views.pdf import pdf_of

        written = pdf_of(text)
    if output is not None:
        write_private(output, written)
        tell(f"Wrote {output}.")
    elif isinstance(written, bytes):
        sys.stdout.buffer.write(written)
    else:
        print(written, end="")
    # The text says it already; a file or a program's reader would not be seen by the person.
    for finding in collected.findings if output is not None or form is not Form.TEXT else ():
        tell(f"warn  {finding.seen} {finding.remedy}")
    if collected.findings:
        raise typer.Exit(exit_code(collected.findings))
