"""`callout procedure`: the house's own support and escalation procedures, from its policy."""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import SCHEMA_VERSION, InventoryOption, JsonOption, tell
from callout.cli.written import write_private
from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.views.procedure import Procedure


class Form(StrEnum):
    """What comes out."""

    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    JSON = "json"


class Language(StrEnum):
    """The languages that the document speaks."""

    ENGLISH = "en"
    GERMAN = "de"


_BY_ENDING = {".html": Form.HTML, ".htm": Form.HTML, ".pdf": Form.PDF, ".json": Form.JSON}


def command(
    form: Annotated[
        Form | None, typer.Option("--format", help="What comes out; default: by the file's name, else markdown.")
    ] = None,
    language: Annotated[
        Language | None, typer.Option(help="In this language; default: the customer's, else en.")
    ] = None,
    customer: Annotated[str, typer.Option(help="With what is different for this customer.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Into this file instead (0600).")] = None,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Print the house's own support and escalation procedures, made from its policy and from nothing else.

    As data (json) every sentence names the keys that it stands on. Asks nothing of any system, writes no ledger.
    """
    from callout.inventory import load_inventory
    from callout.places import find_places
    from callout.steps.procedure import procedure_of
    from callout.steps.world import now

    chosen = Form.JSON if as_json else form or _BY_ENDING.get(output.suffix.lower() if output else "", Form.MARKDOWN)
    if chosen is Form.PDF and output is None and sys.stdout.isatty():
        raise BadInput("A PDF is nothing for a terminal.", "Say where it goes: -o procedure.pdf")
    # Without a context: it would make a ledger where there is none, for a page that reads none.
    known = load_inventory(find_places(inventory, os.environ, Path.cwd()))
    document = procedure_of(known, now(), customer=customer, language=language or "")
    content = _rendered(document, chosen)
    if output is not None:
        write_private(output, content)
        tell(f"Wrote {output}.")
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        print(content, end="")


def _rendered(document: Procedure, form: Form) -> str | bytes:
    from callout.views.procedure import procedure_dict, procedure_html, procedure_markdown

    if form is Form.JSON:
        return json.dumps({"schema_version": SCHEMA_VERSION, **procedure_dict(document)}, indent=2) + "\n"
    if form is Form.MARKDOWN:
        return procedure_markdown(document)
    page = procedure_html(document)
    if form is Form.HTML:
        return page
    from callout.views.pdf import pdf_of

    return pdf_of(page)
