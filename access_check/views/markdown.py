"""The sweep as Markdown, for a ticket or a merge request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from access_check.sweep import SystemReport
from access_check.views.document_markdown import render_document
from access_check.views.sweep_document import sweep_document


def render(reports: Sequence[SystemReport], now: dt.datetime) -> str:
    """The page; `now` is when the sweep ended."""
    return render_document(sweep_document(reports, now))
