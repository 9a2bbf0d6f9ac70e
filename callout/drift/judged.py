"""Pure: a change with its verdict, the evidence that it stands on, and who let it stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from access_check.escaping import shown
from callout.drift.change import Change
from callout.drift.provenance import Provenance
from callout.drift.waiver import Waiver

LONGEST_SENTENCE = 600


class Outcome(StrEnum):
    """What a whole look came to."""

    CLEAN = "clean"
    EXPLAINED = "explained"
    DRIFT = "drift"
    UNKNOWN = "unknown"

    @property
    def exit_status(self) -> int:
        """0 nothing to ask about, 3 unsupported changes, 4 only what could not be told."""
        return {Outcome.DRIFT: 3, Outcome.UNKNOWN: 4}.get(self, 0)


@dataclass(frozen=True, slots=True)
class Judged:
    """One change and its verdict.

    `rule` is the rule that spoke, one word. `evidence` are the sentences that the verdict stands on, at least one;
    `hints` may help a person and prove nothing (times, logins, waivers that have expired). `link` leads to the
    published page that allows it, empty for none. `waiver` is the one that speaks for it now. `carried` says that it
    is older than the baseline, which took it over from an earlier one.
    """

    id: str
    change: Change
    provenance: Provenance
    rule: str
    evidence: tuple[str, ...]
    hints: tuple[str, ...] = ()
    link: str = ""
    waiver: Waiver | None = None
    carried: bool = False

    @property
    def unexplained(self) -> bool:
        """True where somebody has to be asked: unsupported or unknown, and nobody has waived it."""
        return not self.provenance.explains and self.waiver is None

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, storable in the ledger."""
        return {
            "id": self.id,
            "change": self.change.as_dict(),
            "provenance": str(self.provenance),
            "rule": self.rule,
            "evidence": [_safe(one) for one in self.evidence],
            "hints": [_safe(one) for one in self.hints],
            "link": self.link,
            "waiver": None if self.waiver is None else self.waiver.as_dict(),
            **({"carried": True} if self.carried else {}),
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Judged:
        """What `as_dict` wrote, texts as escaped then. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            str(raw["id"]),
            Change.from_dict(raw["change"]),
            Provenance(raw["provenance"]),
            str(raw["rule"]),
            tuple(str(one) for one in raw["evidence"]),
            tuple(str(one) for one in raw["hints"]),
            str(raw["link"]),
            None if raw["waiver"] is None else Waiver.from_dict(raw["waiver"]),
            bool(raw.get("carried", False)),
        )


def outcome_of(judged: Iterable[Judged], unknown: Iterable[object]) -> Outcome:
    """What all verdicts come to; `unknown` are the sections that could not be compared.

    A look that was cut off is unknown, never clean; what is unsupported speaks louder.
    """
    all_of_them = list(judged)
    standing = {one.provenance for one in all_of_them if one.unexplained}
    if Provenance.UNSUPPORTED in standing:
        return Outcome.DRIFT
    if standing or any(True for _ in unknown):
        return Outcome.UNKNOWN
    return Outcome.EXPLAINED if all_of_them else Outcome.CLEAN


def counts(judged: Iterable[Judged]) -> dict[str, int]:
    """How many there are of each provenance, in the order of `Provenance`; waived ones are counted as `waived`."""
    found = {str(one): 0 for one in Provenance} | {"waived": 0}
    for one in judged:
        found["waived" if one.waiver is not None and not one.provenance.explains else str(one.provenance)] += 1
    return {name: count for name, count in found.items() if count}


def _safe(sentence: str) -> str:
    return shown(sentence.encode("utf-8", "surrogateescape"), LONGEST_SENTENCE)
