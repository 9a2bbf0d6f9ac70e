"""A year of the desk as text, data, picture and page: golden files, and what hostile words may not do there."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from callout.inventory.policy import Policy
from callout.policy.desk_year import DeskYear
from callout.steps.calendar import desk_year_for
from callout.views.calendar_data import calendar_dict, findings_dict, zones_of
from callout.views.calendar_page import calendar_page
from callout.views.calendar_plot import calendar_plot
from callout.views.calendar_text import calendar_text, lint_text

Golden = Callable[[str, str], None]
SVG = "{http://www.w3.org/2000/svg}"
# Everything that there is: two frames a day, half days, closures of one year and of every year, no time left.
FULL: dict[str, Any] = {
    "breaks": [{"starts": "12:00", "ends": "13:00"}],
    "closures": [{"first": "12-23", "last": "01-03", "reason": "between the years"},
                 {"first": "2026-05-15", "last": "2026-05-18", "reason": "moving house"}],
    "half_days": [{"day": "12-22", "closes": "12:00", "zone": "Europe/Berlin", "reason": "party"},
                  {"day": "12-24", "closes": "12:00"}],
}  # fmt: skip


def shown(year: int = 2026, **policy: Any) -> tuple[DeskYear, tuple[str, ...], str]:
    found = Policy.model_validate({"vendor": "Nordwand", **policy})
    return desk_year_for(found, year), zones_of(found.hours, ["Europe/Vienna"]), found.vendor


def boxes(svg: str, prefix: str = "") -> list[ElementTree.Element]:
    return [one for one in ElementTree.fromstring(svg).iter(f"{prefix}rect") if one.find(f"{prefix}title") is not None]


@pytest.mark.parametrize(
    ("name", "policy"), [("procedure", {}), ("full", {"hours": FULL}), ("never", {"hours": {"days": ()}})]
)
def test_the_year_is_told(name: str, policy: dict[str, Any], golden: Golden) -> None:
    year, zones, vendor = shown(**policy)
    golden(f"calendar/{name}.txt", calendar_text(year, zones, vendor) + "\n")
    golden(f"calendar/{name}-lint.txt", lint_text(year) + "\n")
    golden(f"calendar/{name}.svg", calendar_plot(year, alone=True).svg + "\n")


def test_the_page_is_told(golden: Golden) -> None:
    golden("calendar/full.html", calendar_page(*shown(hours=FULL)))


def test_programs_read_days_stretches_and_findings(golden: Golden) -> None:
    year, zones, _ = shown()
    told = calendar_dict(year, zones)
    golden("calendar/lint.json", json.dumps(findings_dict(year), indent=2) + "\n")
    assert len(told["days"]) == 365
    by_date = {day["date"]: day for day in told["days"]}
    assert by_date["2026-03-09"] == {
        "date": "2026-03-09", "kind": "working_day", "why": "",
        "frames": [{"opens_at": "2026-03-09T08:00:00Z", "closes_at": "2026-03-09T21:00:00Z"}], "open_seconds": 46_800,
        "clocks": {"UTC": "08:00-21:00", "Europe/Berlin": "09:00-22:00", "America/New_York": "04:00-17:00",
                   "Europe/Vienna": "09:00-22:00"},
        "published_wrong": True,
    }  # fmt: skip
    assert (by_date["2026-12-24"]["kind"], by_date["2026-12-26"]["kind"]) == ("closure", "no_working_day")
    assert sum(month["working_days"] for month in told["months"]) == told["working_days"] == 252
    assert len(told["wrong_days"]) == sum(day["published_wrong"] for day in told["days"]) == 20
    assert [one["published_right"] for one in told["stretches"]] == [True, False, True, False, True]


def test_what_is_over_midnight_says_so() -> None:
    year, zones, vendor = shown(hours={"opens": "20:00", "closes": "04:00", "closes_zone": "Europe/Berlin"})
    assert "20:00-04:00(+1)" in calendar_text(year, zones, vendor)
    reversed_year, _, _ = shown(hours={"opens_zone": "Pacific/Auckland", "closes_zone": "Pacific/Auckland"})
    assert {day["clocks"]["UTC"] for day in calendar_dict(reversed_year, ["UTC"])["days"] if day["frames"]} == {
        "20:00(-1)-04:00", "21:00(-1)-05:00",
    }  # fmt: skip


def test_every_box_says_what_it_is_and_lies_inside() -> None:
    for policy in ({"hours": FULL}, {"hours": {"opens": "20:00", "closes": "04:00", "closes_zone": "Europe/Berlin"}},
                   {"hours": {"opens_zone": "Pacific/Auckland", "closes_zone": "Pacific/Honolulu"}}):  # fmt: skip
        drawing = calendar_plot(shown(**policy)[0]).svg
        _, _, width, height = map(Decimal, ElementTree.fromstring(drawing).attrib["viewBox"].split())
        assert boxes(drawing)
        for one in boxes(drawing):
            left, top, wide, high = (Decimal(one.attrib[name]) for name in ("x", "y", "width", "height"))
            assert 0 <= left <= left + wide <= width
            assert 0 <= top <= top + high <= height
            assert wide > 0 < high


def test_the_hour_that_is_published_and_not_true_is_a_box_of_its_own() -> None:
    drawing = calendar_plot(shown()[0], alone=True).svg
    told = [one.findtext(f"{SVG}title") or "" for one in boxes(drawing, SVG) if "free" in one.attrib["class"]]
    assert told == [
        "2026-03-09 to 2026-03-13: 08:00-22:00 published, nobody is there",
        "2026-03-16 to 2026-03-20: 08:00-22:00 published, nobody is there",
        "2026-03-23 to 2026-03-27: 08:00-22:00 published, nobody is there",
        "2026-10-26 to 2026-10-30: 08:00-22:00 published, nobody is there",
    ]
    description = ElementTree.fromstring(drawing).findtext(f"{SVG}desc") or ""
    assert "2026-03-09 to 2026-03-27: 08:00-21:00" in description


HOSTILE = [
    "{{7*7}}",
    "{% print(1) %}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\x1b[2J\x07",
    "‮]]>",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(words: str) -> None:
    hours = {**FULL, "closures": [{"first": "12-23", "last": "01-03", "reason": words}]}
    hours["half_days"] = [{"day": "12-22", "closes": "12:00", "zone": "Europe/Berlin", "reason": words}]
    desk = {"published_hours": [{"opens": "08:00", "closes": "22:00", "source": words}]}
    year, zones, _ = shown(hours=hours, desk=desk)
    plain = calendar_text(year, zones, words) + lint_text(year)
    page, drawing = calendar_page(year, zones, words), calendar_plot(year).svg
    for told in (plain, page, drawing):
        assert "\x1b" not in told
        assert "\x07" not in told
    for told in (page, drawing):
        assert "<script" not in told
        assert "<img" not in told
    assert "49" not in page.replace("2026-12-49", "").split("<h1>")[1].split("</h1>")[0]
    ElementTree.fromstring(drawing)
    if words.isprintable():
        assert words in plain
