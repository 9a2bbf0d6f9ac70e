"""The document as Markdown, as a page (the PDF is that page, printed), and as data with the keys of each sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from callout.programs import printable
from callout.views.markdown import escaped
from callout.views.page import render_page
from callout.views.procedure.model import Block, Procedure, Said, Shape


def procedure_markdown(procedure: Procedure) -> str:
    """For a wiki or a repository. Names and reasons from the inventory are escaped: they are never markup."""
    lines = [f"# {_md(procedure.title)}", ""]
    lines += [f"- {_md(name)}: {_md(value)}" for name, value in procedure.facts]
    lines += ["", _md(procedure.intro.text)]
    for part in procedure.parts:
        lines += ["", f"## {_md(part.heading)}"]
        for block in part.blocks:
            lines += ["", *_block(block)]
    return "\n".join(lines) + "\n"


def procedure_html(procedure: Procedure) -> str:
    """A page of its own, printable; no script, no link to elsewhere but in words."""
    return render_page(
        "procedure.html", language=procedure.language, labels=procedure.labels, procedure=procedure
    )  # fmt: skip


def procedure_dict(procedure: Procedure) -> dict[str, Any]:
    """JSON-able: every sentence and row with the `keys` that it stands on."""
    return {
        "title": procedure.title,
        "language": procedure.language,
        "vendor": procedure.vendor,
        "year": procedure.year,
        "facts": [{"name": name, "value": value} for name, value in procedure.facts],
        "intro": _said(procedure.intro),
        "parts": [
            {"name": part.name, "heading": part.heading, "blocks": [_block_dict(block) for block in part.blocks]}
            for part in procedure.parts
        ],
    }


def _block_dict(block: Block) -> dict[str, Any]:
    if block.shape is Shape.TABLE:
        rows = [{"cells": list(row.cells), "keys": list(row.keys)} for row in block.rows]
        return {"shape": block.shape, "head": list(block.head), "rows": rows}
    return {"shape": block.shape, "said": [_said(one) for one in block.said]}


def _said(said: Said) -> dict[str, Any]:
    return {"text": said.text, "keys": list(said.keys)}


def _block(block: Block) -> Iterator[str]:
    if block.shape is Shape.PARAGRAPH:
        yield " ".join(_md(one.text) for one in block.said)
    elif block.shape is Shape.POINTS:
        yield from (f"- {_md(one.text)}" for one in block.said)
    else:
        yield _cells(block.head)
        yield f"|{'---|' * len(block.head)}"
        yield from (_cells(row.cells) for row in block.rows)


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_md(cell) for cell in cells)} |"


def _md(text: str) -> str:
    return escaped(printable(text))
