"""A case told event by event, for tests of the desk: what a customer wrote, what we said, who paused what."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from callout.desk.case import Case, case_of
from callout.desk.standing import Standing, standings
from callout.inventory.hours import Hours
from callout.ledger.event import COLUMNS, GENESIS, Draft, Event, format_utc, sealed_row
from callout.policy.desk_words import ClockName
from callout.policy.working_time import Calendars, calendars

NUMBER = "CS-000001"
PUBLISHED = {"within": "1 business day", "runs": "hours", "source": "callout_policy.desk.first_reply"}
PATCH = {"within": "24 hours", "runs": "always", "source": "callout_policy.desk.critical_patch"}
GOAL = {"within": "8 hours", "runs": "hours", "source": "callout_policy.desk.goals.normal.resolution"}
RULES = {"first_reply": PUBLISHED, "critical_patch": PATCH}
GOALS = {**RULES, "next_update": {**GOAL, "within": "2 business days"}, "plan": GOAL, "resolution": GOAL}


@cache
def published() -> Calendars:
    """The published hours without any holidays, 2025 to 2028."""
    return calendars(Hours(), 2025, 2028, {})


def moment(written: str) -> dt.datetime:
    """An aware moment, written like 2026-03-02T09:00Z."""
    return dt.datetime.fromisoformat(written)


class Story:
    """Events of one case in the ledger's order; each is recorded when it happened, unless `recorded` says otherwise."""

    def __init__(self, opened: str = "2026-03-02T10:00Z", **body: Any) -> None:
        self.events: list[Event] = []
        said = {
            "channel": "email", "sender": "it@globex.example", "subject": "No calls", "text": "Nothing works.",
            "priority": "normal", "mode": "", "mail": "", "entitlement": {"contract": "support"}, "rules": RULES,
            "ticket": "",
        }  # fmt: skip
        self.tell("case_opened", opened, **{**said, **body})

    def tell(self, kind: str, at: str, *, recorded: str = "", actor: str = "eva@desk", **body: Any) -> Event:
        """One event of the case."""
        seq = len(self.events) + 1
        row = sealed_row(
            Draft(kind, moment(at), actor, "globex", "globex-sw1", "", {"case": NUMBER, **body}),
            seq=seq,
            identifier=f"{seq:08x}-0000-4000-8000-000000000000",
            recorded_at=moment(recorded or at),
            prev_hash=self.events[-1].hash if self.events else GENESIS,
        )
        self.events.append(Event(*(row[name] for name in COLUMNS)))
        return self.events[-1]

    def reply(self, at: str, **more: Any) -> Event:
        """A person's word to the customer."""
        body = {"letter": "update", "text": "Look here.", "reply": True, "asks": False, "links": [], "language": "en"}
        return self.tell("case_told", at, **{**body, **more})

    def hear(self, at: str, **more: Any) -> Event:
        """The customer says something."""
        body = {"channel": "email", "sender": "it@globex.example", "text": "Done.", "mail": "", "answers": True}
        return self.tell("case_heard", at, **{**body, **more})

    def pause(self, at: str, turn: str = "customer", reason: str = "on holiday", **more: Any) -> Event:
        """The clocks stand still."""
        return self.tell("case_paused", at, turn=turn, reason=reason, **more)

    def resume(self, at: str, **more: Any) -> Event:
        """They run again."""
        return self.tell("case_resumed", at, reason="our turn again", **more)

    def end(self, at: str, outcome: str = "satisfied", **more: Any) -> Event:
        """The matter ends."""
        body = {"why": "", "reference": "", "indication": "", "faq": "none yet", "critical": False, "bundle": ""}
        return self.tell("case_ended", at, **{**body, "outcome": outcome, "confirmed_at": "", **more})

    def by_hand(self, at: str, clock: str, due: str, reason: str = "agreed") -> Event:
        """A person sets a deadline."""
        return self.tell("case_deadline_set", at, clock=clock, due_at=format_utc(moment(due)), reason=reason)

    def justify(self, at: str, clock: str, due: str) -> Event:
        """Why a deadline was missed."""
        return self.tell("case_justified", at, clock=clock, due_at=format_utc(moment(due)), justification="ill")

    def case(self) -> Case:
        """The case that all of them tell."""
        return case_of(self.events)

    def standings(self, now: str) -> dict[ClockName, Standing]:
        """By clock, at `now`; of several of one name the last one."""
        return {one.clock: one for one in standings(self.case(), published(), moment(now))}

    def standing(self, clock: str, now: str) -> Standing:
        """One clock at `now`."""
        return self.standings(now)[ClockName(clock)]
