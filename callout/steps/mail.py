"""Mails that were received: listed, shown from the shelf, and filed by a person where they were set aside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callout.desk.bounds import reason_given
from callout.desk.mail.bodies import heard_body
from callout.desk.mail.judge import Verdict
from callout.desk.mail.limits import AttachmentLimits
from callout.desk.mail.seen import MailSeen, read_mail
from callout.desk.mail.structure import content, structure_of
from callout.desk.mail_shelf import MailShelf
from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.rows import NEW
from callout.ledger.store import LedgerView
from callout.steps.context import Context
from callout.steps.intake import MEGABYTE, opening

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.policy import Policy

KINDS = ("mail_received", "mail_filed")
_HASH_START = re.compile(r"[0-9a-f]{6,64}")


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as the ledger has it: its `mail_received`, and the `mail_filed` that was said of it last, if any."""

    event: Event
    filed: Event | None

    @property
    def body(self) -> dict[str, Any]:
        """What was received."""
        return self.event.body

    @property
    def case(self) -> str:
        """The case that it belongs to; empty where it does not belong to any."""
        return str(self.filed.body["case"] if self.filed else self.body["case"])

    @property
    def waits(self) -> bool:
        """Whether it was set aside, and nobody has said anything about it."""
        return self.filed is None and Verdict(self.body["verdict"]).is_set_aside

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        filed = self.filed.as_dict() if self.filed else None
        return {"number": self.event.seq, "waits": self.waits, "filed": filed, **self.event.as_dict()}


def received_mails(ledger: LedgerView, *, set_aside: bool = False) -> list[Received]:
    """All mails, in the ledger's order; with `set_aside` those that wait for a person."""
    mails = _gathered(ledger.events(kinds=KINDS))
    return [mail for mail in mails if mail.waits] if set_aside else mails


def received_mail(ledger: LedgerView, wanted: str) -> Received:
    """The mail of that number (its event's place in the ledger), or whose hash begins so. Raises BadInput."""
    remedy = "callout case mail list shows those that there are."
    if wanted.isdecimal() and len(wanted) < 10:
        events = [event for event in ledger.events(kind=KINDS[0], after=int(wanted) - 1) if event.seq == int(wanted)]
        hashes = [event.body["mail"] for event in events]
    elif _HASH_START.fullmatch(wanted.lower()):
        hashes = [
            mail for event in ledger.events(kind=KINDS[0]) if (mail := event.body["mail"]).startswith(wanted.lower())
        ]
    else:
        raise BadInput(f"{wanted[:80]!r} is neither the number of a mail nor the beginning of its hash.", remedy)
    if len(hashes) != 1:
        raise BadInput(f"There are {len(hashes)} mails {wanted!r}.", remedy)
    return next(mail for mail in received_mails(ledger) if mail.body["mail"] == hashes[0])


def mail_on_shelf(context: Context, policy: Policy, mail: Received) -> MailSeen:
    """The mail read again from the shelf, the quoted text with it. Raises BadInput where the shelf has it no more."""
    bounds = policy.desk.mail
    raw = MailShelf(context.places.mail).read(mail.body["mail"], bounds.maximum_mb * MEGABYTE)
    return read_mail(raw, AttachmentLimits(bounds.attachments, bounds.attachment_mb * MEGABYTE))


def attachment_bytes(context: Context, policy: Policy, mail: Received, number: int) -> bytes:
    """The decoded content of attachment `number`, from 1. Raises BadInput where there is none, or it is not kept."""
    seen = mail_on_shelf(context, policy, mail)
    if not 1 <= number <= len(seen.attachments):
        raise BadInput(f"There is no attachment {number}: there are {len(seen.attachments)}.", "Count from 1.")
    wanted = seen.attachments[number - 1]
    if not wanted.is_kept:
        raise BadInput(f"Attachment {number} is over what callout_policy.desk.mail takes.", "It is in the raw mail.")
    raw = MailShelf(context.places.mail).read(seen.sha256, seen.size_bytes)
    return b"".join(content(raw, structure_of(raw).parts[wanted.part]))


def file_into_case(context: Context, mail: Received, case: str, reason: str) -> list[Event]:
    """A mail that was set aside is a word in that case. `mail_filed` and `case_heard`. Raises BadInput."""
    why = reason_given(reason, "Filing a mail")

    def decide(view: LedgerView) -> list[Draft]:
        body = _unfiled(view, mail).body
        opened = next((event for event in view.events(case=case) if event.kind == "case_opened"), None)
        if opened is None:
            raise BadInput(f"There is no case {case}.", "callout case list shows those that there are.")
        heard = heard_body(body["mail"], case, body["sender"], body["text"])
        return [
            _filed(context, opened.customer, body["mail"], case, why),
            Draft("case_heard", mail.event.happened_at, context.actor, opened.customer, body=heard),
        ]

    return context.ledger.append_after(decide)


def file_as_case(context: Context, mail: Received, customer: Customer, policy: Policy, reason: str) -> list[Event]:
    """A mail that was set aside opens a case of that customer, when it was received. Raises BadInput."""
    why = reason_given(reason, "Filing a mail")

    def decide(view: LedgerView) -> list[Draft]:
        body = _unfiled(view, mail).body
        opened = opening(customer, policy, body["mail"], NEW, body["sender"], body["subject"], body["text"])
        return [
            _filed(context, customer.id, body["mail"], NEW, why),
            Draft("case_opened", mail.event.happened_at, context.actor, customer.id, body=opened),
        ]

    return context.ledger.append_after(decide)


def drop_mail(context: Context, mail: Received, reason: str) -> list[Event]:
    """Somebody looked at a mail that was set aside: it is no case. Nothing is deleted. Raises BadInput."""
    why = reason_given(reason, "Dropping a mail")

    def decide(view: LedgerView) -> list[Draft]:
        return [_filed(context, "", _unfiled(view, mail).body["mail"], "", why)]

    return context.ledger.append_after(decide)


def _filed(context: Context, customer: str, mail: str, case: str, why: str) -> Draft:
    return Draft("mail_filed", context.now(), context.actor, customer, body={"case": case, "mail": mail, "why": why})


def _unfiled(view: LedgerView, mail: Received) -> Received:
    """The mail as it stands now. Raises BadInput where it belongs to a case already: two people filed it."""
    wanted = mail.body["mail"]
    later = [event for event in view.events(kind="mail_filed") if event.body["mail"] == wanted]
    now = Received(mail.event, later[-1] if later else None)
    if now.case and not (now.filed is None and Verdict(now.body["verdict"]).is_set_aside):
        raise BadInput(f"That mail belongs to {now.case} already.", f"See callout case show {now.case}.")
    return now


def _gathered(events: Iterable[Event]) -> list[Received]:
    received: dict[str, Event] = {}
    filed: dict[str, Event] = {}
    for event in events:
        (received if event.kind == KINDS[0] else filed)[event.body["mail"]] = event
    return [Received(event, filed.get(mail)) for mail, event in received.items()]
