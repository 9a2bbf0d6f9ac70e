"""Pure: what becomes of a mail: a case, a word in one, or it is set aside for a person to look at. Never lost.

Published procedure: a ticket comes by e-mail from a registered address, others are lost. Here they are set aside and
listed. An answer belongs to the case whose mail it answers, or whose number stands in its subject, but only where its
sender's customer has that case: a number is no secret. A registered sender's mail that could be of several cases or
customers is set aside as unclear, and its sender is not told that the address is unknown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from callout.desk.mail.addresses import canonical_address
from callout.desk.mail.seen import MailSeen

_TOKEN = re.compile(r"\[(CS-[0-9]{6})\]")


class Verdict(StrEnum):
    """What became of a mail. All but the first two are set aside."""

    OPENED = "opened"
    THREADED = "threaded"
    UNREGISTERED = "unregistered"
    UNCLEAR = "unclear"
    LOOP = "loop"
    BOUNCE = "bounce"
    UNREADABLE = "unreadable"

    @property
    def is_set_aside(self) -> bool:
        """Whether a person has to look at it."""
        return self not in (Verdict.OPENED, Verdict.THREADED)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict and its reason, one sentence. `customer` and `case` are empty where it is nobody's.

    `reopens`: the case had ended, and goes on with this mail.
    """

    verdict: Verdict
    why: str
    customer: str = ""
    case: str = ""
    reopens: bool = False


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """Who is who. `registered`: addresses as `canonical_address` writes them, and whose they are; `own`: the desk's."""

    registered: Mapping[str, tuple[str, ...]]
    own: frozenset[str]
    per_sender_and_hour: int


class Known(Protocol):
    """What is known of the mails and cases before this one."""

    def case_of_message(self, message_id: str) -> str:
        """The case that a mail or a letter of ours with this message id belongs to; empty where none does."""
        ...

    def is_letter(self, message_id: str) -> bool:
        """Whether we wrote it."""
        ...

    def customer_of_case(self, case: str) -> str:
        """Whose case that is; empty where there is no such case."""
        ...

    def has_ended(self, case: str) -> bool:
        """Whether that case has ended and was not reopened."""
        ...

    def from_sender(self, sender: str, since: dt.datetime, until: dt.datetime) -> int:
        """How many mails of this sender were received after `since` and not after `until`."""
        ...


def registered_addresses(customers: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Addresses by customer → customers by address, each in the one way that they are compared in."""
    found: dict[str, tuple[str, ...]] = {}
    for customer, addresses in customers.items():
        for address in dict.fromkeys(filter(None, map(canonical_address, addresses))):
            found[address] = (*found.get(address, ()), customer)
    return found


def judged(seen: MailSeen, received_at: dt.datetime, known: Known, rules: IntakeRules) -> Judgement:
    """What becomes of this mail."""
    if seen.unreadable:
        return Judgement(Verdict.UNREADABLE, f"It is no mail that can be read: {seen.unreadable}.")
    if seen.bounce is not None:
        return _bounce(seen, known)
    if loop := _loop(seen, received_at, known, rules):
        return Judgement(Verdict.LOOP, f"{loop[0].upper()}{loop[1:]}.")
    if not seen.sender:
        return Judgement(Verdict.UNREGISTERED, "Who sent it cannot be told: its From is not one address.")
    customers = rules.registered.get(seen.sender, ())
    if not customers:
        return Judgement(Verdict.UNREGISTERED, f"{seen.sender} is no registered address of any customer.")
    return _threaded(seen, known, customers)


def _bounce(seen: MailSeen, known: Known) -> Judgement:
    assert seen.bounce is not None
    letter = next((one for one in seen.bounce.message_ids if known.is_letter(one)), "")
    case = known.case_of_message(letter) if letter else ""
    whom = ", ".join(one.recipient for one in seen.bounce.recipients[:3]) or "somebody"
    what = "did not reach" if seen.bounce.failed else "is reported about, to"
    which = f"The letter {letter}" if letter else "A letter, which one cannot be told,"
    return Judgement(Verdict.BOUNCE, f"{which} {what} {whom}.", known.customer_of_case(case) if case else "", case)


def _loop(seen: MailSeen, received_at: dt.datetime, known: Known, rules: IntakeRules) -> str:
    if seen.message_id and known.is_letter(seen.message_id):
        return "it is a letter of ours that came back"
    if seen.sender in rules.own:
        return "it comes from our own address"
    if seen.automatic:
        return seen.automatic
    if not seen.sender:
        return ""
    before = known.from_sender(seen.sender, received_at - dt.timedelta(hours=1), received_at)
    if before >= rules.per_sender_and_hour:
        return f"{seen.sender} has sent {before} mails within an hour, {rules.per_sender_and_hour} are the most"
    return ""


def _threaded(seen: MailSeen, known: Known, customers: tuple[str, ...]) -> Judgement:
    """Into the case that its subject names, else that of the mail which it answers, else into a new one."""
    tokens = tuple(dict.fromkeys(_TOKEN.findall(seen.subject)))
    if len(tokens) > 1:
        return Judgement(Verdict.UNCLEAR, "Its subject names several cases: say which one it belongs to.")
    # A mail sent once more with the same id belongs where the first one is.
    mails = (seen.message_id, *seen.references) if seen.message_id else seen.references
    answered = tuple(dict.fromkeys(filter(None, map(known.case_of_message, mails))))
    named = [case for case in (*tokens, *answered) if known.customer_of_case(case)]
    own = next((case for case in named if known.customer_of_case(case) in customers), "")
    if any(known.customer_of_case(case) not in customers for case in tokens if case in named) or (named and not own):
        said = "It names, or answers, a case that is not of its sender's customer."
        return Judgement(Verdict.UNCLEAR, said)
    if own:
        how = "its subject names it" if own in tokens else "it answers a mail of it"
        # What we wrote at the end says so: whoever sees it otherwise answers, and the case goes on.
        ended = known.has_ended(own)
        again = " It had ended, and is open again." if ended else ""
        why = f"It belongs to {own}: {how}.{again}"
        return Judgement(Verdict.THREADED, why, known.customer_of_case(own), own, ended)
    if len(customers) > 1:
        listed = ", ".join(sorted(customers))
        return Judgement(Verdict.UNCLEAR, f"{seen.sender} is registered with several customers: {listed}.")
    unknown = f" {tokens[0]}, which its subject names, is no case here." if tokens else ""
    return Judgement(Verdict.OPENED, f"{seen.sender} is registered with {customers[0]}.{unknown}", customers[0])
