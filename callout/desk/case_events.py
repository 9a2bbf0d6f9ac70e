"""A case's events, one after the other, each by the rule of its kind. Pure: the same events give the same case.

Whose turn it is: a pause begins with `case_paused`, or with a word to the customer that `asks`; `case_resumed` ends all
of them, whatever the customer says ends those in which it was the customer's turn. A pause whose turn is ours is none:
it hands the turn to us. An ending ends them all; the time until a reopening holds back like a pause.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from callout.desk.case_body import Body
from callout.desk.case_moments import BESIDE_THE_CASE, Moment, Moments, believed
from callout.desk.case_parts import (
    Change,
    Ending,
    Escalation,
    HandDeadline,
    Judged,
    Justification,
    Link,
    Message,
    Way,
)
from callout.desk.pauses import Pause, Turn
from callout.desk.rules import Rule
from callout.errors import BadInput
from callout.policy.desk_words import ClockName, Priority

# The kinds that a case is made of; others are left alone.
CASE_KINDS = frozenset(
    {
        "case_opened", "case_heard", "case_told", "case_paused", "case_resumed", "case_changed", "case_deadline_set",
        "case_justified", "case_escalated", "case_acknowledged", "case_linked", "case_judged", "case_ended",
        "case_reopened", "opened", "quoted", "patch_announced",
    }
)  # fmt: skip
INSTRUCTIONS = "instructions"


@dataclass(slots=True)
class Told:
    """A case while its events are read, one by one; see `Case` for what the parts mean."""

    moments: Moments
    opening: Body
    priority: Priority
    mode: str
    contract: str
    system: str
    subject: str
    rules: Mapping[ClockName, Rule]
    opened_rules: Mapping[ClockName, Rule]
    level: int = 0
    ended_since: dt.datetime | None = None
    planned_at: dt.datetime | None = None
    judged: Judged | None = None
    pauses: list[Pause] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    by_hand: list[HandDeadline] = field(default_factory=list)
    justifications: list[Justification] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    announced: list[Link] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def waits_for(self) -> Turn | None:
        """Whose turn the newest of the pauses names that have not ended; None where it is ours."""
        return next((pause.turn for pause in reversed(self.pauses) if pause.end is None), None)

    def take(self, one: Moment) -> None:
        """What one event says, by the rule of its kind. Raises BadInput for one of another case."""
        body = Body(one.event)
        if one.event.kind not in BESIDE_THE_CASE and body.text("case") != self.opening.text("case"):
            raise BadInput(f"Event {one.event.seq} is of {body.text('case')[:20]}, not of {self.opening.text('case')}.")
        _RULES[one.event.kind](self, one, body)

    def end_pauses(self, at: dt.datetime, turn: Turn | None = None) -> None:
        """The pauses that are on end at `at`: all of them, or those of one turn."""
        self.pauses = [
            replace(pause, end=at) if pause.end is None and turn in (None, pause.turn) else pause
            for pause in self.pauses
        ]

    def planned(self, at: dt.datetime) -> None:
        """A plan is there: the first one counts."""
        self.planned_at = self.planned_at or at


def told_of(moments: Moments) -> Told:
    """All that the events say. Raises CalloutError naming an event that is not whole."""
    opening = Body(moments.opening)
    rules = opening.rules()
    told = Told(
        moments=moments,
        opening=opening,
        priority=opening.word("priority", Priority),
        mode=opening.text("mode"),
        contract=opening.text("contract") or str(opening.table("entitlement").get("contract", "")),
        system=moments.opening.system,
        subject=opening.text("subject"),
        rules=rules,
        opened_rules=rules,
        doubts=list(moments.doubts),
    )
    for one in moments.in_order:
        if one.event.kind in CASE_KINDS:
            told.take(one)
    return told


def _opened(told: Told, one: Moment, body: Body) -> None:
    if body.event.id != told.moments.opening.id:
        told.doubts.append(f"Event {body.event.seq} opens a case that is open: it counts for nothing.")
        return
    told.messages.append(
        Message(
            body.event.seq, one.at, Way.HEARD, body.text("channel"), body.text("sender"), body.text("text"),
            mail=body.text("mail"),
        )
    )  # fmt: skip
    if told.mode:
        told.planned(one.at)


def _heard(told: Told, one: Moment, body: Body) -> None:
    told.messages.append(
        Message(
            body.event.seq, one.at, Way.HEARD, body.text("channel"), body.text("sender"), body.text("text"),
            answers=body.flag("answers"), mail=body.text("mail"),
        )
    )  # fmt: skip
    told.end_pauses(one.at, Turn.CUSTOMER)


def _told(told: Told, one: Moment, body: Body) -> None:
    message = Message(
        body.event.seq, one.at, Way.TOLD, body.text("letter"), body.event.actor, body.text("text"),
        reply=body.flag("reply"), asks=body.flag("asks"), links=body.texts("links"),
    )  # fmt: skip
    told.messages.append(message)
    if message.kind == INSTRUCTIONS:
        told.planned(one.at)
    if message.asks and told.ended_since is None and told.waits_for is not Turn.CUSTOMER:
        told.pauses.append(Pause(one.at, None, Turn.CUSTOMER, "we asked the customer", body.event.seq))


def _paused(told: Told, one: Moment, body: Body) -> None:
    turn = body.word("turn", Turn)
    if turn is Turn.US:
        told.end_pauses(one.at)
        told.doubts.append(f"Event {body.event.seq} pauses while it is our turn: that holds no clock back.")
    elif told.ended_since is None:
        told.pauses.append(Pause(one.at, None, turn, body.text("reason"), body.event.seq))


def _resumed(told: Told, one: Moment, body: Body) -> None:
    told.end_pauses(one.at)


def _changed(told: Told, one: Moment, body: Body) -> None:
    changes = {name: body.pair(name, said) for name, said in body.table("changes").items()}
    rules = body.rules() if body.has("rules") else None
    told.changes.append(Change(body.event.seq, one.at, body.event.actor, changes, rules, body.text("reason")))
    told.rules = told.rules if rules is None else rules
    for name, (_, new) in changes.items():
        if name == "priority":
            told.priority = body.as_word(name, new, Priority)
        elif name in ("contract", "mode", "system", "subject"):
            setattr(told, name, new)
    if changes.get("mode", ("", ""))[1]:
        told.planned(one.at)


def _deadline_set(told: Told, one: Moment, body: Body) -> None:
    event, due = body.event, body.moment("due_at")
    clock = body.word("clock", ClockName)
    told.by_hand.append(HandDeadline(event.seq, one.at, clock, due, body.text("reason"), event.actor))
    if due < one.at:
        told.doubts.append(f"Event {event.seq} sets a deadline that was over by then: {due:%Y-%m-%d %H:%M} UTC.")


def _justified(told: Told, one: Moment, body: Body) -> None:
    clock, due = body.word("clock", ClockName), body.moment("due_at")
    event = body.event
    told.justifications.append(Justification(event.seq, one.at, clock, due, body.text("justification"), event.actor))


def _escalated(told: Told, one: Moment, body: Body) -> None:
    level = body.number("level")
    rules = body.rules() if body.has("rules") else {}
    told.level = max(told.level, level)
    told.escalations.append(
        Escalation(
            body.event.seq, one.at, level, body.text("by"), body.text("concern"), body.text("statement"),
            rules.get(ClockName.ACKNOWLEDGEMENT) or told.rules.get(ClockName.ACKNOWLEDGEMENT), None,
            body.texts("copies"), body.tables("attempts"), body.text("skipped_why"),
        )
    )  # fmt: skip
    # Who escalates has spoken: it is no longer their turn.
    told.end_pauses(one.at, Turn.CUSTOMER)


def _acknowledged(told: Told, one: Moment, body: Body) -> None:
    level = body.number("level")
    told.escalations = [
        replace(asked, acknowledged_at=one.at) if asked.acknowledged_at is None and asked.level <= level else asked
        for asked in told.escalations
    ]


def _linked(told: Told, one: Moment, body: Body) -> None:
    # A call-out that is opened with its link has no number yet: it stands in the column.
    name = body.text("id") or body.event.callout
    link = Link(body.event.seq, one.at, body.text("what"), name, body.text("reason"))
    told.links.append(link)
    if link.what == "quote":
        told.planned(one.at)


def _callout(told: Told, one: Moment, body: Body) -> None:
    """A call-out that was opened with the case's number as its ticket belongs to it without a word more."""
    told.links.append(Link(body.event.seq, one.at, "callout", body.event.callout, "its ticket is this case"))


