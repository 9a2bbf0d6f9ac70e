"""`callout case reply` and `callout case hear`: what is said, in both directions."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.case_options import (
    AtOption,
    CaseArgument,
    TextFileOption,
    TextOption,
    moment_given,
    say,
    text_of,
)
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, tell
from callout.errors import BadInput


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("reply")(reply)
    app.command("hear")(hear)


def reply(
    case: CaseArgument,
    text: TextOption = "",
    text_file: TextFileOption = None,
    link: Annotated[list[str] | None, typer.Option(help="A page of the documentation; may be repeated.")] = None,
    instructions: Annotated[
        bool, typer.Option("--instructions", help="It tells the customer what to do; needs a link.")
    ] = False,
    asks: Annotated[bool, typer.Option("--asks", help="It is the customer's turn from here: clocks pause.")] = False,
    language: Annotated[str, typer.Option(help="In which language it is written, like en or de.")] = "",
    at: AtOption = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Record what one of us said to the customer. It keeps the promise of a first reply."""
    from callout.steps.case_talk import Reply
    from callout.steps.case_talk import reply as reply_step

    context = context_for(inventory, must_exist=True)
    policy = inventory_of(context).policy
    said = Reply(
        text_of(text, text_file), tuple(link or ()), instructions, asks, language, moment_given(at)
    )  # fmt: skip
    event = reply_step(context, policy, case, said)
    paused = event.body["asks"]
    say(event, f"{event.body['case']}: {'paused, it is the customer’s turn' if paused else 'told'}.", as_json=as_json)
    if asks and not paused:
        tell("The clocks run on: callout_policy.desk.pause_on_customers_turn says so.")


def hear(
    case: CaseArgument,
    text: TextOption = "",
    text_file: TextFileOption = None,
    channel: Annotated[str, typer.Option(help="chat or phone.")] = "chat",
    sender: Annotated[str, typer.Option(help="Who said it; default: who opened the case.")] = "",
    at: AtOption = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Record what the customer said by chat or phone. It ends a pause in which it was their turn."""
    from callout.desk.entitlement import Channel
    from callout.steps.case_talk import hear as hear_step

    if channel not in (Channel.CHAT, Channel.PHONE):
        raise BadInput(f"{channel[:40]!r} is no channel for this.", "Use chat or phone; mails: callout case intake.")
    context = context_for(inventory, must_exist=True)
    event = hear_step(context, case, Channel(channel), sender, text_of(text, text_file), moment_given(at))
    say(event, f"{event.body['case']}: heard{', our turn again' if event.body['answers'] else ''}.", as_json=as_json)
