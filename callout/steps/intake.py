"""Takes mails in: raw onto the shelf, then into the ledger, and only then marked where they came from.

Killed anywhere, nothing is lost and nothing doubled: a mail stays in its source until the ledger has it, and one that
the ledger has is known by its hash, or as the twin of one that took another way. What is decided is decided within the
append, with no other writer in between: two intakes at once, also of different sources, make one case of one mail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from callout.desk.entitlement import Channel, entitled
from callout.desk.mail.addresses import canonical_address
from callout.desk.mail.bodies import heard_body, opened_body, received_body
from callout.desk.mail.judge import IntakeRules, Judgement, Verdict, judged, registered_addresses
from callout.desk.mail.limits import HEADER_BYTES, AttachmentLimits
from callout.desk.mail.seen import MailSeen, read_mail
from callout.desk.mail_index import MailIndex
from callout.desk.mail_shelf import MailShelf, Readable
from callout.desk.rules import rules_for, snapshot
from callout.desk.sources.waiting import Unopened
from callout.ledger.event import Draft, Event
from callout.ledger.rows import NEW
from callout.ledger.store import LedgerView
from callout.policy.desk_words import Priority
from callout.steps.context import Context

if TYPE_CHECKING:
    from callout.desk.sources.waiting import Source, Waiting
    from callout.inventory.models import Customer
    from callout.inventory.policy import Policy

MEGABYTE = 1_000_000
INDEX = "index.sqlite"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an intake came to: `received` are the `mail_received` events, in order; `again` counts copies of known ones,
    `gone` those that somebody else took meanwhile; `left` says of which it could not be told what they are."""

    received: tuple[Event, ...]
    again: int
    gone: int
    left: tuple[str, ...] = ()

    @property
    def set_aside(self) -> tuple[Event, ...]:
        """Those that a person has to look at."""
        return tuple(event for event in self.received if Verdict(event.body["verdict"]).is_set_aside)

    @property
    def exit_status(self) -> int:
        """4 where something was set aside, or left where it is, else 0."""
        return 4 if self.set_aside or self.left else 0


@dataclass(frozen=True, slots=True)
class _Shelved:
    """A mail that is on the shelf."""

    seen: MailSeen
    received_at: dt.datetime
    place: str


