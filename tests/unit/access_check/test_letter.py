"""Letter and requirements sheet: goldens, languages whole, nothing internal or secret, hostile words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.extract import extract_from_file

from access_check.findings import Finding, Move, Status
from access_check.languages import catalogue, known_language, languages, speaker
from access_check.observations import Banner, Certificate, Handshake, HostKey, Login, Page, Reach, Resolution, Shell
from access_check.profile import access_profile
from access_check.recipient import Recipient
from access_check.sweep import SystemReport
from access_check.views.document_html import render_document as as_html
from access_check.views.document_markdown import render_document as as_markdown
from access_check.views.letter import letter
from access_check.views.letter_sentences import sentences_for
from access_check.views.requirements_sheet import requirements_sheet
from access_check.views.times import moment
from tests.unit.access_check.hostile_words import HOSTILE, hostile_report, unsafe_characters

NOW = dt.datetime(2026, 11, 23, 2, 50, tzinfo=dt.UTC)
VIENNA = Recipient(name="ACME", language="de", time_zone="Europe/Vienna")
# Words of our house, of our files and of our checks; a customer reads none of them.
INTERNAL = re.compile(
    r"ansible|inventory|known_hosts|callout|vault|host_vars|waive|not-reached|\b(tcp|ssh|web)[.\w]*@\d|\{\w+\}", re.I
)
RENDERERS = [pytest.param(as_markdown, id="markdown"), pytest.param(as_html, id="html")]
CODES = {
    "address.resolves": [Resolution.FAILED, Resolution.TIMEOUT],
    "address.public": ["private", "carrier-grade-nat", "link-local", "documentation"],
    "tcp": [each for each in Reach if each is not Reach.OPEN],
    "ssh.banner": [each for each in Banner if each is not Banner.SSH],
    "ssh.handshake": [each for each in Handshake if each is not Handshake.DONE],
    "ssh.host_key": [each for each in HostKey if each is not HostKey.KNOWN],
    "ssh.login": [*(each for each in Login if each is not Login.ACCEPTED), "no-password-needed"],
    "ssh.shell": [each for each in Shell if each is not Shell.WORKS],
    "web.gui": [
        *(each for each in Page if each is not Page.ANSWERED),
        *(f"certificate-{each}" for each in Certificate),
        "server-error",
        "page-refused",
    ],
    **{f"details.{each}": ["missing"] for each in ("address", "login", "gui_user", "gui_password", "wizard_password")},
}
EVERY = [(kind, str(code)) for kind, codes in CODES.items() for code in codes]
PORTS = {"web.gui": "@443", "tcp": "@81"}


def finding(kind: str, code: str, move: Move = Move.CUSTOMER, status: Status = Status.FAIL) -> Finding:
    port = PORTS.get(kind, "@2020" if kind.startswith("ssh") else "")
    seen = f"No x is on file (callout_system.x) in host_vars/{kind}."
    return Finding(f"{kind}{port}", status, code, seen, move, "Add it to the inventory.", {"fingerprint": "SHA256:ab"})


@pytest.fixture
def target(make_target: Any) -> Any:
    shipped = access_profile("serverware").model_dump(exclude={"product"})
    return make_target(
        name="globex-sw1",
        product="serverware",
        address="198.51.100.7",
        profile={**shipped, "product": "serverware"},
        waivers={"tcp@81": "INTERNAL-REASON"},
        gui=None,
    )


def written(report: SystemReport, language: str, render: Callable[..., str] = as_markdown, **fields: Any) -> str:
    recipient = fields.pop("recipient", VIENNA)
    return render(letter(report, recipient, NOW, speaker(language), language, fields.pop("ours", "203.0.113.5")))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("render", RENDERERS)
def test_golden_letter(target: Any, golden: Callable[[str, str], None], language: str, render: Any) -> None:
    told = (
        finding("details.gui_password", "missing"),
        Finding("tcp@80", Status.FAIL, "timeout", "x", Move.CUSTOMER, "y"),
        Finding("tcp@443", Status.FAIL, "timeout", "x", Move.CUSTOMER, "y"),
        Finding("tcp@81", Status.FAIL, "refused", "x", Move.CUSTOMER, "y").waived("INTERNAL-REASON"),
        Finding("tcp@2020", Status.PASS, "open", "x"),
        Finding("tcp@2222", Status.FAIL, "unreachable", "x", Move.NETWORK_PROVIDER, "y"),
        Finding("ssh.host_key@2020", Status.FAIL, "host-key-unknown", "x", Move.US, "y", {"fingerprint": "SHA256:abc"}),
        Finding("ssh.login@2020", Status.UNKNOWN, "not-reached", "x", Move.US, "y"),
        Finding("web.gui@443", Status.UNKNOWN, "not-reached", "x", Move.US, "y"),
    )
    text = written(SystemReport(target, told), language, render)
    assert not INTERNAL.search(text.partition("</style>")[2] or text)
    assert "INTERNAL-REASON" not in text
    golden(f"access_check/letter/globex-{language}.{'md' if render is as_markdown else 'html'}", text)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("render", RENDERERS)
def test_golden_requirements(target: Any, golden: Callable[[str, str], None], language: str, render: Any) -> None:
    text = render(requirements_sheet(target, speaker(language), language, "203.0.113.5"))
    assert "INTERNAL-REASON" not in text
    assert "correct horse" not in text
    golden(f"access_check/requirements/globex-{language}.{'md' if render is as_markdown else 'html'}", text)


def test_the_sheet_names_every_port_that_is_judged(target: Any) -> None:
    text = as_markdown(requirements_sheet(target, speaker("en"), "en"))
    assert re.findall(r"`TCP (\d+)`", text) == ["80", "81", "443", "2020", "2222"]
    assert "| `TCP 81` | Setup Wizard | no, as agreed |" in text
    assert "| user name for the web GUI | no: please send it to us |" in text


@pytest.mark.parametrize(("kind", "code"), EVERY)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_verdict_has_words_of_its_own(target: Any, language: str, kind: str, code: str) -> None:
    assert sentences_for(kind, code)
    for move in (Move.CUSTOMER, Move.US):
        text = written(SystemReport(target, (finding(kind, code, move),)), language)
        assert not INTERNAL.search(text), text
        assert text.count("\n- ") == 1


@pytest.mark.parametrize("language", ["en", "de"])
def test_all_well_says_so(target: Any, language: str) -> None:
    well = (Finding("tcp@80", Status.PASS, "open", "x"), finding("tcp", "refused").waived("INTERNAL-REASON"))
    text = written(SystemReport(target, well), language)
    assert {"en": "There is nothing for you to do.", "de": "Für Sie ist nichts zu tun."}[language] in text
    assert "- " not in text


def test_what_was_not_found_out_is_not_well(target: Any) -> None:
    for findings in ((), (finding("ssh.login", "not-reached", Move.US, Status.UNKNOWN),)):
        text = written(SystemReport(target, findings), "en")
        assert "We could not finish our checks." in text
        assert "nothing for you" not in text


def test_a_kind_without_sentences_sends_its_remedy_and_not_what_was_seen(target: Any) -> None:
    new = Finding("edge.forward@443", Status.FAIL, "absent", "In known_hosts.", Move.CUSTOMER, "Please forward 443.")
    text = written(SystemReport(target, (new,)), "en")
    assert "Please forward 443." in text
    assert "known_hosts" not in text
    ours = written(SystemReport(target, (finding("walk", "could-not-look", Move.US, Status.UNKNOWN),)), "en")
    assert "for a reason on our side" in ours
    assert not INTERNAL.search(ours)


@pytest.mark.parametrize(("language", "says"), [("en", "though on 2026-11-20 14:03 UTC"), ("de", "es am 2026-11-20")])
def test_a_ban_is_one_point_with_the_time(target: Any, language: str, says: str) -> None:
    evidence = {"last_open": "2026-11-20 14:03 UTC"}
    ban = Finding("tcp@80", Status.FAIL, "banned", "x", Move.CUSTOMER, "y", evidence)
    silent = tuple(Finding(f"tcp@{port}", Status.FAIL, "timeout", "x", Move.CUSTOMER, "y") for port in (443, 2020))
    text = written(SystemReport(target, (ban, *silent)), language)
    assert text.count(says) == 1
    assert text.count("sipPROT") == 1


def test_all_ports_silent_is_one_point(target: Any) -> None:
    silent = tuple(Finding(f"tcp@{port}", Status.FAIL, "timeout", "x", Move.CUSTOMER, "y") for port in (80, 443, 2020))
    text = written(SystemReport(target, silent), "en")
    assert "No port of 198.51.100.7 answers us." in text
    assert text.count("\n- ") == 1


def test_when_is_told_in_both_clocks() -> None:
    assert moment(NOW, "Europe/Vienna", "en") == "23 November 2026, 02:50 UTC (03:50 Europe/Vienna)"
    assert moment(NOW, "America/New_York", "de").endswith("(22. November 2026, 21:50 America/New_York)")
    assert moment(NOW, "UTC", "de") == "23. November 2026, 02:50 UTC"


def test_no_address_of_ours_is_told_where_none_is_known(target: Any) -> None:
    assert "from our network." in written(SystemReport(target, ()), "en", ours="")


def test_no_address_of_theirs(make_target: Any) -> None:
    text = written(SystemReport(make_target(address=None), (finding("details.address", "missing"),)), "en")
    assert "None" not in text
    assert "``" not in text


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("render", RENDERERS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_hostile_words(make_target: Any, language: str, render: Any, words: str) -> None:
    report = hostile_report(make_target, words)
    sheet = requirements_sheet(make_target(name=words, address=words), speaker(language), language, words)
    for text in (written(report, language, render, ours=words), render(sheet)):
        assert unsafe_characters(text) == set()
        body = text.partition("</style>")[2] or text
        assert len(text) < 30_000
        if render is as_markdown:
            assert not re.search(r"(?<!\\)(?:\\\\)*[<{]", text)
        else:
            assert "<script" not in body
            assert "{{" not in body


def test_languages() -> None:
    assert languages() == ["en", "de"]
    assert [known_language(each) for each in ("de", "de-AT", "DE_de", "fr", "", "../x")] == ["de"] * 3 + ["en"] * 3


@pytest.mark.parametrize("language", [each for each in languages() if each != "en"])
def test_every_sentence_is_translated_with_the_same_placeholders(root: Path, language: str) -> None:
    sentences = {
        sentence
        for path in (root / "access_check").rglob("*.py")
        for _, sentence, _, _ in extract_from_file("python", str(path), keywords={"marked": None, "say": None})
    }
    translated = catalogue(language)
    assert set(translated) == sentences
    for english, foreign in translated.items():
        assert _placeholders(english) == _placeholders(foreign), english


def _placeholders(template: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(template)} - {None}
