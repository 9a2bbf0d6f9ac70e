"""The findings of a letter as few lines: each by itself while there are few, else by the place they are in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from callout.drift.evidence import Evidence
from callout.drift.judged import Judged
from callout.drift.look import Section
from callout.drift.report import DriftReport
from callout.drift.times import happened_at, is_believable
from callout.views.drift_words import SECTIONS, WHAT, aspect_words

# More of one kind than this are told by the place they are in; and more lines than that nobody reads.
MOST_SINGLE, MOST_ITEMS, MOST_IDS = 10, 25, 3
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One line: the findings' names, where, what happened, and a hint at when; all in the letter's language."""

    ids: str
    where: str
    what: str
    hint: str


@dataclass(frozen=True, slots=True)
class Items:
    """Lines in the order of the report; `left_out` findings are in none of them."""

    items: tuple[Item, ...]
    left_out: int


def items_of(
    found: Sequence[Judged],
    report: DriftReport,
    language: str,
    labels: Mapping[str, str],
    at: Callable[[dt.datetime], str],
) -> Items:
    """The findings as lines. `at` writes a moment as the customer reads it."""
    groups = list(_groups(found))
    writer = _Writer(Evidence(report.system, report.baseline, report.look), language, labels, at)
    told = tuple(writer.item(group) for group in groups[:MOST_ITEMS])
    return Items(told, sum(len(group) for group in groups[MOST_ITEMS:]))


def _groups(found: Sequence[Judged]) -> Iterator[list[Judged]]:
    by_section: dict[Section, list[Judged]] = {}
    for one in found:
        by_section.setdefault(one.change.section, []).append(one)
    for ones in by_section.values():
        if len(ones) <= MOST_SINGLE:
            yield from ([one] for one in ones)
            continue
        by_place: dict[tuple[str, str], list[Judged]] = {}
        for one in ones:
            by_place.setdefault((place_of(one), one.change.what), []).append(one)
        # The largest first: they are what the letter is about.
        yield from sorted(by_place.values(), key=lambda group: (-len(group), group[0].change.shown))


def place_of(one: Judged) -> str:
    """The folder of a file, the table of a column or trigger; empty for what is in no place."""
    change = one.change
    if change.section is Section.FILES:
        return change.shown.rpartition("/")[0] or "/"
    return change.shown.partition(".")[0] if "." in change.shown and change.section is not Section.KERNEL else ""


@dataclass(frozen=True, slots=True)
class _Writer:
    evidence: Evidence
    language: str
    labels: Mapping[str, str]
    at: Callable[[dt.datetime], str]

    def item(self, group: Sequence[Judged]) -> Item:
        one, many = SECTIONS[self.language][group[0].change.section]
        change = group[0].change
        if len(group) == 1:
            differs = f" ({aspect_words(change.aspects, self.language)})" if change.aspects else ""
            subject = change.shown if len(change.shown) <= LONGEST_SUBJECT else f"{change.shown[:LONGEST_SUBJECT]}…"
            return Item(group[0].id, f"{one} {subject}", f"{self._what(group)}{differs}", self._hint(group))
        place = place_of(group[0])[:LONGEST_SUBJECT]
        where = self.labels["group in" if place else "group"].format(count=len(group), kind=many, place=place)
        ids = ", ".join(sorted(found.id for found in group)[:MOST_IDS])
        if len(group) > MOST_IDS:
            ids = self.labels["ids more"].format(ids=ids, count=len(group) - MOST_IDS)
        return Item(ids, where, self._what(group), self._hint(group))

    def _what(self, group: Sequence[Judged]) -> str:
        return WHAT[self.language][group[0].change.what]

    def _hint(self, group: Sequence[Judged]) -> str:
        """When, by the files' own times; nothing where those cannot be true."""
        known = (happened_at(one.change, self.evidence) for one in group)
        times = sorted(time for time in known if time is not None and is_believable(time, self.evidence))
        if not times:
            return ""
        first, last = self.at(times[0]), self.at(times[-1])
        return self.labels["hint at" if first == last else "hint between"].format(at=last, first=first, last=last)
