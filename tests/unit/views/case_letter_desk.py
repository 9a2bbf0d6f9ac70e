"""One case of Globex with a letter for every step, and the facts that each letter has to say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from callout.desk.letter_kinds import LetterKind
from callout.inventory import Customer
from callout.ledger.event import parse_utc
from callout.policy.desk_words import ClockName, Runs
from callout.policy.rates import Rate
from callout.views.case_letter import CaseLetter, case_letter, unregistered_letter
from callout.views.case_letter_matter import Matter, Promise
from callout.views.quote_letter import QuoteLetter

VENDOR = "Nordwand Telefonie GmbH"
AT = parse_utc("2026-11-23T14:05:00.000000Z")
DUE = parse_utc("2026-11-24T15:30:00.000000Z")
LINK = "https://docs.nordwand.example/voicemail#greeting"
RATE = Rate("engineer", Decimal("120.00"), "callout_customer.rates")
FIRST = Promise(ClockName.FIRST_REPLY, DUE, "1 business day", Runs.HOURS)
NEWS = Promise(ClockName.NEXT_UPDATE, DUE, "8 hours", Runs.HOURS)
PATCH = Promise(ClockName.CRITICAL_PATCH, DUE, "24 hours", Runs.ALWAYS)
ACKNOWLEDGED = Promise(ClockName.ACKNOWLEDGEMENT, DUE, "4 hours", Runs.HOURS)
STEPS = "Open the setup.\nChoose Voicemail, then Greeting.\n\nUpload the file again, and call 1571 to hear it."
# As `Speaker.at` writes DUE and AT for Vienna.
DUE_WORDS = {"en": "Tuesday, 24 November 2026, 16:30", "de": "Dienstag, 24. November 2026, 16:30"}
AT_WORDS = {"en": "Monday, 23 November 2026, 15:05", "de": "Montag, 23. November 2026, 15:05"}
QUOTE = QuoteLetter(
    "en", "Quote Q-0001", "open", "Globex", {}, (("Amount", "€240.00"), ("At most", "3:00 h")),
    (("What is included", ("Move of the voicemail",)), ("How to accept it", ("Reply with your order number.",))),
)  # fmt: skip
ATTEMPTS = [
    {"level": 1, "at": "2026-11-20T09:00:00.000000Z", "statement": "The answer was about another phone."},
    {"level": 2, "at": "2026-11-21T09:00:00.000000Z", "statement": "Nobody has called me back."},
]
ENDED = {"why": "", "reference": "", "indication": "", "faq": "none yet", "critical": False, "bundle": ""}
ESCALATED = {
    "by": "it@globex.example", "concern": "not_satisfactory", "statement": "It still fails.\nEvery morning.",
    "copies": [], "attempts": [], "skipped_why": "",
}  # fmt: skip

# By name: kind, what the event says, and what else is known.
LETTERS: Mapping[str, tuple[LetterKind, dict[str, Any], dict[str, Any]]] = {
    "received": (LetterKind.RECEIVED, {}, {"promises": (FIRST,), "system": ""}),
    "received-phone": (LetterKind.RECEIVED, {}, {"promises": (FIRST,), "channel": "phone"}),
    "emergency": (
        LetterKind.EMERGENCY,
        {"priority": "emergency"},
        {"promises": (replace(FIRST, within="1 hour", runs=Runs.ALWAYS),), "channel": "phone"},
    ),
    "update": (LetterKind.UPDATE, {"text": "We have found the fault.", "links": []}, {"promises": (NEWS, PATCH)}),
    "reply": (LetterKind.REPLY, {"text": STEPS, "links": [LINK], "reply": True},
              {"mode": "you_do", "promises": (NEWS,)}),
    "question": (LetterKind.REPLY, {"text": "Since when?", "links": [], "reply": True, "asks": True}, {}),
    "reply-ours": (LetterKind.REPLY, {"text": "We will do it.", "links": [], "reply": True}, {"mode": "we_do"}),
    "pause-customer": (LetterKind.PAUSE, {"turn": "customer", "reason": "Your log file of Monday"}, {}),
    "pause-provider": (LetterKind.PAUSE, {"turn": "provider", "reason": "A new line card"}, {"promises": (PATCH,)}),
    "pause-third-party": (LetterKind.PAUSE, {"turn": "third_party", "reason": "A part from the maker"}, {}),
    "resumed": (LetterKind.RESUMED, {"reason": "The line card is there."}, {"promises": (NEWS,)}),
    "quote": (LetterKind.QUOTE, {"what": "quote", "id": "Q-0001", "reason": ""}, {"quote": QUOTE}),
    "escalation-1": (
        LetterKind.ESCALATION, {**ESCALATED, "level": 1},
        {"promises": (ACKNOWLEDGED,), "copies": ("manager@nordwand.example",)},
    ),
    "escalation-2": (
        LetterKind.ESCALATION,
        {**ESCALATED, "level": 2, "concern": "not_understood", "skipped_why": "The manager is ill."},
        {"promises": (ACKNOWLEDGED,), "copies": ("manager@nordwand.example", "account@nordwand.example")},
    ),
    "escalation-3": (
        LetterKind.ESCALATION,
        {**ESCALATED, "level": 3, "concern": "not_urgent_enough", "attempts": ATTEMPTS},
        {"promises": (ACKNOWLEDGED,),
         "copies": ("manager@nordwand.example", "account@nordwand.example", "ceo@nordwand.example")},
    ),
    "acknowledged": (LetterKind.ACKNOWLEDGED, {"level": 2, "text": "I have read it all. Eva will call you today."}, {}),
    "judged-man-made": (
        LetterKind.JUDGED, {"emergency": "man_made", "reason": "A cable was pulled out by hand."},
        {"rate": RATE, "dearer": True},
    ),
    "judged-none": (LetterKind.JUDGED, {"emergency": "none", "reason": "Only two calls failed."}, {}),
    "judged-genuine": (LetterKind.JUDGED, {"emergency": "genuine", "reason": "The card had burnt out."}, {}),
    "satisfied": (LetterKind.OUTCOME, {**ENDED, "outcome": "satisfied", "faq": LINK}, {}),
    "not-possible": (
        LetterKind.OUTCOME, {**ENDED, "outcome": "not-possible", "why": "The phone has no such key."}, {},
    ),
    "feature-road-map": (
        LetterKind.OUTCOME, {**ENDED, "outcome": "feature-road-map", "reference": "RM-77", "indication": "next year"},
        {},
    ),
    "feature-account-manager": (
        LetterKind.OUTCOME, {**ENDED, "outcome": "feature-account-manager", "reference": "Ms. Gruber"}, {},
    ),
    "bug": (
        LetterKind.OUTCOME, {**ENDED, "outcome": "bug", "reference": "PW-2041", "indication": "with version 8.2"}, {},
    ),
    "critical-bug": (
        LetterKind.OUTCOME,
        {**ENDED, "outcome": "bug", "reference": "PW-2042", "indication": "tomorrow", "critical": True},
        {"promises": (PATCH,)},
    ),
    "reopened": (LetterKind.REOPENED, {"reason": "It fails again."}, {}),
}  # fmt: skip


def globex(**values: Any) -> Customer:
    """The customer, in Vienna, with two registered addresses."""
    return Customer.model_validate(
        {
            "id": "globex", "name": "Globex Corporation", "contract": "support", "time_zone": "Europe/Vienna",
            "registered_addresses": ["it@globex.example", "helpdesk@globex.example"], "currency": "EUR", **values,
        }
    )  # fmt: skip


def matter_of(name: str, **more: Any) -> tuple[LetterKind, Matter]:
    """What the letter of that name in LETTERS is told from; arguments are laid over it."""
    kind, said, known = LETTERS[name]
    fields = {"subject": "Voicemail says nothing", "system": "globex-sw1", "ticket": "G-881", **known, **more}
    customer = fields.pop("customer", globex())
    return kind, Matter("CS-000042", customer, VENDOR, fields.pop("said", said), AT, **fields)


def letter_of(name: str, language: str = "en", **more: Any) -> CaseLetter:
    """The letter of that name; `unregistered` is one, too."""
    if name == "unregistered":
        return unregistered_letter(AT, VENDOR, language)
    kind, matter = matter_of(name, **more)
    return case_letter(kind, matter, language)


def flat(text: str) -> str:
    """Words in one line, whatever stands between them; without a mail's marks of quoting and rules."""
    words = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").split()
    return " ".join(word for word in words if not re.fullmatch(r">|-{3,}|={3,}|-", word))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def words_of_page(page: str) -> str:
    """What somebody reads on the page, in one line."""
    parser = _Words()
    parser.feed(page)
    return flat(" ".join(parser.words))


def moment(text: str) -> dt.datetime:
    """A moment in UTC, like 2026-11-23T14:05."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
