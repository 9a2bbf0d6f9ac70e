"""Removes the recordings that nobody needs any more: told in the ledger first, then deleted.

Whoever is killed in between has told, and the next run deletes what it finds of that. Files that the ledger does not
know, and files that are not what was recorded, are never touched: a person looks at those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callout.errors import BadInput, CalloutError
from callout.findings import Finding, Move, Status
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.worklog.cast_file import sha256_of
from callout.worklog.recording_retention import KINDS, NAME, Kept, recordings_kept

if TYPE_CHECKING:
    from callout.inventory.policy import Sessions
    from callout.steps.context import Context


@dataclass(slots=True)
class PrunedRecordings:
    """What was removed, or with `dry_run` would be; what stays and why; what a person has to look at.

    `finished` are files that an earlier run had told to be removed.
    """

    dry_run: bool
    keep_days: int
    removed: list[Kept] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "dry_run": self.dry_run,
            "keep_days": self.keep_days,
            "removed": [{"file": one.file, "work": one.event.id} for one in self.removed],
            "kept": [{"file": one.file, "work": one.event.id, "why": one.why} for one in self.kept],
            "finished": self.finished,
            "findings": [one.as_dict() for one in self.findings],
        }


def prune_recordings(context: Context, sessions: Sessions, *, dry_run: bool) -> PrunedRecordings:
    """Removes what `callout_policy.sessions.keep_days` and the ledger let go.

    Raises BadInput where policy does not say for how long, CalloutError where a file cannot be removed.
    """
    if sessions.keep_days is None:
        raise BadInput(
            "callout_policy.sessions.keep_days says nothing: recordings are kept for ever.",
            "Write down for how many days they are kept, like keep_days: 400.",
        )
    told = PrunedRecordings(dry_run, sessions.keep_days)
    _finish(context, told)

    # Files are read before the ledger is held: that may take minutes, and everybody else would wait for it.
    known = recordings_kept(_events(context.ledger), context.now(), told.keep_days)
    whole = {one.event.id: _found(context, one) for one in known if not one.why}
    told.findings = [found for found in whole.values() if found is not None]
    told.kept = [one for one in known if one.why]

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        still = recordings_kept(_events(ledger), context.now(), told.keep_days)
        told.removed = [one for one in still if not one.why and whole.get(one.event.id, one) is None]
        return [_draft(context, one, told.keep_days) for one in told.removed]

    if dry_run:
        decide(context.ledger)
        return told
    context.ledger.append_after(decide)
    for one in told.removed:
        _remove(context.places.recordings / one.file)
    return told


def pruned_at(ledger: LedgerView, work: Event) -> str:
    """When the recording of that work was pruned, as the ledger writes times; empty where it was not."""
    pruned = ledger.events(kind="recording_pruned", customer=work.customer)
    return next((event.at for event in pruned if event.body.get("work") == work.id), "")


def _finish(context: Context, told: PrunedRecordings) -> None:
    for event in context.ledger.events(kind="recording_pruned"):
        name = str(event.body.get("file", ""))
        path = context.places.recordings / name
        if NAME.fullmatch(name) and path.is_file() and sha256_of(path) == event.body.get("sha256"):
            told.finished.append(name)
            if not told.dry_run:
                _remove(path)


def _found(context: Context, one: Kept) -> Finding | None:
    """Why a file that may go is not removed by us; None where it is what was recorded."""
    path = context.places.recordings / one.file
    if not path.exists():
        return _finding(one, "missing", f"{one.file} is in the ledger, but not in {path.parent}.")
    if not path.is_file() or path.is_symlink() or sha256_of(path) != one.sha256:
        return _finding(one, "another", f"{one.file} is not what was recorded: its SHA-256 is another one.")
    return None


def _finding(one: Kept, code: str, seen: str) -> Finding:
    remedy = "Look for where it went, or for whoever changed it."
    return Finding(f"recording@{one.event.id[:8]}", Status.WARN, code, seen, Move.US, remedy)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CalloutError(
            f"{path} cannot be removed ({error.strerror}); the ledger says that it goes.",
            "Mend that, and run the same command again: it goes on from there.",
        ) from None


def _draft(context: Context, one: Kept, keep_days: int) -> Draft:
    event = one.event
    names = (event.customer, event.system, event.callout)
    return Draft("recording_pruned", context.now(), context.actor, *names, one.body(keep_days))


def _events(ledger: LedgerView) -> Iterator[Event]:
    return (event for kind in KINDS for event in ledger.events(kind=kind))
