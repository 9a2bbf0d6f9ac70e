"""The letter to a customer about changes that nothing explains: what, where, since when, why it matters, what it may
cost, how to undo it, how to have it accepted. It accuses nobody of what is unknown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from callout.drift.judged import Judged
from callout.drift.report import DriftReport
from callout.errors import BadInput
from callout.inventory.models import Customer
from callout.policy.rates import Rate
from callout.views.drift_letter_items import Items, items_of, short
from callout.views.drift_letter_words import LABELS
from callout.views.drift_undo import remedy
from callout.views.drift_words import SECTIONS, family_of
from callout.views.words import locale_of

MOST_REMEDIES, MOST_IDS = 12, 4


@dataclass(frozen=True, slots=True)
class LetterPart:
    """One heading with what stands below it, in this order. `points` are a list."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: Items | None = None
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DriftLetter:
    """The letter without its looks, nothing escaped for any form. `state` is `drift` or `unknown`."""

    language: str
    labels: Mapping[str, str]
    title: str
    state: str
    badge: str
    facts: tuple[tuple[str, str], ...]
    intro: str
    parts: tuple[LetterPart, ...]


def drift_letter(
    report: DriftReport,
    customer: Customer,
    vendor: str,
    *,
    rate: Rate,
    waiver_days: int,
    now: dt.datetime,
    ticket: str = "",
) -> DriftLetter:
    """The letter in the customer's language and time zone; English where we have no words of theirs.

    `rate` is that of maintenance, per hour in the customer's currency; where none is on file the letter says so.
    `waiver_days` is for how long a change may be let stay at most. Raises BadInput where there is nothing to ask about.
    """
    if not report.unsupported and not report.doubtful:
        sentence = f"There is nothing to write about: the look {report.look.id} at {report.system} is {report.outcome}."
        raise BadInput(sentence, "A letter is about changes that nothing explains and nobody has waived.")
    found = locale_of(customer.language)
    locale = found if found.language in LABELS else Locale("en")
    return _Writer(report, customer, vendor, rate, waiver_days, now, ticket, locale).letter()


