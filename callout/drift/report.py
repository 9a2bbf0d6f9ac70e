"""Pure: what one look came to, against its baseline: the one value that every view, the ledger and the letter tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from access_check.escaping import shown
from callout.drift.compare import Compared
from callout.drift.evidence import LookWord
from callout.drift.judged import LONGEST_SENTENCE, Judged, Outcome, counts, outcome_of
from callout.drift.look import Hashed, Look, Section
from callout.drift.provenance import Provenance
from callout.drift.report_texts import MOST_CHARACTERS, TextPair, text_pair
from callout.ledger.event import format_utc, parse_utc

# An upgrade can change every file there is: the counts tell of all of them, the report lists so many.
MOST_FINDINGS = 10_000


@dataclass(frozen=True, slots=True)
class DriftReport:
    """One look held against its baseline.

    `judged` are sorted by how loud they speak (unsupported, unknown, waived, explained), then by section and subject;
    `counts` are by provenance, `waived` ones apart, and count those as well that are `left_out` of `judged`.
    `unknown` are sections that could not be compared, with a sentence each; `disagreements` are what two ways of
    looking told differently. `texts` are by finding. All texts are escaped and bounded but the subjects of changes,
    which are as the system has them.
    """

    system: str
    customer: str
    baseline: LookWord
    look: LookWord
    hashed: Hashed
    outcome: Outcome
    counts: Mapping[str, int]
    judged: tuple[Judged, ...]
    unknown: tuple[tuple[Section, str], ...] = ()
    disagreements: tuple[str, ...] = ()
    texts: Mapping[str, TextPair] = field(default_factory=dict)
    left_out: int = 0
    files_count: int = 0
    unread_count: int = 0

    @property
    def exit_status(self) -> int:
        """0 clean or explained, 3 unsupported changes, 4 only what could not be told."""
        return self.outcome.exit_status

    @property
    def unsupported(self) -> tuple[Judged, ...]:
        """Those that nothing explains, and nobody has waived."""
        return tuple(one for one in self.judged if one.unexplained and one.provenance is Provenance.UNSUPPORTED)

    @property
    def doubtful(self) -> tuple[Judged, ...]:
        """Those of which it cannot be told who made them, and nobody has waived."""
        return tuple(one for one in self.judged if one.unexplained and one.provenance is not Provenance.UNSUPPORTED)

    @property
    def waived(self) -> tuple[Judged, ...]:
        """Those that a person has let stay for a time."""
        return tuple(one for one in self.judged if _is_waived(one))

    @property
    def explained(self) -> tuple[Judged, ...]:
        """Those about which nobody has to be asked."""
        return tuple(one for one in self.judged if one.provenance.explains)

    def finding(self, identifier: str) -> Judged | None:
        """The finding of that name; None where it is not in the report."""
        return next((one for one in self.judged if one.id == identifier), None)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, without floats: it has a canonical form."""
        return {
            "system": self.system,
            "customer": self.customer,
            "baseline": _look_dict(self.baseline),
            "look": {**_look_dict(self.look), "hashed": str(self.hashed)},
            "outcome": str(self.outcome),
            "counts": dict(self.counts),
            "findings": [_finding_dict(one) for one in self.judged],
            "left_out": self.left_out,
            "unknown": [{"section": str(section), "why": why} for section, why in self.unknown],
            "disagreements": list(self.disagreements),
            "texts": {identifier: pair.as_dict() for identifier, pair in self.texts.items()},
            "files": self.files_count,
            "unread_files": self.unread_count,
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> DriftReport:
        """What `as_dict` wrote, nothing lost. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            system=str(raw["system"]),
            customer=str(raw["customer"]),
            baseline=_look_word(raw["baseline"]),
            look=_look_word(raw["look"]),
            hashed=Hashed(raw["look"]["hashed"]),
            outcome=Outcome(raw["outcome"]),
            counts={str(name): int(count) for name, count in raw["counts"].items()},
            judged=tuple(_finding(one) for one in raw["findings"]),
            unknown=tuple((Section(one["section"]), str(one["why"])) for one in raw["unknown"]),
            disagreements=tuple(str(one) for one in raw["disagreements"]),
            texts={str(name): TextPair.from_dict(pair) for name, pair in raw["texts"].items()},
            left_out=int(raw["left_out"]),
            files_count=int(raw["files"]),
            unread_count=int(raw["unread_files"]),
        )


def report_of(
    before: Look, after: Look, compared: Compared, judged: Iterable[Judged], *, customer: str, most: int = MOST_FINDINGS
) -> DriftReport:
    """The report of the look `after` against the baseline `before`. `judged` are the verdicts on `compared.changes`.

    `most` of them are listed, the loudest first, and all are counted. Where two ways of looking disagree the look is
    unknown, never clean.
    """
    everything = sorted(judged, key=_loudness)
    kept = [_as_told(one) for one in everything[:most]]
    disagreements = tuple(_sentence(one) for one in after.disagreements)
    return DriftReport(
        system=shown(after.system),
        customer=shown(customer),
        baseline=_safe_word(before),
        look=_safe_word(after),
        hashed=after.hashed,
        outcome=outcome_of(everything, (*compared.unknown, *disagreements)),
        counts=counts(everything),
        judged=tuple(kept),
        unknown=tuple((section, _sentence(why)) for section, why in compared.unknown),
        disagreements=disagreements,
        texts=_texts(everything[:most], before, after),
        left_out=max(0, len(everything) - most),
        files_count=after.files_count,
        unread_count=after.unread_count,
    )


def _is_waived(one: Judged) -> bool:
    return one.waiver is not None and not one.provenance.explains


def _loudness(one: Judged) -> int:
    if one.unexplained:
        return 0 if one.provenance is Provenance.UNSUPPORTED else 1
    return 2 if _is_waived(one) else 3


def _texts(judged: Iterable[Judged], before: Look, after: Look) -> dict[str, TextPair]:
    """Those of the loudest first, until there are enough."""
    found: dict[str, TextPair] = {}
    left = MOST_CHARACTERS
    for one in judged:
        pair = text_pair(one, before, after, left)
        if pair is not None:
            left = max(0, left - len(pair.before or "") - len(pair.after or ""))
            found[one.id] = pair
    return found


def _as_told(one: Judged) -> Judged:
    """With all texts as they are stored, so that what is read back is the same; the subject stays as it is."""
    stored = Judged.from_dict(one.as_dict())
    return replace(stored, change=replace(stored.change, subject=one.change.subject))


def _finding_dict(one: Judged) -> dict[str, Any]:
    told = one.as_dict()
    raw = one.change.subject.encode("utf-8", "surrogateescape")
    # Two names may look the same when escaped; the second form tells them apart, and stands in URIs.
    return {**told, "subject_encoded": quote(raw, safe="/")}


def _finding(raw: Mapping[str, Any]) -> Judged:
    stored = Judged.from_dict(raw)
    subject = unquote_to_bytes(str(raw["subject_encoded"])).decode("utf-8", "surrogateescape")
    change = replace(stored.change, subject=subject)
    if change.shown != stored.change.subject:
        raise ValueError(f"{stored.id}: its subject is told in two ways that do not agree")
    return replace(stored, change=change)


def _look_dict(word: LookWord) -> dict[str, Any]:
    return {"id": word.id, "taken_at": format_utc(word.taken_at), "clock_s": word.clock_s, "version": word.version}


def _look_word(raw: Mapping[str, Any]) -> LookWord:
    return LookWord(str(raw["id"]), parse_utc(raw["taken_at"]), int(raw["clock_s"]), str(raw["version"]))


def _safe_word(look: Look) -> LookWord:
    word = LookWord.of(look)
    return replace(word, version=shown(word.version), taken_at=word.taken_at.astimezone(dt.UTC))


def _sentence(text: str) -> str:
    return shown(text.encode("utf-8", "surrogateescape"), LONGEST_SENTENCE)
