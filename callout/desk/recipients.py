"""Who gets a letter: only addresses that the customer has registered, and our own people in copy, by level."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.inventory.desk import Desk
    from callout.inventory.models import Customer

# What goes into a header and into a command to a server: one address, in plain letters, and nothing around it.
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@{_LABEL}(\.{_LABEL})*")
LONGEST_ADDRESS, LONGEST_LOCAL = 254, 64
# Behind these is a program, or everybody: who answers it starts a loop.
_PROGRAMS = frozenset(
    {
        "mailer-daemon",
        "postmaster",
        "noreply",
        "no-reply",
        "donotreply",
        "do-not-reply",
        "bounce",
        "bounces",
        "listserv",
    }
)


@dataclass(frozen=True, slots=True)
class Recipients:
    """To whom a letter goes, and who gets a copy; each once, in order."""

    to: tuple[str, ...]
    copies: tuple[str, ...] = ()

    @property
    def everybody(self) -> tuple[str, ...]:
        """All who get it."""
        return (*self.to, *self.copies)


def recipients_of(customer: Customer, sender: str, level: int, desk: Desk) -> Recipients:
    """Whoever asked, if that is one of the customer's registered addresses; else all of these.

    In copy are our people up to the level of escalation (published procedure: the support manager at 1, the account
    manager at 2, the last address at 3). Raises BadInput where no registered address can be written to.
    """
    registered = [usable for one in customer.registered_addresses if (usable := sendable(one))]
    if not registered:
        raise BadInput(
            f"Customer {customer.id} has no registered address that a mail can be sent to.",
            "Correct callout_customer.registered_addresses: plain letters, like it@customer.example.",
        )
    asked = [one for one in registered if one.casefold() == sender.strip().casefold()]
    to = tuple(dict.fromkeys(asked[:1] or registered))
    people = desk.people
    account_manager = customer.desk.account_manager or people.account_manager
    wanted = (people.support_manager, account_manager, people.last)[: max(level, 0)]
    known = {one.casefold() for one in to}
    copies = dict.fromkeys(usable for one in wanted if one and (usable := sendable(one)))
    return Recipients(to, tuple(one for one in copies if one.casefold() not in known))


def sendable(address: str) -> str:
    """The address as a mail is sent to it (its domain in plain letters), empty where it is none."""
    local, _, domain = address.strip().rpartition("@")
    if len(domain) > LONGEST_ADDRESS:
        return ""
    try:
        plain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    found = f"{local}@{plain}"
    if len(found) > LONGEST_ADDRESS or len(local) > LONGEST_LOCAL or not _ADDRESS.fullmatch(found):
        return ""
    return found


def may_be_answered(sender: str, ours: Sequence[str]) -> bool:
    """Whether a person may be behind an address that nobody has registered: not a program, and not ourselves."""
    address = sendable(sender)
    local, _, _ = address.casefold().partition("@")
    return bool(address) and local not in _PROGRAMS and address.casefold() not in {one.casefold() for one in ours}