@dataclass(frozen=True, slots=True)
class _Writer:
    report: DriftReport
    customer: Customer
    vendor: str
    rate: Rate
    waiver_days: int
    now: dt.datetime
    ticket: str
    locale: Locale

    @property
    def language(self) -> str:
        return str(self.locale.language)

    @property
    def labels(self) -> Mapping[str, str]:
        return LABELS[self.language]

    def letter(self) -> DriftLetter:
        report, labels = self.report, self.labels
        state = "drift" if report.unsupported else "unknown"
        zone = ZoneInfo(self.customer.time_zone)
        looks = self._looks()
        facts = (
            (labels["vendor"], self.vendor),
            (labels["customer"], self.customer.name),
            (labels["date"], str(format_date(self.now.astimezone(zone).date(), self._day, locale=self.locale))),
            (labels["ticket"], self.ticket),
            (labels["system"], report.system),
            (labels["baseline"], f"{looks['baseline']} ({report.baseline.id})"),
            (labels["look"], f"{looks['look']} ({report.look.id})"),
        )
        return DriftLetter(
            language=str(self.locale).replace("_", "-"),
            labels=labels,
            title=labels["title"],
            state=state,
            badge=labels[f"badge {state}"],
            facts=tuple((name, value) for name, value in facts if value),
            intro=labels[self._intro(state)].format(system=report.system, **looks),
            parts=tuple(self._parts()),
        )

    def _parts(self) -> Iterator[LetterPart]:
        labels, report = self.labels, self.report
        if report.unsupported:
            yield LetterPart(labels["what"], (labels["what note"],), self._items(report.unsupported))
        if report.doubtful or report.unknown:
            names = ", ".join(SECTIONS[self.language][section][1] for section, _ in report.unknown)
            told = [labels["unknown note"]] if report.doubtful else []
            told += [labels["sections"].format(sections=names)] if names else []
            yield LetterPart(
                labels["unknown"], tuple(told), self._items(report.doubtful) if report.doubtful else None
            )  # fmt: skip
        yield LetterPart(labels["when"], (*self._when(), labels["hint note"]))
        yield LetterPart(labels["why"], tuple(self._why()))
        yield LetterPart(labels["cost"], tuple(self._cost()))
        yield LetterPart(labels["undo"], (labels["undo ours"],), points=tuple(self._undo()))
        yield LetterPart(labels["accept"], tuple(self._accept()))

    @property
    def _older(self) -> list[Judged]:
        return [one for one in (*self.report.unsupported, *self.report.doubtful) if one.carried]

    def _intro(self, state: str) -> str:
        """What was there before the baseline was not changed after it."""
        return f"intro {state} older" if self._older else f"intro {state}"

    def _when(self) -> Iterator[str]:
        older, words = self._older, {"zone": self.customer.time_zone, **self._looks()}
        asked = len(self.report.unsupported) + len(self.report.doubtful)
        if len(older) < asked or self.report.unknown:
            yield self.labels["between"].format(**words)
        if older:
            ids = ", ".join(one.id for one in older[:MOST_IDS])
            if len(older) > MOST_IDS:
                ids = self.labels["ids more"].format(ids=ids, count=len(older) - MOST_IDS)
            yield self.labels["older"].format(ids=ids, **words)

    def _items(self, found: Sequence[Judged]) -> Items:
        return items_of(found, self.report, self.language, self.labels, self._at)

    def _at(self, moment: dt.datetime) -> str:
        """To the minute; the zone is named once in the letter."""
        zone = ZoneInfo(self.customer.time_zone)
        return str(format_datetime(moment, f"{self._day}, HH:mm", tzinfo=zone, locale=self.locale))

    @property
    def _day(self) -> str:
        return "d. MMMM y" if self.language == "de" else "d MMMM y"

    def _looks(self) -> dict[str, str]:
        return {"baseline": self._at(self.report.baseline.taken_at), "look": self._at(self.report.look.taken_at)}

    def _why(self) -> Iterator[str]:
        yield self.labels["why rule"]
        asked = (*self.report.unsupported, *self.report.doubtful)
        families = {family_of(one.change.section) for one in asked}
        for family in ("access", "base", "database"):
            if family in families:
                yield self.labels[f"why {family}"]

    def _cost(self) -> Iterator[str]:
        labels = self.labels
        if self.report.unsupported:
            yield labels["cost rule"]
            if self.rate.amount is None:
                yield labels["cost no rate"]
            else:
                money = str(format_currency(self.rate.amount, self.customer.currency, locale=self.locale,
                                            decimal_quantization=False))  # fmt: skip
                yield labels["cost rate"].format(rate=money)
        if self.report.doubtful:
            yield labels["cost unknown"]

    def _undo(self) -> Iterator[str]:
        """Each way once, with the first things that it is for."""
        ways: dict[str, list[Judged]] = {}
        for one in (*self.report.unsupported, *self.report.doubtful):
            ways.setdefault(remedy(one, self.language), []).append(one)
        for way, found in list(ways.items())[:MOST_REMEDIES]:
            named = ", ".join(f"{short(one.change.shown)} ({one.id})" for one in found[:MOST_IDS])
            if len(found) > MOST_IDS:
                named = self.labels["ids more"].format(ids=named, count=len(found) - MOST_IDS)
            yield f"{named}: {way}"
        left = sum(len(found) for found in list(ways.values())[MOST_REMEDIES:])
        if left:
            yield self.labels["more"].format(count=left)

    def _accept(self) -> Iterator[str]:
        labels = self.labels
        ticket = labels["accept ticket"].format(ticket=self.ticket) if self.ticket else ""
        addresses = ", ".join(self.customer.registered_addresses)
        yield labels["accept how"].format(addresses=addresses, ticket=ticket, days=self.waiver_days)
        yield labels["accept documented"]
        yield labels["accept ours"]
