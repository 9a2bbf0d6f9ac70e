"""What every step is handed: the ledger, the clock, who acts, where things live. No globals anywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callout.ledger.event import Draft, Event
from callout.ledger.store import Ledger
from callout.places import Places

if TYPE_CHECKING:  # heavy to import, and quick verbs never meet a system
    from access_check.targets import Target
    from callout.inventory.models import System
    from callout.shell.session import Session


@dataclass(frozen=True, slots=True)
class Context:
    """The world as the steps see it.

    `now` gives aware datetimes. `actor` is who works (`name@machine`). `connect` opens a session to a
    target; nothing is sent before the session's first use.
    """

    ledger: Ledger
    places: Places
    actor: str
    now: Callable[[], dt.datetime]
    connect: Callable[[Target], Session]

    def record(self, kind: str, system: System, callout: str, body: Mapping[str, Any]) -> Event:
        """Appends one event that happened now, and gives it back as stored."""
        draft = Draft(kind, self.now(), self.actor, system.customer.id, system.name, callout, body)
        return self.ledger.append(draft)[0]
