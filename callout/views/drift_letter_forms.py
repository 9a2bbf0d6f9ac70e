"""The letter about changes as text for a mail, as Markdown for a ticket, and as a page."""

from __future__ import annotations

from collections.abc import Iterator

from callout.programs import printable
from callout.views.drift_letter import DriftLetter
from callout.views.drift_letter_items import Items
from callout.views.letter_text import facts_lines, headed, wrapped
from callout.views.markdown import escaped
from callout.views.page import render_page


def drift_letter_text(letter: DriftLetter) -> str:
    """For a mail: lines of at most 76 characters where words allow it, no control character."""
    lines = [*headed(letter.title, "="), "", *facts_lines(letter.facts), "", *wrapped(letter.intro)]
    for part in letter.parts:
        lines += ["", *headed(part.heading)]
        for paragraph in part.paragraphs:
            lines += [*wrapped(paragraph), ""]
        lines += _items_text(part.items, letter) if part.items else []
        for point in part.points:
            lines += wrapped(point, "- ")
        while not lines[-1]:
            lines.pop()
    return "\n".join(lines) + "\n"


def drift_letter_markdown(letter: DriftLetter) -> str:
    """For a ticket. What a system or a customer said is escaped: it is never markup."""
    lines = [f"# {letter.title}", ""]
    lines += [f"- {name}: {_md(value)}" for name, value in letter.facts]
    lines += ["", _md(letter.intro)]
    for part in letter.parts:
        lines += ["", f"## {part.heading}"]
        for paragraph in part.paragraphs:
            lines += ["", _md(paragraph)]
        if part.items:
            head = [letter.labels[name] for name in ("finding", "where", "change", "hint")]
            lines += ["", f"| {' | '.join(head)} |", "|---|---|---|---|"]
            for item in part.items.items:
                lines.append(f"| {' | '.join(_md(cell) for cell in (item.ids, item.where, item.what, item.hint))} |")
            lines += ["", *_more(part.items, letter)] if part.items.left_out else []
        lines += ["", *(f"- {_md(point)}" for point in part.points)] if part.points else []
    return "\n".join(lines) + "\n"


def drift_letter_html(letter: DriftLetter) -> str:
    """A page of its own, printable; no script, no link to elsewhere."""
    return render_page("drift_letter.html", language=letter.language, labels=letter.labels, letter=letter)


def _items_text(items: Items, letter: DriftLetter) -> Iterator[str]:
    for item in items.items:
        hint = f" ({item.hint})" if item.hint else ""
        yield from wrapped(f"{item.where}: {item.what}{hint}", "- ")
        yield from wrapped(f"{letter.labels['finding']}: {item.ids}", "  ")
    yield from (line for more in _more(items, letter) for line in wrapped(more))


def _more(items: Items, letter: DriftLetter) -> list[str]:
    return [letter.labels["more"].format(count=items.left_out)] if items.left_out else []


def _md(text: str) -> str:
    return escaped(printable(text))
