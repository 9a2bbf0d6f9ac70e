"""`callout case open`: a case that came by chat or by the emergency phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.case_options import (
    AtOption,
    FailingOption,
    PinFileOption,
    StatedByOption,
    TextOption,
    moment_given,
    pin_given,
    say,
    text_of,
)
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, tell
from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.inventory import Inventory
    from callout.inventory.models import Customer


def register(app: typer.Typer) -> None:
    """Adds the verb to the group."""
    app.command("open")(open_)


def open_(
    channel: Annotated[str, typer.Option(help="chat or phone; mails come in by callout case intake.")],
    sender: Annotated[str, typer.Option(help="Who asks: their address, name or number.")],
    subject: Annotated[str, typer.Option(help="What it is about, in one line.")],
    customer: Annotated[str, typer.Option(help="The customer; not needed with --system.")] = "",
    system: Annotated[str, typer.Option(help="The system that it is about.")] = "",
    text: TextOption = "",
    transcript: Annotated[Path | None, typer.Option(help="The chat or the call's notes; - reads them.")] = None,
    priority: Annotated[str, typer.Option(help="high, normal or low.")] = "normal",
    emergency: Annotated[bool, typer.Option("--emergency", help="An emergency; by phone only.")] = False,
    failing: FailingOption = None,
    stated_by: StatedByOption = "",
    pin_file: PinFileOption = None,
    mode: Annotated[str, typer.Option(help="Who does the work, where it is clear: you_do or we_do.")] = "",
    ticket: Annotated[str, typer.Option(help="Its number in another system.")] = "",
    answered: Annotated[bool, typer.Option("--answered", help="One of us has answered in the same talk.")] = False,
    at: AtOption = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Open a case and print its number. An emergency needs its contract, the caller's PIN or name, and half of all
    calls failing, as the last look at the system shows or somebody states. Exits 8 where they are not entitled."""
    from callout.desk.authentication import PROOFS, Proof, authenticate_writer, has_pin
    from callout.desk.entitlement import PRICE_WORDS, Channel, Price
    from callout.policy.desk_words import Priority
    from callout.steps.case_open import Asking, Matter, open_case

    if channel not in (Channel.CHAT, Channel.PHONE):
        raise BadInput(f"{channel[:40]!r} is no channel for this.", "Use chat or phone; mails: callout case intake.")
    wanted = Priority.EMERGENCY if emergency else priority
    if wanted not in set(Priority) or (wanted == Priority.EMERGENCY and not emergency):
        raise BadInput(f"{priority[:40]!r} is no priority here.", "Use high, normal or low, or --emergency.")
    if str(pin_file) == str(transcript) == "-":
        raise BadInput("Standard input is asked for twice.", "Give the PIN or the transcript in a file.")
    context = context_for(inventory)
    known = inventory_of(context)
    who = customer_of(known, customer, system)
    known_writer = authenticate_writer(who.desk, who.registered_addresses, sender, None).proofs
    asks_pin = has_pin(who.desk) and (emergency if channel == Channel.PHONE else not known_writer)
    asking = Asking(Channel(channel), sender, pin_given(pin_file, ask=asks_pin), failing, stated_by)
    matter = Matter(
        subject, text_of(text, transcript), Priority(wanted), mode, ticket, answered=answered, at=moment_given(at)
    )
    event = open_case(context, who, known.policy, system, asking, matter)
    say(event, str(event.body["case"]), as_json=as_json)
    if authentication := event.body["entitlement"].get("authentication"):
        proofs = " and ".join(PROOFS[Proof(proof)] for proof in authentication["proofs"])
        tell(f"{authentication['who']} was authenticated by {proofs}.")
    tell(PRICE_WORDS[Price(event.body["entitlement"]["price"])])


def customer_of(inventory: Inventory, customer: str, system: str) -> Customer:
    """The customer named, or the system's. Raises BadInput for neither, and where they do not belong together."""
    if not customer and not system:
        raise BadInput("Whose case is it?", "Give --customer or --system.")
    found = inventory.system(system).customer if system else inventory.customer(customer)
    if customer and customer != found.id:
        raise BadInput(f"{system} is a system of {found.id}, not {customer}.", "Leave --customer out.")
    return found
