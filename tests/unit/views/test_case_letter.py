"""Letters of a case: golden in two languages; the facts that each must say; easy to read; hostile words stay words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from string import Formatter

import pytest

from callout.desk.emergency import Emergency
from callout.desk.entitlement import Channel
from callout.desk.escalation import Concern
from callout.desk.letter_kinds import LetterKind
from callout.desk.pauses import Turn
from callout.policy.desk_words import ClockName, Runs
from callout.policy.outcomes import OUTCOMES
from callout.policy.rates import Rate
from callout.views.case_letter import CaseLetter
from callout.views.case_letter_forms import case_letter_html, case_letter_text
from callout.views.case_letter_words import WORDS, speaker_of
from tests.unit.views.case_letter_desk import (
    AT,
    DUE,
    DUE_WORDS,
    FIRST,
    LETTERS,
    LINK,
    NEWS,
    PATCH,
    flat,
    globex,
    letter_of,
    words_of_page,
)
from tests.unit.views.case_letter_facts import FACTS
from tests.unit.views.reading_ease import reading_ease

NAMES = [*LETTERS, "unregistered"]
LANGUAGES = ["en", "de"]
FORMS = {
    "text": lambda letter: flat(case_letter_text(letter)),
    "html": lambda letter: words_of_page(case_letter_html(letter)),
}
EVIL = "<script>alert(1)</script> {{7*7}} {% raw %} {case} \x1b[2J\x9b31m \u202e \"'& =cmd|x\r\nBcc: x@y.example\udcff"


@pytest.mark.parametrize("language", ["en", "de_AT"])
@pytest.mark.parametrize("name", NAMES)
def test_golden(golden: Callable[[str, str], None], name: str, language: str) -> None:
    letter = letter_of(name, language)
    golden(f"case/{name}.{language}.txt", case_letter_text(letter))
    if name in ("received", "unregistered", "reply", "escalation-3", "quote"):
        golden(f"case/{name}.{language}.html", case_letter_html(letter))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_must(name: str, language: str, form: str) -> None:
    said = FORMS[form](letter_of(name, language))
    wanted = [one if isinstance(one, str) else one[language] for one in FACTS[name]]
    assert [one for one in wanted if flat(one) not in said] == []


def test_every_kind_has_facts_to_say() -> None:
    assert set(FACTS) == set(NAMES)
    assert {kind for kind, _, _ in LETTERS.values()} | {LetterKind.UNREGISTERED} == set(LetterKind)


@pytest.mark.parametrize("name", NAMES)
def test_text_and_page_say_the_same(name: str) -> None:
    letter = letter_of(name)
    text, page = (re.sub(r"[:\s]+", " ", form(letter)) for form in FORMS.values())
    assert sorted(set(text.split()) ^ set(page.split())) == []


# Plain language begins at 60 by Flesch's own table, newspapers are at about 50. German's figure is Amstad's.
PLAIN, LONGEST_SENTENCE, LONGEST_AVERAGE = {"en": 70, "de": 65}, 30, 12


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_it_is_easy_to_read(name: str, language: str) -> None:
    if name == "quote":
        return  # the quote's own letter, which stands in it, is as it is
    ease = reading_ease(prose(letter_of(name, language)), language)
    assert ease.score >= PLAIN[language], ease
    assert ease.words_per_sentence <= LONGEST_AVERAGE, ease


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_long(language: str) -> None:
    said = [sentence for words in WORDS[language].values() for sentence in re.split(r"(?<=[.!?:])\s", words)]
    assert [sentence for sentence in said if len(sentence.split()) > LONGEST_SENTENCE] == []


def prose(letter: CaseLetter) -> list[str]:
    """Our own sentences of a letter: neither facts nor headings nor what a person wrote."""
    return [*(one for part in letter.parts for one in (*part.paragraphs, *part.points)), *letter.notes]


def test_the_measure_is_the_published_one() -> None:
    """Flesch's own end points: all words of one syllable in short sentences, and long words in a long sentence."""
    easy = reading_ease(["The cat sat on the mat."], "en")
    assert (easy.words_per_sentence, easy.syllables_per_word) == (6, 1)
    assert round(easy.score, 1) == 116.1
    assert reading_ease(["Organizational considerations necessitate administrative intervention."], "en").score < 0
    assert round(reading_ease(["Die Katze sitzt im Haus."], "de").score, 1) == 104.8
    assert reading_ease(["Am 23. November kommt er. Wir warten."], "de").words_per_sentence == 3


def test_both_languages_have_all_words_with_the_same_places() -> None:
    assert set(WORDS["en"]) == set(WORDS["de"])
    places = {
        language: {key: {name for _, name, _, _ in Formatter().parse(text) if name} for key, text in words.items()}
        for language, words in WORDS.items()
    }
    assert places["en"] == places["de"]


def test_a_language_of_which_we_have_no_words_is_english() -> None:
    assert "We have your message" in case_letter_text(letter_of("received", "fi"))
    assert "Wir haben Ihre Nachricht" in case_letter_text(letter_of("received", "", customer=globex(language="de_CH")))


@pytest.mark.parametrize("name", NAMES)
def test_lines_fit_a_mail(name: str) -> None:
    for language in LANGUAGES:
        long = [line for line in case_letter_text(letter_of(name, language)).splitlines() if len(line) > 76]
        assert [line for line in long if " " in line.strip()] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "unregistered"])
