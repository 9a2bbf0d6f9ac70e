"""The one memory: an append-only, hash-chained list of events."""

from callout.ledger.event import Draft, Event
from callout.ledger.store import Ledger, open_ledger

__all__ = ["Draft", "Event", "Ledger", "open_ledger"]
