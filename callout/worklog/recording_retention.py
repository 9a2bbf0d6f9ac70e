"""Which recordings of sessions may go, and why the others stay. Pure.

A recording is evidence of work until that work is paid for: it stays for so many days as policy says, and after that
as long as its work is on no invoice that stands, or its call-out is open. The ledger keeps its hash for ever.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from callout.ledger.event import Event, parse_utc
from callout.worklog.amended import amended
from callout.worklog.invoiced import invoiced_work

# All that has to be read together.
KINDS = (
    "work_logged", "expense_logged", "work_amended", "session_recorded", "recording_pruned", "opened", "closed",
    "invoice_issued", "credit_note_issued",
)  # fmt: skip
# As `recording_name` makes them: never a path.
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}\.cast")


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording that the ledger knows. `event` tells of it; `why` it stays, empty where it may go."""

    event: Event
    file: str
    sha256: str
    ended_at: dt.datetime
    why: str

    def body(self, keep_days: int) -> dict[str, Any]:
        """Of the `recording_pruned` event."""
        return {"work": self.event.id, "file": self.file, "sha256": self.sha256, "keep_days": keep_days}


def recordings_kept(events: Iterable[Event], now: dt.datetime, keep_days: int) -> list[Kept]:
    """Every recording that was not pruned yet, oldest first. `events` are all of `KINDS`.

    Raises CalloutError naming an event that is not whole.
    """
    listed = sorted(events, key=lambda event: event.seq)
    gone = {str(event.body.get("work")) for event in listed if event.kind == "recording_pruned"}
    billed = invoiced_work(listed)
    withdrawn = {one.event.id for one in amended(listed, "work_logged") if one.withdrawn}
    closed = {event.callout for event in listed if event.kind == "closed"}
    opened = {event.callout for event in listed if event.kind == "opened"} - closed
    logged = {str(event.body.get("session", "")): event.id for event in listed if event.kind == "work_logged"}
    found = []
    for event in listed:
        if event.kind not in ("work_logged", "session_recorded") or event.id in gone:
            continue
        body = event.body
        recording = body.get("recording")
        if not isinstance(recording, dict) or not NAME.fullmatch(str(recording.get("file", ""))):
            continue
        ended = parse_utc(body["ended_at"])
        # A session beside another one is paid for with that one's time.
        work = event.id if event.kind == "work_logged" else logged.get(str(body.get("session")), "")
        why = ""
        if now < ended + dt.timedelta(days=keep_days):
            why = f"younger than {keep_days} days"
        elif event.callout in opened:
            why = f"{event.callout} is open"
        elif not work:
            why = "the session that counts its time is not logged"
        elif work not in billed and work not in withdrawn:
            why = "its work is on no invoice"
        found.append(Kept(event, recording["file"], str(recording.get("sha256", "")), ended, why))
    return sorted(found, key=lambda one: (one.ended_at, one.event.id))
