"""`callout quote`: what a piece of work will come to, offered, and what the customer said."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json, tell
from callout.cli.written import write_private
from callout.errors import BadInput

if TYPE_CHECKING:
    from decimal import Decimal

    from callout.inventory import Inventory
    from callout.inventory.models import Customer
    from callout.policy.similar_work import Likeness
    from callout.steps.context import Context

app = new_app("Quotes: made from similar past work or by hand, sent, accepted or declined.")
NumberArgument = Annotated[str, typer.Argument(help="The quote, like Q-0001.", metavar="QUOTE")]


class Form(StrEnum):
    """How the letter comes out."""

    TEXT = "text"
    HTML = "html"


class Whose(StrEnum):
    """Whose past work counts."""

    THIS_FIRST = "this-first"
    THIS = "this"
    ALL = "all"


@app.command("make")
def make(
    ticket: Annotated[str, typer.Option(help="The ticket; default: the call-out's.")] = "",
    customer: Annotated[str, typer.Option(help="The customer, where it is about no one system.")] = "",
    system: Annotated[str, typer.Option(help="The system, by its inventory name.")] = "",
    callout: Annotated[str, typer.Option(help="The call-out that it belongs to; needs no other name.")] = "",
    text: Annotated[str, typer.Option(help="What is included; default: the call-out's reason.")] = "",
    minutes: Annotated[int | None, typer.Option(help="By hand: so many minutes.")] = None,
    amount: Annotated[str, typer.Option(help="By hand: this amount, like 400.00.")] = "",
    like: Annotated[str, typer.Option(help="From past work whose words are like these.")] = "",
    activity: Annotated[str, typer.Option(help="From past work of this kind, like maintenance.")] = "",
    bundle: Annotated[str, typer.Option(help="From past work that put in this bundle.")] = "",
    playbook: Annotated[str, typer.Option(help="From past work by this playbook, like maintain.")] = "",
    product: Annotated[str, typer.Option(help="Only past work on this product; default: the system's.")] = "",
    whose: Annotated[Whose, typer.Option(help="This customer's, all customers', or all where there is too little.")] = (
        Whose.THIS_FIRST
    ),
    cap: Annotated[str, typer.Option(help="At most: 3h, 90m, 400.00, or p90 (nine of ten took no longer).")] = "",
    valid_until: Annotated[str, typer.Option(help="Last day, like 2026-04-30, or a moment with offset.")] = "",
    role: Annotated[str, typer.Option(help="Whose rate: engineer or developer.")] = "engineer",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Make a quote. Print the letter with: callout quote letter QUOTE."""
    from callout.policy.similar_work import Likeness
    from callout.policy.similar_work import Whose as Counted
    from callout.steps.quote import make_quote
    from callout.worklog.offer import Wanted, last_second

    context = context_for(inventory)
    known = inventory_of(context)
    if callout:
        customer, system, ticket, text = _of_callout(context, callout, customer, system, ticket, text)
    owner, product = _about(known, customer, system, product)
    wanted_like: Likeness | None = None
    if like or activity or bundle or playbook:
        least = known.policy.quotes.similar_needed
        wanted_like = Likeness(owner.id, activity, product, playbook, bundle, like, Counted(whose), least)
    wanted = Wanted(
        ticket=ticket,
        text=text,
        system=system,
        callout=callout,
        role=role,
        minutes=minutes,
        amount=_amount(amount) if amount else None,
        like=wanted_like,
        cap=cap,
        valid_until=last_second(valid_until, owner.time_zone) if valid_until else None,
    )
    event = make_quote(context, owner, known.policy, wanted)
    if as_json:
        print_json({"event": event.as_dict()})
        return
    body = event.body
    print(f"{body['quote']}: {body['amount']} {body['currency']} for {owner.id}, ticket {body['ticket']}.")
    for reason in body["reasons"]:
        tell(reason)
    tell(f"The letter: callout quote letter {body['quote']}")


