"""Writes letters of a case: from what the ledger says, onto the shelf, into the ledger; nothing is sent here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from access_check.escaping import shown
from callout.desk.case import Case, case_of
from callout.desk.letter_kinds import LetterKind, kind_about, occasion_of
from callout.desk.letter_shelf import keep_letter
from callout.desk.mail_thread import message_id, references_of, subject_of
from callout.desk.outbox import KINDS, UNSENT, Letter, LetterState, letters_of
from callout.desk.recipients import recipients_of, sendable
from callout.desk.standing import ClockState, Standing
from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.policy.desk_words import ClockName
from callout.policy.rates import Rate
from callout.steps.case_look import events_of_case, standings_now
from callout.steps.quote_letter import letter_of_quote
from callout.views.case_letter import CaseLetter, case_letter
from callout.views.case_letter_mail import Head, letter_mail
from callout.views.case_letter_matter import Matter, Promise
from callout.worklog.rate_book import RateBook

if TYPE_CHECKING:
    from callout.inventory import Inventory
    from callout.inventory.desk import Desk
    from callout.inventory.models import Customer
    from callout.inventory.policy import Money
    from callout.steps.context import Context

ROLE = "engineer"


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter before it is written: what it says, to whom, about which event."""

    case: str
    customer: str
    system: str
    about: Event
    letter: CaseLetter
    head: Head

    @property
    def mail(self) -> bytes:
        """The whole message."""
        return letter_mail(self.letter, self.head)


def compose(
    context: Context,
    inventory: Inventory,
    written: str,
    kind: LetterKind | None,
    *,
    about: str = "",
    language: str = "",
) -> Composed:
    """The letter of that kind about the last event that calls for it, or about the one whose id begins with `about`.

    `kind` None: whichever letter the last such event calls for. Raises BadInput where nothing calls for it, for a
    number that no case has, and where no registered address can be written to.
    """
    events = events_of_case(context.ledger, written)
    case = case_of(events)
    occasion, kind = _occasion(events, case.number, kind, about)
    customer, desk = inventory.customer(case.customer), inventory.policy.desk
    recipients = recipients_of(customer, case.sender, case.level, desk)
    matter = _matter(context, inventory, case, occasion, kind, language)
    letter = case_letter(kind, replace(matter, copies=recipients.copies), language)
    address = our_address(desk)
    head = Head(
        sender=address,
        to=recipients.to,
        copies=recipients.copies,
        subject=subject_of(case.number, case.subject, letter.title),
        message_id=message_id(case.number, kind, occasion.id, domain_of(desk)),
        references=references_of([*events, *_filed(context.ledger, events)]),
        date=context.now(),
    )
    return Composed(case.number, case.customer, case.system, occasion, letter, head)


def write_letter(context: Context, composed: Composed) -> Event:
    """The `letter_written` event; the letter is on the shelf by then, and one that waits under its name is replaced.

    Raises BadInput where it was sent already, or perhaps was: nobody gets two letters that say different things under
    one name.
    """
    path, hashed = keep_letter(context.places.data, composed.case, composed.letter.kind, composed.mail)
    head = composed.head
    body = {
        "case": composed.case,
        "letter": f"{composed.letter.kind}.{composed.about.id}",
        "about": composed.about.id,
        "kind": str(composed.letter.kind),
        "language": composed.letter.language,
        "to": list(head.to),
        "cc": list(head.copies),
        "subject": head.subject,
        "message_id": head.message_id,
        "sha256": hashed,
        "path": path,
    }

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        # A letter about an event was written after it.
        for letter in letters_of(ledger.events(kinds=KINDS, customer=composed.customer, after=composed.about.seq)):
            if letter.message_id == head.message_id:
                _refuse_second(letter)
        names = (context.actor, composed.customer, composed.system, "")
        return [Draft("letter_written", context.now(), *names, body)]

    return context.ledger.append_after(decide)[0]


def our_address(desk: Desk) -> str:
    """Where letters come from. Raises BadInput where none is on file, or a mail cannot come from it."""
    address = sendable(desk.address or "")
    if not address:
        raise BadInput(
            "The desk has no address that a letter could come from.",
            "Write callout_policy.desk.address into the inventory, like support@your-company.example.",
        )
    return address


def domain_of(desk: Desk) -> str:
    """The domain in which our messages have their names."""
    return desk.domain or our_address(desk).rpartition("@")[2]


