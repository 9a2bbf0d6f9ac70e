"""A page of a letter: nothing from elsewhere, no script, plain links, colours that can be read by day and by night."""

from __future__ import annotations

import re

import pytest

from callout.views.case_letter_forms import case_letter_html, may_be_clicked
from tests.unit.views.case_letter_desk import LETTERS, LINK, letter_of

NAMES = [*LETTERS, "unregistered"]
LANGUAGES = ["en", "de"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing_from_elsewhere(name: str, language: str) -> None:
    page = case_letter_html(letter_of(name, language))
    assert (
        re.findall(
            r"(?i)<(script|img|link|iframe|object|embed|form|base|video|audio)|url\(|@import|\ssrc=|\son\w+=", page
        )
        == []
    )
    assert set(re.findall(r'href="([^"]*)"', page)) <= {LINK}
    assert 'name="viewport"' in page
    assert "prefers-color-scheme: dark" in page
    assert page.count("color-scheme") >= 3


def test_colours_can_be_read_by_day_and_by_night() -> None:
    page = case_letter_html(letter_of("received"))
    day, _, night = page.partition("@media (prefers-color-scheme: dark)")
    night = night.partition("@media")[0]
    for style, back in ((day, "#ffffff"), (night, "#161b1f")):
        assert f"background-color: {back}" in style
        inks = set(re.findall(r"[ ;{]color: (#[0-9a-f]{6})", style))
        assert inks
        assert {ink: round(contrast(ink, back), 1) for ink in inks if contrast(ink, back) < 4.5} == {}


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours; 4.5 is what ordinary text needs."""

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("link", "clicked"),
    [
        (LINK, True),
        ("http://x.example", True),
        ("https://x.example:8443/a?b=c&d=e#f", True),
        ("javascript:alert(1)", False),
        ("https://user@x.example/", False),
        ("https://x.example/a b", False),
        ("https://x.example/<", False),
        ("https://x.example/\u202e", False),
        ("//x.example/", False),
        ("", False),
        ("https://x.example\\@evil.example", False),
        ("data:text/html,x", False),
        ("https://ex\u0430mple.example", False),
    ],
)
def test_only_plain_links_can_be_clicked(link: str, clicked: bool) -> None:
    assert may_be_clicked(link) is clicked
