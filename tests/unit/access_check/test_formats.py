"""Every format: its golden file, its grammar, and hostile words in it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from access_check.findings import Finding, Move, Status
from access_check.sweep import SystemReport
from access_check.views.formats import Format, rendered
from access_check.views.nagios import exit_status, render_unknown
from tests.unit.access_check.hostile_words import HOSTILE, hostile_report, unsafe_characters

NOW = dt.datetime(2026, 11, 23, 2, 50, tzinfo=dt.UTC)
FORMATS = [each for each in Format if each is not Format.TABLE]
ENDINGS = {Format.JUNIT: "xml", Format.NAGIOS: "txt", Format.PROMETHEUS: "prom", Format.MARKDOWN: "md"}
SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\\\|\\"|\\n)*",?)*)\})? (\d+)')


def written(reports: list[SystemReport], wanted: Format, now: dt.datetime) -> str:
    """What a program reads in the end."""
    return "".join(rendered(reports, wanted, now))


@pytest.fixture
def reports(make_target: Any) -> list[SystemReport]:
    port = Finding("tcp@2020", Status.PASS, "open", "TCP port 2020 (SSH) is open.")
    address = Finding("address.public", Status.FAIL, "private", "10.0.0.1 is private.", Move.CUSTOMER, "Give.")
    worn = Finding("web.gui@443", Status.WARN, "certificate-expired", "It expired.", Move.CUSTOMER, "Please renew it.")
    said = "What answers is “\x1b[31mHTTP\r\n” <b>|</b> {{7*7}}."
    wrong = Finding("ssh.banner@2020", Status.FAIL, "not-ssh", said, Move.CUSTOMER, "Please correct the forward.")
    later = Finding("ssh.login@2020", Status.UNKNOWN, "not-reached", "Not looked at.", Move.US, "Check again.")
    return [
        SystemReport(make_target(name="acme-pbx1"), (port,)),
        SystemReport(make_target(name="initech-pbx1"), (port, worn)),
        SystemReport(make_target(name="globex-sw1", address="10.0.0.1"), (address.waived("practice"), wrong, later)),
    ]


@pytest.mark.parametrize("wanted", FORMATS)
def test_golden(reports: list[SystemReport], golden: Callable[[str, str], None], wanted: Format) -> None:
    golden(f"access_check/formats/report.{ENDINGS.get(wanted, wanted)}", written(reports, wanted, NOW))


@pytest.mark.parametrize("wanted", FORMATS)
@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_move_no_cursor_and_are_bounded(make_target: Any, wanted: Format, words: str) -> None:
    text = written([hostile_report(make_target, words)], wanted, NOW)
    assert unsafe_characters(text) == set()
    text.encode()
    if wanted not in (Format.JSON, Format.NDJSON):  # those are for programs and keep what was said whole
        assert len(text) < 40_000


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_json_and_its_lines_keep_every_word(make_target: Any, words: str) -> None:
    report = hostile_report(make_target, words)
    (system,) = json.loads(written([report], Format.JSON, NOW))["systems"]
    lines = written([report, report], Format.NDJSON, NOW).splitlines()
    assert [json.loads(line) for line in lines] == [{"schema_version": 1, **system}] * 2
    assert system["findings"][0]["evidence"]["banner"] == words


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_junit_parses_and_counts(make_target: Any, words: str) -> None:
    suites = ElementTree.fromstring(written([hostile_report(make_target, words)], Format.JUNIT, NOW).encode())
    (suite,) = suites
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    assert [[below.tag for below in case] for case in suite] == [
        [],
        ["system-out"],
        ["failure"],
        ["error"],
        ["skipped"],
    ]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_tap_has_as_many_results_as_planned(make_target: Any, words: str) -> None:
    version, plan, *lines = written([hostile_report(make_target, words)], Format.TAP, NOW).splitlines()
    assert (version, plan) == ("TAP version 13", "1..5")
    results = [line for line in lines if not line.startswith("  ")]
    shapes = [re.fullmatch(r"(ok|not ok) (\d) - (?:[^#\\]|\\#|\\\\)*?( # SKIP .*)?", line) for line in results]
    assert all(shapes), results
    assert [shape[1] for shape in shapes if shape] == ["ok", "ok", "not ok", "not ok", "ok"]
    assert [bool(shape[3]) for shape in shapes if shape] == [False] * 4 + [True]
    for line in lines:
        if line.startswith("  ") and line not in ("  ---", "  ..."):
            json.loads(line.partition(": ")[2])


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_nagios_has_one_line_of_figures(make_target: Any, words: str) -> None:
    text = written([hostile_report(make_target, words)] * 3, Format.NAGIOS, NOW)
    first, *rest = text.splitlines()
    assert len(first) < 1000
    assert re.fullmatch(r"ACCESS CRITICAL - [^|]+ \| pass=0;;;0;3 warn=0;;;0;3 fail=3;;;0;3 .*", first)
    assert len(rest) == 3
    assert not any(set("|\\<>$`") & set(line) for line in rest)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([Status.PASS, Status.WAIVED], 0),
        ([Status.PASS, Status.WARN], 1),
        ([Status.WARN, Status.FAIL, Status.UNKNOWN], 2),
        ([Status.WARN, Status.UNKNOWN], 3),
        ([], 3),
    ],
)
def test_nagios_statuses(make_target: Any, statuses: list[Status], expected: int) -> None:
    report = SystemReport(make_target(), tuple(Finding("x", status, "y", "z") for status in statuses))
    assert exit_status([report]) == expected
    assert render_unknown("no | figures\n") == "ACCESS UNKNOWN - no / figures/n\n"


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_prometheus_parses(make_target: Any, words: str) -> None:
    text = written([hostile_report(make_target, words), hostile_report(make_target, "b")], Format.PROMETHEUS, NOW)
    names: list[str] = []
    samples = set()
    for line in text.splitlines():
        if line.startswith("# "):
            assert re.fullmatch(r"# (HELP [a-z_]+ [^\\]+|TYPE [a-z_]+ gauge)", line)
            continue
        shape = SAMPLE.fullmatch(line)
        assert shape, line
        names.append(shape[1])
        assert (shape[1], shape[2]) not in samples, "each series once"
        samples.add((shape[1], shape[2]))
    assert names == sorted(names, key=list(dict.fromkeys(names)).index), "samples of a metric stand together"
    assert text.endswith(f"access_check_last_run_timestamp_seconds {int(NOW.timestamp())}\n")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_html_holds_our_tags_alone(make_target: Any, words: str) -> None:
    text = written([hostile_report(make_target, words)], Format.HTML, NOW)
    page = _Tags()
    page.feed(text)
    ours = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "tr", "th", "td", "code"}
    assert page.tags <= ours
    assert page.attributes <= {"lang", "charset", "http-equiv", "content", "name"}
    assert "{{" not in text.partition("</style>")[2]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_markdown_keeps_its_tables(make_target: Any, words: str) -> None:
    text = written([hostile_report(make_target, words)], Format.MARKDOWN, NOW)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert [len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows] == [5] * 3 + [6] * 6
    assert not re.search(r"(?<!\\)(?:\\\\)*[<{]", text)
    assert sum(line.startswith("#") for line in text.splitlines()) == 2
