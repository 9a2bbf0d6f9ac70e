"""The jobs that have ended, as the ledger tells them: what quotes are made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from callout.ledger.event import Event
from callout.policy.chargeable import RunOutcome
from callout.policy.similar_work import PastJob, words_of
from callout.worklog.amended import entries_of
from callout.worklog.entry import Entry
from callout.worklog.overlap import Overlap, overlaps
from callout.worklog.session import running_sessions

# A run that came to nothing says nothing about how long the job takes.
_WORKED = ("", RunOutcome.DONE)


@dataclass(slots=True)
class _Story:
    """What is gathered about one customer's ticket."""

    text: list[str] = field(default_factory=list)
    product: str = ""
    bundles: set[str] = field(default_factory=set)
    open_callouts: set[str] = field(default_factory=set)
    running: bool = False
    entries: list[Entry] = field(default_factory=list)


def job_key(customer: str, ticket: str) -> str:
    """What a job is called: its customer and ticket."""
    return f"{customer} {ticket}"


def past_jobs(events: Iterable[Event]) -> list[PastJob]:
    """Every job that has ended, in the order of the keys. `events` are the whole ledger's, of all customers.

    Left out: jobs with an open call-out or a running session, since nobody knows how long they will take, and
    jobs with a clock in doubt. Minutes that two pieces of work claim count once.
    """
    listed = list(events)
    ticket_of = {
        event.callout: event.body.get("ticket", "") for event in listed if event.kind == "opened" and event.callout
    }
    product_of = {event.system: event.body.get("product", "") for event in listed if event.kind == "opened"}
    stories: dict[str, _Story] = {}
    for event in listed:
        ticket = ticket_of.get(event.callout, "")
        if ticket:
            _gather(stories.setdefault(job_key(event.customer, ticket), _Story()), event)
    for session in running_sessions(listed):
        stories.setdefault(job_key(session.customer, session.body["ticket"]), _Story()).running = True
    entries = entries_of(listed)
    for entry in entries:
        if not entry.ticket:
            continue
        story = stories.setdefault(job_key(entry.event.customer, entry.ticket), _Story())
        story.entries.append(entry)
        story.product = story.product or product_of.get(entry.event.system, "")
    lost = overlaps(entries)
    jobs = [_job(key, story, lost) for key, story in sorted(stories.items()) if _ended(story)]
    return [job for job in jobs if job.seconds > 0]


def _gather(story: _Story, event: Event) -> None:
    if event.kind == "opened":
        story.open_callouts.add(event.callout)
        story.product = event.body.get("product", "")
        story.text += [event.body.get("ticket", ""), event.body.get("reason", "")]
    elif event.kind == "closed":
        story.open_callouts.discard(event.callout)
    elif event.kind == "patched":
        story.bundles.add(event.body.get("bundle", ""))


def _ended(story: _Story) -> bool:
    in_doubt = any(entry.clock_flags for entry in story.entries)
    return bool(story.entries) and not (story.open_callouts or story.running or in_doubt)


def _job(key: str, story: _Story, lost: dict[str, Overlap]) -> PastJob:
    worked = [entry for entry in story.entries if entry.outcome in _WORKED]
    text = [*story.text, *story.bundles, *(f"{entry.ticket} {entry.note}" for entry in story.entries)]
    return PastJob(
        key=key,
        customer=story.entries[0].event.customer,
        product=story.product,
        activities=frozenset(str(entry.activity) for entry in worked),
        playbooks=frozenset(entry.playbook for entry in worked if entry.playbook),
        bundles=frozenset(story.bundles),
        words=words_of(" ".join(text)),
        seconds=sum(entry.seconds - _lost(lost, entry) for entry in worked),
        events=tuple(entry.event.id for entry in worked),
    )


def _lost(lost: dict[str, Overlap], entry: Entry) -> int:
    return lost[entry.event.id].seconds if entry.event.id in lost else 0