def test_hostile_words_stay_words(name: str) -> None:
    evil = {
        key: EVIL
        for key, value in LETTERS[name][1].items()
        if isinstance(value, str) and key not in ("turn", "outcome", "concern", "emergency", "priority", "what", "id")
    }
    said = {**LETTERS[name][1], **evil}
    if "links" in said:
        said["links"] = [EVIL, "javascript:alert(1)", "https://docs.example@evil.example/", 'https://a.example/"><b>']
    if said.get("attempts"):
        said["attempts"] = [{**said["attempts"][0], "statement": EVIL}]
    customer = globex(name=EVIL, registered_addresses=["it@<b>x</b>"])
    letter = letter_of(name, said=said, subject=EVIL, ticket=EVIL, system=EVIL, customer=customer)
    page, text = case_letter_html(replace(letter, vendor=EVIL)), case_letter_text(replace(letter, vendor=EVIL))
    assert "<script" not in page
    assert "<b>" not in page
    assert "{{7*7}}" in page
    assert "href" not in page or set(re.findall(r'href="([^"]*)"', page)) <= {LINK}
    for shown in (page, text):
        assert not [one for one in shown if not one.isprintable() and one not in "\n\xa0\u202f"]


def test_unregistered_says_nothing_of_anybody() -> None:
    for language in LANGUAGES:
        said = case_letter_text(letter_of("unregistered", language))
        assert "globex" not in said.lower()
        assert "CS-" not in said
        assert "Voicemail" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_time_is_named_that_no_clock_has(language: str) -> None:
    for name in ("received", "emergency", "escalation-1", "update", "resumed"):
        assert DUE_WORDS[language] not in case_letter_text(letter_of(name, language, promises=()))
    assert "Our clocks stand still right now" in case_letter_text(letter_of("received", promises=(), paused=True))
    assert "has replied to you already" in case_letter_text(letter_of("received", answered=True))
    assert "We cannot name the time of the patch" in flat(case_letter_text(letter_of("critical-bug", promises=())))
    by_hand = flat(case_letter_text(letter_of("received", promises=(replace(FIRST, within=""),))))
    assert "by Tuesday, 24 November 2026, 16:30. How to add" in by_hand


def test_what_is_late_is_owned() -> None:
    late = tuple(replace(one, late=True) for one in (FIRST, NEWS, PATCH))
    assert "It is late, and we are sorry" in flat(case_letter_text(letter_of("received", promises=late)))
    told = flat(case_letter_text(letter_of("update", promises=late)))
    assert "You should have heard from us by Tuesday" in told
    assert "The patch for the critical bug was due by" in told


def test_no_rate_is_invented() -> None:
    told = flat(case_letter_text(letter_of("judged-man-made", rate=Rate("engineer", None, ""))))
    assert "No rate is on file for you" in told
    assert "€" not in told
    assert "charge" not in case_letter_text(letter_of("judged-genuine"))


@pytest.mark.parametrize(
    ("within", "runs", "en", "de"),
    [
        ("1 business day", Runs.HOURS, "within one business day", "innerhalb eines Arbeitstages"),
        ("3 business days", None, "within 3 business days", "innerhalb von 3 Arbeitstagen"),
        (
            "24 hours",
            Runs.BUSINESS_DAYS,
            "within 24 hours on business days",
            "innerhalb von 24 Stunden an Arbeitstagen",
        ),
        (
            "24 hours",
            Runs.ALWAYS,
            "within 24 hours, by day and by night",
            "innerhalb von 24 Stunden, bei Tag und bei Nacht",
        ),
        ("1 hour", None, "within one hour of our working time", "innerhalb einer Stunde unserer Arbeitszeit"),
        (
            "45 minutes",
            Runs.HOURS,
            "within 45 minutes of our working time",
            "innerhalb von 45 Minuten unserer Arbeitszeit",
        ),
    ],
)
def test_rules_in_words(within: str, runs: Runs | None, en: str, de: str) -> None:
    assert speaker_of("en", "UTC").within(within, runs) == en
    assert speaker_of("de_DE", "UTC").within(within, runs) == de


def test_times_are_the_customers() -> None:
    said = case_letter_text(letter_of("received", customer=globex(time_zone="America/New_York")))
    assert "Tuesday, 24 November 2026, 10:30" in said
    assert "All times are those of America/New_York." in said
    assert speaker_of("de", "Asia/Kathmandu").at(AT) == "Montag, 23. November 2026, 19:50"
    assert (DUE - AT).days == 1
    assert ClockName.FIRST_REPLY is FIRST.clock


def test_there_are_words_for_whatever_a_case_may_say() -> None:
    wanted = [
        *(f"outcome {name}" for name in OUTCOMES),
        *(f"outcome name {name}" for name in OUTCOMES),
        *(f"concern {name}" for name in Concern),
        *(f"judged {name}" for name in Emergency),
        *(f"{what} {turn}" for what in ("pause", "pause title", "pause ends") for turn in Turn if turn is not Turn.US),
        *(f"runs {runs}" for runs in Runs),
        *(f"received {channel}" for channel in Channel),
        *(f"{kind} title" for kind in LetterKind if kind is not LetterKind.PAUSE),
    ]
    assert [key for key in wanted if key not in WORDS["en"]] == []
