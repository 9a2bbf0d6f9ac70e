"""What the verbs of `callout case` share: the number, times as people write them, texts out of files, a PIN unseen."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import print_json
from callout.errors import BadInput
from callout.programs import printable

if TYPE_CHECKING:
    from pydantic import SecretStr

    from callout.ledger.event import Event

CaseArgument = Annotated[str, typer.Argument(help="The case, like CS-000001 or CS-1.", metavar="CASE")]
ReasonOption = Annotated[str, typer.Option(help="Why; it stays in the case.")]
AtOption = Annotated[str, typer.Option(help="When it was, like 2026-03-01T17:30+01:00; default: now.")]
TextOption = Annotated[str, typer.Option(help="The text.")]
TextFileOption = Annotated[Path | None, typer.Option(help="The text, from this file; - reads standard input.")]
PinFileOption = Annotated[
    Path | None, typer.Option(help="The PIN that the caller said, from this file; - reads standard input.")
]
FailingOption = Annotated[int | None, typer.Option(help="How many percent of calls fail, as somebody states.")]
StatedByOption = Annotated[str, typer.Option(help="Who states it: a person's name.")]
# A file is read no further than this: it may be a device.
LONGEST_TEXT_BYTES, LONGEST_PIN_BYTES = 8 * 1024 * 1024, 1024


def moment_given(written: str) -> dt.datetime | None:
    """The moment (UTC) behind an option, by this machine's clocks where it has no offset; None where none is given."""
    if not written:
        return None
    from callout.steps.zones import zone_for
    from callout.worklog.moments import moment_of

    return moment_of(written, zone_for("", os.environ), "The time")


def text_of(text: str, path: Path | None) -> str:
    """The text given, or that of the file. Raises BadInput where both are given, and for what is no text."""
    if path is None:
        return text
    if text:
        raise BadInput("The text is given twice.", "Give --text, or the file.")
    return _read(path, LONGEST_TEXT_BYTES).decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def pin_given(path: Path | None, *, ask: bool) -> SecretStr | None:
    """The PIN that the caller said: out of the file, else typed unseen where there is a terminal; None without any.

    It is in no argument and in no variable of the environment, where others could read it.
    """
    from pydantic import SecretStr

    if path is not None:
        return SecretStr(_read(path, LONGEST_PIN_BYTES).decode("utf-8", "replace").strip())
    if not ask or not (os.isatty(0) and os.isatty(2)):
        return None
    from getpass import getpass

    try:
        typed = getpass("The caller's PIN (not shown; empty where they say none): ").strip()
    except EOFError:
        return None
    return SecretStr(typed) if typed else None


def say(event: Event, sentence: str, *, as_json: bool) -> None:
    """What was recorded: the event for programs, a sentence for people."""
    if as_json:
        print_json({"case": event.body["case"], "event": event.as_dict()})
    else:
        print(printable(sentence))


def _read(path: Path, most: int) -> bytes:
    try:
        if str(path) == "-":
            content = sys.stdin.buffer.read(most + 1)
        else:
            with path.open("rb") as stream:
                content = stream.read(most + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Look at the name.") from None
    if len(content) > most:
        raise BadInput(f"{path} has more than {most:,} bytes.", "Give the part that matters.")
    return content
