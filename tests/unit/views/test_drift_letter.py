"""The letter to a customer: golden in two languages and three forms; careful where it is unknown; nothing invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from callout.drift.look import Section
from callout.drift.report import DriftReport
from callout.errors import BadInput
from callout.inventory import Customer
from callout.policy.rates import Rate
from callout.views.drift_letter import DriftLetter, drift_letter
from callout.views.drift_letter_forms import drift_letter_html, drift_letter_markdown, drift_letter_text
from callout.views.drift_letter_items import MOST_ITEMS, MOST_SINGLE
from callout.views.drift_letter_words import LABELS
from callout.views.drift_undo import SENTENCES
from callout.views.drift_words import ASPECTS, SECTIONS, WHAT
from tests.unit.drift.judging_desk import NOW, added, changed, fact
from tests.unit.views.drift_desk import HOSTILE, doubtful, full, legitimate, planted, report, waiver

RATE = Rate("engineer", Decimal("120.00"), "callout_customer.rates")
EVIL = "<script>alert(1)</script> {{7*7}} {% raw %} \x1b[2J\x9b31m \u202e \"'& =cmd|x [x](http://e.example)"
ACCUSING = ("not supported, as far", "unsupported modification", "nicht unterstützt wird", "Änderung folgt")


@pytest.fixture
def write(make_customer: Callable[..., Customer]) -> Callable[..., DriftLetter]:
    """Writes the letter on a report to Globex; arguments are laid over the usual ones."""

    def letter(told: DriftReport, *, rate: Rate = RATE, ticket: str = "T-4711", **customer: Any) -> DriftLetter:
        who = make_customer(**{"time_zone": "Europe/Vienna", **customer})
        return drift_letter(told, who, "Nordwand Telefonie GmbH", rate=rate, waiver_days=90, now=NOW, ticket=ticket)

    return letter


def fleet_of_findings() -> DriftReport:
    """As after a weekend of somebody's: hundreds of files, and a few other things."""
    files = [added(f"/usr/local/tool/lib/f{number:03}.so") for number in range(240)]
    files += [changed(f"/etc/tool.d/{number:02}.conf") for number in range(30)]
    files += [added(f"/usr/share/dir{number:02}/x") for number in range(40)]
    return report([*files, *planted()[3:5], *doubtful()])


@pytest.mark.parametrize("language", ["en", "de_AT"])
def test_golden(golden: Callable[[str, str], None], write: Callable[..., DriftLetter], language: str) -> None:
    letter = write(full(), language=language)
    golden(f"drift/letter.{language}.txt", drift_letter_text(letter))
    golden(f"drift/letter.{language}.md", drift_letter_markdown(letter))
    golden(f"drift/letter.{language}.html", drift_letter_html(letter))
    golden(f"drift/letter-unknown.{language}.txt", drift_letter_text(write(report(doubtful()), language=language)))
    golden(f"drift/letter-many.{language}.txt", drift_letter_text(write(fleet_of_findings(), language=language)))
    golden(f"drift/letter-many.{language}.md", drift_letter_markdown(write(fleet_of_findings(), language=language)))


def test_both_languages_have_all_words() -> None:
    for words in (LABELS, SENTENCES, SECTIONS, WHAT):
        assert set(words["en"]) == set(words["de"])
    assert set(SECTIONS["en"]) == set(Section)
    assert set(ASPECTS["en"]) <= set(ASPECTS["de"])


def test_a_language_of_which_we_have_no_words_is_english(write: Callable[..., DriftLetter]) -> None:
    assert "Changes found" in drift_letter_text(write(full(), language="fi"))
    assert "23 November 2026" in drift_letter_text(write(full(), language="fi"))


@pytest.mark.parametrize("language", ["en", "de"])
def test_nobody_is_accused_of_what_is_unknown(write: Callable[..., DriftLetter], language: str) -> None:
    letter = write(report(doubtful()), language=language)
    text = " ".join(drift_letter_text(letter).split())
    assert letter.state == "unknown"
    assert not [words for words in ACCUSING if words in text]
    # Nothing is said of money but that there is no ground for asking any.
    assert "120" not in text
    assert {"en": "no ground for charging", "de": "kein Grund, etwas zu verrechnen"}[language] in text


@pytest.mark.parametrize(("language", "said"), [("en", "€120.00 per hour"), ("de", "120,00\xa0€ je Stunde")])
def test_the_rate_is_the_one_on_file(write: Callable[..., DriftLetter], language: str, said: str) -> None:
    (cost,) = [part for part in write(full(), language=language).parts if part.heading == LABELS[language]["cost"]]
    assert any(said in paragraph for paragraph in cost.paragraphs)


def test_where_no_rate_is_on_file_none_is_invented(write: Callable[..., DriftLetter]) -> None:
    text = " ".join(drift_letter_text(write(full(), rate=Rate("engineer", None, ""))).split())
    assert "No rate is on file" in text
    assert "€" not in text


