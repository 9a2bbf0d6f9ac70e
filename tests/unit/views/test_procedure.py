"""The procedures as a document: golden in two languages and forms; every promise stands on a key; nothing invented."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args, get_origin

import pypdf
import pytest
from markupsafe import escape
from pydantic import BaseModel

from access_check.profile import AccessProfile
from callout.inventory import Customer, Policy
from callout.policy.desk_words import Priority
from callout.policy.outcomes import OUTCOMES
from callout.views.pdf import pdf_of
from callout.views.procedure import procedure_dict, procedure_html, procedure_markdown
from callout.views.procedure.facts import GOALS
from callout.views.procedure.model import PUBLISHED, PUBLISHED_PARTS
from callout.views.procedure.words import WORDS
from tests.unit.views.procedure_desk import FULL, INITECH, document, everything_said, full, text_of

EVIL = "<script>alert(1)</script> {{7*7}} {0} {x} {% raw %} \x1b[2J\x9b31m \u202e [x](http://e.example) |"
MODELS = {"callout_policy": Policy, "callout_customer": Customer, "callout_system.access": AccessProfile}


@pytest.fixture
def initech(make_customer: Callable[..., Customer]) -> Customer:
    return make_customer(**INITECH)


@pytest.mark.parametrize("language", ["en", "de"])
def test_golden(golden: Callable[[str, str], None], initech: Customer, language: str) -> None:
    golden(f"procedure/published.{language}.md", procedure_markdown(document(language)))
    golden(f"procedure/full.{language}.md", procedure_markdown(full(language)))
    golden(f"procedure/initech.{language}.md", procedure_markdown(full(language, initech)))
    golden(f"procedure/initech.{language}.html", procedure_html(full(language, initech)))


def test_both_languages_have_all_words_with_the_same_places() -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)}", text))

    assert set(WORDS["en"]) == set(WORDS["de"])
    assert not {name for name, text in WORDS["en"].items() if places(text) != places(WORDS["de"][name])}


def test_a_customer_has_the_document_in_their_language_unless_another_is_asked_for(
    make_customer: Callable[..., Customer],
) -> None:
    austrian, finn = make_customer(language="de_AT"), make_customer(language="fi")
    assert full("", austrian).language == "de-AT"
    assert full("en", austrian).title == full("", finn).title == "Support and escalation procedures"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_sentence_stands_on_a_key_that_there_is(initech: Customer, language: str) -> None:
    for of in (document(language), full(language, initech)):
        for said in everything_said(of):
            assert said.keys, said.text
            assert all(_exists(key) for key in said.keys), said.keys


def _exists(key: str) -> bool:
    if key.startswith(f"{PUBLISHED}: "):
        return key.removeprefix(f"{PUBLISHED}: ") in PUBLISHED_PARTS
    owner = next(name for name in MODELS if key.startswith(f"{name}."))
    model: Any = MODELS[owner]
    for name in key.removeprefix(f"{owner}.").split("."):
        field = model.model_fields.get(name)
        if field is None:
            return False
        if get_origin(field.annotation) is Mapping:
            return True  # what stands below it is people's own
        model = next((one for one in _types(field.annotation) if issubclass(one, BaseModel)), None)
    return True


def _types(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type):
        yield annotation
    for below in get_args(annotation):
        yield from _types(below)


# A value of the policy, the words that it must come out as, and the key that the sentence must name.
FACTS: list[tuple[dict[str, Any], str, str]] = [
    ({"vendor": "Nordwand"}, "how Nordwand supports", "vendor"),
    ({"hours": {"days": ["mon", "wed", "sat"]}}, "Monday, Wednesday, and Saturday", "hours.days"),
    ({"hours": {"opens": "07:30"}}, "from 07:30 (Europe/Berlin)", "hours.opens"),
    ({"hours": {"closes": "18:15"}}, "to 18:15 (America/New_York)", "hours.closes"),
    ({"hours": {"opens_zone": "Asia/Tokyo"}}, "09:00 (Asia/Tokyo)", "hours.opens_zone"),
    ({"hours": {"closes_zone": "America/Denver"}}, "17:00 (America/Denver)", "hours.closes_zone"),
    ({"hours": {"breaks": [{"starts": "12:00", "ends": "13:00"}]}}, "12:00 to 13:00 (Europe/Berlin)", "hours.breaks"),
    ({"hours": {"half_days": [{"day": "12-22", "closes": "11:00"}]}}, "22 December from 11:00", "hours.half_days"),
    ({"hours": {"closures": [{"first": "08-01", "last": "08-15", "reason": "heat"}]}}, "1 August to 15 August: heat",
     "hours.closures"),
    ({"hours": {"holidays": [{"country": "DE"}]}}, "holidays of DE", "hours.holidays"),
    ({"desk": {"address": "help@n.example"}}, "e-mail to help@n.example", "desk.address"),
    ({"desk": {"first_reply": {"within": "24 hours", "runs": "business_days"}}},
     "a first reply within 24 hours on business days", "desk.first_reply.within"),
    ({"desk": {"first_reply": {"within": "3 business days"}}}, "first reply within 3 business days",
     "desk.first_reply.within"),
    ({"desk": {"goals": {"low": {"plan": {"within": "9 hours"}}}}}, "| within 9 hours of our working hours |",
     "desk.goals.low.plan"),
    ({"desk": {"pause_on_customers_turn": False}}, "run on while it is your turn", "desk.pause_on_customers_turn"),
    ({"desk": {"critical_patch": {"within": "36 hours", "runs": "always"}}},
     "a patch within 36 hours, around the clock", "desk.critical_patch"),
    ({"desk": {"emergency_failing_percent": 75}}, "75 % of calls", "desk.emergency_failing_percent"),
    ({"desk": {"acknowledgements": {3: {"within": "1 hour"}}}}, "acknowledged within one hour of our working hours",
     "desk.acknowledgements"),
    ({"desk": {"documentation": "https://d.example"}}, "It is at https://d.example.", "desk.documentation"),
    ({"desk": {"faq": "https://f.example"}}, "It is at https://f.example.", "desk.faq"),
    ({"desk": {"people": {"support_manager": "a@n.example"}}}, "In copy: a@n.example.", "desk.people.support_manager"),
    ({"desk": {"people": {"account_manager": "b@n.example"}}}, "In copy: b@n.example.", "desk.people.account_manager"),
    ({"desk": {"people": {"last": "c@n.example"}}}, "The last address: c@n.example.", "desk.people.last"),
    ({"quotes": {"valid_days": 21}}, "good for 21 days", "quotes.valid_days"),
    ({"consent": {"valid_days": 12}}, "your consent is good for 12 days", "consent.valid_days"),
    ({"money": {"rates": {"engineer": "96"}}}, "an engineer | 96.00 | until changed", "money.rates"),
    ({"money": {"rates": {"welder": "41.5"}}}, "welder | 41.50 | until changed", "money.rates"),
    ({"money": {"standard_rate": "50"}}, "anybody else | 50.00", "money.standard_rate"),
    ({"money": {"increment_minutes": 6}}, "rounded up to full 6 minutes", "money.increment_minutes"),
    ({"money": {"minimum_minutes": 20}}, "At least 20 minutes", "money.minimum_minutes"),
    ({"money": {"rounding": "sum"}}, "as a sum", "money.rounding"),
    ({"money": {"work": {"travel": {"increment_minutes": 45}}}}, "For travel: full 45 minutes", "money.work"),
    ({"money": {"multipliers": {"weekend": "2.25"}}}, "2.25 times as much at the weekend", "money.multipliers.weekend"),
    ({"money": {"maintenance_covers": ["travel"]}}, "contract covers travel.", "money.maintenance_covers"),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "words", "key"), FACTS, ids=[f"{key}-{words[:12]}" for _, words, key in FACTS])
def test_another_policy_is_another_sentence(policy: dict[str, Any], words: str, key: str) -> None:
    before, after = document(), document(**policy)
    assert words not in text_of(before)
    telling = [said for said in everything_said(after) if words in said.text]
    assert telling
    assert any(f"callout_policy.{key}" in said.keys for said in telling)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_outcome_level_port_priority_and_clock_is_named(language: str) -> None:
    words, of = WORDS[language], full(language)
    assert [one for one in OUTCOMES if words[f"outcome {one}"] not in text_of(of, "endings")] == []
    assert len(next(block for block in of.parts[6].blocks if block.shape == "points").said) == 5
    assert all(str(level) in text_of(of, "escalation") for level in (1, 2, 3))
    ports = text_of(of, "access")
    assert all(re.search(rf"\b{port}\b", ports) for port in (80, 81, 443, 2020, 2222))
    tickets = next(part for part in of.parts if part.name == "tickets")
    (table,) = [block for block in tickets.blocks if block.shape == "table"]
    assert list(table.head[1:]) == [words[f"clock {name}"] for name in GOALS]
    assert [row.cells[0] for row in table.rows] == [words[f"priority {one}"] for one in Priority]
    assert words["critical patch"].partition("{")[0] in text_of(of, "endings")


def test_what_the_policy_does_not_say_is_left_out_or_said_to_be_open() -> None:
    text = text_of(document())
    assert "No time is promised for the next word from us, for a plan or for a solution." in text
    assert "No rate is on file" in text
    for invented in ("In copy:", "last address:", "e-mail to", "It is at", "telephone number", "EUR", "times as much"):
        assert invented not in text, invented


def test_what_is_over_is_not_told_any_more() -> None:
    text = text_of(full())
    assert "moving house" in text
    assert "a move that is over" not in text
    assert "80.00" not in text
    assert "an engineer | 96.00 | until 31 December 2026" in text
    assert "an engineer | 99.50 | from 1 January 2027" in text
    assert "8 December 2026: Immaculate Conception (AT-9)" in text
    assert "Saint Stephen" not in text  # a Saturday, on which nobody works anyway


def test_the_weeks_in_which_the_zones_are_apart_otherwise_are_this_years() -> None:
    rows = [row.cells for row in next(b for b in document().parts[0].blocks if b.shape == "table").rows]
    assert [(row[0], row[1], row[4], row[5]) for row in rows] == [
        ("1 January 2026", "8 March 2026", "08:00–22:00", "14 h"),
        ("9 March 2026", "29 March 2026", "08:00–21:00", "13 h"),
        ("30 March 2026", "25 October 2026", "07:00–21:00", "14 h"),
        ("26 October 2026", "1 November 2026", "08:00–21:00", "13 h"),
        ("2 November 2026", "31 December 2026", "08:00–22:00", "14 h"),
    ]
    assert "9 March 2026 to 29 March 2026 and 26 October 2026 to 1 November 2026" in text_of(document(), "hours")
    same = document(hours={"closes_zone": "Europe/Berlin"})
    assert "difference between the two zones" not in text_of(same, "hours")
    assert "one time zone" not in text_of(same, "hours")


def test_a_day_that_closes_on_another_date_says_so() -> None:
    text = text_of(document(hours={"opens_zone": "Asia/Tokyo"}), "hours")
    assert "09:00–07:00 (+1)" in text
    assert "19:00 (-1)–17:00" in text


def test_a_customer_reads_their_own_contract(initech: Customer) -> None:
    of = full("en", initech)
    contract, everything = text_of(of, "contract"), text_of(of)
    assert of.parts[0].name == "contract"
    assert "You have a support contract" in contract
    assert "it@initech.example, ops@initech.example" in contract
    assert "in an emergency by telephone" in contract
    assert "Saturday and Sunday, 22:00 to 04:00 (Australia/Sydney)" in contract
    assert "block-26 (block of hours)" in contract
    assert "AU-NSW" in contract
    assert "Australia/Sydney" in next(b for b in of.parts[1].blocks if b.shape == "table").head
    assert "High | within 20 minutes, around the clock | not promised | within 2 business days" in everything
    assert "an engineer | $150.00 | until changed" in everything  # theirs, in their currency
    assert "a developer | $132.00 | from 1 January 2026" in everything
    assert "In copy: ann@nordwand.example." in everything
    assert "ole@nordwand.example" not in everything


def test_what_proves_who_calls_is_not_in_the_document(initech: Customer) -> None:
    for shown in (procedure_markdown(full("en", initech)), procedure_html(full("en", initech))):
        assert "493817" not in shown
        assert "Gibbons" not in shown
    assert "Only people whom you have named to us may call; 2 are on file." in text_of(full("en", initech), "contract")


def test_a_customer_without_the_emergency_telephone_reads_that(make_customer: Callable[..., Customer]) -> None:
    assert "does not include the emergency telephone" in text_of(full("en", make_customer()), "contract")
    maintained = text_of(full("en", make_customer(contract="maintenance")), "contract")
    assert "You have a maintenance contract" in maintained


@pytest.mark.parametrize("language", ["en", "de"])
def test_hostile_names_stay_text(make_customer: Callable[..., Customer], language: str) -> None:
    who = make_customer(name=EVIL)
    closure = {"first": "08-01", "last": "08-15", "reason": EVIL[:300]}
    of = document(language, who, vendor=EVIL, hours={"closures": [closure]}, money={"rates": {EVIL: "1"}})
    page, text = procedure_html(of), procedure_markdown(of)
    for shown in (page, text):
        assert "49" not in shown
        assert "\x1b" not in shown
        assert "\x9b" not in shown
        assert "\u202e" not in shown
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert r"\<script\>" in text
    assert r"\[x\](http\://e.example) \|" in text
    assert "{0} {x}" in page


@pytest.mark.parametrize("language", ["en", "de"])
def test_sentences_stand_apart(initech: Customer, language: str) -> None:
    of = full(language, initech)
    page, text = procedure_html(of), procedure_markdown(of).replace("\\", "")
    paragraphs = [block.said for part in of.parts for block in part.blocks if block.shape == "paragraph"]
    joined = [" ".join(said.text for said in one) for one in paragraphs if len(one) > 1]
    assert len(joined) > 10
    assert [one for one in joined if str(escape(one)) not in page or one not in text] == []


def test_data_carries_the_keys(initech: Customer) -> None:
    data = procedure_dict(full("en", initech))
    said = [one for part in data["parts"] for block in part["blocks"] for one in block.get("said", block.get("rows"))]
    assert all(one["keys"] for one in said)
    assert [part["name"] for part in data["parts"]][:3] == ["contract", "hours", "tickets"]
    assert (data["language"], data["year"], data["vendor"]) == ("en", 2026, FULL["vendor"])


def test_the_pdf_says_the_same_and_has_title_language_and_tags(initech: Customer) -> None:
    of = full("de", initech)
    read = pypdf.PdfReader(io.BytesIO(pdf_of(procedure_html(of))))
    root: Any = read.trailer["/Root"]
    assert read.metadata is not None
    assert read.metadata.title == f"{of.title} · Nordwand Telefonie GmbH"
    assert root["/Lang"] == "de"
    assert root["/MarkInfo"]["/Marked"]
    read_back = "".join("".join(page.extract_text() for page in read.pages).split())
    missing = [
        said.text for said in everything_said(of)
        if " | " not in said.text and "".join(said.text.split()) not in read_back
    ]  # fmt: skip
    assert missing == []
    for number in range(1, len(read.pages) + 1):
        assert f"{number} / {len(read.pages)}" in read.pages[number - 1].extract_text()
