"""A desk that writes and sends letters: Globex, with a real ledger, a shelf, and a clock that the test sets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callout.desk.letter_kinds import LetterKind
from callout.desk.outbox import Letter
from callout.desk.rules import rules_for, snapshot
from callout.inventory import Customer, Inventory, Policy
from callout.inventory.desk import Smtp
from callout.ledger import Draft, Event, Ledger, open_ledger
from callout.ledger.event import format_utc
from callout.ledger.store import NEW
from callout.places import Places
from callout.policy.desk_words import Priority
from callout.steps.case_letter import compose, write_letter
from callout.steps.case_send import letter_named
from callout.steps.context import Context

ANA, HELP = "ana@globex.example", "helpdesk@globex.example"
STRANGER = "eve@elsewhere.example"
OURS = {"support": "support@desk.example", "support_manager": "manager@desk.example",
        "account_manager": "account@desk.example", "last": "ceo@desk.example"}  # fmt: skip


def no_session(target: object) -> None:
    """Letters contact no system."""
    raise AssertionError(f"{target} was contacted")


class Clock:
    """A clock that stands still until it is moved. It begins on a Monday at work."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 23, 14, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Moves on by a timedelta's arguments."""
        self.now += dt.timedelta(**span)


@dataclass
class LetterDesk:
    """An inventory with one customer and a ledger in `folder`; `smtp` are the settings of a mail server, if any."""

    folder: Path
    smtp: Smtp | None = None
    customer: Mapping[str, Any] = field(default_factory=dict)
    desk: Mapping[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.places = Places(self.folder, self.folder / ".callout", f"sqlite:///{self.folder}/ledger.sqlite")
        self.ledger: Ledger = open_ledger(self.places.ledger, self.clock)

    @property
    def inventory(self) -> Inventory:
        """As it is written now."""
        globex = {
            "id": "globex", "name": "Globex Corporation", "contract": "support", "time_zone": "Europe/Vienna",
            "registered_addresses": [ANA, HELP], "currency": "EUR", "rates": {"engineer": "120.00"}, **self.customer,
        }  # fmt: skip
        policy = Policy.model_validate(
            {"vendor": "Nordwand", "desk": {"address": OURS["support"], "people": OURS, **self.desk}}
        )
        desk = policy.desk.model_copy(update={"smtp": self.smtp})
        return Inventory({}, {"globex": Customer.model_validate(globex)}, policy.model_copy(update={"desk": desk}))

    @property
    def context(self) -> Context:
        """What the steps are handed."""
        return Context(self.ledger, self.places, "eva@desk", self.clock, no_session)  # type: ignore[arg-type]

    def again(self) -> LetterDesk:
        """The same desk in another process: its ledger is opened anew."""
        return LetterDesk(self.folder, self.smtp, self.customer, self.desk, self.clock)

    def opened(self, **more: Any) -> str:
        """A case that came by mail from Ana; gives its number."""
        inventory = self.inventory
        priority = Priority(more.get("priority", "normal"))
        rules = snapshot(rules_for(inventory.policy.desk, inventory.customers["globex"].desk, priority))
        body = {
            "case": NEW, "channel": "email", "sender": ANA, "subject": "Voicemail says nothing", "text": "Help",
            "priority": "normal", "mode": "", "mail": "", "entitlement": {}, "rules": rules, "ticket": "", **more,
        }  # fmt: skip
        (event,) = self.ledger.append(Draft("case_opened", self.clock(), "eva@desk", "globex", "", "", body))
        return str(event.body["case"])

    def says(self, kind: str, case: str, **body: Any) -> Event:
        """An event of that case, happening now."""
        draft = Draft(kind, self.clock(), "eva@desk", "globex" if case else "", "", "", {"case": case, **body})
        return self.ledger.append(draft)[0]

    def mail(
        self, case: str = "", *, verdict: str = "opened", sender: str = ANA, number: int = 1, **more: Any
    ) -> Event:
        """A mail that came."""
        now = format_utc(self.clock())
        body = {
            "mail": f"{number:064x}", "bytes": 100, "message_id": f"{number}@mail.example", "references": [],
            "sender": sender, "to": [OURS["support"]], "subject": "Voicemail", "sent_at": now, "received_at": now,
            "verdict": verdict, "why": "", "text": "Help", "attachments": [], "source": "maildir", **more,
        }  # fmt: skip
        return self.says("mail_received", case, **body)

    def written(self, case: str, kind: LetterKind | None = None, **more: Any) -> Letter:
        """The letter of that kind, written."""
        event = write_letter(self.context, compose(self.context, self.inventory, case, kind, **more))
        return letter_named(self.context, event.id)

    def raw(self, letter: Letter) -> bytes:
        """The letter's file."""
        return (self.places.data / letter.path).read_bytes()
