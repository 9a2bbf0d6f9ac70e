"""The story of one call-out as chapters: what text and page both tell."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callout.errors import BadInput
from callout.ledger.event import Event
from callout.programs import printable

TITLES = {
    "opened": "Opened",
    "access_checked": "Access checked",
    "planned": "Planned",
    "consented": "The customer agreed",
    "gate_passed": "Gate passed",
    "gate_confirmed": "Gate confirmed, right before the change",
    "gate_refused": "Refused by the gate",
    "backed_up": "Backed up",
    "backup_failed": "Backup failed",
    "backup_pinned": "Backup pinned",
    "backup_unpinned": "Backup unpinned",
    "backup_prune_begun": "Backup about to be removed",
    "backup_pruned": "Backup removed",
    "backups_compared": "What changed, by the backups before and after",
    "drilled": "Restore drill",
    "restore_begun": "Restore begun",
    "restored": "Restored from a backup",
    "restore_failed": "Restore failed",
    "restore_undone": "Restore taken back",
    "restore_let_go": "What a restore replaced was let go",
    "health_checked": "Health checked",
    "patch_announced": "Patch announced",
    "patch_inventoried": "Patches read back from the system",
    "patched": "Patched",
    "patch_deferred": "Patch not begun",
    "patch_failed": "Patch failed",
    "rolled_back": "Rolled back",
    "rollback_failed": "Rolling back failed",
    "verified": "Verified",
    "work_started": "Work started",
    "work_logged": "Work logged",
    "work_amended": "Work amended",
    "expense_logged": "Expense logged",
    "work_judged": "Judged by a person: charged or not",
    "work_deducted": "Minutes deducted",
    "quoted": "Quoted",
    "quote_accepted": "Quote accepted",
    "quote_declined": "Quote declined",
    "bill_made": "Bill made",
    "bill_submitted": "Bill submitted for review",
    "bill_approved": "Bill approved",
    "bill_rejected": "Bill rejected",
    "written_off": "Written off",
    "invoice_issued": "Invoice issued",
    "credit_note_issued": "Credit note issued",
    "ledger_sealed": "Ledger sealed",
    "host_key_accepted": "Host key accepted",
    "host_key_revoked": "Host key revoked",
    "case_linked": "Linked to a case",
    "accepted": "The customer accepted the work",
    "closed": "Closed",
    "noted": "Noted",
}
TROUBLE = frozenset(
    {"gate_refused", "backup_failed", "patch_failed", "rolled_back", "rollback_failed", "restore_failed"}
)
# A view for people: the rest of a long body is in --json.
LONGEST_VALUE, MOST_FACTS, MOST_FINDINGS, DEEPEST = 300, 40, 80, 3


@dataclass(frozen=True, slots=True)
class Told:
    """One finding, printable. `status` is as recorded, also where it is a word that we do not know."""

    status: str
    check: str
    seen: str
    move: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a body, printable; `depth` is how many keys it lies below."""

    depth: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One event, printable. `left_out` counts facts and findings that a view for people has no room for."""

    at: str
    kind: str
    title: str
    actor: str
    trouble: bool
    facts: tuple[Fact, ...]
    findings: tuple[Told, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Story:
    """One call-out, printable. `state` is `open` or `closed`; times are UTC to the second."""

    callout: str
    customer: str
    system: str
    ticket: str
    reason: str
    state: str
    outcome: str
    opened_at: str
    chapters: tuple[Chapter, ...]


def story_of_events(events: Sequence[Event]) -> Story:
    """The story that the events of one call-out (in order, at least one) tell. Raises BadInput for none."""
    if not events:
        raise BadInput("There are no events to tell of.", "callout list shows the call-outs that there are.")
    opened = next((event for event in events if event.kind == "opened"), events[0])
    closed = next((event for event in reversed(events) if event.kind == "closed"), None)
    return Story(
        callout=printable(opened.callout),
        customer=printable(opened.customer),
        system=printable(opened.system),
        ticket=printable(str(opened.body.get("ticket", ""))),
        reason=printable(str(opened.body.get("reason", ""))),
        state="closed" if closed else "open",
        outcome=printable(str(closed.body.get("outcome", ""))) if closed else "",
        opened_at=second(opened.at),
        chapters=tuple(_chapter(event) for event in events),
    )


def second(at: str) -> str:
    """A stored UTC time to the second, without its `Z`: views say once that all times are UTC."""
    return printable(at)[:19].replace("T", " ")


def _chapter(event: Event) -> Chapter:
    body = event.body
    raw = [one for value in body.values() if _are_findings(value) for one in value]
    facts = list(_facts({name: value for name, value in body.items() if value != "" and not _are_findings(value)}))
    return Chapter(
        at=second(event.at),
        kind=event.kind,
        title=TITLES.get(event.kind, printable(event.kind).replace("_", " ")),
        actor=printable(event.actor),
        trouble=event.kind in TROUBLE or (event.kind == "drilled" and body.get("outcome") != "proven"),
        facts=tuple(facts[:MOST_FACTS]),
        findings=tuple(_told(one) for one in raw[:MOST_FINDINGS]),
        left_out=max(0, len(facts) - MOST_FACTS) + max(0, len(raw) - MOST_FINDINGS),
    )


def _are_findings(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and "check" in one and "status" in one for one in value)
    )


def _told(raw: Mapping[str, Any]) -> Told:
    return Told(*(_short(raw.get(name, "")) for name in ("status", "check", "seen", "move", "remedy")))


def _facts(body: Mapping[str, Any], depth: int = 0) -> list[Fact]:
    facts: list[Fact] = []
    for name, value in body.items():
        label = _short(name).replace("_", " ")
        if isinstance(value, dict) and value and depth < DEEPEST:
            facts += [Fact(depth, label, ""), *_facts(value, depth + 1)]
        elif isinstance(value, list) and value and depth < DEEPEST and any(isinstance(one, dict) for one in value):
            facts.append(Fact(depth, label, f"{len(value)}"))
            for one in value:
                facts += _facts(one, depth + 1) if isinstance(one, dict) else [Fact(depth + 1, "", _short(one))]
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            facts.append(Fact(depth, label, _short(", ".join(value)) or "none"))
        else:
            facts.append(Fact(depth, label, _short(value)))
    return facts


def _short(value: Any) -> str:
    text = printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
