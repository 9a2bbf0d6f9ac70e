"""What a person does to a case's clocks: pause and resume them, set a deadline, say why one was not kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from callout.desk.bounds import LONGEST_REASON, bounded, reason_given
from callout.desk.case import CaseState
from callout.desk.outcome import NOT_KEPT
from callout.desk.pauses import Turn
from callout.errors import BadInput
from callout.ledger.event import Draft, Event, format_utc
from callout.ledger.store import LedgerView
from callout.policy.desk_words import ClockName
from callout.steps.case_look import case_now, require_going, standings_now
from callout.steps.case_write import draft_of, told_moment, write_to_case

if TYPE_CHECKING:
    from callout.desk.case import Case
    from callout.inventory.policy import Policy
    from callout.steps.context import Context

# Whose turn lets the clocks stand: never ours.
WAITED_FOR = (Turn.CUSTOMER, Turn.PROVIDER, Turn.THIRD_PARTY)


def pause_case(context: Context, written: str, turn: str, reason: str, at: dt.datetime | None = None) -> Event:
    """The `case_paused` event: from then on it is somebody else's turn.

    Raises BadInput for a turn that is ours, without a reason, and where the case is paused already or has ended.
    """
    if turn not in WAITED_FOR:
        raise BadInput(
            f"{turn[:40]!r} is nobody whom a case waits for: while it is our turn the clocks run.",
            f"Use one of: {', '.join(WAITED_FOR)}.",
        )
    why = reason_given(reason, "A pause")

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft]:
        if require_going(case).state is CaseState.PAUSED:
            raise BadInput(
                f"{case.number} is paused already: it is the turn of {case.turn}.", "Resume it first, or leave it so."
            )
        return [_event(context, case, "case_paused", {"turn": str(turn), "reason": why}, at)]

    return write_to_case(context, written, decide)[0]


def resume_case(context: Context, written: str, reason: str, at: dt.datetime | None = None) -> Event:
    """The `case_resumed` event. Raises BadInput without a reason, and where the case is not paused."""
    why = reason_given(reason, "Going on")

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft]:
        if require_going(case).state is not CaseState.PAUSED:
            raise BadInput(f"{case.number} is not paused.", "Its clocks run: there is nothing to resume.")
        return [_event(context, case, "case_resumed", {"reason": why}, at)]

    return write_to_case(context, written, decide)[0]


def set_deadline(context: Context, written: str, clock: str, due_at: dt.datetime, reason: str) -> Event:
    """The `case_deadline_set` event: that clock is due then (aware), whatever pauses.

    Raises BadInput for an unknown clock, one without anything to be timed, a moment that has passed, and without a
    reason.
    """
    name, why = clock_named(clock), reason_given(reason, "A deadline by hand")

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft]:
        require_going(case)
        if due_at <= context.now():
            raise BadInput(f"{due_at.isoformat()} has passed: no deadline is set in the past.", "Look at --due.")
        if name is ClockName.ACKNOWLEDGEMENT and not case.escalations:
            raise BadInput(f"{case.number} was never escalated: there is nothing to acknowledge.", "Set another clock.")
        body = {"clock": str(name), "due_at": format_utc(due_at), "reason": why}
        return [draft_of(context, case, "case_deadline_set", body)]

    return write_to_case(context, written, decide)[0]


def justify_breach(context: Context, policy: Policy, written: str, clock: str, justification: str) -> Event:
    """The `case_justified` event: why the oldest deadline of that clock that was not kept, and that nobody has
    justified yet, was not.

    Raises BadInput without a word, and where there is nothing to justify. A case that has ended can be justified, too.
    """
    name = clock_named(clock)
    said = bounded(justification, "The justification", LONGEST_REASON)
    if not said:
        raise BadInput("A justification says why the deadline was not kept.", "Give it: --justification.")
    standings_now(context, policy, case_now(context.ledger, written))  # loads the calendar before anybody waits for us

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft]:
        missed = [
            one
            for one in standings_now(context, policy, case)
            if one.clock == name and one.state in NOT_KEPT and not one.justified
        ]
        if not missed:
            raise BadInput(
                f"There is no breach of {name.replace('_', ' ')} in {case.number} that wants a justification.",
                f"callout case show {case.number} shows how its clocks stand.",
            )
        oldest = min(missed, key=lambda one: one.due_at)
        body = {"clock": str(name), "due_at": format_utc(oldest.due_at), "justification": said}
        return [draft_of(context, case, "case_justified", body)]

    return write_to_case(context, written, decide)[0]


def clock_named(written: str) -> ClockName:
    """A clock by its name, also with hyphens. Raises BadInput for one that is none."""
    word = written.strip().replace("-", "_")
    if word not in set(ClockName):
        raise BadInput(f"There is no clock {written[:40]!r}.", f"There are: {', '.join(ClockName)}.")
    return ClockName(word)


def _event(context: Context, case: Case, kind: str, body: dict[str, str], at: dt.datetime | None) -> Draft:
    return draft_of(context, case, kind, body, at=told_moment(context, at, case.opened_at))
