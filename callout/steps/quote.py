"""Makes quotes, from similar past work or by hand, and records what the customer said to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from callout.errors import BadInput, Refused
from callout.ledger.event import Draft, Event, format_utc, parse_utc
from callout.ledger.store import LedgerView
from callout.policy.consents import CHANNELS, is_registered
from callout.policy.quotes import Answer, CapUse, QuoteSeen, judge_acceptance
from callout.policy.similar_work import Basis, similar_jobs
from callout.steps.context import Context
from callout.worklog.offer import Wanted, offer_body
from callout.worklog.past_jobs import job_key, past_jobs
from callout.worklog.quote_use import cap_used
from callout.worklog.quoting import KINDS, Quote, accepted_for, quote_named, quote_state

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.policy import Policy


def make_quote(context: Context, customer: Customer, policy: Policy, wanted: Wanted) -> Event:
    """The `quoted` event; its body's `quote` is the new number, `Q-0001` and on without gaps.

    Raises BadInput where it says too little, too much or contradicts itself, where too little past work is like
    it (with how much there is), and where no rate is on file.
    """
    body = offer_body(customer, policy, wanted, _basis(context, wanted), context.now())

    def decide(view: LedgerView) -> Sequence[Draft]:
        number = sum(1 for _ in view.events(kind="quoted")) + 1
        return [
            Draft(
                "quoted", context.now(), context.actor, customer.id, wanted.system, wanted.callout,
                {"quote": f"Q-{number:04d}", **body},
            )
        ]  # fmt: skip

    return context.ledger.append_after(decide)[0]


def accept_quote(
    context: Context,
    customer: Customer,
    number: str,
    *,
    order_reference: str,
    by: str,
    channel: str,
    reference: str,
    given_at: dt.datetime | None = None,
) -> Event:
    """The `quote_accepted` event: the customer pays what the quote says, up to its cap.

    `given_at` (aware) is when they said so, default now. Only the first answer counts, whoever records it. Raises
    BadInput for an unknown quote or channel, or without a name and a reference; Refused, with every reason, where
    the quote is answered or expired, or the address is not registered.
    """
    _check_answer(order_reference, by, channel, reference)
    now = context.now()
    given = given_at or now
    if given.tzinfo is None:
        raise BadInput(f"{given.isoformat()} has no offset.", "Give one, like 2026-03-01T17:30+01:00.")
    registered = is_registered(by, channel, customer.registered_addresses)

    def decide(view: LedgerView) -> Sequence[Draft]:
        quote = _of_customer(quote_named(_quote_events(view), number, now), customer)
        answer = Answer(number, quote.state, quote.made_at, quote.valid_until, given, now, by.strip(), registered)
        if reasons := judge_acceptance(answer):
            raise Refused(
                f"{number} cannot be accepted: {reasons[0].seen}",
                reasons=[reason.as_dict() for reason in reasons],
            )
        body = {
            "quote": number,
            "order_reference": order_reference.strip(),
            "given_by": by.strip(),
            "given_at": format_utc(given),
            "channel": channel,
            "evidence": reference.strip(),
            "registered": registered,
        }
        return [_answer(context, quote, "quote_accepted", body, now)]

    return context.ledger.append_after(decide)[0]


def decline_quote(context: Context, number: str, *, reason: str, by: str = "") -> Event:
    """The `quote_declined` event. Raises BadInput without a reason, Refused where the quote is answered already."""
    if not reason.strip():
        raise BadInput("A quote is not declined without a reason.", "Say what the customer said: --reason.")
    now = context.now()

    def decide(view: LedgerView) -> Sequence[Draft]:
        quote = quote_named(_quote_events(view), number, now)
        if quote.answer is not None:
            raise Refused(f"{number} is {quote.state} already.", "Make a new quote.")
        body = {"quote": number, "reason": reason.strip(), "given_by": by.strip()}
        return [_answer(context, quote, "quote_declined", body, now)]

    return context.ledger.append_after(decide)[0]


def quotes(context: Context, customer: str = "") -> list[Quote]:
    """All quotes as they stand now, oldest first; of one customer where it is named."""
    found = quote_state(_quote_events(context.ledger), context.now()).values()
    return [quote for quote in found if not customer or quote.customer == customer]


def quote_now(context: Context, number: str) -> Quote:
    """One quote as it stands now. Raises BadInput for an unknown number."""
    return quote_named(_quote_events(context.ledger), number, context.now())


def quote_use(context: Context, quote: Quote) -> CapUse | None:
    """How much of its cap is used now; None where it has none."""
    return cap_used(context.ledger.events(customer=quote.customer), quote, context.now())


def quote_seen(context: Context, customer: str, ticket: str, callout: str) -> QuoteSeen | None:
    """What the gate asks about the accepted quote for that ticket or call-out; None where there is none."""
    quote = accepted_for(quotes(context, customer), customer, ticket, callout)
    if quote is None or quote.answer is None:
        return None
    accepted_at = parse_utc(quote.answer.body["given_at"])
    return QuoteSeen(quote.number, quote.order_reference, accepted_at, quote_use(context, quote))


def _basis(context: Context, wanted: Wanted) -> Basis | None:
    if wanted.like is None:
        return None
    own = job_key(wanted.like.customer, wanted.ticket.strip())
    return similar_jobs((job for job in past_jobs(context.ledger.events()) if job.key != own), wanted.like)


def _quote_events(view: LedgerView) -> Iterable[Event]:
    return (event for kind in KINDS for event in view.events(kind=kind))


def _of_customer(quote: Quote, customer: Customer) -> Quote:
    if quote.customer != customer.id:
        raise BadInput(f"{quote.number} is a quote for {quote.customer}, not {customer.id}.", "Look at the number.")
    return quote


def _answer(context: Context, quote: Quote, kind: str, body: dict[str, Any], now: dt.datetime) -> Draft:
    return Draft(kind, now, context.actor, quote.customer, quote.event.system, quote.event.callout, body)


def _check_answer(order_reference: str, by: str, channel: str, reference: str) -> None:
    if channel not in CHANNELS:
        raise BadInput(f"{channel!r} is no channel.", f"Use one of: {', '.join(CHANNELS)}.")
    if not (order_reference.strip() and by.strip() and reference.strip()):
        raise BadInput(
            "An acceptance needs the customer's order reference, who gave it, and where that can be read again.",
            "Give --order, --by and --reference.",
        )
