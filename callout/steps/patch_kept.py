"""Which originals need not be kept on a system any more: nobody will take those changes back from there."""

from __future__ import annotations

from callout.ledger.store import LedgerView

# So many ids go to a system at once; the others another time.
AT_ONCE = 40


def needless_originals(ledger: LedgerView, system: str) -> list[str]:
    """The ids of the transactions that were taken back, or whose work the customer accepted; the newest first."""
    ended: list[str] = []
    accepted = {event.callout: event.seq for event in ledger.events(kind="accepted", system=system)}
    undone = {event.body.get("undoes") for event in ledger.events(kind="rolled_back", system=system)}
    for event in ledger.events(kind="patched", system=system):
        if event.body["transaction"] in undone or event.seq < accepted.get(event.callout, 0):
            ended.append(event.body["transaction"])
    return list(reversed(ended))[:AT_ONCE]
