"""The words of a case's letters by language, and times and spans as a customer reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime

from callout.policy.desk_words import Runs
from callout.views.case_letter_english import WORDS as ENGLISH
from callout.views.case_letter_german import WORDS as GERMAN
from callout.views.words import locale_of

WORDS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "de": GERMAN}
_DAYS = {"en": "EEEE, d MMMM y", "de": "EEEE, d. MMMM y"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says things in one language, for somebody in one time zone (a zone's name)."""

    locale: Locale
    zone: str

    @property
    def words(self) -> Mapping[str, str]:
        """All words of the language."""
        return WORDS[self.locale.language]

    @property
    def language(self) -> str:
        """As HTML and mail headers write it: `de-AT`."""
        return str(self.locale).replace("_", "-")

    def say(self, key: str, **values: object) -> str:
        """The sentence of that key. Values are words only, whatever stands in them."""
        return self.words[key].format(**values)

    def at(self, moment: dt.datetime) -> str:
        """To the minute, with the day of the week; the zone is named once in a letter."""
        pattern = f"{_DAYS[self.locale.language]}, HH:mm"
        return str(format_datetime(moment, pattern, tzinfo=ZoneInfo(self.zone), locale=self.locale))

    def within(self, within: str, runs: Runs | None) -> str:
        """The rule of a clock in words, like `1 business day` in the vendor's hours."""
        count, _, unit = within.partition(" ")
        unit = unit.removesuffix("s")
        one = f"within 1 {unit}"
        told = self.words[one] if count == "1" and one in self.words else self.say(f"within {unit}", count=count)
        if unit == "business day":  # they are counted in the vendor's hours, and say so by themselves
            return told
        return self.say(f"runs {runs or Runs.HOURS}", within=told)


def speaker_of(language: str, zone: str) -> Speaker:
    """Whoever speaks that language; English where we have no words of it."""
    found = locale_of(language)
    return Speaker(found if found.language in WORDS else Locale("en"), zone)
