"""A desk with a real ledger and a real board, told and asked event by event; and random cases for it."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callout.desk.board_agenda import Agenda, Question
from callout.desk.board_rows import BoardRow, board_rows, order
from callout.desk.clock import clocks_of
from callout.desk.standing import Standing, standings
from callout.inventory import Inventory
from callout.inventory.hours import Hours
from callout.inventory.policy import Policy
from callout.ledger import Draft, open_ledger
from callout.ledger.event import Event, format_utc
from callout.places import Places
from callout.policy.working_time import calendars
from callout.steps.board import Surroundings, agenda
from callout.steps.case_look import all_cases
from callout.steps.context import Context
from tests.unit.steps.conftest import Clock, make_system, no_connection

LONG_AGO_S = 1_700_000_000
EVERYTHING = Question()
GOAL = {"within": "8 hours", "runs": "hours", "source": "callout_policy.desk.goals.normal.resolution"}
RULES = {
    "first_reply": {"within": "1 business day", "runs": "hours", "source": "callout_policy.desk.first_reply"},
    "critical_patch": {"within": "24 hours", "runs": "always", "source": "callout_policy.desk.critical_patch"},
    "next_update": {**GOAL, "within": "1 business day"},
    "plan": GOAL,
    "resolution": {**GOAL, "within": "3 business days"},
}
FIRST_REPLY_ONLY = {"first_reply": RULES["first_reply"], "critical_patch": RULES["critical_patch"]}


@dataclass
class Desk:
    """`clock` is moved by the test; `reads` counts how often the inventory was read. `ledger`: another than its own."""

    folder: Path
    clock: Clock
    policy: Policy = field(default_factory=Policy)
    reads: int = 0
    ledger: str = ""
    touched: int = 0

    def __post_init__(self) -> None:
        inventory = self.folder / "inventory"
        inventory.mkdir(exist_ok=True)
        self.touch(inventory / "hosts.yml", "all: {}\n")
        ledger = self.ledger or f"sqlite:///{self.folder}/ledger.sqlite"
        self.places = Places(inventory=inventory, data=self.folder / "data", ledger=ledger)
        self.open_ledger()

    def open_ledger(self) -> None:
        """Anew, after the file was changed."""
        ledger = open_ledger(self.places.ledger, self.clock)
        self.context = Context(ledger, self.places, "eva@desk", self.clock, no_connection)

    def touch(self, path: Path, text: str) -> None:
        """A file of the inventory, as it was long ago."""
        path.write_text(text, encoding="utf-8")
        self.touched += 1
        os.utime(path, (LONG_AGO_S, LONG_AGO_S + self.touched))

    def read(self) -> Inventory:
        """As an inventory answers."""
        self.reads += 1
        system = make_system()
        return Inventory({system.name: system}, {system.customer.id: system.customer}, self.policy)

    def open(self, number: int = 1, **body: Any) -> list[Event]:
        """A new case; `at` is now."""
        said = {
            "case": "NEW", "channel": "email", "sender": "it@globex.example", "subject": "No calls", "text": "Help.",
            "priority": "normal", "mode": "", "mail": "", "entitlement": {"contract": "support"},
            "rules": FIRST_REPLY_ONLY, "ticket": "",
        }  # fmt: skip
        return self.tell_all([("case_opened", {**said, **body, "case": f"NEW:{one}"}) for one in range(number)])

    def tell(self, kind: str, case: str = "", customer: str = "globex", **body: Any) -> Event:
        """One event, now."""
        return self.tell_all([(kind, {"case": case, **body} if case else body)], customer)[0]

    def tell_all(self, said: Iterable[tuple[str, dict[str, Any]]], customer: str = "globex") -> list[Event]:
        """Several, now, in one append."""
        system = f"{customer}-sw1" if customer else ""
        drafts = (Draft(kind, self.clock(), "eva@desk", customer, system, "", body) for kind, body in said)
        return self.context.ledger.append(*drafts)

    def reply(self, case: str = "CS-000001", **more: Any) -> Event:
        """A person's word to the customer."""
        body = {"letter": "update", "text": "Look here.", "reply": True, "asks": False, "links": [], "language": "en"}
        return self.tell("case_told", case, **{**body, **more})

    def ask(self, question: Question = EVERYTHING, *, by_clock: bool = False) -> Agenda:
        """The agenda now, from the board as it lies there."""
        return agenda(self.around(), question, by_clock=by_clock)

    def around(self) -> Surroundings:
        """The surroundings of one run."""
        return Surroundings(self.context, self.read, {}, now_ns=lambda: 2 * LONG_AGO_S * 10**9)

    def worked_out(self) -> tuple[list[BoardRow], dict[tuple[str, str, int], Standing]]:
        """The same without any board: all rows in their order, and how every clock of every case stands."""
        now = self.clock()
        time = calendars(Hours(), now.year - 2, now.year + 2, {})
        cases = all_cases(self.context.ledger)
        warn_at = tuple(sorted(self.policy.desk.warn_at_percent))
        rows = [row for case in cases for row in board_rows(case, clocks_of(case, time, warn_at))]
        stands = {(case.number, one.clock.value, one.seq): one for case in cases for one in standings(case, time, now)}
        return sorted(rows, key=lambda row: order(row, int(now.timestamp()))), stands


def told_of(drawn: random.Random, case: str, now: dt.datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """One to three things that may happen to an open case, in whatever order."""
    due = format_utc(now.replace(microsecond=0) + dt.timedelta(hours=drawn.randint(-3, 90)))
    turn = drawn.choice(["customer", "provider", "third_party"])
    clock = drawn.choice(["first_reply", "plan", "resolution", "next_update"])
    possible: list[tuple[str, dict[str, Any]]] = [
        ("case_told", {"letter": "update", "text": "x", "reply": drawn.random() < 0.8, "asks": drawn.random() < 0.4,
                       "links": [], "language": "en"}),
        ("case_heard", {"channel": "email", "sender": "a@b.example", "text": "y", "mail": "", "answers": True}),
        ("case_paused", {"turn": turn, "reason": "they wait"}),
        ("case_resumed", {"reason": "goes on"}),
        ("case_changed", {"changes": {"priority": ["normal", "high"]}, "reason": "louder",
                          "rules": {**RULES, "resolution": {**GOAL, "within": "2 hours"}}}),
        ("case_deadline_set", {"clock": clock, "due_at": due, "reason": "agreed"}),
        ("case_escalated", {"level": 1, "by": "a@b.example", "concern": "not_understood", "statement": "?",
                            "copies": [], "attempts": [], "rules": {"acknowledgement": GOAL}, "skipped_why": ""}),
        ("case_acknowledged", {"level": 1, "text": "seen"}),
        ("case_ended", {"outcome": drawn.choice(["satisfied", "bug"]), "why": "", "reference": "B-1", "faq": "none yet",
                        "indication": "soon", "critical": drawn.random() < 0.5, "bundle": "fix-1",
                        "confirmed_at": format_utc(now)}),
        ("case_reopened", {"reason": "again"}),
        ("letter_written", {"letter": "update"}),
    ]  # fmt: skip
    for _ in range(drawn.randint(1, 3)):
        kind, body = drawn.choice(possible)
        yield kind, {"case": case, **body}
