"""`callout ssh`: a session on a system that works like ssh, timed and recorded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from access_check.escaping import shown
from callout.cli.shared import LONGEST_SENTENCE, GivenBack, InventoryOption, context_for, inventory_of, tell

if TYPE_CHECKING:
    from callout.steps.ssh_session import SessionEnd

ForwardHere = Annotated[list[str] | None, typer.Option("-L", help="A port here to one over there, as ssh -L.")]
ForwardThere = Annotated[list[str] | None, typer.Option("-R", help="A port over there to one here, as ssh -R.")]
ForwardAny = Annotated[list[str] | None, typer.Option("-D", help="A SOCKS port here, as ssh -D.")]


def command(
    system: Annotated[str, typer.Argument(help="The system, by its inventory name.")],
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[-- COMMAND…]", help="A command instead of a shell, after --.")
    ] = None,
    ticket: Annotated[str, typer.Option(help="The ticket; default: the call-out's.")] = "",
    callout: Annotated[str, typer.Option(help="The call-out that it belongs to.")] = "",
    note: Annotated[str, typer.Option(help="What is being done; without it a terminal is asked at the end.")] = "",
    role: Annotated[str, typer.Option(help="engineer or developer.")] = "engineer",
    activity: Annotated[str, typer.Option(help="maintenance (we do) or support (we explain).")] = "maintenance",
    no_recording: Annotated[str, typer.Option(metavar="REASON", help="Do not record, for this reason.")] = "",
    terminal: Annotated[bool, typer.Option("-t", help="A terminal also for a command, as ssh -t.")] = False,
    here: ForwardHere = None,
    there: ForwardThere = None,
    anywhere: ForwardAny = None,
    only_forward: Annotated[bool, typer.Option("-N", help="No shell and no command, as ssh -N.")] = False,
    inventory: InventoryOption = None,
) -> None:
    """Work on a system as with ssh: the time is logged, what is said is recorded.

    Gives back the far side's exit status, 255 where the line was cut, 128 and its number for a signal that ended us.
    An error of callout itself (a refused host key, no way in) says so on standard error and has its usual status.
    """
    from callout.cli.balance_line import tell_balance
    from callout.cli.ssh_questions import questions_at_the_end
    from callout.shell.conversation import Doors, Wanted
    from callout.steps.ssh_session import Desk, hold_session, words_at_the_start
    from callout.worklog.recorded_work import Asked

    context = context_for(inventory)
    chosen = inventory_of(context).system(system)
    flags = (("-L", here), ("-R", there), ("-D", anywhere))
    forwards = tuple(word for flag, values in flags for value in values or () for word in (flag, value))
    asked = Asked(ticket, callout, note, role, activity, no_recording, " ".join(words or ()), forwards)
    wanted = Wanted(tuple(words or ()), terminal=terminal, forwards=forwards, far_side=not only_forward)
    doors = Doors()
    at_terminal = doors.person and not only_forward and (terminal or not words)
    if at_terminal:
        for sentence in words_at_the_start(chosen, recorded=not no_recording):
            tell(sentence)
        tell_balance(context, chosen.customer.id)
    end = hold_session(context, chosen, asked, wanted, Desk(doors, _say, questions_at_the_end(asks_for_note=not note)))
    if at_terminal:
        _tell_the_end(end)
    if end.outcome.end == "lost":
        tell("callout: the line was cut, or ended here, before the far side said how it ended.")
    raise GivenBack(end.outcome.status)


def _say(sentence: str) -> None:
    """A sentence while the terminal may be raw: then a line break alone does not begin a line."""
    os.write(2, f"\r\ncallout: {shown(sentence, LONGEST_SENTENCE)}\r\n".encode())


def _tell_the_end(end: SessionEnd) -> None:
    from callout.views.numbers import clock_time

    body = end.event.body
    if end.event.kind == "work_logged":
        tell(f"Logged {clock_time(body['seconds'])} for {body['ticket']}, {end.event.system}.")
    else:
        tell(f"Recorded beside the session for {body['ticket']}: that one counts the time, up to where it is stopped.")
    if end.kept:
        tell(f"See it again with: callout play {end.event.id[:8]}")
        if end.kept.trouble:
            tell(f"The recording is not whole: {end.kept.trouble}.")