@app.command("list")
def list_quotes(
    customer: Annotated[str, typer.Option(help="Only this customer's.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List all quotes, oldest first, and where they stand."""
    from callout.steps.quote import quotes
    from callout.views.quote_data import quote_dict, quotes_text

    found = quotes(context_for(inventory, must_exist=True), customer)
    if as_json:
        print_json({"quotes": [quote_dict(one) for one in found]})
    else:
        print(quotes_text(found))


@app.command("show")
def show(quote: NumberArgument, as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Show one quote, what it rests on, what the customer said, and how much of its cap is used."""
    from callout.steps.quote import quote_now, quote_use
    from callout.views.quote_data import quote_dict, quote_text

    context = context_for(inventory, must_exist=True)
    found = quote_now(context, quote)
    use = quote_use(context, found)
    if as_json:
        print_json({"quote": quote_dict(found, use)})
    else:
        print(quote_text(found, use))


@app.command("letter")
def letter(
    quote: NumberArgument,
    form: Annotated[Form, typer.Option("--format", help="Text to paste into a reply, or a page.")] = Form.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    inventory: InventoryOption = None,
) -> None:
    """Write the letter that offers a quote, in the customer's language. Writes nothing to the ledger."""
    from callout.steps.quote_letter import letter_of_quote
    from callout.views.quote_letter import quote_letter_html, quote_letter_text

    context = context_for(inventory, must_exist=True)
    written = letter_of_quote(context, inventory_of(context), quote)
    content = quote_letter_text(written) if form is Form.TEXT else quote_letter_html(written)
    if output is None:
        print(content, end="")
    else:
        write_private(output, content)
        tell(f"Wrote {output}.")


@app.command("accept")
def accept(
    quote: NumberArgument,
    order: Annotated[str, typer.Option(help="The customer's own order reference.")],
    by: Annotated[str, typer.Option(help="Who accepted: name and registered address.")],
    channel: Annotated[str, typer.Option(help="ticket, email, chat, phone, portal or letter.")],
    reference: Annotated[str, typer.Option(help="Where the answer can be read again.")],
    given_at: Annotated[str, typer.Option(help="When they answered, with offset; default: now.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Record that the customer takes a quote: a consent to be charged, up to its cap. Once only."""
    from callout.steps.quote import accept_quote, quote_now

    context = context_for(inventory, must_exist=True)
    customer = inventory_of(context).customer(quote_now(context, quote).customer)
    event = accept_quote(
        context, customer, quote, order_reference=order, by=by, channel=channel, reference=reference,
        given_at=_moment(given_at) if given_at else None,
    )  # fmt: skip
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        print(f"Recorded: {event.body['given_by']} accepts {quote} under {event.body['order_reference']}.")


@app.command("decline")
def decline(
    quote: NumberArgument,
    reason: Annotated[str, typer.Option(help="What the customer said.")],
    by: Annotated[str, typer.Option(help="Who declined.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Record that the customer does not take a quote, and why. Once only."""
    from callout.steps.quote import decline_quote

    event = decline_quote(context_for(inventory, must_exist=True), quote, reason=reason, by=by)
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        print(f"Recorded: {quote} is declined.")


def _of_callout(
    context: Context, callout: str, customer: str, system: str, ticket: str, text: str
) -> tuple[str, str, str, str]:
    """Customer, system, ticket and what is included, as an open call-out says. Raises BadInput for another name."""
    from callout.steps.record import require_open

    opened = require_open(context.ledger, callout)
    told = opened.body
    for given, has in ((customer, opened.customer), (system, opened.system), (ticket, told["ticket"])):
        if given and given != has:
            raise BadInput(f"{callout} is about {has}, not {given}.", "Leave the name out, or name the other call-out.")
    return opened.customer, opened.system, told["ticket"], text or told["reason"]


def _about(known: Inventory, customer: str, system: str, product: str) -> tuple[Customer, str]:
    """The customer and, where a system is named, its product."""
    if system:
        found = known.system(system)
        if customer and customer != found.customer.id:
            raise BadInput(f"{system} is a system of {found.customer.id}, not {customer}.", "Leave --customer out.")
        return found.customer, product or found.product
    if not customer:
        raise BadInput("A quote is for somebody.", "Name --customer, --system or --callout.")
    return known.customer(customer), product


def _amount(written: str) -> Decimal:
    from callout.policy.amounts import amount_of

    return amount_of(written, "--amount")


def _moment(written: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(written)
    except ValueError:
        raise BadInput(f"{written[:40]!r} is no moment.", "Write it like 2026-03-01T17:30+01:00.") from None
