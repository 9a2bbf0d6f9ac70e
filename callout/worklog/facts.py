"""What the ledger says about one piece of work, for the rules that decide whether it is chargeable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from callout.ledger.event import Event, parse_utc
from callout.policy.causes import Cause
from callout.policy.chargeable import ConsentSeen, WorkFacts
from callout.worklog.entry import Entry

CHANGES = ("patched", "restored")
FAILURES = ("patch_failed", "rolled_back", "rollback_failed", "restore_failed")
# A run's start is known to the second only.
SLACK = dt.timedelta(seconds=1)


# All that `facts_of` looks for in a call-out's story.
QUOTE_KINDS = ("quoted", "quote_accepted")
STORY_KINDS = ("opened", "consented", "gate_refused", *CHANGES, *FAILURES)


@dataclass(frozen=True, slots=True)
class QuoteSeen:
    """A quote that the customer has accepted (`quote_accepted`), for one call-out or for one ticket."""

    event_id: str
    at: dt.datetime
    callout: str
    ticket: str


def facts_of(entry: Entry, story: Sequence[Event], contract: str, quotes: Sequence[QuoteSeen] = ()) -> WorkFacts:
    """The facts about `entry`. `story` holds all events of its call-out in order, empty where it has none.

    The contract is the one that the call-out was opened under, else `contract`. What a run refused, changed
    or broke is what was recorded from its start until its work was logged. `quotes` are the customer's.
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
        consents=_consents(entry, story, quotes),
        refusals=_ids(during, ("gate_refused",)),
        changes=_ids(during, CHANGES),
        failures=_ids((event for event in during if not _asked_for(event)), FAILURES),
        undone=_ids((event for event in during if _asked_for(event)), ("rolled_back",)),
        cause=entry.cause,
        cause_evidence=entry.cause_evidence,
    )


def is_emergency(entry: Entry, story: Iterable[Event]) -> bool:
    """True for work in a call-out that was opened as an emergency, and where the cause was a man-made one."""
    opened = next((event for event in story if event.kind == "opened"), None)
    return entry.cause == Cause.MAN_MADE_EMERGENCY or bool(opened and opened.body.get("emergency"))


def quotes_of(events: Iterable[Event]) -> list[QuoteSeen]:
    """The accepted quotes among `events` (`quoted` and `quote_accepted`), oldest acceptance first."""
    quoted, accepted = {}, []
    for event in events:
        if event.kind == "quoted":
            quoted[event.body.get("quote")] = event
        elif event.kind == "quote_accepted":
            accepted.append(event)
    found = []
    for event in accepted:
        body = event.body
        of_quote = quoted.get(body.get("quote"))
        at = parse_utc(body["given_at"]) if "given_at" in body else event.happened_at
        about = of_quote.body if of_quote else {}
        callout = event.callout or about.get("callout") or (of_quote.callout if of_quote else "")
        found.append(QuoteSeen(event.id, at, str(callout or ""), str(about.get("ticket", ""))))
    return sorted(found, key=lambda one: (one.at, one.event_id))


def _consents(entry: Entry, story: Sequence[Event], quotes: Sequence[QuoteSeen]) -> tuple[ConsentSeen, ...]:
    found = []
    for event in story:
        if event.kind == "consented":
            body = event.body
            given_at = parse_utc(body["given_at"]) if "given_at" in body else event.happened_at
            found.append((given_at, ConsentSeen(event.id, bool(body.get("covers_charging", False)))))
    # A quote's acceptance among them, by the time at which it was given; the order of the others is the ledger's.
    for quote in quotes:
        of_callout = bool(quote.callout) and quote.callout == entry.event.callout
        if of_callout or (not quote.callout and quote.ticket and quote.ticket == entry.ticket):
            place = sum(given_at <= quote.at for given_at, _ in found)
            found.insert(place, (quote.at, ConsentSeen(quote.event_id, True, quote=True)))
    # Of work without clock times all of its day counts, in whichever zone: a day ends up to 12 hours after UTC's.
    until = entry.ended_at + SLACK if entry.clock_known else entry.started_at + dt.timedelta(days=1, hours=12)
    return tuple(consent for given_at, consent in found if given_at <= until)


def _asked_for(event: Event) -> bool:
    """True for a rollback that a person started, false for what a failed change did by itself."""
    return event.kind == "rolled_back" and event.body.get("automatic") is False


def _ids(events: Iterable[Event], kinds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(event.id for event in events if event.kind in kinds)
