"""Finds a recording by its file or by the work that it belongs to, and holds it against the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from access_check.escaping import shown
from callout.errors import BadInput, TrustRefused
from callout.ledger.event import Event
from callout.steps.prune_recordings import pruned_at
from callout.worklog.cast_file import sha256_of

if TYPE_CHECKING:
    from callout.steps.context import Context

KINDS = ("work_logged", "session_recorded")
SHORTEST_ID = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A recording's file, and the event that tells of it; None for a file that was named itself."""

    path: Path
    event: Event | None


def recording_of_work(context: Context, work: str) -> Found:
    """The recording of the work with this event id, or its first characters.

    Raises BadInput where there is no such work, or several, or nothing was recorded; TrustRefused where the file is
    not the one whose hash the ledger keeps.
    """
    event = _work(context, work)
    kept = event.body.get("recording")
    if not isinstance(kept, dict) or "file" not in kept:
        why = str(kept.get("none", "")) if isinstance(kept, dict) else ""
        raise BadInput(f"Nothing was recorded for {event.id[:8]}{f': {why}' if why else ''}.", "Name other work.")
    path = context.places.recordings / Path(str(kept["file"])).name
    if not path.exists() and (at := pruned_at(context.ledger, event)):
        raise BadInput(
            f"The recording of {event.id[:8]} was removed on {at[:10]}, as policy says; the ledger keeps its hash.",
            "To play a copy, name the file.",
        )
    if sha256_of(path) != kept.get("sha256"):
        raise TrustRefused(
            f"{path} is not what was recorded: its SHA-256 is not the one in the ledger.",
            "Look for another copy; to see it all the same, name the file itself.",
        )
    return Found(path, event)


def _work(context: Context, work: str) -> Event:
    if len(work) < SHORTEST_ID:
        raise BadInput(f"{shown(work)!r} is too short for a work's id.", "Give its first 8 characters.")
    found = [event for kind in KINDS for event in context.ledger.events(kind=kind) if event.id.startswith(work)]
    if not found:
        raise BadInput(f"{shown(work)!r} is neither a file nor work in the ledger.", "See callout time list --json.")
    if len(found) > 1:
        raise BadInput(f"{shown(work)!r} is the beginning of {len(found)} works' ids.", "Give more of it.")
    return found[0]
