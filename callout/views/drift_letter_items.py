"""The findings of a letter as few lines: each by itself while there are few, else by the place they are in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from callout.drift.evidence import Evidence
from callout.drift.judged import Judged
from callout.drift.look import Section
from callout.drift.report import DriftReport
from callout.drift.times import happened_at, is_believable
from callout.views.drift_words import SECTIONS, WHAT, aspect_words

# More of one kind than this are told by the place they are in; and more lines than that nobody reads.
MOST_SINGLE, MOST_ITEMS, MOST_IDS, MOST_STEPS_UP = 10, 25, 3, 3
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
    return Items(told, sum(len(group.found) for group in groups[MOST_ITEMS:]))


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one kind that are told together; all were added, or removed, or changed."""

    place: str
    found: tuple[Judged, ...]


def _groups(found: Sequence[Judged]) -> Iterator[Group]:
    by_section: dict[Section, list[Judged]] = {}
    for one in found:
        by_section.setdefault(one.change.section, []).append(one)
    for ones in by_section.values():
        if len(ones) <= MOST_SINGLE:
            yield from (Group(place_of(one), (one,)) for one in ones)
            continue
        # The largest first: they are what the letter is about.
        yield from sorted(_by_place(ones), key=lambda group: (-len(group.found), group.found[0].change.shown))


def _by_place(ones: Sequence[Judged]) -> list[Group]:
    """By folder; what is alone in its own goes with its neighbours, one folder further up, while there are many."""
    groups = _gathered((place_of(one), one) for one in ones)
    for _ in range(MOST_STEPS_UP):
        alone = [group for group in groups if len(group.found) == 1]
        if len(groups) <= MOST_SINGLE or len(alone) < 2:
            break
        kept = [group for group in groups if len(group.found) > 1]
        groups = kept + _gathered((_above(group.place), group.found[0]) for group in alone)
    return groups


def _gathered(placed: Iterable[tuple[str, Judged]]) -> list[Group]:
    found: dict[tuple[str, str], list[Judged]] = {}
    for place, one in placed:
        found.setdefault((place, one.change.what), []).append(one)
    return [Group(place, tuple(ones)) for (place, _), ones in found.items()]


def _above(place: str) -> str:
    return place.rpartition("/")[0] or ("/" if place.startswith("/") else "")


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

    def item(self, group: Group) -> Item:
        """One line for the group."""
        found, first = group.found, group.found[0].change
        one, many = SECTIONS[self.language][first.section]
        what, hint = WHAT[self.language][first.what], self._hint(found)
        if len(found) == 1:
            differs = f" ({aspect_words(first.aspects, self.language)})" if first.aspects else ""
            return Item(found[0].id, f"{one} {short(first.shown)}", f"{what}{differs}", hint)
        name = "group in" if group.place else "group"
        if self.language == "en" and not many[1].isupper():
            many = many[0].lower() + many[1:]
        where = self.labels[name].format(count=len(found), kind=many, place=short(group.place))
        ids = ", ".join(sorted(one.id for one in found)[:MOST_IDS])
        if len(found) > MOST_IDS:
            ids = self.labels["ids more"].format(ids=ids, count=len(found) - MOST_IDS)
        return Item(ids, where, what, hint)

    def _hint(self, found: Sequence[Judged]) -> str:
        """When, by the files' own times; nothing where those cannot be true."""
        known = ((happened_at(one.change, self.evidence), one.carried) for one in found)
        # What is older than the baseline has older times.
        times = sorted(time for time, older in known if time and (older or is_believable(time, self.evidence)))
        if not times:
            return ""
        first, last = self.at(times[0]), self.at(times[-1])
        return self.labels["hint at" if first == last else "hint between"].format(at=last, first=first, last=last)


def short(name: str) -> str:
    """An escaped name as far as a letter has room for it."""
    return name if len(name) <= LONGEST_SUBJECT else f"{name[:LONGEST_SUBJECT]}…"
