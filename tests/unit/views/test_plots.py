"""Plots: what is drawn says the numbers, whatever the names are, and also for nothing, for one bar, for very many."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callout.views.plots.scale import scale_to, tick_text
from callout.views.plots.scatter import Point, cloud
from callout.views.plots.stacked import Frame, Plot, Series, lying, standing
from callout.views.plots.svg import CHARGED, COVERED, FREE

FRAME = Frame("here", "Hours by month", "January: 2", "hours", "month")
NAMES = st.text(max_size=40)


def parsed(plot: Plot) -> ElementTree.Element:
    """The plot as a program reads it; raises where it is not well-formed."""
    return ElementTree.fromstring(plot.svg)


def boxes(plot: Plot) -> list[ElementTree.Element]:
    """The bars' parts: all boxes that say what they are, which those of the legend do not."""
    return [one for one in parsed(plot).iter("rect") if one.find("title") is not None]


@given(st.decimals(0, 10**9, places=2), st.integers(1, 8))
def test_a_scale_holds_its_values_and_has_round_ticks(most: Decimal, wanted: int) -> None:
    scale = scale_to([most], 200, wanted)
    assert scale.top >= most
    assert scale.ticks[0] == 0
    assert scale.ticks[-1] == scale.top
    assert 1 <= len(scale.ticks) - 1 <= wanted + 1
    assert scale.pixels(scale.top) == 200
    assert scale.pixels(most) <= 200


@pytest.mark.parametrize(
    ("value", "text"), [("0", "0"), ("2.50", "2.5"), ("1250", "1 250"), ("1E+3", "1 000"), ("0.25", "0.25")]
)
def test_ticks_are_numbers_that_people_write(value: str, text: str) -> None:
    assert tick_text(Decimal(value)) == text


def test_the_parts_of_a_bar_stand_on_each_other() -> None:
    values = (Decimal(3), Decimal(2), Decimal(5))
    series = [
        Series(str(colour.name), colour, (value,))
        for colour, value in zip((CHARGED, COVERED, FREE), values, strict=True)
    ]
    found = boxes(standing(FRAME, ["2026-01"], series))
    assert [Decimal(one.attrib["height"]) for one in found] == [66, 44, 110]  # of 220 pixels for ten hours
    below, *others = found
    for above in others:
        assert Decimal(above.attrib["y"]) + Decimal(above.attrib["height"]) == Decimal(below.attrib["y"])
        below = above
    assert [one.findtext("title") for one in found] == ["2026-01: 3 charged", "2026-01: 2 covered", "2026-01: 5 free"]


@pytest.mark.parametrize("draw", [standing, lying])
@pytest.mark.parametrize("count", [0, 1, 2, 24, 120])
def test_any_number_of_bars_lies_inside(draw: object, count: int) -> None:
    labels = [f"2026-{number:03d}" for number in range(count)]
    plot = draw(FRAME, labels, [Series("charged", CHARGED, (Decimal(7),) * count)])  # type: ignore[operator]
    drawing = parsed(plot)
    _, _, width, height = map(Decimal, drawing.attrib["viewBox"].split())
    assert len(boxes(plot)) == count
    for one in boxes(plot):
        assert Decimal(one.attrib["x"]) >= 0
        assert Decimal(one.attrib["x"]) + Decimal(one.attrib["width"]) <= width
        assert Decimal(one.attrib["y"]) + Decimal(one.attrib["height"]) <= height


def test_labels_that_have_no_room_are_left_out() -> None:
    labels = [f"2026-{number:02d}" for number in range(60)]
    drawing = parsed(standing(FRAME, labels, [Series("charged", CHARGED, (Decimal(1),) * 60)]))
    shown = [one.text for one in drawing.iter("text") if one.text in labels]
    assert 5 < len(shown) < 20


def test_nothing_but_zeros_is_a_plot_without_bars() -> None:
    assert boxes(standing(FRAME, ["a"], [Series("charged", CHARGED, (Decimal(0),))])) == []
    assert boxes(lying(FRAME, ["a"], [Series("charged", CHARGED, (Decimal(0),))])) == []


@given(NAMES, NAMES, NAMES)
def test_a_name_is_only_ever_text(title: str, label: str, name: str) -> None:
    frame = Frame("here", title, label, name, label)
    value = (Decimal(1),)
    for plot in (
        standing(frame, [label], [Series(name, CHARGED, value)]),
        lying(frame, [label], [Series(name, CHARGED, value)]),
        cloud(frame, [Point(label, Decimal(1), Decimal(2), True)], name, name),
    ):
        tags = {one.tag for one in parsed(plot).iter()}
        assert tags <= {"svg", "title", "desc", "text", "line", "rect", "circle"}
        assert all(character.isprintable() or character == "\n" for character in plot.svg)


def test_a_plot_is_read_out() -> None:
    drawing = parsed(standing(FRAME, ["2026-01"], [Series("charged", CHARGED, (Decimal(2),))]))
    assert drawing.attrib["role"] == "img"
    assert drawing.attrib["aria-labelledby"] == "here-title here-description"
    assert drawing.findtext("title") == "Hours by month"
    assert drawing.findtext("desc") == "January: 2"


def test_points_on_the_line_are_as_far_right_as_high() -> None:
    points = [Point("Q-1", Decimal(2), Decimal(2), False), Point("Q-2", Decimal(1), Decimal(4), True)]
    drawing = parsed(cloud(FRAME, points, "longer", "as quoted"))
    _, dot = drawing.iter("circle")  # the first one is the legend's
    line = next(one for one in drawing.iter("line") if "stroke-dasharray" in one.attrib)
    x1, y1, x2, y2 = (Decimal(line.attrib[name]) for name in ("x1", "y1", "x2", "y2"))
    across, upward = (Decimal(dot.attrib["cx"]) - x1) / (x2 - x1), (Decimal(dot.attrib["cy"]) - y1) / (y2 - y1)
    assert abs(across - upward) < Decimal("0.01")
    told = [one.findtext("title") for one in boxes(cloud(FRAME, points, "longer", "as quoted"))]
    assert told == ["longer", "Q-2: 1 → 4 hours"]  # what took longer is a square
