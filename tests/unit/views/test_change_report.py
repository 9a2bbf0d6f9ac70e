"""The change report: golden files in two languages, how each ending is told, what hostile values may not do there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from callout.errors import BadInput, CalloutError
from callout.views.change_model import change_report
from callout.views.change_text import change_html, change_markdown
from callout.views.change_words import LABELS
from callout.views.markdown import code_block, escaped
from callout.views.pdf import pdf_of

Golden = Callable[[str, str], None]
FILES = [
    {"path": "/opt/pbxware/pw/var/www/login.php", "before": {"sha256": "a" * 64}, "after": {"sha256": "b" * 64}},
    {"path": "/opt/pbxware/pw/var/www/extra.php", "before": None, "after": {"sha256": "c" * 64}},
    {"path": "/opt/pbxware/pw/etc/stale.conf", "before": {"sha256": "d" * 64}, "after": None},
    {
        "path": "/opt/pbxware/sh/run", "before": {"sha256": "e" * 64, "mode": "0644"},
        "after": {"sha256": "e" * 64, "mode": "0755"},
    },
]  # fmt: skip
OURS = {
    "h1", "h2", "h3", "p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td", "pre", "code", "hr",
}  # fmt: skip
PAYLOADS = [
    "{{7*7}}",
    "{% for x in ''.__class__.__mro__ %}{{ x }}{% endfor %}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></title><script>",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "\u202egnirts",
    "\u2066x\u2069\u200f",
    "a\r\nb",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png)",
    "| a | b |\n|---|---|\n# heading",
    "<!-- --> &lt;b&gt; https://evil.example www.evil.example",
    "```\nfence\n~~~",
]


def finding(check: str, status: str, seen: str) -> dict[str, Any]:
    return {"check": check, "status": status, "seen": seen, "code": "x", "move": "nobody", "remedy": "", "evidence": {}}


def begin(book: Any, text: str = "") -> None:
    """Opened, planned, agreed to, looked at, backed up; `text` stands wherever a person or a system wrote something."""
    book.write(
        "opened", "2026-03-28T22:50Z", ticket=text or "T-2041", reason=text or "The login page forgets", emergency=text
    )
    bundle = {
        "id": "PW-2041", "title": text or "Keeps the login page from forgetting", "severity": text or "high",
        "bug": text or "PBX-77", "documentation": text or "https://docs.vendor.example/PBX-77",
        "signers": [text or "anna@vendor.example"],
    }  # fmt: skip
    book.write(
        "planned", "2026-03-28T22:52Z", hash="ab" * 32, verdict="applicable",
        plan={"bundle": bundle, "downtime_minutes": 5, "version": text or "8.1"},
    )  # fmt: skip
    book.write(
        "consented", "2026-03-28T23:10Z", plan_hash="ab" * 32, by=text or "it@globex.example", channel=text or "email",
        reference=text or "<77@globex.example>", covers_charging=True, registered=not text,
    )  # fmt: skip
    before = [finding("asterisk.alive", "pass", text or "Asterisk runs."), finding("disk", "warn", "9 % are free.")]
    book.write("health_checked", "2026-03-29T00:30Z", moment="before", findings=before)
    verification = {"level": text or "data", "findings": [finding("bytes", "pass", "All bytes are there.")]}
    book.write("backed_up", "2026-03-29T00:40Z", id=text or "globex-sw1-20260329T004000Z", verification=verification)


def patched(book: Any, text: str = "", files: list[dict[str, Any]] = FILES) -> None:
    body = {
        "bundle": text or "PW-2041",
        "plan_hash": "ab" * 32,
        "transaction": "t1",
        "reasons": [],
        "downtime_ms": 4230,
    }
    told = [{**one, "path": text or one["path"]} for one in files]
    # Europe changes its clocks at 01:00 UTC of this night.
    book.write("patched", "2026-03-29T01:10Z", files=told, restart=[text or "web"], originals="CO-0001/PW-2041", **body)


def end(book: Any, outcome: str = "satisfied") -> None:
    book.write("closed", "2026-03-29T01:20Z", outcome=outcome, why="")


def well(book: Any, text: str = "") -> None:
    after = [finding("asterisk.alive", "pass", text or "Asterisk runs."), finding("disk", "pass", "12 % are free.")]
    book.write("verified", "2026-03-29T01:15Z", moment="after", findings=after, comparison=[])


def report(book: Any, make_customer: Any, differences: str = "", **customer: Any) -> tuple[str, str]:
    made = change_report(book.events, make_customer(**customer), "Example Telephony Ltd", differences)
    return change_markdown(made), change_html(made)


def test_done(book: Any, make_customer: Any, golden: Golden) -> None:
    begin(book)
    patched(book)
    well(book)
    end(book)
    markdown, page = report(book, make_customer)
    golden("change/done.md", markdown)
    golden("change/done.html", page)


def test_done_in_german_over_the_change_of_clocks(book: Any, make_customer: Any, golden: Golden) -> None:
    begin(book)
    patched(book)
    well(book)
    end(book)
    customer = {"language": "de_AT", "time_zone": "Europe/Vienna", "name": "Globex Österreich GmbH"}
    markdown, page = report(book, make_customer, "--- a\n+++ b\n-old\n+new\n context\n", **customer)
    golden("change/done-de.md", markdown)
    golden("change/done-de.html", page)
    assert "29.03.2026, 03:10:00" in markdown
    assert "29.03.2026, 01:30" not in markdown
    assert "4,2 s" in markdown


def test_taken_back_by_itself(book: Any, make_customer: Any, golden: Golden) -> None:
    begin(book)
    why = [finding("asterisk.alive", "fail", "Asterisk does not answer.")]
    body = {"bundle": "PW-2041", "plan_hash": "ab" * 32, "transaction": "t1", "reasons": why, "downtime_ms": 61000}
    book.write("patch_failed", "2026-03-29T01:10Z", **body)
    book.write("rolled_back", "2026-03-29T01:10Z", **body, automatic=True, files=FILES)
    end(book, "not-possible")
    golden("change/undone.md", report(book, make_customer)[0])


@pytest.mark.parametrize(
    ("kinds", "closed", "verdict"),
    [
        ([], False, "verdict open"),
        ([], True, "verdict none"),
        (["gate_refused"], True, "verdict refused"),
        (["patched"], True, "verdict unverified"),
        (["verified", "patched"], True, "verdict unverified"),
        (["patched", "verified"], True, "verdict done"),
        (["rollback_failed"], True, "verdict torn"),
        (["patched", "rollback_failed"], True, "verdict torn"),
        (["rolled_back"], True, "verdict rolled back"),
        (["restored"], True, "verdict restored"),
        (["patched", "verified"], False, "verdict open"),
    ],
)
def test_how_it_ended_is_never_told_better_than_it_is(
    book: Any, make_customer: Any, kinds: list[str], closed: bool, verdict: str
) -> None:
    book.opened("2026-03-28T22:50Z")
    for kind in kinds:
        book.write(kind, "2026-03-29T01:10Z", bundle="PW-2041", transaction="t1", files=[], findings=[])
    if closed:
        end(book)
    markdown, page = report(book, make_customer)
    assert LABELS["en"][verdict] in markdown
    assert LABELS["en"][verdict] in page


def test_a_backup_that_was_not_verified_well_is_not_called_verified(book: Any, make_customer: Any) -> None:
    for statuses in ([], ["pass", "unknown"], ["fail"], ["splendid"]):
        book.events.clear()
        book.opened("2026-03-28T22:50Z")
        found = [finding("bytes", status, "x") for status in statuses]
        book.write("backed_up", "2026-03-29T00:40Z", id="B-1", verification={"level": "data", "findings": found})
        assert "did not end well" in report(book, make_customer)[0]


def test_a_status_that_nobody_knows_is_not_read_as_well(book: Any, make_customer: Any) -> None:
    book.opened("2026-03-28T22:50Z")
    book.write("health_checked", "2026-03-29T00:30Z", moment="before", findings=[finding("x", "splendid", "Said so.")])
    assert "| Said so. | not known | – |" in report(book, make_customer)[0]


def test_a_long_list_of_files_is_bounded_and_says_so(book: Any, make_customer: Any) -> None:
    begin(book)
    patched(book, files=[{**FILES[0], "path": f"/opt/{number}"} for number in range(500)])
    markdown, page = report(book, make_customer)
    assert "… and 300 more" in markdown
    assert page.count("<code><bdi>/opt/") == 200


def test_no_events_are_no_report(make_customer: Any) -> None:
    with pytest.raises(BadInput):
        change_report([], make_customer(), "")


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_only_ever_text(book: Any, make_customer: Any, payload: str) -> None:
    book.system = book.callout = book.actor = payload
    begin(book, payload)
    book.write("gate_refused", "2026-03-29T00:50Z", findings=[finding(payload, "fail", payload)])
    patched(book, payload)
    well(book, payload)
    end(book)
    markdown, page = report(book, make_customer, payload, name=payload, language=payload)
    parsed = Tags()
    parsed.feed(page)
    assert not {"script", "img", "a", "iframe"} & set(parsed.tags)
    assert not parsed.handlers
    for output in (markdown, page):
        assert all(character.isprintable() or character in "\n\t" for character in output)
    assert ">49<" not in page
    # Read as any reader of Markdown would: only our own headings, lists and tables, and not one tag of theirs.
    rendered = Tags()
    rendered.feed(MarkdownIt("commonmark").enable("table").render(markdown))
    assert set(rendered.tags) <= OURS, set(rendered.tags) - OURS
    assert not rendered.handlers
    assert [rendered.tags.count(tag) for tag in ("h1", "pre", "hr")] == [1, 1, 1]


def test_both_languages_have_all_words_with_the_same_places() -> None:
    import re

    assert set(LABELS["de"]) == set(LABELS["en"])
    for name, text in LABELS["en"].items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", LABELS["de"][name])), name


def test_markdown_that_means_nothing_but_itself() -> None:
    assert escaped("a|b *c* [d](e) <f> &lt; `g`") == "a\\|b \\*c\\* \\[d\\](e) \\<f\\> \\&lt; \\`g\\`"
    assert escaped("https://x.example a@b www.c") == "https\\://x.example a\\@b www\\.c"
    assert code_block("x\n````\ny").splitlines()[0] == "`````"


def test_the_page_is_one_that_a_screen_reader_can_read(book: Any, make_customer: Any) -> None:
    begin(book)
    patched(book)
    well(book)
    end(book)
    _, page = report(book, make_customer, language="de")
    assert '<html lang="de">' in page
    assert page.count("<h1") == 1
    assert "<th>" not in page
    assert "<th scope=" in page


def test_pdf(book: Any, make_customer: Any) -> None:
    pytest.importorskip("weasyprint", reason="the extra pdf is not installed", exc_type=(ImportError, OSError))
    begin(book)
    patched(book)
    end(book)
    made = pdf_of(report(book, make_customer)[1])
    assert made.startswith(b"%PDF-1.7")


def test_a_page_that_asks_for_something_elsewhere_gets_nothing() -> None:
    pytest.importorskip("weasyprint", reason="the extra pdf is not installed", exc_type=(ImportError, OSError))
    named = make_page('<img alt="" src="file:///etc/passwd"><img alt="" src="https://evil.example/x.png">')
    assert len(pdf_of(named)) == pytest.approx(len(pdf_of(make_page(""))), abs=400)


def make_page(body: str) -> str:
    return f'<html lang="en"><title>x</title><body><h1>x</h1>{body}</body></html>'


def test_without_weasyprint_it_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(CalloutError, match="not installed") as told:
        pdf_of("<html></html>")
    assert "callout[pdf]" in told.value.hint
