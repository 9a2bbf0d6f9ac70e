"""Escalation in three levels: who is in copy, what must be said, what stands before it. Pure.

Published procedure: level 1 is a reply with the support manager in copy that states the concern; level 2 goes to the
account manager, by mail, by a call, or both; level 3 goes to the last address and details the earlier attempts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from access_check.escaping import shown
from callout.desk.bounds import LONGEST_REASON, bounded
from callout.errors import BadInput
from callout.findings import Finding, Move, Status

if TYPE_CHECKING:
    from callout.inventory.desk import CustomerDesk, People

LEVELS = (1, 2, 3)


class Concern(StrEnum):
    """What the customer is not content with (published procedure)."""

    NOT_UNDERSTOOD = "not_understood"
    NOT_SATISFACTORY = "not_satisfactory"
    NOT_URGENT_ENOUGH = "not_urgent_enough"


CONCERNS: Mapping[str, str] = {
    Concern.NOT_UNDERSTOOD: "the matter was not understood",
    Concern.NOT_SATISFACTORY: "the answer is not satisfactory",
    Concern.NOT_URGENT_ENOUGH: "it is not handled as urgently as it is",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """An escalation that was made before: its level, when (`format_utc`), and what the customer stated."""

    level: int
    at: str
    statement: str

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"level": self.level, "at": self.at, "statement": self.statement}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody at the customer asks for. `skipped_why` is said where a level was left out."""

    level: int
    by: str
    concern: str
    statement: str
    skipped_why: str = ""

    def checked(self) -> Wish:
        """The same without spaces at the ends. Raises BadInput where it does not say what must be said."""
        if self.level not in LEVELS:
            raise BadInput(f"There is no level {self.level} of escalation.", "Use 1, 2 or 3.")
        if self.concern not in set(Concern):
            raise BadInput(f"{self.concern[:40]!r} is no concern.", f"Use one of: {', '.join(Concern)}.")
        if not self.by.strip():
            raise BadInput("Somebody at the customer escalates.", "Name them: --by.")
        if not self.statement.strip():
            raise BadInput("An escalation states the concern.", "Give it in the customer's words: --statement.")
        return Wish(
            self.level,
            bounded(self.by, "The name", 300),
            self.concern,
            bounded(self.statement, "The statement", LONGEST_REASON),
            bounded(self.skipped_why, "The reason", LONGEST_REASON),
        )


def reasons_against(wish: Wish, reached: int, attempts: Sequence[Attempt]) -> list[Finding]:
    """Why that level cannot be asked for now, where `reached` (0 to 3) is the level that the case has; empty where it
    can. A level that was left out takes a reason; none is gone back to."""
    check = "escalation.level"
    if wish.level <= reached:
        following = f"The next is level {reached + 1}." if reached < max(LEVELS) else "There is none above it."
        before = _last(attempts)
        return [
            Finding(check, Status.FAIL, "reached", f"It is at level {reached} already{before}.", Move.US, following)
        ]
    left_out = [level for level in LEVELS if reached < level < wish.level]
    if left_out and not wish.skipped_why:
        levels = "Levels 1 and 2 were" if len(left_out) > 1 else f"Level {left_out[0]} was"
        return [
            Finding(
                check, Status.FAIL, "skipped", f"{levels} never tried.", Move.CUSTOMER,
                f"Escalate to level {left_out[0]} first, or say why not: --skipped-why.",
            )
        ]  # fmt: skip
    return []


def copies_for(level: int, people: People, customer: CustomerDesk) -> tuple[str, ...]:
    """Addresses in copy at that level, in the order in which they come in, each once.

    A customer's own account manager stands in place of the policy's. Whoever was in copy before stays. Raises
    BadInput where nobody is on file for a level: an escalation to nobody is none.
    """
    of_level = {
        1: ("support_manager", people.support_manager),
        2: ("account_manager", customer.account_manager or people.account_manager),
        3: ("last", people.last),
    }
    key, address = of_level[level]
    if not address:
        raise BadInput(
            f"Nobody is on file for level {level} of escalation.",
            f"Write callout_policy.desk.people.{key} into the inventory.",
        )
    found = [address for below, (_, address) in of_level.items() if below <= level and address]
    return tuple(dict.fromkeys(found))


def escalation_body(wish: Wish, copies: Sequence[str], attempts: Sequence[Attempt]) -> dict[str, Any]:
    """What `case_escalated` says besides its clock's rule. Earlier attempts stand in every level's."""
    return {
        "level": wish.level,
        "by": wish.by,
        "concern": wish.concern,
        "statement": wish.statement,
        "copies": list(copies),
        "attempts": [attempt.as_dict() for attempt in attempts],
        "skipped_why": wish.skipped_why,
    }


def _last(attempts: Sequence[Attempt]) -> str:
    return f" since {shown(attempts[-1].at, 30)[:16].replace('T', ' ')} UTC" if attempts else ""
