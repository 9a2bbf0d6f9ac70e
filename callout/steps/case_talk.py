"""What is said in a case: a person's reply to the customer, and what the customer says by chat or phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callout.desk.bounds import bounded, text_given
from callout.desk.mode import Mode, documentation_links, reasons_against_instructions
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.steps.case_look import require_going
from callout.steps.case_write import Refusal, draft_of, told_moment, write_to_case

if TYPE_CHECKING:
    from callout.desk.case import Case
    from callout.desk.entitlement import Channel
    from callout.inventory.policy import Policy
    from callout.steps.context import Context


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person of ours says. `instructions` tell the customer what to do, with links to the documentation.

    `asks`: it is the customer's turn from here. `at` (aware) is when it was said, default now.
    """

    text: str
    links: tuple[str, ...] = ()
    instructions: bool = False
    asks: bool = False
    language: str = ""
    at: dt.datetime | None = None


def reply(context: Context, policy: Policy, written: str, said: Reply) -> Event:
    """The `case_told` event of a person's reply. It pauses the clocks where it asks, unless policy lets them run.

    Instructions in a case of which nobody has said who does the work make it one in which the customer does, as an
    event of its own. Raises Refused for instructions where we do the work, or without any link; BadInput for an empty
    or too long text, for a link that is none, and in a case that has ended.
    """
    text, links = text_given(said.text, "A reply"), documentation_links(said.links)
    body = {
        "letter": "instructions" if said.instructions else "reply",
        "text": text,
        "reply": True,
        "asks": said.asks and policy.desk.pause_on_customers_turn,
        "links": links,
        "language": said.language.strip(),
    }

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft] | Refusal:
        require_going(case)
        at = told_moment(context, said.at, case.opened_at)
        told = draft_of(context, case, "case_told", body, at=at)
        if not said.instructions:
            return [told]
        if reasons := reasons_against_instructions(case.mode, links, case.number):
            return Refusal("instructions", f"{case.number}: no instructions were given.", reasons)
        if case.mode == Mode.OPEN:
            return [told, draft_of(context, case, "case_changed", _now_you_do(), at=at)]
        return [told]

    return write_to_case(context, written, decide)[0]


def hear(context: Context, written: str, channel: Channel, who: str, text: str, at: dt.datetime | None = None) -> Event:
    """The `case_heard` event of what the customer said by chat or phone; it ends a pause in which they had the turn.

    Raises BadInput for an empty or too long text, and in a case that has ended.
    """
    said, name = text_given(text, "What was heard"), bounded(who, "The name", 300)

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft]:
        require_going(case)
        body = {
            "channel": str(channel),
            "sender": name or case.sender,
            "text": said,
            "mail": "",
            "answers": case.turn == "customer",
        }
        return [draft_of(context, case, "case_heard", body, at=told_moment(context, at, case.opened_at))]

    return write_to_case(context, written, decide)[0]


def _now_you_do() -> dict[str, Any]:
    return {"changes": {"mode": [str(Mode.OPEN), str(Mode.YOU_DO)]}, "reason": "Instructions were given."}
