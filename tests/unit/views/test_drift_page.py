"""The page about drift: golden, alone, without scripts; side by side as the texts are; what a system said is text."""

from __future__ import annotations

import time
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.drift.look import Section
from callout.drift.report_texts import TextPair
from callout.views.drift_difference import MOST_ALIGNED, MOST_ROWS, difference_of, unified
from callout.views.drift_page import MOST_SHOWN, drift_page
from tests.unit.drift.judging_desk import added, fact
from tests.unit.views.drift_desk import HOSTILE, full, legitimate, report, sha

EVIL = "<script>alert(1)</script>\x1b[2J{{7*7}}{% raw %}\u202e<img src=x onerror=y>'\"&"


class Page(HTMLParser):
    """What is in a page: tags with their attributes, and whether each was closed."""

    VOID = frozenset({"meta", "col", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_golden(golden: Callable[[str, str], None]) -> None:
    golden("drift/full.html", drift_page(full()))
    golden("drift/clean.html", drift_page(report([])))


@pytest.mark.parametrize("told", [full(), report([]), report(legitimate())], ids=["full", "clean", "explained"])
def test_the_page_stands_alone_and_is_whole(told) -> None:
    page = Page(drift_page(told))
    assert page.open == []
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
    assert not [name for name in page.attributes if name.startswith("on")]
    assert len(set(page.ids)) == len(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert all(link.startswith("#") for link in page.links)


def test_the_page_can_be_read_without_colours_and_without_a_mouse() -> None:
    text = drift_page(full())
    assert '<html lang="en">' in text
    assert text.count("<h1") == 1
    assert "<b>−</b>" in text
    assert "<b>+</b>" in text
    # What is wider than a small screen can be reached and scrolled with the keyboard, and has a name.
    assert text.count('class="wide"') == text.count('class="wide" tabindex="0" role="region" aria-label=')
    tables = text.count("<table")
    assert text.count("<caption>") + text.count("<h2>Explained</h2>") == tables
    assert "<th>" not in text


def test_whatever_a_system_said_is_text() -> None:
    value = f"{EVIL}\n{EVIL}"
    told = report(
        [
            added(HOSTILE, sha256=sha(EVIL)),
            fact(Section.TRIGGERS, EVIL, {"statement": "x\n" * 9}, {"statement": value}),
        ],
        unknown=((Section.CRON, EVIL),),
        after={"disagreements": (EVIL,), "logins": (EVIL,)},
        now={HOSTILE: EVIL},
        customer=EVIL,
    )
    text = drift_page(told)
    page = Page(text)
    assert not {"script", "img"} & set(page.tags)
    assert "<script" not in text
    assert "{{7*7}}" in text
    assert "49" not in text.replace("2049", "")[text.index("<main>") :]
    assert not [one for one in text if not one.isprintable() and one != "\n"]


def test_spaces_at_the_ends_of_a_line_are_kept() -> None:
    pair = {"/etc/x.conf": "    indented  \nb\n"}
    told = report([added("/etc/x.conf", sha256=sha(pair["/etc/x.conf"]))], now=pair)
    assert "<b>+</b>    indented  </td>" in drift_page(told)


def test_very_many_findings_make_a_page_that_opens() -> None:
    text = drift_page(report([added(f"/etc/x{number}") for number in range(MOST_SHOWN + 5)]))
    assert "… and 5 more, in the JSON." in text
    assert f"Not supported ({MOST_SHOWN + 5})" in text


LINES = st.lists(st.sampled_from(["a", "b", "", "  c", "\td", "e\r", "\x0b", "é"]), max_size=40)


def restored(rows, side: str) -> list[str]:
    """One side's lines as the rows tell them; None for what a gap leaves out."""
    told: list[str] = []
    for row in rows:
        half = getattr(row, side)
        if row.kind == "gap":
            told += [None] * row.skipped
        elif half is not None:
            assert half.number == len(told) + 1
            told.append(half.text)
    return told


@settings(max_examples=200, deadline=None)
@given(LINES, LINES)
def test_the_rows_tell_both_texts_line_by_line(old: list[str], new: list[str]) -> None:
    shown = str.maketrans({"\t": "⇥ ", "\r": "\\r", "\x0b": "\\x0b"})
    sides = ["".join(f"{line}\n" for line in lines) for lines in (old, new)]
    rows = difference_of(TextPair(*sides)).rows
    for side, lines in (("left", old), ("right", new)):
        told = restored(rows, side)
        assert len(told) == len(lines)
        wanted = [line.replace("\t", "⇥ ").translate(shown) for line in lines]
        assert all(one in (None, line) for one, line in zip(told, wanted, strict=True))


def test_what_differs_within_a_line_is_marked() -> None:
    (row,) = difference_of(TextPair("PATH=/usr/bin\n", "PATH=/opt/bin\n")).rows
    assert row.left is not None
    assert row.right is not None
    assert (row.left.head, row.left.middle, row.left.tail) == ("PATH=/", "usr", "/bin")
    assert (row.right.head, row.right.middle, row.right.tail) == ("PATH=/", "opt", "/bin")


def test_a_line_end_that_is_missing_shows() -> None:
    assert unified(difference_of(TextPair("a\n", "a"))) == [" a", "+\\ no line end"]


@pytest.mark.parametrize("count", [MOST_ALIGNED, MOST_ALIGNED * 4])
def test_texts_made_to_be_slow_are_bounded(count: int) -> None:
    old = "".join(f"{number % 13}\n" for number in range(count))
    new = "".join(f"{number * 7 % 11}\n" for number in range(count))
    begun = time.process_time()
    difference = difference_of(TextPair(old, new))
    assert time.process_time() - begun < 20
    assert len(difference.rows) == MOST_ROWS
    assert difference.left_out


def test_a_text_that_is_withheld_says_why() -> None:
    assert difference_of(TextPair(None, None, "It holds a private key.")).why == "It holds a private key."
    assert difference_of(TextPair("", "x\n" * 30_000)).why
