"""The change report of one call-out as finished words in the customer's language and time zone: what all forms tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime

from callout.inventory.models import Customer
from callout.ledger.event import Event
from callout.programs import printable
from callout.views.change_story import Change, Story
from callout.views.change_words import LABELS
from callout.views.numbers import hours_minutes
from callout.views.words import locale_of

Pairs = tuple[tuple[str, str], ...]
# A customer's page names so many; the ledger has all of them.
MOST_FILES, MOST_CHECKS, MOST_REASONS = 200, 80, 20


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file: path, what happened to it, first digits of its hashes. Paths and hashes, never content."""

    path: str
    what: str
    hashes: str


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One check. `before` and `after` are words, the `_status` ones as recorded; `seen` is the newest sentence."""

    check: str
    before_status: str
    before: str
    after_status: str
    after: str
    seen: str


@dataclass(frozen=True, slots=True)
class Part:
    """One bundle of the call-out: its facts, its files, how it can be undone."""

    heading: str
    facts: Pairs
    files: tuple[FileLine, ...]
    left_out: str
    undo: str


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """All words of a report, printable. `state` is a key of the words' `badge …`; `differences` only where asked."""

    language: str
    labels: Mapping[str, str]
    state: str
    badge: str
    heading: str
    verdict: str
    facts: Pairs
    reason: str
    times: Pairs
    parts: tuple[Part, ...]
    consents: tuple[tuple[str, ...], ...]
    health: tuple[HealthLine, ...]
    backups: tuple[str, ...]
    trouble: tuple[str, ...]
    differences: str
    zone: str
    evidence: str


def change_report(events: Sequence[Event], customer: Customer, vendor: str, differences: str = "") -> ChangeReport:
    """The report of a call-out's events (in order, at least one). `differences` is text for people.

    Raises BadInput for no events.
    """
    return _Writer(Story.of(events), customer, vendor).report(differences)


