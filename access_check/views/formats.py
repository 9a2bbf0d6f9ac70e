"""The formats of a sweep by name. The table is not among these: it wants to know the terminal."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def rendered(reports: Sequence[SystemReport], wanted: Format, now: dt.datetime) -> str:
    """The sweep in any format but the table; `now` is when it ended."""
    view = import_module(f"access_check.views.{wanted}")
    text: str = view.render(reports, now) if wanted in _DATED else view.render(reports)
    return text
