"""Was the emergency one? What is charged where it was man-made, or none at all. Pure.

Later versions of the published procedure: emergencies that were man-made or none at all may cost extra. The charge is
made by the words that bills know already: work done for a man-made one gets the cause `man_made_emergency` on the
evidence of the judgement, and work for one that was none is judged to be charged, each beside what was said before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.policy.causes import Cause


class Emergency(StrEnum):
    """What an emergency turned out to be."""

    GENUINE = "genuine"
    MAN_MADE = "man_made"
    NONE = "none"


CHARGED = frozenset({Emergency.MAN_MADE, Emergency.NONE})
WORDS = {
    Emergency.GENUINE: "it was an emergency",
    Emergency.MAN_MADE: "it was man-made: charged afterwards",
    Emergency.NONE: "it was none: charged afterwards",
}


@dataclass(frozen=True, slots=True)
class WorkSeen:
    """One standing piece of work in a linked call-out, or under the case's number.

    `cause` is the one it has, `overridden` what a person has judged of its charge (`yes`, `no` or empty), `invoice`
    the number of that on which it stands, empty where it is free. `cause_by` is the amendment that gave it the cause.
    """

    event_id: str
    seconds: int
    cause: str = ""
    overridden: str = ""
    invoice: str = ""
    cause_by: str = ""


class Deed(StrEnum):
    """What is done with a piece of work."""

    CAUSE = "cause"  # a `work_amended` that sets the cause
    CHARGE = "charge"  # a `work_judged` that charges it
    UNCAUSE = "uncause"  # the amendment that set the cause is withdrawn
    LEFT = "left"  # it stays as it is, and `why` says why


@dataclass(frozen=True, slots=True)
class Charged:
    """What follows for one piece of work, and why where nothing does."""

    work: WorkSeen
    deed: Deed
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"work": self.work.event_id, "deed": str(self.deed), "why": self.why}


def emergency_named(written: str) -> Emergency:
    """Raises BadInput for anything but genuine, man_made and none."""
    word = written.strip().replace("-", "_")
    if word not in set(Emergency):
        raise BadInput(f"{written[:40]!r} is no judgement of an emergency.", f"Use one of: {', '.join(Emergency)}.")
    return Emergency(word)


def reasons_against_judgement(case: str, *, was_emergency: bool, before: str, wanted: Emergency) -> list[Finding]:
    """Why it cannot be judged so: a case that never was an emergency, and a charge by a person's word, which is taken
    back piece by piece."""
    check = "emergency.judged"
    if not was_emergency:
        return [
            Finding(check, Status.FAIL, "no-emergency", f"{case} was never an emergency.", Move.US, "Nothing to do.")
        ]
    if before == Emergency.NONE and wanted is not Emergency.NONE:
        return [
            Finding(
                check, Status.FAIL, "charged-by-word",
                f"{case} was judged to be no emergency, and its work was charged by that word.", Move.US,
                "Decide about each piece of it: callout bill judge WORK --charge no --reason …",
            )
        ]  # fmt: skip
    return []


def consequences(wanted: Emergency, work: Iterable[WorkSeen], given_by_case: Mapping[str, str]) -> Sequence[Charged]:
    """What follows for each piece of work; asked a second time it changes only what has come since.

    `given_by_case` are the amendments (id → work's id) by which this case gave a cause before: only those are ever
    taken back.
    """
    return [deed for one in work for deed in _consequence(wanted, one, given_by_case)]


def _consequence(wanted: Emergency, one: WorkSeen, given_by_case: Mapping[str, str]) -> list[Charged]:
    done = _done_already(wanted, one)
    ours = bool(one.cause_by) and given_by_case.get(one.cause_by) == one.event_id
    if done:
        return [Charged(one, Deed.LEFT, done)]
    if wanted is not Emergency.MAN_MADE and one.cause == Cause.MAN_MADE_EMERGENCY and not ours:
        return [Charged(one, Deed.LEFT, "somebody else said that it was man-made")]
    if one.invoice:
        return [Charged(one, Deed.LEFT, f"it stands on invoice {one.invoice}: a credit note sets it free")]
    if wanted is Emergency.GENUINE:
        return [Charged(one, Deed.UNCAUSE) if ours else Charged(one, Deed.LEFT, "it was not charged for that")]
    if wanted is Emergency.NONE and (ours or not one.cause):
        return [*([Charged(one, Deed.UNCAUSE)] if ours else []), Charged(one, Deed.CHARGE)]
    if one.cause:
        return [Charged(one, Deed.LEFT, f"its cause is {one.cause} already: a person said so")]
    return [Charged(one, Deed.CAUSE)]


def _done_already(wanted: Emergency, one: WorkSeen) -> str:
    if wanted in CHARGED and one.overridden:
        return f"a person has judged it already: charged {one.overridden}"
    if wanted is Emergency.MAN_MADE and one.cause == Cause.MAN_MADE_EMERGENCY:
        return "it is charged for that already"
    return ""


def moved(deeds: Iterable[Charged]) -> list[Charged]:
    """Those of which something is recorded."""
    return [one for one in deeds if one.deed is not Deed.LEFT]
