"""How a case ends: what must be said, what stands in the way, what is owed after it. Pure.

Published procedure: exactly one of five outcomes; a critical bug gets a patch within 24 hours; where a clear FAQ exists
support has been given, where it is missing more is owed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callout.desk.bounds import LONGEST_REASON, bounded
from callout.desk.standing import ClockState
from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.ledger.event import format_utc
from callout.policy.consents import CLOCK_TOLERANCE
from callout.policy.outcomes import NO_FAQ, check_case_outcome

if TYPE_CHECKING:
    from callout.desk.standing import Standing

# Standings after which a promise was not kept.
NOT_KEPT = frozenset({ClockState.LATE, ClockState.BREACHED})
LONGEST_WORD = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a case as a person says it.

    `reference` is the bug in the tracker, the place of the request, or the account manager. `indication` says when a
    bug will be mended; `faq` is a link or `none yet`. A `critical` bug was confirmed at `confirmed_at` (aware);
    `bundle` is the patch that mends it, where there is one already.
    """

    outcome: str
    why: str = ""
    reference: str = ""
    indication: str = ""
    faq: str = ""
    critical: bool = False
    confirmed_at: dt.datetime | None = None
    bundle: str = ""

    @property
    def support_owed(self) -> bool:
        """True where no FAQ answers the question: the next who asks has to be told again, by us."""
        return self.faq == NO_FAQ

    def checked(self, now: dt.datetime) -> Outcome:
        """The same without spaces at the ends. Raises BadInput where it says too little, or what does not belong."""
        said = Outcome(
            self.outcome.strip(),
            bounded(self.why, "The why", LONGEST_REASON),
            bounded(self.reference, "The reference", LONGEST_WORD),
            bounded(self.indication, "The indication of when", LONGEST_WORD),
            self.faq.strip(),
            self.critical,
            self.confirmed_at,
            bounded(self.bundle, "The bundle", LONGEST_WORD),
        )
        check_case_outcome(said.outcome, said.why, said.reference, said.indication, said.faq)
        _check_critical(said, now)
        return said

    def body(self) -> dict[str, Any]:
        """JSON-able, as it stands in `case_ended`."""
        return {
            "outcome": self.outcome,
            "why": self.why,
            "reference": self.reference,
            "indication": self.indication,
            "faq": self.faq,
            "critical": self.critical,
            "bundle": self.bundle,
            "confirmed_at": format_utc(self.confirmed_at) if self.confirmed_at else "",
        }


def reasons_against_end(standings: Iterable[Standing], case: str, *, emergency: bool, judged: str) -> list[Finding]:
    """Why the case cannot end now, all reasons at once: deadlines that were not kept and nobody has justified, and an
    emergency of which nobody has said whether it was one (`judged`, empty where nobody has)."""
    found = [_unjustified(one, case) for one in standings if one.state in NOT_KEPT and not one.justified]
    if emergency and not judged:
        found.append(
            Finding(
                "emergency.judged", Status.UNKNOWN, "unjudged", "Nobody has said whether the emergency was one.",
                Move.US, f"callout case judge {case} --emergency genuine|man_made|none --reason …",
            )
        )  # fmt: skip
    return found


def what_is_owed(outcome: Outcome) -> Sequence[str]:
    """Sentences about what is left to do after the end, for whoever ended it."""
    owed = []
    if outcome.support_owed:
        owed.append("There is no FAQ yet: until there is, support is owed to everybody who asks.")
    if outcome.critical and not outcome.bundle:
        owed.append("A critical bug: a patch is due 24 hours after it was confirmed, by the wall clock.")
    return owed


def _unjustified(standing: Standing, case: str) -> Finding:
    clock, due = standing.clock, f"{standing.due_at:%Y-%m-%d %H:%M} UTC"
    late = "was met too late" if standing.state is ClockState.LATE else "was not met"
    return Finding(
        f"clock.{clock}", Status.FAIL, "unjustified",
        f"The deadline of {clock.replace('_', ' ')}, {due}, {late}, and nobody has said why.", Move.US,
        f"callout case justify {case} --clock {clock} --justification …", {"due_at": format_utc(standing.due_at)},
    )  # fmt: skip


def _check_critical(said: Outcome, now: dt.datetime) -> None:
    if not said.critical:
        if said.confirmed_at or said.bundle:
            raise BadInput(
                "A confirmation and a bundle belong to a critical bug.", "Say --critical, or leave them out."
            )
        return
    if said.outcome != "bug":
        raise BadInput(f"Outcome {said.outcome} cannot be critical: only a bug is.", "Leave --critical out.")
    if said.confirmed_at is None:
        raise BadInput(
            "When was the critical bug confirmed? Its 24 hours begin then.", "--confirmed-at 2026-03-01T17:30+01:00"
        )
    if said.confirmed_at.tzinfo is None:
        raise BadInput(f"{said.confirmed_at.isoformat()} has no offset.", "Like 2026-03-01T17:30+01:00.")
    if said.confirmed_at > now + CLOCK_TOLERANCE:
        raise BadInput("The bug cannot be confirmed in the future.", "Look at --confirmed-at.")