def test_what_is_waived_or_explained_is_not_in_the_letter(write: Callable[..., DriftLetter]) -> None:
    text = drift_letter_text(write(full()))
    assert "ip_forward" not in text
    assert "index.php" not in text


@pytest.mark.parametrize("name", ["clean", "explained", "waived", "cut"])
def test_where_nothing_is_to_be_asked_there_is_no_letter(write: Callable[..., DriftLetter], name: str) -> None:
    change = planted()[0]
    told = {
        "clean": report([]),
        "explained": report(legitimate()),
        "waived": report([change], waivers=(waiver(change),)),
        "cut": report([], unknown=((Section.CRON, "It did not come."),)),
    }[name]
    with pytest.raises(BadInput, match="nothing to write about"):
        write(told)


def test_hundreds_of_findings_are_told_by_their_places(write: Callable[..., DriftLetter]) -> None:
    letter = write(fleet_of_findings())
    (found,) = [part.items for part in letter.parts if part.heading == "What we found"]
    assert found is not None
    assert found.items[0].where == "240 × files in /usr/local/tool/lib"
    assert "and 237 more" in found.items[0].ids
    assert found.items[1].where == "40 × files in /usr/share"
    assert len(found.items) <= MOST_ITEMS
    counted = sum(int(one.where.split(" × ")[0]) if " × " in one.where else 1 for one in found.items)
    assert counted + found.left_out == len(fleet_of_findings().unsupported)
    assert len(drift_letter_text(letter).splitlines()) < 130


def test_few_findings_are_each_named(write: Callable[..., DriftLetter]) -> None:
    told = report([added(f"/etc/x{number}") for number in range(MOST_SINGLE)])
    text = drift_letter_text(write(told))
    assert [one.id for one in told.unsupported if one.id not in text] == []


def test_a_time_that_cannot_be_true_is_no_hint(write: Callable[..., DriftLetter]) -> None:
    text = drift_letter_text(write(report([added("/etc/x", ctime="1000000000.0")])))
    assert "last changed" not in text
    assert "2001" not in text


@pytest.mark.parametrize(("language", "before", "not_yet", "between"), [
    ("en", "Already before", "Not yet on", "changed in between"),
    ("de", "Schon vor dem", "Noch nicht am", "Dazwischen"),
])  # fmt: skip
def test_what_is_older_than_the_baseline_did_not_happen_after_it(
    write: Callable[..., DriftLetter], language: str, before: str, not_yet: str, between: str
) -> None:
    told = report([added("/etc/x", ctime="1000000000.0"), added("/etc/y")])
    older = tuple(replace(one, carried=one.change.subject == "/etc/x") for one in told.judged)
    mixed = drift_letter_text(write(replace(told, judged=older), language=language))
    assert before in mixed and not_yet in mixed and between not in mixed
    # Its own time is of long ago, and may be true.
    assert "2001" in mixed
    alone = tuple(one for one in older if one.carried)
    text = drift_letter_text(write(replace(told, judged=alone), language=language))
    assert before in text and alone[0].id in text
    assert not_yet not in text and between not in text


def test_hostile_words_stay_words(write: Callable[..., DriftLetter]) -> None:
    told = report(
        [added(HOSTILE), fact(Section.USERS, EVIL, None, {"gecos": EVIL}), *doubtful()],
        unknown=((Section.CRON, EVIL),),
    )
    letter = write(told, ticket=EVIL, name=EVIL, language=EVIL, registered_addresses=["it@<b>x</b>"])
    page, text, marked = drift_letter_html(letter), drift_letter_text(letter), drift_letter_markdown(letter)
    assert "<script" not in page
    assert "<b>x" not in page
    assert "{{7*7}}" in page
    assert "<script" not in marked.replace("\\<", "")
    assert "[x](" not in marked
    for shown in (page, text, marked):
        assert not [one for one in shown if not one.isprintable() and one not in "\n\xa0"]
    # A line's end in a name makes neither a heading nor a row.
    assert [line for line in marked.splitlines() if line.startswith("#")] == [
        line
        for line in marked.splitlines()
        if line.lstrip("# ") in {letter.title, *(one.heading for one in letter.parts)}
    ]
    assert all(line.replace("\\|", "").count("|") == 5 for line in marked.splitlines() if line.startswith("| "))


def test_findings_all_over_the_place_are_bounded_and_counted(write: Callable[..., DriftLetter]) -> None:
    told = report([added(f"/etc/{a}{b}/{a}/{b}/{b}/{a}/x") for a in "abcdefg" for b in "hijklmnopq"])
    (found,) = [part.items for part in write(told).parts if part.items]
    assert len(found.items) <= MOST_ITEMS
    counted = sum(int(one.where.split(" × ")[0]) if " × " in one.where else 1 for one in found.items)
    assert counted + found.left_out == 70
