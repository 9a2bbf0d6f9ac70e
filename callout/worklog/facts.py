"""What the ledger says about one piece of work, for the rules that decide whether it is chargeable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from callout.ledger.event import Event, parse_utc
from callout.policy.chargeable import ConsentSeen, WorkFacts
from callout.worklog.entry import Entry

CHANGES = ("patched", "restored")
FAILURES = ("patch_failed", "rolled_back", "rollback_failed", "restore_failed")
# A run's start is known to the second only.
SLACK = dt.timedelta(seconds=1)


def facts_of(entry: Entry, story: Sequence[Event], contract: str) -> WorkFacts:
    """The facts about `entry`. `story` holds all events of its call-out in order, empty where it has none.

    The contract is the one that the call-out was opened under, else `contract`. What a run refused, changed
    or broke is what was recorded from its start until its work was logged.
    """
    opened = [event for event in story if event.kind == "opened"]
    during = [
        event
        for event in story
        if event.seq < entry.event.seq and event.happened_at >= entry.started_at - SLACK
    ]  # fmt: skip
    return WorkFacts(
        contract=opened[0].body.get("contract", contract) if opened else contract,
        activity=entry.activity,
        outcome=entry.outcome,
        clock_flags=entry.clock_flags,
        opened=_ids(opened, ("opened",)),
        consents=_consents(story, entry.ended_at),
        refusals=_ids(during, ("gate_refused",)),
        changes=_ids(during, CHANGES),
        failures=_ids((event for event in during if not _asked_for(event)), FAILURES),
        undone=_ids((event for event in during if _asked_for(event)), ("rolled_back",)),
    )


def _consents(story: Sequence[Event], until: dt.datetime) -> tuple[ConsentSeen, ...]:
    found = []
    for event in story:
        if event.kind == "consented":
            body = event.body
            given_at = parse_utc(body["given_at"]) if "given_at" in body else event.happened_at
            if given_at <= until + SLACK:
                found.append(ConsentSeen(event.id, bool(body.get("covers_charging", False))))
    return tuple(found)


def _asked_for(event: Event) -> bool:
    """True for a rollback that a person started, false for what a failed change did by itself."""
    return event.kind == "rolled_back" and event.body.get("automatic") is False


def _ids(events: Iterable[Event], kinds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(event.id for event in events if event.kind in kinds)
