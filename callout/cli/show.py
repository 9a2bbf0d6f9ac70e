"""`callout show`: the whole story of one call-out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, print_json, tell
from callout.cli.written import write_private


def command(
    callout: Annotated[str, typer.Argument(help="The call-out, like CO-0001.", metavar="ID")],
    as_json: JsonOption = False,
    page: Annotated[Path | None, typer.Option("--html", help="Write the story as an HTML page to this file.")] = None,
    inventory: InventoryOption = None,
) -> None:
    """Tell the whole story of one call-out."""
    from callout.steps.record import story_of
    from callout.views.story import story_dict, story_html, story_text

    events = story_of(context_for(inventory, must_exist=True).ledger, callout)
    if page is not None:
        write_private(page, story_html(events))
        tell(f"Wrote {page}.")
    elif as_json:
        print_json({name: value for name, value in story_dict(events).items() if name != "schema_version"})
    else:
        print(story_text(events, color=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
