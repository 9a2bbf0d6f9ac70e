"""A Document as Markdown (CommonMark with GitHub's tables); nothing in its texts is taken for markup."""

from __future__ import annotations

import re

from access_check.escaping import shown
from access_check.views.document import Block, Code, Document, Heading, Items, Paragraph, Table, Words, pieces

_LIMIT = 2000
# CommonMark lets every ASCII punctuation be escaped. `{` breaks template expressions, `&` entities.
_MARKUP = re.compile(r"([\\`*_\[\]<>|~{}&])")
_LEAD = re.compile(r"^(\d+(?=[.)])|(?=[#+=-]))")


def render_document(document: Document) -> str:
    """The page, ending with a newline."""
    return "\n\n".join([f"# {_text(document.title)}", *(_block(block) for block in document.blocks)]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"## {_text(text)}"
        case Paragraph(words):
            return _line(words)
        case Items(items):
            return "\n".join("- " + "  \n  ".join(_line(words) for words in lines) for lines in items)
        case Table(headings, rows):
            ruler = ["---"] * len(headings)
            written = [
                [_text(heading) for heading in headings],
                ruler,
                *([_cell(cell) for cell in row] for row in rows),
            ]
            return "\n".join(f"| {' | '.join(row)} |" for row in written)


def _line(words: Words) -> str:
    return _LEAD.sub(_lead, _cell(words), count=1)


def _lead(found: re.Match[str]) -> str:
    """What would begin a list, a heading or a rule at the start of a line, and shall not."""
    return f"{found[0]}\\" if found[0] else "\\"


def _cell(words: Words) -> str:
    return "".join(_code(piece.text) if isinstance(piece, Code) else _text(piece) for piece in pieces(words))


def _text(text: str) -> str:
    return _MARKUP.sub(r"\\\1", shown(text, _LIMIT))


def _code(text: str) -> str:
    """A code span; what would end it, or a table's cell, makes it plain escaped text instead."""
    safe = shown(text, _LIMIT)
    return _text(text) if re.search(r"[`|{}<>]", safe) or not safe.strip() else f"`{safe}`"