def _filed(ledger: LedgerView, events: Sequence[Event]) -> list[Event]:
    """The mails that a person has filed into the case: they came as nobody's."""
    filed = {str(event.body.get("mail", "")) for event in events if event.kind == "mail_filed"}
    return [one for one in ledger.events(kind="mail_received") if one.body.get("mail") in filed] if filed else []


def _refuse_second(letter: Letter) -> None:
    if letter.state in (LetterState.SENT, LetterState.PERHAPS):
        done = "was sent" if letter.state is LetterState.SENT else "was perhaps sent"
        raise BadInput(
            f"{letter.case or 'The mail'}: this letter ({letter.kind}) {done} already: {letter.name}.",
            "Tell the customer what is new instead; the same letter goes again with callout case send --again."
            if letter.state in UNSENT
            else "Tell the customer what is new instead: callout case reply.",
        )


def _occasion(events: Sequence[Event], case: str, kind: LetterKind | None, about: str) -> tuple[Event, LetterKind]:
    if about:
        named = [event for event in events if len(about) >= 4 and event.id.startswith(about)]
        found = next((event for event in named if kind_about(event) in ({kind} if kind else set(LetterKind))), None)
        if found is None:
            raise BadInput(
                f"{case} has no event {shown(about, 40)} that calls for such a letter.",
                f"See: callout case show {case}.",
            )
    elif kind is not None:
        found = occasion_of(events, kind)
        if found is None:
            raise BadInput(f"Nothing has happened in {case} that the letter {kind} is about.", "Name another --kind.")
    else:
        calling = [event for event in events if kind_about(event) is not None]
        found = max(calling, key=lambda event: (event.at, event.seq))  # the opening always calls for one
    told = kind_about(found)
    if told is None:
        raise ValueError(f"{found.kind} calls for no letter")
    return found, told


def _matter(
    context: Context, inventory: Inventory, case: Case, occasion: Event, kind: LetterKind, language: str
) -> Matter:
    policy, customer, said = inventory.policy, inventory.customer(case.customer), occasion.body
    clocks = standings_now(context, policy, case)
    # Of several escalations only the one that the letter is about; of the others it says nothing.
    level = said.get("level") if kind is LetterKind.ESCALATION else None
    promises = [
        _promise(one)
        for one in clocks
        if one.open and one.state is not ClockState.PAUSED
        and (one.clock is not ClockName.ACKNOWLEDGEMENT or one.part == level)
    ]  # fmt: skip
    quote = None
    if kind is LetterKind.QUOTE:
        quote = letter_of_quote(context, inventory, str(said["id"]), language or customer.language)
        if quote.name != customer.name:
            raise BadInput(f"{shown(str(said['id']), 40)} is another customer's quote.", "Link the right one.")
    rate, dearer = _rate(context, customer, policy.money, case) if kind is LetterKind.JUDGED else (None, False)
    return Matter(
        case=case.number,
        customer=customer,
        vendor=policy.vendor,
        said=said,
        at=occasion.happened_at,
        subject=case.subject,
        ticket=case.ticket,
        system=case.system,
        channel=case.channel,
        mode=case.mode,
        level=case.level,
        answered=case.first_reply_at is not None,
        paused=any(one.state is ClockState.PAUSED for one in clocks),
        promises=tuple(promises),
        rate=rate,
        dearer=dearer,
        quote=quote,
    )


def _promise(standing: Standing) -> Promise:
    rule = None if standing.by_hand else standing.rule
    late = standing.state is ClockState.BREACHED
    if rule is None:
        return Promise(standing.clock, standing.due_at, late=late)
    return Promise(standing.clock, standing.due_at, rule.within, rule.runs, late)


def _rate(context: Context, customer: Customer, money: Money, case: Case) -> tuple[Rate, bool]:
    """What an hour of an emergency costs, and whether some hours cost more than that."""
    today = context.now().astimezone(ZoneInfo(customer.time_zone)).date()
    rate = RateBook(customer, money).ahead(ROLE, case.ticket or case.number, today)
    factors = [
        one for one in (money.multipliers.out_of_hours, money.multipliers.weekend, money.multipliers.holiday) if one
    ]
    own = money.multipliers.emergency
    if rate.amount is None:
        return rate, False
    return replace(rate, amount=rate.amount * own if own else rate.amount), any(one > (own or 1) for one in factors)
