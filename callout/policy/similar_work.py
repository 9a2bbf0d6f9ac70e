"""Which past jobs are like the one that is to be quoted, and how long those took. Pure, with reasons.

A job is all the work under one customer's ticket: that is what a customer asks the price of, not the single session.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

# Of the words that are asked for, so many must stand in a job's ticket, reason, notes or bundle.
WORDS_SHARE_PERCENT = 50
SHORTEST_WORD = 3
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


class Whose(StrEnum):
    """Whose past work counts: this customer's only, everybody's, or this customer's where there is enough of it."""

    THIS = "this"
    ALL = "all"
    THIS_FIRST = "this-first"


@dataclass(frozen=True, slots=True)
class PastJob:
    """One job that has ended: `seconds` > 0 of raw work, logged by `events` (ids). `words` are those of `words_of`."""

    key: str
    customer: str
    product: str
    activities: frozenset[str]
    playbooks: frozenset[str]
    bundles: frozenset[str]
    words: frozenset[str]
    seconds: int
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a past job must be like; what is empty is not asked."""

    customer: str
    activity: str = ""
    product: str = ""
    playbook: str = ""
    bundle: str = ""
    text: str = ""
    whose: Whose = Whose.THIS_FIRST
    least: int = 5


@dataclass(frozen=True, slots=True)
class Basis:
    """What the quote rests on: `jobs` in the order of their keys, and whether they are `enough` to quote from.

    `reasons` are sentences: what was compared, how many were like it, and what is missing.
    """

    jobs: tuple[PastJob, ...]
    enough: bool
    reasons: tuple[str, ...]

    @property
    def events(self) -> tuple[str, ...]:
        """Ids of the work that it rests on."""
        return tuple(identifier for job in self.jobs for identifier in job.events)

    @property
    def median_seconds(self) -> int:
        """Half of the jobs took no longer than this, rounded up to a second. Raises ValueError without jobs."""
        ordered = _ordered(self.jobs)
        middle = len(ordered) // 2
        return ordered[middle] if len(ordered) % 2 else -(-(ordered[middle - 1] + ordered[middle]) // 2)

    @property
    def p90_seconds(self) -> int:
        """Nine of ten jobs took no longer: by nearest rank, so a duration that there was.

        Raises ValueError without jobs.
        """
        ordered = _ordered(self.jobs)
        return ordered[-(-len(ordered) * 9 // 10) - 1]


def words_of(text: str) -> frozenset[str]:
    """The words that tell something: of three letters or more, lower case; a number with its dashes is one word."""
    return frozenset(word for word in _WORD.findall(text.casefold()) if len(word) >= SHORTEST_WORD)


def similar_jobs(past: Iterable[PastJob], wanted: Likeness) -> Basis:
    """The jobs like `wanted`, of this customer or of all. Every characteristic that is asked for must hold."""
    listed = sorted(past, key=lambda job: job.key)
    alike = [job for job in listed if _is_like(job, wanted)]
    own = [job for job in alike if job.customer == wanted.customer]
    reasons = [f"Compared: {', '.join(_characteristics(wanted)) or 'nothing, all past jobs'}."]
    if wanted.whose is not Whose.ALL:
        of_own = sum(job.customer == wanted.customer for job in listed)
        reasons.append(f"{len(own)} of {of_own} past jobs of {wanted.customer} are like it.")
        if len(own) >= wanted.least or wanted.whose is Whose.THIS:
            return _basis(own, reasons, wanted)
        reasons.append(f"That is fewer than {wanted.least}, so all customers' count.")
    reasons.append(f"{len(alike)} of {len(listed)} past jobs of all customers are like it.")
    return _basis(alike, reasons, wanted)


def _is_like(job: PastJob, wanted: Likeness) -> bool:
    asked = words_of(wanted.text)
    return (
        (not wanted.activity or job.activities == {wanted.activity})
        and (not wanted.product or job.product == wanted.product)
        and (not wanted.playbook or wanted.playbook in job.playbooks)
        and (not wanted.bundle or wanted.bundle in job.bundles)
        and (not wanted.text or _share_percent(asked, job.words) >= WORDS_SHARE_PERCENT)
    )


def _share_percent(asked: frozenset[str], words: frozenset[str]) -> int:
    """How many of the words that are asked for are there; words that tell nothing are in no job."""
    return len(asked & words) * 100 // len(asked) if asked else 0


def _characteristics(wanted: Likeness) -> list[str]:
    named = {
        "activity": wanted.activity,
        "product": wanted.product,
        "playbook": wanted.playbook,
        "bundle": wanted.bundle,
        "half of the words": " ".join(sorted(words_of(wanted.text))) if wanted.text else "",
    }
    return [f"{name} {value}" for name, value in named.items() if value]


def _basis(jobs: Sequence[PastJob], reasons: Sequence[str], wanted: Likeness) -> Basis:
    if len(jobs) >= wanted.least:
        return Basis(tuple(jobs), True, tuple(reasons))
    return Basis(tuple(jobs), False, (*reasons, f"{len(jobs)} of {wanted.least} needed: too few to quote from."))


def _ordered(jobs: Sequence[PastJob]) -> list[int]:
    if not jobs:
        raise ValueError("there is no job to take a figure from")
    return sorted(job.seconds for job in jobs)
