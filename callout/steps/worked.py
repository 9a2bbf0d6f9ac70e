"""Reads what was worked. Writes nothing."""

from __future__ import annotations

from callout.ledger.event import Event
from callout.ledger.store import LedgerView
from callout.worklog.amended import WORK_KINDS
from callout.worklog.session import running_sessions
from callout.worklog.worked import Wanted, Worked, worked_of

KINDS = ("work_started", *WORK_KINDS)


def worked(ledger: LedgerView, wanted: Wanted) -> Worked:
    """The work that is `wanted`. Raises CalloutError naming an event that is not whole."""
    return worked_of((event for kind in KINDS for event in ledger.events(kind=kind)), wanted)


def sessions_running(ledger: LedgerView, customer: str = "") -> list[Event]:
    """The `work_started` events of all sessions that run, whoever's, oldest first."""
    filters = {"customer": customer} if customer else {}
    kinds = ("work_started", "work_logged", "work_amended")
    return running_sessions(event for kind in kinds for event in ledger.events(kind=kind, **filters))
