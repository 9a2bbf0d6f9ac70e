"""Opens a case that came by chat or by the emergency phone, where the customer is entitled to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callout.desk.authentication import authenticate_caller, authenticate_writer
from callout.desk.bounds import LONGEST_TEXT, bounded, subject_line
from callout.desk.entitlement import Channel, Entitlement, entitled
from callout.desk.failing_calls import LOOKS, failing_calls
from callout.desk.mode import mode_named
from callout.desk.rules import rules_for, snapshot
from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import NEW, LedgerView
from callout.policy.desk_words import Priority
from callout.steps.case_write import Refusal, told_moment

if TYPE_CHECKING:
    from pydantic import SecretStr

    from callout.inventory.models import Customer
    from callout.inventory.policy import Policy
    from callout.steps.context import Context

# A transcript goes on as further events: nothing of it is cut off.
MOST_PARTS = 40
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and what they show for an emergency: the PIN that they said, the share that somebody states."""

    channel: Channel
    who: str
    pin: SecretStr | None = None
    failing_percent: int | None = None
    stated_by: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """What it is about. `text` may be a long transcript; `answered` says that somebody of ours has replied in it.

    `at` (aware) is when the chat or the call began, default now. `ticket` is the number in another system.
    """

    subject: str
    text: str = ""
    priority: Priority = Priority.NORMAL
    mode: str = ""
    ticket: str = ""
    answered: bool = False
    at: dt.datetime | None = None


def open_case(
    context: Context, customer: Customer, policy: Policy, system: str, asking: Asking, matter: Matter
) -> Event:
    """The `case_opened` event; its body's `case` is the new number.

    `system` is one of the customer's, or empty. An emergency is one by `matter.priority`. Raises Refused, with every
    reason and recorded as `case_refused`, where the customer is not entitled to it; BadInput for what is not whole.
    """
    subject = subject_line(matter.subject)
    mode = str(mode_named(matter.mode)) if matter.mode else ""
    who = bounded(asking.who, "The name", LONGEST_NAME)
    if not who:
        raise BadInput("Somebody asks.", "Name them: --sender.")
    at = told_moment(context, matter.at)
    first, *more = _parts(matter.text)
    rules = snapshot(rules_for(policy.desk, customer.desk, matter.priority))
    refused: list[Refusal] = []

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        refused.clear()
        entitlement = entitlement_now(context, ledger, customer, policy, system, asking, matter.priority)
        names = (context.actor, customer.id, system, "")
        if entitlement.refusals:
            refused.append(_refusal(customer, entitlement))
            return [Draft("case_refused", at, *names, refused[0].body(""))]
        opened: dict[str, Any] = {
            "case": NEW,
            "channel": str(asking.channel),
            "sender": who,
            "subject": subject,
            "text": first,
            "priority": str(matter.priority),
            "mode": mode,
            "mail": "",
            "entitlement": entitlement.as_dict(),
            "rules": rules,
            "ticket": bounded(matter.ticket, "The ticket", LONGEST_NAME),
        }
        heard = {"case": NEW, "channel": str(asking.channel), "sender": who, "mail": "", "answers": False}
        drafts = [Draft("case_opened", at, *names, opened)]
        drafts += [Draft("case_heard", at, *names, {**heard, "text": part}) for part in more]
        if matter.answered:
            drafts.append(Draft("case_told", context.now(), *names, _answered(asking.channel)))
        return drafts

    events = context.ledger.append_after(decide)
    if refused:
        raise refused[0].error()
    return events[0]


def entitlement_now(
    context: Context,
    ledger: LedgerView,
    customer: Customer,
    policy: Policy,
    system: str,
    asking: Asking,
    priority: Priority,
) -> Entitlement:
    """What the customer is entitled to right now, by what whoever asks has shown and the ledger has seen."""
    emergency = priority is Priority.EMERGENCY
    if asking.channel is Channel.PHONE:
        authentication = authenticate_caller(customer.desk, asking.who, asking.pin)
    else:
        authentication = authenticate_writer(customer.desk, customer.registered_addresses, asking.who, asking.pin)
    since = context.now() - dt.timedelta(days=1)  # an older look says nothing about how it is
    looks = ledger.events(kinds=LOOKS, system=system, since_at=since) if emergency and system else ()
    failing = failing_calls(looks, context.now(), asking.failing_percent, asking.stated_by)
    return entitled(
        customer,
        asking.channel,
        emergency=emergency,
        authentication=authentication,
        failing=failing if emergency else None,
        failing_needed_percent=policy.desk.emergency_failing_percent,
    )


def _refusal(customer: Customer, entitlement: Entitlement) -> Refusal:
    reasons = entitlement.refusals
    count = f"{len(reasons)} reason{'s' if len(reasons) > 1 else ''}"
    hint = "It is recorded. Without it they are served as any ticket: by mail from a registered address, in the hours."
    return Refusal("open", f"{customer.id} is not entitled to this, for {count}; no case was opened.", reasons, hint)


def _parts(text: str) -> list[str]:
    """The text in pieces that an event takes, at least one. Raises BadInput for more than 40 of them."""
    said = text.strip()
    if len(said) > MOST_PARTS * LONGEST_TEXT:
        most = f"{MOST_PARTS * LONGEST_TEXT:,}"
        raise BadInput(f"The transcript has {len(said):,} characters, {most} are the most.", "Keep the part about it.")
    return [said[start : start + LONGEST_TEXT] for start in range(0, max(1, len(said)), LONGEST_TEXT)]


def _answered(channel: Channel) -> dict[str, Any]:
    return {
        "case": NEW,
        "letter": "reply",
        "text": f"Answered in the same {'call' if channel is Channel.PHONE else 'chat'}.",
        "reply": True,
        "asks": False,
        "links": [],
        "language": "",
    }
