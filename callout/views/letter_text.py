"""What all letters have in common as text for a mail: lines of at most 76 characters, nothing that moves a cursor."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from callout.programs import printable

WIDTH = 76


def wrapped(text: str, first: str = "", *, later: str | None = None) -> list[str]:
    """The text in lines where words allow it; `first` begins the first of them, `later` (default: spaces) the others.

    Never empty: nothing is one empty line.
    """
    return textwrap.wrap(
        printable(text), WIDTH, initial_indent=first, subsequent_indent=" " * len(first) if later is None else later,
        break_long_words=False, break_on_hyphens=False,
    ) or [first.rstrip()]  # fmt: skip


def headed(heading: str, rule: str = "-") -> list[str]:
    """A heading with a line below it as long as itself."""
    shown = printable(heading)
    return [shown, rule * len(shown)]


def facts_lines(facts: Sequence[tuple[str, str]]) -> list[str]:
    """Names and values below each other, aligned."""
    width = max((len(name) for name, _ in facts), default=0) + 2
    return [f"{name + ':':<{width}}{printable(value)}" for name, value in facts]