@dataclass(frozen=True, slots=True)
class _Writer:
    story: Story
    customer: Customer
    vendor: str

    @property
    def locale(self) -> Locale:
        found = locale_of(self.customer.language)
        # The words and the dates of one page are of one language.
        return found if found.language in LABELS else Locale("en")

    @property
    def labels(self) -> Mapping[str, str]:
        return LABELS[self.locale.language]

    def report(self, differences: str) -> ChangeReport:
        story, labels = self.story, self.labels
        down = self._duration(sum(one.downtime_ms for one in story.changes if one.touched))
        titles = [one.title for one in story.changes if one.title]
        facts = (
            (labels["vendor"], self.vendor),
            (labels["customer"], self.customer.name),
            (labels["system"], story.system),
            (labels["version"], story.version),
            (labels["ticket"], story.ticket),
            (labels["callout"], story.callout),
            (labels["down"], down),
        )
        return ChangeReport(
            language=str(self.locale).replace("_", "-"),
            labels=labels,
            state=story.state,
            badge=labels[f"badge {story.state}"],
            heading=printable(titles[0] if len(titles) == 1 else story.reason or story.callout),
            verdict=labels[f"verdict {story.state}"],
            facts=_printable(facts),
            reason=printable(story.reason),
            times=_printable(self._times()),
            parts=tuple(self._part(one) for one in story.changes),
            consents=tuple(self._consent(one) for one in story.consents),
            health=tuple(self._health()),
            backups=tuple(self._backup(one) for one in story.backups),
            trouble=tuple(printable(one) for one in story.trouble[:MOST_REASONS]),
            differences="".join(one if one.isprintable() or one in "\n\t" else " " for one in differences),
            zone=labels["zone"].format(zone=printable(self.customer.time_zone)),
            evidence=labels["evidence"].format(first=story.first, last=story.last, hash=story.hash[:16]),
        )

    def _at(self, moment: dt.datetime) -> str:
        local = moment.astimezone(ZoneInfo(self.customer.time_zone))
        return str(format_datetime(local, "medium", locale=self.locale))

    def _duration(self, milliseconds: int) -> str:
        if not milliseconds:
            return self.labels["not measured"]
        seconds = f"{milliseconds / 1000:.1f}"
        return self.labels["seconds"].format(
            seconds=seconds.replace(".", str(self.locale.number_symbols["latn"]["decimal"]))
        )

    def _times(self) -> Pairs:
        story, labels = self.story, self.labels
        told = [(labels["opened"], self._at(story.opened_at))]
        told += [(labels["changed"], self._at(one.at)) for one in story.changes if one.touched]
        if story.closed_at:
            told.append((labels["closed"], self._at(story.closed_at)))
        if story.emergency:
            told.append((labels["emergency"], story.emergency))
        told += [(labels["contract"], self._balance(one)) for one in story.balances]
        return tuple(told)

    def _balance(self, recorded: Mapping[str, Any]) -> str:
        """What was left of a contract when the call-out was opened."""
        left = str(recorded.get("left", ""))
        if recorded.get("unit") == "minutes" and left.partition(".")[0].isdecimal():
            left = hours_minutes(int(left.partition(".")[0]))
        unit = "" if recorded.get("unit") == "minutes" else f" {recorded.get('unit', '')}"
        return self.labels["balance"].format(contract=recorded.get("contract", ""), left=f"{left}{unit}")

    def _part(self, change: Change) -> Part:
        labels = self.labels
        expected = (
            labels["minutes"].format(minutes=change.expected_minutes) if change.expected_minutes is not None else ""
        )
        facts = (
            (labels["severity"], labels.get(change.severity, change.severity)),
            (labels["bug"], change.bug),
            (labels["documentation"], change.documentation),
            (labels["signers"], ", ".join(change.signers)),
            (labels["services"], ", ".join(change.services)),
            (labels["expected"], expected),
            (labels["measured"], self._duration(change.downtime_ms) if change.touched else ""),
        )
        files = [FileLine(printable(one.path), labels[one.what], one.hashes) for one in change.files[:MOST_FILES]]
        more = len(change.files) - len(files)
        heading = f"{change.bundle}: {change.title}" if change.title else change.bundle
        undo = labels[f"undo {change.undo}"].format(
            callout=change.callout, count=len(change.files), bundle=change.bundle
        )
        left_out = labels["more files"].format(count=more) if more else ""
        return Part(printable(heading), _printable(facts), tuple(files), left_out, printable(undo))

    def _consent(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        labels, channel = self.labels, str(body.get("channel", ""))
        told = labels["consented"].format(
            by=body.get("by", ""), at=self._at(body["at"]), channel=labels.get(f"channel {channel}", channel),
            reference=body.get("reference", ""),
        )  # fmt: skip
        lines = [told, labels["charging" if body.get("covers_charging") else "no charging"]]
        if not body.get("registered", True):
            lines.append(labels["not registered"])
        lines.append(labels["to plan"].format(hash=str(body.get("plan_hash", ""))[:16]))
        return tuple(printable(line) for line in lines)

    def _health(self) -> list[HealthLine]:
        before, after = ({str(one["check"]): one for one in side} for side in (self.story.before, self.story.after))
        names = [*before, *(name for name in after if name not in before)]
        return [self._health_line(name, before.get(name, {}), after.get(name, {})) for name in names[:MOST_CHECKS]]

    def _health_line(self, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> HealthLine:
        statuses = [str(side.get("status", "–")) for side in (before, after)]
        # A word that we do not know is never read as fine.
        known = [
            one if one in ("pass", "warn", "waived", "–") else "fail" if one == "fail" else "unknown"
            for one in statuses
        ]
        words = [self.labels[one] for one in known]
        told = [str(side["seen"]) for side in (before, after) if side.get("seen")]
        # Where the two looks came to the same, the newer sentence speaks for both.
        seen = printable(" → ".join(told if len(set(known)) > 1 else told[-1:]))
        return HealthLine(printable(name), known[0], words[0], known[1], words[1], seen)

    def _backup(self, body: Mapping[str, Any]) -> str:
        told = self.labels["backed up" if body["good"] else "backed up badly"]
        return printable(told.format(id=body["id"], at=self._at(body["at"]), level=body["level"]))


def _printable(pairs: Pairs) -> Pairs:
    """Without control characters, and without those that say nothing."""
    return tuple((name, printable(value)) for name, value in pairs if value)
