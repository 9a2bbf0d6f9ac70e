"""`callout play`: a recorded session again, in the terminal, with its own timing."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, print_json, tell

if TYPE_CHECKING:
    from callout.worklog.asciicast import Header
    from callout.worklog.cast_file import CastFile


def command(
    recording: Annotated[str, typer.Argument(help="A file, or the id of work (its first 8 characters).")],
    speed: Annotated[float, typer.Option(help="So many times as fast.", min=0.01, max=1000)] = 1.0,
    idle_limit: Annotated[float | None, typer.Option(help="No pause longer than so many seconds.", min=0)] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Only the text, at once, without escapes.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Play a recorded session.

    What could harm your terminal is left out: titles, clipboard, links, questions that it would answer. By the id of
    work the file is held against the ledger first. Where standard output is no terminal the text is printed at once.
    """
    from callout.steps.replay import Found, recording_of_work
    from callout.worklog.cast_file import open_cast

    path = Path(recording)
    found = (
        Found(path, None) if path.exists() else recording_of_work(context_for(inventory, must_exist=True), recording)
    )
    with open_cast(found.path) as cast:
        if as_json:
            _print_facts(cast, found.event.id if found.event else "")
        elif plain or not os.isatty(1):
            _print_text(cast)
        else:
            _tell_of(cast.header)
            _play(cast, speed, idle_limit)


def _play(cast: CastFile, speed: float, idle_limit_s: float | None) -> None:
    from callout.worklog.asciicast import OUTPUT
    from callout.worklog.terminal_filter import TerminalFilter

    harmless = TerminalFilter()
    due_s, before_s = time.monotonic(), 0.0
    try:
        for event in cast.events():
            pause_s = (event.at_s - before_s) / speed
            before_s = event.at_s
            due_s += pause_s if idle_limit_s is None else min(pause_s, idle_limit_s)
            if (left_s := due_s - time.monotonic()) > 0:
                time.sleep(left_s)
            if event.kind == OUTPUT:
                _write(harmless.text(event.text))
    finally:
        _write(harmless.reset() + "\n")


def _print_text(cast: CastFile) -> None:
    from callout.worklog.asciicast import OUTPUT
    from callout.worklog.terminal_filter import PlainFilter

    text = PlainFilter()
    for event in cast.events():
        if event.kind == OUTPUT:
            _write(text.text(event.text))


def _print_facts(cast: CastFile, work: str) -> None:
    """Header, length and counts; reads all of it, so that what is damaged is told."""
    from callout.worklog.cast_file import sha256_of

    count, characters, last_s = 0, 0, 0.0
    for event in cast.events():
        count, characters, last_s = count + 1, characters + len(event.text), event.at_s
    header = cast.header
    print_json(
        {
            "file": str(cast.path),
            "work": work,
            "sha256": sha256_of(cast.path),
            "title": header.title,
            "width": header.width,
            "height": header.height,
            "timestamp": header.timestamp,
            "seconds": f"{last_s:.6f}",
            "events": count,
            "characters": characters,
        }
    )


def _tell_of(header: Header) -> None:
    from callout.shell.terminal import size_of

    tell(f"{header.title or 'A recording'}: {header.width} columns, {header.height} rows. Leave with Ctrl-C.")
    columns, rows = size_of(1)
    if columns < header.width or rows < header.height:
        tell(f"This terminal has {columns} columns and {rows} rows: it may look torn.")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
