"""A page of headings, paragraphs, lists and tables as data, so that Markdown and HTML say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter


@dataclass(frozen=True, slots=True)
class Code:
    """Something to be typed or compared letter by letter."""

    text: str


# A line of words, with something to type here and there.
Words = str | Code | tuple[str | Code, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the title."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words that stand by themselves."""

    words: Words


@dataclass(frozen=True, slots=True)
class Items:
    """A list; each item is a line, with further lines below it."""

    items: Sequence[Sequence[Words]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, as many as there are headings."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Words]]


Block = Heading | Paragraph | Items | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A page in one language (`en`, `de`). Texts are data: whoever renders them escapes them."""

    title: str
    blocks: Sequence[Block]
    language: str = "en"


def filled(template: str, values: Mapping[str, str | Code]) -> tuple[str | Code, ...]:
    """`template` with each `{name}` replaced by its value, so that a translator sees whole sentences.

    Raises KeyError for a name without a value.
    """
    found: list[str | Code] = []
    for before, name, _, _ in Formatter().parse(template):
        found += [before] if before else []
        found += [values[name]] if name else []
    return tuple(found)


def pieces(words: Words) -> tuple[str | Code, ...]:
    """`words` as a sequence, also where it is a single piece."""
    return words if isinstance(words, tuple) else (words,)
