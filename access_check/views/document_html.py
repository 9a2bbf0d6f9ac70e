"""A Document as one HTML page: everything escaped, no script, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from access_check.escaping import shown
from access_check.views.document import Block, Code, Document, Heading, Items, Paragraph, Table, Words, pieces

_LIMIT = 2000
_HEAD = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid #999; padding: .3em .6em; text-align: left; vertical-align: top; }}
code {{ background: #eee; padding: 0 .2em; }}
li {{ margin-bottom: .6em; }}
td, li, p {{ overflow-wrap: anywhere; }}
</style>
</head>
<body>
<h1>{title}</h1>
"""


def render_document(document: Document) -> str:
    """The page, ending with a newline."""
    head = _HEAD.format(language=_text(document.language), title=_text(document.title))
    return head + "\n".join(_block(block) for block in document.blocks) + "\n</body>\n</html>\n"


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{_text(text)}</h2>"
        case Paragraph(words):
            return f"<p>{_line(words)}</p>"
        case Items(items):
            listed = "\n".join(f"<li>{'<br>'.join(_line(words) for words in lines)}</li>" for lines in items)
            return f"<ul>\n{listed}\n</ul>"
        case Table(headings, rows):
            written = [_row("th", headings), *(_row("td", row) for row in rows)]
            return "<table>\n" + "\n".join(written) + "\n</table>"


def _row(tag: str, cells: Sequence[Words]) -> str:
    return "<tr>" + "".join(f"<{tag}>{_line(cell)}</{tag}>" for cell in cells) + "</tr>"


def _line(words: Words) -> str:
    return "".join(
        f"<code>{_text(piece.text)}</code>" if isinstance(piece, Code) else _text(piece) for piece in pieces(words)
    )


def _text(text: str) -> str:
    """Escaped, curly brackets too: a page may pass through somebody's templates."""
    return escape(shown(text, _LIMIT)).replace("{", "&#123;").replace("}", "&#125;")