def _quoted(told: Told, one: Moment, body: Body) -> None:
    """Likewise, a quote."""
    told.links.append(Link(body.event.seq, one.at, "quote", body.text("quote"), "its ticket is this case"))
    told.planned(one.at)


def _announced(told: Told, one: Moment, body: Body) -> None:
    told.announced.append(Link(body.event.seq, one.at, "bundle", body.text("bundle"), "announced"))


def _judged(told: Told, one: Moment, body: Body) -> None:
    told.judged = Judged(body.event.seq, one.at, body.text("emergency"), body.text("reason"), body.event.actor)


def _ended(told: Told, one: Moment, body: Body) -> None:
    critical = body.flag("critical")
    confirmed = None
    if critical:
        confirmed = one.at
        if body.text("confirmed_at"):
            confirmed = believed(one, body.moment("confirmed_at"), "that the bug was confirmed at", told.doubts)
    told.endings.append(
        Ending(
            body.event.seq, one.at, body.event.actor, body.text("outcome"), body.text("why"), body.text("reference"),
            body.text("indication"), body.text("faq"), critical, body.text("bundle"), confirmed,
        )
    )  # fmt: skip
    told.end_pauses(one.at)
    told.ended_since = told.ended_since or one.at


def _reopened(told: Told, one: Moment, body: Body) -> None:
    if told.ended_since is None:
        told.doubts.append(f"Event {body.event.seq} reopens a case that has not ended: it counts for nothing.")
        return
    last = told.endings[-1]
    told.endings[-1] = replace(last, reopened_at=one.at, reopened_why=body.text("reason"))
    told.pauses.append(Pause(told.ended_since, one.at, Turn.CUSTOMER, f"ended: {last.outcome}", last.seq))
    told.ended_since = None


_RULES: dict[str, Callable[[Told, Moment, Body], None]] = {
    "case_opened": _opened,
    "case_heard": _heard,
    "case_told": _told,
    "case_paused": _paused,
    "case_resumed": _resumed,
    "case_changed": _changed,
    "case_deadline_set": _deadline_set,
    "case_justified": _justified,
    "case_escalated": _escalated,
    "case_acknowledged": _acknowledged,
    "case_linked": _linked,
    "case_judged": _judged,
    "case_ended": _ended,
    "case_reopened": _reopened,
    "opened": _callout,
    "quoted": _quoted,
    "patch_announced": _announced,
}
