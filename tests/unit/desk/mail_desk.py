"""Mails, and a desk that takes them in: three customers, a real ledger, a real Maildir."""

from __future__ import annotations

import datetime as dt
import mailbox
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from callout.inventory.models import Customer
from callout.inventory.policy import Policy
from callout.ledger import Ledger, open_ledger
from callout.ledger.event import Event
from callout.places import Places
from callout.steps.context import Context
from callout.steps.intake import Intake, TakenIn

NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
SENT = dt.datetime(2026, 11, 24, 9, 12, tzinfo=dt.UTC)
DESK = "support@vendor.example"


def customer(identifier: str, *addresses: str, **fields: Any) -> Customer:
    """A customer with a support contract."""
    return Customer(
        id=identifier, name=identifier.title(), contract="support", registered_addresses=addresses,
        time_zone="Europe/Vienna", currency="EUR", **fields,
    )  # fmt: skip


CUSTOMERS = (
    customer("acme", "jane@acme.example", "Ops@ACME.example", "both@acme.example"),
    customer("globex", "it@globex.example", "both@acme.example"),
)
POLICY = Policy.model_validate({"desk": {"address": DESK}})


def mail(text: str = "No calls get through.", sender: str = "jane@acme.example", **headers: str) -> bytes:
    """A mail as a mail server delivers it; headers with `_` for `-`, an empty one is left out."""
    message = EmailMessage()
    given = {
        "Return-Path": f"<{sender}>", "From": sender, "To": DESK, "Subject": "No calls", "Date": format_datetime(SENT),
        "Message-ID": f"<{abs(hash((text, sender, tuple(headers.items()))))}@mail.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }  # fmt: skip
    for name, value in given.items():
        if value:
            message[name] = value
    message.set_content(text)
    return message.as_bytes()


class Desk:
    """A desk in a folder, with a Maildir; opened anew each time, as each command does."""

    def __init__(self, folder: Path, policy: Policy = POLICY, now: Callable[[], dt.datetime] = lambda: NOW) -> None:
        self.folder, self.policy, self.now = folder, policy, now
        self.places = Places(folder, folder / ".callout", f"sqlite:///{folder}/ledger.sqlite")
        self.maildir = folder / "Maildir"
        mailbox.Maildir(self.maildir, create=True)

    def deliver(self, raw: bytes) -> str:
        """Puts a mail into `new`, as a mail server does; its name."""
        return mailbox.Maildir(self.maildir).add(raw)

    def context(self, ledger: Ledger) -> Context:
        """A context on that ledger."""
        return Context(ledger, self.places, "eva@desk", self.now, no_connection)

    def ledger(self) -> Ledger:
        """The ledger, to be closed."""
        return open_ledger(self.places.ledger, self.now)

    def take(self, source: Any = None) -> TakenIn:
        """Takes in what waits in the Maildir, or in another source."""
        from callout.desk.sources.maildir import MaildirSource

        ledger = self.ledger()
        source = source or MaildirSource(self.maildir)
        intake = Intake(self.context(ledger), CUSTOMERS, self.policy)
        try:
            return intake.take(source)
        finally:
            intake.close()
            source.close()
            ledger.close()

    def events(self, *kinds: str) -> list[Event]:
        """What the ledger has, of these kinds or of all."""
        ledger = self.ledger()
        try:
            return list(ledger.events(kinds=kinds) if kinds else ledger.events())
        finally:
            ledger.close()

    def waiting(self) -> int:
        """How many mails are in `new`."""
        return len(list((self.maildir / "new").iterdir()))


def no_connection(target: object) -> Any:
    """Mail touches no system."""
    raise AssertionError(f"{target} was contacted")
