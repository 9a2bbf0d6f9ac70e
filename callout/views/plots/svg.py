"""SVG elements as text: every attribute and every word escaped, whatever stands in it. Pure.

Colours are attributes, so that a plot looks right wherever it is copied to; the page's style sheet lays its dark ones
over them by class.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from decimal import Decimal

WIDTH = 720
# Of what is read out, and of all other words; what is longer stands in the table.
LONGEST_DESCRIPTION, LONGEST_WORDS = 1000, 160
INK, SOFT, LINE, PAPER = "#1f2a33", "#5d6b76", "#dfe5ea", "#ffffff"
_FONT = "Inter, Segoe UI, Helvetica Neue, Arial, DejaVu Sans, sans-serif"
# Letters of the sans-serif faces above are about this wide, in parts of their size.
_LETTER = Decimal("0.58")

Element = ElementTree.Element


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour of a series: its class for the style sheet, and what is drawn without one."""

    name: str
    fill: str


# Okabe and Ito's, which people with any kind of colour vision can tell apart; they differ in lightness as well.
CHARGED = Colour("charged", "#0072b2")
COVERED = Colour("covered", "#35a884")
FREE = Colour("free", "#e69f00")
OPEN = Colour("open", "#cc79a7")
TWICE = Colour("twice", "#9aa5ae")


def canvas(identifier: str, title: str, description: str, height: int) -> Element:
    """An empty plot. `identifier` is the plot's own on its page; title and description are for screen readers."""
    drawing = Element(
        "svg",
        {
            "viewBox": f"0 0 {WIDTH} {height}",
            "width": str(WIDTH),
            "height": str(height),
            "role": "img",
            "aria-labelledby": f"{identifier}-title {identifier}-description",
            "font-family": _FONT,
        },
    )
    _worded(drawing, "title", title, {"id": f"{identifier}-title"})
    _worded(drawing, "desc", description, {"id": f"{identifier}-description"})
    return drawing


def text(
    parent: Element, at: tuple[Decimal | int, Decimal | int], words: str, *, anchor: str = "start", size: int = 12,
    soft: bool = True,
) -> None:  # fmt: skip
    """Words at a place; `anchor` says which end of them stands there."""
    attributes = {"x": f"{at[0]}", "y": f"{at[1]}", "font-size": f"{size}", "text-anchor": anchor}
    attributes |= {"fill": SOFT if soft else INK, "class": "soft" if soft else "ink"}
    _worded(parent, "text", words, attributes)


def line(
    parent: Element, start: tuple[Decimal | int, Decimal | int], end: tuple[Decimal | int, Decimal | int], *,
    strong: bool = False, dashed: bool = False,
) -> None:  # fmt: skip
    """A line of a grid, or of an axis where it is strong."""
    attributes = {"x1": f"{start[0]}", "y1": f"{start[1]}", "x2": f"{end[0]}", "y2": f"{end[1]}"}
    attributes |= {"stroke": SOFT if strong or dashed else LINE, "class": "axis" if strong or dashed else "grid"}
    if dashed:
        attributes["stroke-dasharray"] = "5 4"
    ElementTree.SubElement(parent, "line", attributes)


def box(
    parent: Element, corner: tuple[Decimal | int, Decimal | int], size: tuple[Decimal | int, Decimal | int],
    colour: Colour, told: str = "",
) -> None:  # fmt: skip
    """A filled box; `told` is shown where a pointer rests on it."""
    attributes = {"x": f"{corner[0]}", "y": f"{corner[1]}", "width": f"{size[0]}", "height": f"{size[1]}"}
    # A seam in the paper's colour keeps neighbours apart for those who see no difference in colour.
    attributes |= {"fill": colour.fill, "stroke": PAPER, "stroke-width": "1", "class": f"mark {colour.name}"}
    drawn = ElementTree.SubElement(parent, "rect", attributes)
    if told:
        _worded(drawn, "title", told, {})


def dot(parent: Element, at: tuple[Decimal, Decimal], colour: Colour, told: str, *, square: bool = False) -> None:
    """A point of a cloud; square ones differ by shape, not by colour alone."""
    if square:
        box(parent, (at[0] - 5, at[1] - 5), (10, 10), colour, told)
        return
    attributes = {"cx": f"{at[0]}", "cy": f"{at[1]}", "r": "5.5", "fill": colour.fill, "stroke": PAPER}
    drawn = ElementTree.SubElement(parent, "circle", attributes | {"class": f"mark {colour.name}"})
    _worded(drawn, "title", told, {})


def written(drawing: Element) -> str:
    """The drawing as text that can stand in a page."""
    ElementTree.indent(drawing, space="")
    return ElementTree.tostring(drawing, encoding="unicode")


def text_width(words: str, size: int = 12) -> int:
    """About how many pixels the words need; rather too many."""
    return int(len(words) * size * _LETTER) + 1


def shortened(words: str, longest: int) -> str:
    """At most so many characters, told by dots; never nothing."""
    clean = printed(words) or "–"
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def printed(words: str) -> str:
    """The words without control characters and what turns the direction of writing: XML has no place for them."""
    return "".join(character if character.isprintable() else " " for character in words).strip()


def _worded(parent: Element, tag: str, words: str, attributes: dict[str, str]) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = shortened(
        words, LONGEST_DESCRIPTION if tag == "desc" else LONGEST_WORDS
    )
