"""English words for what a case is: its state, whose turn it is, its clocks, its events."""

from __future__ import annotations

from collections.abc import Mapping

from callout.desk.standing import ClockState
from callout.policy.desk_words import ClockName

TURNS: Mapping[str, str] = {
    "customer": "the customer's turn",
    "provider": "the provider's turn",
    "third_party": "somebody else's turn",
    "us": "our turn",
}
CLOCKS: Mapping[ClockName, str] = {
    ClockName.FIRST_REPLY: "first reply",
    ClockName.NEXT_UPDATE: "next update",
    ClockName.PLAN: "plan",
    ClockName.RESOLUTION: "resolution",
    ClockName.CRITICAL_PATCH: "critical patch",
    ClockName.ACKNOWLEDGEMENT: "acknowledgement",
}
CLOCK_STATES: Mapping[ClockState, str] = {
    ClockState.RUNNING: "running",
    ClockState.PAUSED: "paused",
    ClockState.MET: "kept",
    ClockState.LATE: "too late",
    ClockState.BREACHED: "breached",
    ClockState.STOPPED: "ended with the case",
}
TITLES: Mapping[str, str] = {
    "mail_received": "A mail came",
    "mail_filed": "A mail was filed here",
    "case_opened": "Opened",
    "case_heard": "The customer said",
    "case_told": "We said",
    "case_paused": "Paused",
    "case_resumed": "Resumed",
    "case_changed": "Changed",
    "case_deadline_set": "A deadline was set by hand",
    "case_justified": "A breach was justified",
    "case_escalated": "Escalated",
    "case_acknowledged": "The escalation was acknowledged",
    "case_linked": "Linked",
    "case_judged": "The emergency was judged",
    "case_refused": "Refused",
    "case_ended": "Ended",
    "case_reopened": "Reopened",
    "case_bridged": "Another ticket system",
    "letter_written": "A letter was written",
    "letter_tried": "A letter was about to be sent, or was not taken",
    "letter_sent": "A letter was sent",
    "opened": "A call-out was opened",
    "closed": "A call-out was closed",
    "quoted": "Quoted",
    "patch_announced": "The patch was announced",
}
# What stands in other lines already, or is for programs.
UNTOLD = frozenset(
    {"case", "at_offset", "rules", "entitlement", "reply", "answers", "balances", "message_id", "sha256"}
)
QUOTED = ("text", "statement", "justification")
# What is told first of a chapter; the rest follows by name.
ORDER = (
    "outcome", "emergency", "channel", "sender", "subject", "letter", "level", "by", "concern", "what", "id", "clock",
    "due_at", "turn", "priority", "changes", "why", "reference", "indication", "critical", "confirmed_at", "bundle",
    "faq", "copies", "skipped_why", "attempts", "links", "reason",
)  # fmt: skip
