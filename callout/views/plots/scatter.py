"""A cloud of points beside the line on which both values are the same. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from callout.views.plots.scale import scale_to, tick_text
from callout.views.plots.stacked import Frame, Plot
from callout.views.plots.svg import CHARGED, FREE, WIDTH, Element, canvas, dot, line, text, text_width, written

_HEAD, _FOOT, _RIGHT, _HEIGHT = 44, 46, 18, 300


@dataclass(frozen=True, slots=True)
class Point:
    """Two values of one thing, neither negative; `over` tells it apart by shape and colour."""

    label: str
    expected: Decimal
    found: Decimal
    over: bool


def cloud(frame: Frame, points: Sequence[Point], over: str, within: str) -> Plot:
    """Expected from left to right, found from bottom to top, both in the frame's unit.

    `over` and `within` name the two kinds of points. On the dashed line both values are the same.
    """
    both = [value for point in points for value in (point.expected, point.found)]
    upward = scale_to(both, _HEIGHT)
    left = max(text_width(tick_text(tick)) for tick in upward.ticks) + 16
    across = scale_to(both, WIDTH - _RIGHT - left - 20)
    bottom = _HEAD + _HEIGHT
    drawing = canvas(frame.identifier, frame.title, frame.description, bottom + _FOOT)
    _legend(drawing, within, over)
    text(drawing, (WIDTH - _RIGHT, 10), frame.unit, anchor="end")
    for tick in upward.ticks:
        at = bottom - upward.pixels(tick)
        line(drawing, (left, at), (left + across.length, at), strong=not tick)
        text(drawing, (left - 8, at + 4), tick_text(tick), anchor="end")
    for tick in across.ticks:
        at = left + across.pixels(tick)
        line(drawing, (at, _HEAD), (at, bottom), strong=not tick)
        text(drawing, (at, bottom + 16), tick_text(tick), anchor="middle")
    line(drawing, (left, bottom), (left + across.length, bottom - upward.length), dashed=True)
    for point in points:
        place = (left + across.pixels(point.expected), bottom - upward.pixels(point.found))
        told = f"{point.label}: {tick_text(point.expected)} → {tick_text(point.found)} {frame.unit}"
        dot(drawing, place, FREE if point.over else CHARGED, told, square=point.over)
    text(drawing, (left + across.length // 2, bottom + 38), frame.axis, anchor="middle", size=11)
    return Plot(frame.title, written(drawing))


def _legend(drawing: Element, within: str, over: str) -> None:
    dot(drawing, (Decimal(6), Decimal(6)), CHARGED, within)
    text(drawing, (18, 10), within)
    left = 18 + text_width(within) + 18
    dot(drawing, (Decimal(left + 6), Decimal(6)), FREE, over, square=True)
    text(drawing, (left + 18, 10), over)
