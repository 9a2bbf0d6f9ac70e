"""Stacked bars: standing ones for months, lying ones for names. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from callout.views.plots.scale import Scale, scale_to, tick_text
from callout.views.plots.svg import (
    WIDTH,
    Colour,
    Element,
    box,
    canvas,
    line,
    shortened,
    text,
    text_width,
    written,
)  # fmt: skip

_HEAD, _FOOT, _RIGHT = 44, 46, 18
_STANDING_HEIGHT = 220
_ROW, _THICK = 30, 18
_LONGEST_NAME = 26
_BETWEEN = 10


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the bars: its name, and a value (not negative) for each label."""

    name: str
    colour: Colour
    values: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds a plot: its name on its page, its words, what the values are in, and what stands at the bottom.

    `title` and `description` are read out; on a page the title stands above the plot.
    """

    identifier: str
    title: str
    description: str
    unit: str
    axis: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot that is drawn: its title, and SVG text in which everything foreign was escaped."""

    title: str
    svg: str


def standing(frame: Frame, labels: Sequence[str], series: Sequence[Series]) -> Plot:
    """One bar per label from left to right."""
    sums = _sums(labels, series)
    scale = scale_to(sums, _STANDING_HEIGHT)
    left = max(text_width(tick_text(tick)) for tick in scale.ticks) + 16
    bottom = _HEAD + _STANDING_HEIGHT
    drawing = _begun(frame, series, bottom + _FOOT)
    text(drawing, (WIDTH - _RIGHT, 10), frame.unit, anchor="end")
    for tick in scale.ticks:
        at = bottom - scale.pixels(tick)
        line(drawing, (left, at), (WIDTH - _RIGHT, at), strong=not tick)
        text(drawing, (left - 8, at + 4), tick_text(tick), anchor="end")
    width = Decimal(WIDTH - _RIGHT - left) / max(1, len(labels))
    thick = min(Decimal(56), (width * Decimal("0.68"))).quantize(Decimal("0.1"))
    # As many labels as there is room for; the table has them all.
    every = max(1, -(-max((text_width(one) + _BETWEEN for one in labels), default=0) // max(1, int(width))))
    for index, label in enumerate(labels):
        middle = (left + width * index + width / 2).quantize(Decimal("0.1"))
        _pile(drawing, scale, series, index, label, (middle - thick / 2, bottom), thick)
        if index % every == 0:
            text(drawing, (middle, bottom + 18), label, anchor="middle")
    text(drawing, ((left + WIDTH - _RIGHT) // 2, bottom + 38), frame.axis, anchor="middle", size=11)
    return Plot(frame.title, written(drawing))


def lying(frame: Frame, labels: Sequence[str], series: Sequence[Series], ends: Sequence[str] = ()) -> Plot:
    """One bar per label from top to bottom; `ends` stand at their ends, default: their sums."""
    sums = _sums(labels, series)
    names = [shortened(label, _LONGEST_NAME) for label in labels]
    left = max((text_width(name) for name in names), default=0) + 16
    ends = ends or [tick_text(total) for total in sums]
    room = max((text_width(end) for end in ends), default=0) + 10
    scale = scale_to(sums, WIDTH - _RIGHT - left - room)
    bottom = _HEAD + _ROW * len(labels)
    drawing = _begun(frame, series, bottom + _FOOT)
    for tick in scale.ticks:
        at = left + scale.pixels(tick)
        line(drawing, (at, _HEAD - 4), (at, bottom), strong=not tick)
        text(drawing, (at, bottom + 16), tick_text(tick), anchor="middle")
    for index, (label, name, total) in enumerate(zip(labels, names, sums, strict=True)):
        top = _HEAD + _ROW * index + (_ROW - _THICK) // 2
        text(drawing, (left - 8, top + _THICK - 5), name, anchor="end", soft=False)
        begin = Decimal(0)
        for one in series:
            length = scale.pixels(begin + one.values[index]) - scale.pixels(begin)
            if length > 0:
                told = f"{label}: {tick_text(one.values[index])} {frame.unit} {one.name}"
                box(drawing, (left + scale.pixels(begin), top), (length, _THICK), one.colour, told)
            begin += one.values[index]
        text(drawing, (left + scale.pixels(total) + 6, top + _THICK - 5), ends[index], soft=False)
    text(drawing, ((left + WIDTH - _RIGHT) // 2, bottom + 38), frame.axis, anchor="middle", size=11)
    return Plot(frame.title, written(drawing))


def legend(drawing: Element, entries: Sequence[tuple[str, Colour]], top: int) -> None:
    """The colours and their names in one row, in the order of the bars' parts."""
    left = 0
    for name, colour in entries:
        box(drawing, (left, top), (12, 12), colour)
        text(drawing, (left + 18, top + 10), name)
        left += 18 + text_width(name) + 18


def _begun(frame: Frame, series: Sequence[Series], height: int) -> Element:
    drawing = canvas(frame.identifier, frame.title, frame.description, height)
    legend(drawing, [(one.name, one.colour) for one in series], 0)
    return drawing


def _pile(
    drawing: Element, scale: Scale, series: Sequence[Series], index: int, label: str,
    foot: tuple[Decimal, int], thick: Decimal,
) -> None:  # fmt: skip
    below = Decimal(0)
    for one in series:
        value = one.values[index]
        height = scale.pixels(below + value) - scale.pixels(below)
        if height > 0:
            corner = (foot[0], foot[1] - scale.pixels(below + value))
            box(drawing, corner, (thick, height), one.colour, f"{label}: {tick_text(value)} {one.name}")
        below += value


def _sums(labels: Sequence[str], series: Sequence[Series]) -> list[Decimal]:
    return [sum((one.values[index] for one in series), Decimal(0)) for index in range(len(labels))]
