"""What a person says about a piece of work beside its times, checked once for all ways in which work is logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callout.errors import BadInput
from callout.policy.causes import Cause
from callout.policy.chargeable import Activity
from callout.worklog.entry import RATE, ROLE

ROLES = ("engineer", "developer")
CAUSES = tuple(str(cause) for cause in Cause)


@dataclass(frozen=True, slots=True)
class Details:
    """What was done, for whom to read, and by which price. All texts may be empty but the ticket.

    `note` is for the customer, `internal_note` never leaves the house. `cause` says why there was work, with the
    ids of the events that show it. `rate` (decimal text, per hour) overrides all others and needs its reason.
    """

    ticket: str
    note: str = ""
    internal_note: str = ""
    activity: str = Activity.MAINTENANCE
    role: str = ROLE
    cause: str = ""
    cause_evidence: tuple[str, ...] = ()
    rate: str = ""
    rate_reason: str = ""

    def fields(self) -> dict[str, Any]:
        """The fields for the body of an event: all that matter, empty ones of the rarer kind left out.

        Raises BadInput without a ticket, for an unknown word, and for a rate that cannot be or has no reason.
        """
        check_field("ticket", self.ticket)
        check_field("activity", self.activity)
        check_field("role", self.role)
        check_field("cause", self.cause)
        if self.cause_evidence and not self.cause:
            raise BadInput("Evidence of what?", "Say the cause, too: --cause " + "|".join(CAUSES[1:]))
        if self.rate:
            check_field("rate", self.rate)
            if not self.rate_reason.strip():
                raise BadInput("A rate of its own needs a reason.", "Say why: --rate-reason TEXT")
        elif self.rate_reason:
            raise BadInput("A reason for which rate?", "Give the rate, too: --rate AMOUNT")
        rarer = {
            "internal_note": self.internal_note.strip(),
            "cause": self.cause,
            "cause_evidence": list(self.cause_evidence),
            "rate": self.rate,
            "rate_reason": self.rate_reason.strip(),
        }
        return {
            "ticket": self.ticket.strip(),
            "note": self.note.strip(),
            "role": self.role,
            "activity": str(self.activity),
            **{name: value for name, value in rarer.items() if value},
        }


def check_field(name: str, value: str) -> None:
    """Raises BadInput where `value` is no ticket, activity, role, cause or rate; other names pass."""
    if name == "ticket" and not value.strip():
        raise BadInput("Work needs a ticket: every matter is one.", "Give it with --ticket.")
    known = {"activity": tuple(Activity), "role": ROLES, "cause": CAUSES}.get(name)
    if known is not None and value not in known:
        what = {"activity": "kind of work", "role": "role", "cause": "cause"}[name]
        raise BadInput(f"{value[:40]!r} is no {what}.", f"Use one of: {', '.join(word for word in known if word)}.")
    if name == "rate" and not RATE.fullmatch(value):
        raise BadInput(f"{value[:40]!r} is no rate.", "Write an amount per hour, like 130.00.")
