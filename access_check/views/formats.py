"""The formats of a sweep by name. The table is not among these: it wants to know the terminal."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from access_check.sweep import SystemReport


class Format(StrEnum):
    """Every format that `--format` knows; the name is that of the view's file."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    JUNIT = "junit"
    TAP = "tap"
    NAGIOS = "nagios"
    PROMETHEUS = "prometheus"
    MARKDOWN = "markdown"
    HTML = "html"


class PageFormat(StrEnum):
    """The formats of what is written for a customer."""

    MARKDOWN = "markdown"
    HTML = "html"


class DiffFormat(StrEnum):
    """How a difference can be written."""

    TEXT = "text"
    JSON = "json"


_DATED = {Format.JSON, Format.PROMETHEUS, Format.MARKDOWN, Format.HTML}
# Of thousands of systems one text takes more memory than the sweep.
_IN_PIECES = {Format.JSON, Format.NDJSON}


def rendered(reports: Sequence[SystemReport], wanted: Format, now: dt.datetime) -> Iterable[str]:
    """The sweep in any format but the table, in pieces to be written as they come; `now` is when it ended."""
    view = import_module(f"access_check.views.{wanted}")
    make = view.pieces if wanted in _IN_PIECES else view.render
    made: str | Iterable[str] = make(reports, now) if wanted in _DATED else make(reports)
    return [made] if isinstance(made, str) else made
