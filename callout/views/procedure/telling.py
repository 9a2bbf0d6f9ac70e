"""Puts values into the words of one language: dates, days, times within which something is promised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from callout.desk.rules import Rule
from callout.policy.hours import WEEKDAYS
from callout.views.procedure.model import Said, published


@dataclass(frozen=True, slots=True)
class Teller:
    """Speaks one language. `words` are its sentences, by name, with places for values."""

    locale: Locale
    words: Mapping[str, str]

    def say(self, name: str, *keys: str, **values: object) -> Said:
        """The sentence of that name, on inventory keys."""
        return Said(self.words[name].format(**values), keys)

    def cite(self, name: str, part: str, *keys: str, **values: object) -> Said:
        """The sentence of that name, on a part of the published procedure, and on keys besides."""
        return Said(self.words[name].format(**values), (published(part), *keys))

    def date(self, day: dt.date) -> str:
        """Like 3 January 2027."""
        return str(format_date(day, "d. MMMM y" if self.locale.language == "de" else "d MMMM y", locale=self.locale))

    def yearly(self, day: str) -> str:
        """A day of every year (`12-23`) like 23 December, one of a single year like `date`."""
        if len(day) > len("12-23"):
            return self.date(dt.date.fromisoformat(day))
        of_a_leap_year = dt.date.fromisoformat(f"2024-{day}")
        form = "d. MMMM" if self.locale.language == "de" else "d MMMM"
        return str(format_date(of_a_leap_year, form, locale=self.locale))

    def listed(self, items: Sequence[str]) -> str:
        """One, two and three."""
        return str(format_list(list(items), locale=self.locale))

    def days(self, days: Sequence[str]) -> str:
        """Monday to Friday, or each by its name where they do not follow each other."""
        names = self.locale.days["format"]["wide"]
        numbers = sorted(WEEKDAYS.index(day) for day in set(days))
        if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
            return self.words["to"].format(first=names[numbers[0]], last=names[numbers[-1]])
        return self.listed([names[number] for number in numbers])

    def within(self, rule: Rule) -> str:
        """Within which time, and when that time passes."""
        unit = "business day" if rule.in_business_days else ("hour" if "hour" in rule.within else "minute")
        span = self.words[f"{unit} {'one' if rule.count == 1 else 'many'}"].format(count=rule.count)
        return self.words["within" if rule.in_business_days else f"within {rule.runs}"].format(span=span)
