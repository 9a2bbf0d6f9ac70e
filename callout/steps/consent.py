"""Records a customer's yes to one plan, and finds the consents that a gate may count on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callout.errors import BadInput
from callout.ledger.event import Draft, Event, format_utc, parse_utc
from callout.ledger.store import LedgerView
from callout.policy.consents import CHANNELS, ConsentGiven, is_registered, usable
from callout.steps.context import Context
from callout.steps.record import opening_of, story_of

if TYPE_CHECKING:
    from callout.inventory.models import Customer, System

SHORTEST_HASH = 8


def record_consent(
    context: Context,
    customer: Customer,
    callout: str,
    plan: str,
    *,
    by: str,
    channel: str,
    reference: str,
    without_charging: bool = False,
) -> Event:
    """The `consented` event.

    `plan` is the plan's hash or at least its first 8 characters. A plan outlives the call-out that was
    refused for want of consent: consent may be given to a closed call-out's plan, and covers whichever
    call-out executes exactly that plan. It covers what the plan says, charging included, unless
    `without_charging`. Raises BadInput for a plan that this call-out never had, an unknown channel, or a
    consent without a name or reference.
    """
    if channel not in CHANNELS:
        raise BadInput(f"{channel!r} is no channel.", f"Use one of: {', '.join(CHANNELS)}.")
    if not by.strip() or not reference.strip():
        raise BadInput("A consent needs who gave it and where that can be read again.", "Give --by and --reference.")
    opened = opening_of(context.ledger, callout)
    found = _planned(story_of(context.ledger, callout), plan, callout)
    registered = is_registered(by, channel, customer.registered_addresses)
    body = {
        "plan_hash": found["hash"],
        "by": by.strip(),
        "channel": channel,
        "reference": reference.strip(),
        "covers_charging": not without_charging,
        "registered": registered,
    }
    names = (opened.customer, opened.system, callout)
    return context.ledger.append(Draft("consented", context.now(), context.actor, *names, body))[0]


def _planned(events: list[Event], plan: str, callout: str) -> dict[str, Any]:
    plans = [event.body for event in events if event.kind == "planned"]
    if not plans:
        raise BadInput(f"{callout} has no plan to consent to.", f"Run callout plan {callout} --bundle FILE.")
    wanted = plan.removeprefix("sha256:").lower()
    fitting = {body["hash"]: body for body in plans if len(wanted) >= SHORTEST_HASH and body["hash"].startswith(wanted)}
    if len(fitting) != 1:
        newest = plans[-1]["hash"]
        raise BadInput(f"{callout} has no plan with hash {plan}.", f"Its newest plan is {newest}.")
    return next(iter(fitting.values()))


def consents_for(ledger: LedgerView, system: str) -> list[ConsentGiven]:
    """All consents ever given for a system, each with the call-out that spent it: the next one that changed
    something under the same plan."""
    planned = {event.callout: event.body["hash"] for event in ledger.events(kind="planned", system=system)}
    changes = sorted(
        (event for kind in ("patched", "patch_failed") for event in ledger.events(kind=kind, system=system)),
        key=lambda event: event.seq,
    )
    spending = [
        (event.seq, event.body.get("plan_hash") or planned.get(event.callout, ""), event.callout) for event in changes
    ]
    return [_given(event, spending) for event in ledger.events(kind="consented", system=system)]


def _given(event: Event, spending: list[tuple[int, str, str]]) -> ConsentGiven:
    body = event.body
    spent_by = (callout for seq, plan_hash, callout in spending if seq > event.seq and plan_hash == body["plan_hash"])
    return ConsentGiven(
        event_id=event.id,
        callout=event.callout,
        plan_hash=body["plan_hash"],
        at=parse_utc(body["given_at"]) if "given_at" in body else event.happened_at,
        by=body["by"],
        channel=body["channel"],
        reference=body["reference"],
        covers_charging=body["covers_charging"],
        registered=body["registered"],
        spent_by=next(spent_by, ""),
    )


def adopt_consent(context: Context, system: System, callout: str, plan_hash: str) -> Event | None:
    """Notes in this call-out a consent that was given to the same plan in another one; None where there is none."""
    consents = consents_for(context.ledger, system.name)
    if any(consent.callout == callout and consent.plan_hash == plan_hash for consent in consents):
        return None
    found, _ = usable(consents, plan_hash, callout, context.now(), system.policy.consent.valid_days)
    if found is None:
        return None
    body = {
        "plan_hash": plan_hash,
        "by": found.by,
        "channel": found.channel,
        "reference": found.reference,
        "covers_charging": found.covers_charging,
        "registered": found.registered,
        "given_at": format_utc(found.at),
        "given_in": found.callout,
        "given_as": found.event_id,
    }
    return context.record("consented", system, callout, body)
