"""A letter about a case as text and as HTML for a mail. Both say the same; the text is enough by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callout.views.case_letter import CaseLetter
from callout.views.case_letter_matter import Part
from callout.views.letter_text import facts_lines, headed, wrapped
from callout.views.page import render_page

# A link that may be one: plain letters, no user name before the host. Anything else is shown as the text that it is.
_LINK = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[!-~]{0,400})?")
_NO_LINK = re.compile(r"[<>\"'\\@]")


def case_letter_text(letter: CaseLetter) -> str:
    """For a mail: lines of at most 76 characters where words allow it, no control character."""
    lines = [*headed(letter.title, "="), "", *_facts(letter), letter.greeting]
    for part in letter.parts:
        lines += ["", *_part(part)]
    lines += ["", letter.closing, *wrapped(letter.vendor), "", "-" * 8]
    return "\n".join([*lines, *(line for note in letter.notes for line in wrapped(note))]) + "\n"


def case_letter_html(letter: CaseLetter) -> str:
    """The same for mail programs that show pages: one column, nothing from elsewhere, no script."""
    return render_page("case_letter.html", letter=letter, lines=lines_of, may_be_clicked=may_be_clicked)


def may_be_clicked(text: str) -> bool:
    """Whether it may become a link that somebody clicks on."""
    return _LINK.fullmatch(text) is not None and not _NO_LINK.search(text)


def lines_of(said: str) -> list[list[str]]:
    """A person's words: paragraphs, and the lines of each; ends of lines of every system's kind are one."""
    paragraphs: list[list[str]] = [[]]
    for line in re.split(r"\r\n|\r|\n", said.strip()):
        if line.strip():
            paragraphs[-1].append(line.strip())
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _facts(letter: CaseLetter) -> list[str]:
    return [*facts_lines(letter.facts), ""] if letter.facts else []


def _part(part: Part) -> Iterator[str]:
    if part.heading:
        yield from headed(part.heading)
    blocks = [wrapped(one) for one in part.paragraphs]
    mark = "> " if part.quoted else ""
    for paragraph in lines_of(part.said):
        blocks.append([line for one in paragraph for line in wrapped(one, mark, later=mark)])
    if part.facts:
        blocks.append(facts_lines(part.facts))
    if part.points:
        blocks.append([line for point in part.points for line in wrapped(point, "- ")])
    if part.links:
        blocks.append([line for link in part.links for line in wrapped(link, "  ")])
    for number, block in enumerate(blocks):
        yield from ([""] if number else [])
        yield from block
