"""The letter to a sender whose address nobody has registered: once a day at most, and never to a program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from access_check.escaping import shown
from callout.desk.letter_kinds import LetterKind, kind_about
from callout.desk.letter_shelf import keep_letter
from callout.desk.mail_thread import message_id, references_of, subject_of
from callout.desk.outbox import KINDS, Letter, letters_of
from callout.desk.recipients import may_be_answered, sendable
from callout.errors import BadInput
from callout.ledger.event import Draft, Event, parse_utc
from callout.ledger.store import LedgerView
from callout.steps.case_letter import Composed, domain_of, our_address
from callout.views.case_letter import unregistered_letter
from callout.views.case_letter_mail import Head

if TYPE_CHECKING:
    from callout.inventory.policy import Policy
    from callout.steps.context import Context

A_DAY = dt.timedelta(days=1)
# Whoever forges a thousand senders shall not have us write to a thousand strangers.
MOST_A_DAY = 100


def compose_unregistered(context: Context, policy: Policy, mail: str, language: str = "en") -> Composed:
    """The letter about that mail: its event's id or its SHA-256, or how one of them begins.

    Raises BadInput for a mail that is none of an unregistered sender, that somebody has filed since, and for a sender
    behind whom no person may be.
    """
    event = _mail(context.ledger, mail)
    sender, address = sendable(str(event.body.get("sender", ""))), our_address(policy.desk)
    if not may_be_answered(sender, [address, *_ours(policy)]):
        raise BadInput(
            f"{shown(str(event.body.get('sender', '')), 80) or 'The empty address'} is no person's address.",
            "A program gets no letter: it might answer, for ever.",
        )
    letter = unregistered_letter(parse_utc(event.body["received_at"]), policy.vendor, language)
    head = Head(
        sender=address,
        to=(sender,),
        copies=(),
        subject=subject_of("", "", letter.title),
        message_id=message_id("", LetterKind.UNREGISTERED, event.id, domain_of(policy.desk)),
        references=references_of([event])[-1:],
        date=context.now(),
    )
    return Composed("", "", "", event, letter, head)


def write_unregistered(context: Context, composed: Composed) -> Event:
    """The `letter_written` event. Raises BadInput where this sender was written to within the last 24 hours, or a
    hundred strangers were: decided in one transaction, whoever else writes."""
    path, hashed = keep_letter(context.places.data, "", composed.letter.kind, composed.mail)
    (to,) = composed.head.to
    body = {
        "case": "",
        "letter": f"{composed.letter.kind}.{composed.about.id}",
        "about": composed.about.id,
        "kind": str(composed.letter.kind),
        "language": composed.letter.language,
        "to": [to],
        "cc": [],
        "subject": composed.head.subject,
        "message_id": composed.head.message_id,
        "sha256": hashed,
        "path": path,
    }

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        now = context.now()
        since = min(now - A_DAY, composed.about.happened_at)
        letters = letters_of(ledger.events(kinds=KINDS, customer="", since_at=since))
        if reason := reason_against(letters, composed.about.id, to, now):
            raise BadInput(reason, "Nothing is lost: callout case mail list shows what was set aside.")
        return [Draft("letter_written", now, context.actor, body=body)]

    return context.ledger.append_after(decide)[0]


def reason_against(letters: Iterable[Letter], about: str, to: str, now: dt.datetime) -> str:
    """Why a stranger is not to be written to now, as a sentence; empty where they may be. A clock that was set back
    lets nobody have a second one."""
    written = [one for one in letters if one.kind == LetterKind.UNREGISTERED]
    if any(one.about == about for one in written):
        return "This mail was answered already."
    recent = [one for one in written if one.written_at > now - A_DAY]
    if any(one.to[0].casefold() == to.casefold() for one in recent):
        return f"{shown(to, 80)} had this letter within the last 24 hours."
    if len(recent) >= MOST_A_DAY:
        return f"{MOST_A_DAY} strangers were written to within the last 24 hours: no more of them today."
    return ""


def _mail(ledger: LedgerView, written: str) -> Event:
    found = [
        event
        for event in ledger.events(kind="mail_received")
        if len(written) >= 4 and (event.id.startswith(written) or str(event.body.get("mail", "")).startswith(written))
    ]
    wanted = [event for event in found if kind_about(event) is LetterKind.UNREGISTERED]
    if not wanted:
        said = f" It was set aside as {shown(str(found[0].body.get('verdict')), 40)}." if found else ""
        raise BadInput(
            f"{shown(written, 40)} is no mail of an unregistered sender.{said}", "See: callout case mail list."
        )
    if len({event.id for event in wanted}) > 1:
        raise BadInput(f"Several mails begin with {shown(written, 40)}.", "Give more of its name.")
    (mail,) = wanted
    if any(one.body.get("mail") == mail.body.get("mail") for one in ledger.events(kind="mail_filed", after=mail.seq)):
        raise BadInput("Somebody has filed this mail since.", "Answer in its case.")
    return mail


def _ours(policy: Policy) -> list[str]:
    people = policy.desk.people
    return [one for one in (people.support, people.support_manager, people.account_manager, people.last) if one]
