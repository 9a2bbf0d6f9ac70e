"""Sends letters from the outbox. When the server has agreed to everything but the letter, the try is recorded; then the
letter goes; then what came of it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from access_check.escaping import shown
from callout.desk.letter_kinds import LetterKind
from callout.desk.letter_shelf import read_letter
from callout.desk.outbox import (
    BEGUN,
    FAILED,
    KINDS,
    UNKNOWN,
    UNSENT,
    WAITING,
    Letter,
    LetterState,
    letters_of,
    named,
    reason_against_sending,
)
from callout.desk.recipients import sendable
from callout.desk.smtp import NotSent, PerhapsSent, send_letter, server_name
from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.steps.case_letter import domain_of, our_address

if TYPE_CHECKING:
    from callout.inventory import Inventory
    from callout.inventory.desk import Smtp
    from callout.inventory.policy import Policy
    from callout.steps.context import Context


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one letter: how it stands now, and a sentence where it did not go, or not to everybody."""

    letter: Letter
    why: str = ""


def outbox(context: Context, case: str = "") -> list[Letter]:
    """The letters that are not sent yet, the oldest first; of one case, or all."""
    letters = letters_of(context.ledger.events(kinds=KINDS))
    return [one for one in letters if one.state in UNSENT and (not case or one.case == case)]


def letter_named(context: Context, written: str) -> Letter:
    """The letter whose id begins so, sent or not. Raises BadInput where there is none, or several."""
    return named(letters_of(context.ledger.events(kinds=KINDS)), written)


def send_all(context: Context, inventory: Inventory, case: str = "") -> list[Sent]:
    """Sends what waits; what was perhaps sent, or refused for good, is told and left alone.

    One letter that fails holds up no other. Raises BadInput where no server is configured.
    """
    settings = _server(inventory.policy)
    return [
        _send(context, inventory, settings, letter, again=False)
        if letter.state in WAITING
        else Sent(letter, reason_against_sending(letter, again=False))
        for letter in outbox(context, case)
    ]


def send_one(context: Context, inventory: Inventory, letter: Letter, *, again: bool = False) -> Sent:
    """Sends one letter. `again`: also where it was perhaps sent, or refused; it goes under the same name.

    Where it was sent, or perhaps was and nobody said again, it does not go and the answer says so. Raises BadInput
    where no server is configured, or with settings that cannot be used.
    """
    return _send(context, inventory, _server(inventory.policy), letter, again=again)


def sent_by_hand(context: Context, letter: Letter) -> Letter:
    """Records that a person has sent it, by a mail program of theirs. Raises BadInput where it was sent already."""

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        _require(ledger, letter, again=True)
        return [_draft(context, letter, "letter_sent", {"by": "hand", "server": "", "refused": {}})]

    context.ledger.append_after(decide)
    return _as_it_stands(context, letter)


class _Elsewhere(Exception):
    """The letter is not to be sent now: somebody else sends it, or has."""


def _send(context: Context, inventory: Inventory, settings: Smtp, letter: Letter, *, again: bool) -> Sent:
    policy, server = inventory.policy, server_name(settings)
    begun: list[Event] = []

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        _require(ledger, letter, again=again)
        return [_draft(context, letter, "letter_tried", {"state": BEGUN, "server": server, "why": "", "again": again})]

    def begin() -> None:
        try:
            begun.extend(context.ledger.append_after(decide))
        except BadInput as error:
            raise _Elsewhere(_whole(error)) from None

    try:
        content = read_letter(context.places.data, letter.path, letter.sha256)
        _require_registered(inventory, letter)
        _require(context.ledger, letter, again=again)
        sender = "" if letter.kind == LetterKind.UNREGISTERED else our_address(policy.desk)
    except BadInput as error:
        return Sent(_as_it_stands(context, letter), _whole(error))
    try:
        delivered = send_letter(
            settings, context.places.folder, content, sender, letter.recipients, domain_of(policy.desk), begin
        )
    except _Elsewhere as error:
        return Sent(_as_it_stands(context, letter), str(error))
    except NotSent as error:
        said = {"state": FAILED, "why": error.message, "permanent": error.permanent, "refused": error.refused}
        _record_failure(context, letter, {**said, "server": server}, begun=bool(begun))
        return Sent(_as_it_stands(context, letter), error.message)
    except PerhapsSent as error:
        why = {"state": UNKNOWN, "server": server, "why": error.message}
        context.ledger.append(_draft(context, letter, "letter_tried", why))
        return Sent(_as_it_stands(context, letter), error.message)
    body = {"by": "smtp", "server": delivered.server, "refused": dict(delivered.refused)}
    context.ledger.append(_draft(context, letter, "letter_sent", body))
    return Sent(_as_it_stands(context, letter), _refused(delivered.refused))


def _record_failure(context: Context, letter: Letter, body: Mapping[str, Any], *, begun: bool) -> None:
    """A try that came to nothing before it began says nothing about the tries of others."""

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        if not begun and _now(ledger, letter).state not in (*WAITING, LetterState.REFUSED):
            return []
        return [_draft(context, letter, "letter_tried", body)]

    context.ledger.append_after(decide)


def _whole(error: BadInput) -> str:
    return " ".join(filter(None, (error.message, error.hint)))


def _require(ledger: LedgerView, letter: Letter, *, again: bool) -> None:
    """Raises BadInput where the letter is not to be sent as the ledger has it right now."""
    now = _now(ledger, letter)
    if reason := reason_against_sending(now, again=again):
        hint = f"If it did not come: callout case send {letter.name} --again sends the same message once more."
        raise BadInput(f"Letter {letter.name}: {reason}", hint if now.state in UNSENT else "")


def _require_registered(inventory: Inventory, letter: Letter) -> None:
    """An address may have been taken off the inventory since the letter was written."""
    if letter.kind == LetterKind.UNREGISTERED:
        return
    customer, people = inventory.customer(letter.customer), inventory.policy.desk.people
    ours = (people.support_manager, people.account_manager, people.last, customer.desk.account_manager)
    known = {sendable(one).casefold() for one in (*customer.registered_addresses, *ours) if one}
    gone = [one for one in letter.recipients if one.casefold() not in known]
    if gone:
        raise BadInput(
            f"Letter {letter.name}: {shown(gone[0], 80)} is not registered any more.", "Write the letter again."
        )


def _server(policy: Policy) -> Smtp:
    if policy.desk.smtp is None:
        raise BadInput(
            "No mail server is configured: letters stay files.",
            "Write callout_policy.desk.smtp into the inventory; or send the files by hand, and say so with --by-hand.",
        )
    return policy.desk.smtp


def _draft(context: Context, letter: Letter, kind: str, body: Mapping[str, Any]) -> Draft:
    said = {"case": letter.case, "letter": letter.id, **body}
    return Draft(kind, context.now(), context.actor, letter.customer, "", "", said)


def _as_it_stands(context: Context, letter: Letter) -> Letter:
    return _now(context.ledger, letter)


def _now(ledger: LedgerView, letter: Letter) -> Letter:
    events = ledger.events(kinds=KINDS, customer=letter.customer, after=letter.seq - 1)
    return next(one for one in letters_of(events) if one.id == letter.id)


def _refused(refused: Mapping[str, str]) -> str:
    return "; ".join(f"{shown(address, 80)} was refused: {why}" for address, why in refused.items())


__all__ = ["LetterState", "Sent", "letter_named", "outbox", "send_all", "send_one", "sent_by_hand"]
