"""`callout case judge|end|reopen`: what an emergency was, how a case ends, and that it goes on."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.case_options import CaseArgument, ReasonOption, moment_given, say
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, tell
from callout.errors import BadInput


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("judge")(judge)
    app.command("end")(end)
    app.command("reopen")(reopen)


def judge(
    case: CaseArgument,
    emergency: Annotated[str, typer.Option(help="genuine, man_made or none.")],
    reason: ReasonOption,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say what an emergency was. One that was man-made or none is charged: the work in its call-outs gets the cause, on
    the evidence of this word. Said once more it takes what has come since."""
    from callout.desk.emergency import moved
    from callout.steps.case_judge import judge_emergency

    judgement = judge_emergency(context_for(inventory, must_exist=True), case, emergency, reason)
    event, changed = judgement.event, {one.work.event_id for one in moved(judgement.deeds)}
    count = f"{len(changed)} piece{'' if len(changed) == 1 else 's'} of work"
    say(event, f"{event.body['case']}: {event.body['emergency']}; {count} judged with it.", as_json=as_json)
    for one in judgement.deeds:
        if one.why:
            tell(f"{one.work.event_id[:8]} stays as it is: {one.why}.")


def end(
    case: CaseArgument,
    outcome: Annotated[
        str, typer.Option(help="satisfied, not-possible, feature-road-map, feature-account-manager or bug.")
    ],
    why: Annotated[str, typer.Option(help="The reason; needed for not-possible.")] = "",
    reference: Annotated[str, typer.Option(help="Bug in the tracker, road map entry, account manager.")] = "",
    when: Annotated[str, typer.Option(help="When a bug will be mended: a date or words.")] = "",
    faq: Annotated[str, typer.Option(help="The published answer: a link.")] = "",
    no_faq: Annotated[bool, typer.Option("--no-faq", help="There is none yet: support is owed.")] = False,
    critical: Annotated[bool, typer.Option("--critical", help="A critical bug: a patch within 24 hours.")] = False,
    confirmed_at: Annotated[str, typer.Option(help="When the critical bug was confirmed.")] = "",
    bundle: Annotated[str, typer.Option(help="The patch bundle that mends it, where there is one.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """End a case with exactly one of the five outcomes. Exits 8 while a deadline that was not kept is not justified, or
    an emergency is not judged."""
    from callout.desk.outcome import Outcome, what_is_owed
    from callout.policy.outcomes import NO_FAQ
    from callout.steps.case_end import end_case, left_to_do

    if faq and no_faq:
        raise BadInput("There is a FAQ, and there is none.", "Give --faq or --no-faq.")
    context = context_for(inventory, must_exist=True)
    published = NO_FAQ if no_faq else faq
    said = Outcome(outcome, why, reference, when, published, critical, moment_given(confirmed_at), bundle)
    event = end_case(context, inventory_of(context).policy, case, said)
    say(event, f"{event.body['case']} has ended: {outcome}.", as_json=as_json)
    for sentence in (*what_is_owed(said), *left_to_do(context.ledger, case)):
        tell(sentence)


def reopen(
    case: CaseArgument, reason: ReasonOption, as_json: JsonOption = False, inventory: InventoryOption = None
) -> None:
    """Let a case that has ended go on; all of before stays."""
    from callout.steps.case_end import reopen_case

    event = reopen_case(context_for(inventory, must_exist=True), case, reason)
    say(event, f"{event.body['case']} goes on.", as_json=as_json)