class Intake:
    """Takes mails of these customers in. `close` it at the end."""

    def __init__(self, context: Context, customers: Iterable[Customer], policy: Policy) -> None:
        self._context, self._policy = context, policy
        self._customers = {customer.id: customer for customer in customers}
        self._rules = intake_rules(self._customers.values(), policy)
        mail = policy.desk.mail
        self._maximum_bytes = mail.maximum_mb * MEGABYTE
        self._attachments = AttachmentLimits(mail.attachments, mail.attachment_mb * MEGABYTE)
        self._shelf = MailShelf(context.places.mail)
        self._index = MailIndex(context.places.mail / INDEX)

    def close(self) -> None:
        """Lets go of the index."""
        self._index.close()

    def take(self, source: Source, told: Callable[[Event], None] = lambda event: None) -> TakenIn:
        """Everything that waits in `source`; `told` of each `mail_received` once it is in the ledger.

        Raises CalloutError where the shelf, the ledger or the source cannot be used: what was recorded until then
        stays, and the same run again goes on.
        """
        received: list[Event] = []
        left: list[str] = []
        again = gone = 0
        while batch := source.batch():
            self._index.follow(self._context.ledger)
            shelved = [self._shelved(mail, left) for mail in batch]
            self._shelf.settle()
            there = [one for one in shelved if one is not None]
            stored = self._record([one for one in there if not self._index.has(one.seen.sha256)])
            source.taken([mail for mail, one in zip(batch, shelved, strict=True) if one is not None])
            new = [event for event in stored if event.kind == "mail_received"]
            for event in new:
                told(event)
            received += new
            again += len(there) - len(new)
            gone += len(batch) - len(there)
        return TakenIn(tuple(received), again, gone - len(left), tuple(left))

    def _shelved(self, mail: Waiting, left: list[str]) -> _Shelved | None:
        """The mail on the shelf, and what is seen in it; None where somebody else has taken it, or it is `left`."""
        try:
            with mail.opened() as stream:
                raw = stream.read(self._maximum_bytes + 1)
                if len(raw) <= self._maximum_bytes:
                    self._shelf.put(raw)
                    seen = read_mail(raw, self._attachments)
                else:
                    seen = self._too_large(raw, stream)
        except FileNotFoundError:
            return None
        except Unopened as error:
            left.append(f"{error.message} {error.hint}")
            return None
        now = self._context.now()
        arrived = mail.arrived_at or seen.passed_at or now
        return _Shelved(seen, min(arrived, now), mail.place)

    def _too_large(self, start: bytes, rest: Readable) -> MailSeen:
        """A mail over policy's bound: kept whole, and only its headers read."""
        seen = read_mail(start[:HEADER_BYTES])
        mail, size = self._shelf.put_stream(_Chained(start, rest))
        why = f"it is over {self._maximum_bytes // MEGABYTE} MB (callout_policy.desk.mail.maximum_mb)"
        return replace(seen, sha256=mail, size_bytes=size, unreadable=why, text="", attachments=(), twin="")

    def _record(self, mails: Sequence[_Shelved]) -> list[Event]:
        """One append for all of them. What was new before it began may be known by then."""
        if not mails:
            return []

        def decide(view: LedgerView) -> list[Draft]:
            self._index.follow(view)
            drafts: list[Draft] = []
            with self._index.trial():
                for mail in mails:
                    made = self._drafts(mail)
                    for draft in made:
                        self._index.take(draft.kind, draft.customer, draft.body)
                    drafts += made
            return drafts

        return self._context.ledger.append_after(decide)

    def _drafts(self, mail: _Shelved) -> list[Draft]:
        """What this mail makes: nothing where it is known, else a `mail_received` and what the customer said by it."""
        seen = mail.seen
        if self._index.has(seen.sha256, seen.twin):
            return []
        judgement = judged(seen, mail.received_at, self._index, self._rules)
        case = judgement.case
        drafts: list[Draft] = []
        if judgement.verdict is Verdict.OPENED:
            case = f"{NEW}:{seen.sha256[:16]}"
            drafts = [self._draft("case_opened", mail, judgement, self._opened(mail, judgement, case))]
        elif judgement.verdict is Verdict.THREADED:
            body = heard_body(seen.sha256, case, seen.sender, seen.text)
            drafts = [self._draft("case_heard", mail, judgement, body), *self._reopened(judgement, seen.sender)]
        body = received_body(seen, judgement, case, mail.received_at, mail.place)
        return [self._draft("mail_received", mail, judgement, body), *drafts]

    def _reopened(self, judgement: Judgement, sender: str) -> list[Draft]:
        """Now, and not when the mail came: the end may have been between."""
        if not judgement.reopens:
            return []
        body = {"case": judgement.case, "reason": f"{sender} wrote again after the end."}
        now, actor = self._context.now(), self._context.actor
        return [Draft("case_reopened", now, actor, judgement.customer, body=body)]

    def _opened(self, mail: _Shelved, judgement: Judgement, case: str) -> dict[str, object]:
        seen, customer = mail.seen, self._customers[judgement.customer]
        return opening(customer, self._policy, seen.sha256, case, seen.sender, seen.subject, seen.text)

    def _draft(self, kind: str, mail: _Shelved, judgement: Judgement, body: dict[str, object]) -> Draft:
        return Draft(kind, mail.received_at, self._context.actor, judgement.customer, body=body)


def opening(
    customer: Customer, policy: Policy, mail: str, case: str, sender: str, subject: str, text: str
) -> dict[str, object]:
    """The body of the `case_opened` that a mail makes: what its customer is entitled to, and what is promised."""
    entitlement = entitled(customer, Channel.EMAIL, emergency=False).as_dict()
    rules = snapshot(rules_for(policy.desk, customer.desk, Priority.NORMAL))
    return opened_body(mail, case, sender, subject, text, entitlement, rules)


def intake_rules(customers: Iterable[Customer], policy: Policy) -> IntakeRules:
    """Who is registered, and which addresses are the desk's own, out of the inventory."""
    desk = policy.desk
    # Managers write to us as persons; only what the desk itself sends from comes back in a loop.
    own = {canonical_address(address) for address in (desk.address, desk.people.support) if address}
    registered = registered_addresses({customer.id: customer.registered_addresses for customer in customers})
    return IntakeRules(registered, frozenset(own - {""}), desk.mail.per_sender_and_hour)


class _Chained:
    """What was read of a stream already, and the rest of it."""

    def __init__(self, start: bytes, rest: Readable) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; empty at the end."""
        if self._start:
            piece, self._start = self._start[:size], self._start[size:]
            return piece
        return self._rest.read(size)
