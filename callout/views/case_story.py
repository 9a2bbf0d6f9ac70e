"""One case's life: how it stands, what belongs to it, and everything that happened. Text and data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callout.desk.case import Case, CaseState
from callout.desk.emergency import WORDS, Charged, Emergency
from callout.desk.entitlement import PRICE_WORDS, price_of
from callout.desk.escalation import CONCERNS
from callout.desk.mode import MODE_WORDS, Mode
from callout.desk.standing import Standing
from callout.findings import Finding
from callout.ledger.event import Event, format_utc
from callout.policy.desk_words import Priority
from callout.policy.outcomes import NO_FAQ, OUTCOMES
from callout.programs import printable
from callout.views.case_chapters import chapters
from callout.views.case_words import CLOCK_STATES, CLOCKS, TURNS
from callout.views.numbers import clock_time
from callout.views.table import columns

BOLD = 1


@dataclass(frozen=True, slots=True)
class CalloutSeen:
    """A call-out that belongs to the case. `outcome` and `closed_at` (UTC) are empty and None while it is open."""

    number: str
    system: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    outcome: str

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        closed = format_utc(self.closed_at) if self.closed_at else ""
        opened = format_utc(self.opened_at)
        return {
            "callout": self.number,
            "system": self.system,
            "opened_at": opened,
            "closed_at": closed,
            "outcome": self.outcome,
        }


@dataclass(frozen=True, slots=True)
class CaseStory:
    """All that a case's page tells. `progress` is how far `we_do` is, empty in any other mode; `worked_s` the seconds
    of work in its call-outs and under its number; `not_charged` work that has come since it was judged."""

    case: Case
    standings: Sequence[Standing]
    events: Sequence[Event]
    callouts: Sequence[CalloutSeen]
    quotes: Mapping[str, str]
    progress: Sequence[Finding]
    worked_s: int
    not_charged: Sequence[Charged]


def story_dict(story: CaseStory) -> dict[str, Any]:
    """JSON-able: the case, its clocks, what belongs to it, and its events as stored."""
    return {
        "case": case_row(story.case),
        "clocks": [clock_dict(one) for one in story.standings],
        "callouts": [one.as_dict() for one in story.callouts],
        "quotes": [{"quote": number, "state": state} for number, state in story.quotes.items()],
        "links": [{"what": one.what, "id": one.id, "reason": one.reason} for one in story.case.links],
        "progress": [finding.as_dict() for finding in story.progress],
        "worked_seconds": story.worked_s,
        "not_charged": [one.as_dict() for one in story.not_charged],
        "doubts": list(story.case.doubts),
        "events": [event.as_dict() for event in story.events],
    }


def case_row(case: Case) -> dict[str, Any]:
    """The case in one JSON-able row, as a list has it."""
    ending = case.outcome
    return {
        "case": case.number,
        "opened_at": format_utc(case.opened_at),
        "customer": case.customer,
        "system": case.system,
        "channel": case.channel,
        "sender": case.sender,
        "subject": case.subject,
        "ticket": case.ticket,
        "state": str(case.state),
        "turn": str(case.turn),
        "priority": str(case.priority),
        "mode": case.mode,
        "contract": case.contract,
        "level": case.level,
        "emergency": case.judged.emergency if case.judged else "",
        "outcome": ending.outcome if ending else "",
        "support_owed": bool(ending and ending.faq == NO_FAQ),
        "callouts": list(case.callouts),
    }


def clock_dict(one: Standing) -> dict[str, Any]:
    """One clock, JSON-able; times UTC, seconds whole."""
    return {
        "clock": str(one.clock),
        "part": one.part,
        "within": one.rule.within if one.rule else "",
        "started_at": format_utc(one.started_at),
        "due_at": format_utc(one.due_at),
        "by_hand": one.by_hand,
        "state": str(one.state),
        "stopped_at": format_utc(one.stopped_at) if one.stopped_at else "",
        "left_s": one.left_s,
        "justified": one.justified,
    }


def story_text(story: CaseStory, color: bool = False) -> str:
    """For a terminal; nothing in it can move the cursor."""
    case = story.case
    head = [case.number, case.customer, case.system, str(case.priority), *_standing(case)]
    lines = [_bold("  ".join(printable(word) for word in head if word), color), printable(case.subject)]
    price = PRICE_WORDS[price_of(case.contract, emergency=case.priority is Priority.EMERGENCY)]
    lines += [_opened(case), price, "All times are UTC.", "", *_clocks(story.standings)]
    if belongings := [line for line in _belongings(story) if line]:
        lines += ["", *belongings]
    return "\n".join([*lines, *chapters(story.events)])


def _standing(case: Case) -> list[str]:
    if case.state is CaseState.ENDED:
        return [f"ended: {case.outcome.outcome}" if case.outcome else "ended"]
    level = [f"escalated to level {case.level}"] if case.level else []
    return [f"{case.state}, {TURNS[case.turn]}", *level]


def _opened(case: Case) -> str:
    ticket = f", ticket {case.ticket}" if case.ticket else ""
    opened = f"Opened {case.opened_at:%Y-%m-%d %H:%M} by {case.channel} from {case.sender}{ticket}"
    return printable(f"{opened}; {case.contract} contract; {MODE_WORDS.get(Mode(case.mode), case.mode)}.")


def _clocks(standings: Sequence[Standing]) -> list[str]:
    rows = [
        (
            CLOCKS[one.clock] + (f" {one.part}" if one.part > 1 else ""),
            f"{one.due_at:%Y-%m-%d %H:%M}" + (" (by hand)" if one.by_hand else ""),
            CLOCK_STATES[one.state],
            _left(one),
            one.rule.within if one.rule else "",
        )
        for one in standings
    ]
    return columns(("Clock", "Due", "State", "Left", "Within"), rows) if rows else ["No clock runs."]


def _left(one: Standing) -> str:
    if not one.open:
        return "" if one.justified else "wants a justification"
    if one.left_s >= 0:
        return clock_time(one.left_s)
    return f"{clock_time(-one.left_s)} over" + ("" if one.justified else ", wants a justification")


def _belongings(story: CaseStory) -> list[str]:
    case, lines = story.case, list[str]()
    for callout in story.callouts:
        closed = f"closed {callout.closed_at:%Y-%m-%d %H:%M}: {callout.outcome}" if callout.closed_at else "open"
        lines.append(printable(f"Call-out {callout.number} on {callout.system}, {closed}."))
    lines += [printable(f"Quote {number}: {state}.") for number, state in story.quotes.items()]
    others = [link for link in case.links if link.what not in ("callout", "quote")]
    lines += [printable(f"Linked {link.what} {link.id}. {link.reason}") for link in others]
    lines.append(f"Worked: {clock_time(story.worked_s)} h." if story.worked_s else "")
    for finding in story.progress:
        lines.append(f"{finding.status:<8}{printable(finding.seen)} {printable(finding.remedy)}".rstrip())
    if case.escalations:
        last = case.escalations[-1]
        waits = "acknowledged" if last.acknowledged_at else "not acknowledged yet"
        concern = CONCERNS.get(last.concern, last.concern)
        lines.append(
            printable(f"Escalated to level {last.level}: {concern}; in copy {', '.join(last.copies)}; {waits}.")
        )
    if case.judged:
        lines.append(printable(f"Judged: {_judged(case.judged.emergency)}. {case.judged.reason}"))
    if story.not_charged:
        count = len({one.work.event_id for one in story.not_charged})
        lines.append(f"Work that came since and is not charged yet, {count}: judge it once more.")
    lines += [*_ending(case), *(f"In doubt: {printable(doubt)}" for doubt in case.doubts)]
    return lines


def _judged(word: str) -> str:
    return WORDS[Emergency(word)] if word in set(Emergency) else word


def _ending(case: Case) -> list[str]:
    ending = case.outcome
    if ending is None:
        return []
    said = [OUTCOMES.get(ending.outcome, ending.outcome), ending.reference, ending.indication, ending.why.rstrip(".")]
    owed = "No FAQ yet: support is owed." if ending.faq == NO_FAQ else f"FAQ: {ending.faq}"
    return [printable(f"Ended {ending.at:%Y-%m-%d %H:%M}: {'; '.join(one for one in said if one)}."), printable(owed)]


def _bold(text: str, color: bool) -> str:
    return f"\x1b[{BOLD}m{text}\x1b[0m" if color else text
