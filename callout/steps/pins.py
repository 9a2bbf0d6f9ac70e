"""Pins: a person's word that a backup stays, or need not stay any longer."""

from __future__ import annotations

from callout.backups.history import Known, State, history_of
from callout.backups.retention import Why
from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.steps.context import Context


def pin_backup(context: Context, backup: str, *, reason: str, ticket: str) -> Event:
    """The `backup_pinned` event: the backup stays until it is unpinned.

    Raises BadInput without reason or ticket, for an unknown id, and for a backup whose removal was begun.
    """
    return _say(context, "backup_pinned", backup, reason, ticket, pin_days=0)


def unpin_backup(context: Context, backup: str, *, reason: str, ticket: str, pin_days: int) -> Event:
    """The `backup_unpinned` event: neither a person nor its call-out holds the backup any more.

    An open rollback holds it all the same. `pin_days` is the policy's. Raises BadInput as `pin_backup` does,
    and where nothing was pinned.
    """
    return _say(context, "backup_unpinned", backup, reason, ticket, pin_days)


def system_of_backup(view: LedgerView, backup: str) -> str:
    """The system's name. Raises BadInput for an id that the ledger does not have."""
    return _made(view, backup).system


def _say(context: Context, kind: str, backup: str, reason: str, ticket: str, pin_days: int) -> Event:
    if not reason.strip() or not ticket.strip():
        raise BadInput("A pin needs who wants it and why.", "Give --reason and --ticket.")

    def decide(view: LedgerView) -> list[Draft]:
        made = _made(view, backup)
        history = history_of(view.events(system=made.system), context.now(), pin_days)
        known = next(one for one in history if one.id == backup)
        _require_stored(known)
        pinned = [hold for hold in known.holds if hold.why in (Why.PINNED, Why.CALL_OUT)]
        if kind == "backup_unpinned" and not pinned:
            raise BadInput(f"{backup} is not pinned.", "callout backup list says what keeps it.")
        body = {"backup": backup, "reason": reason.strip(), "ticket": ticket.strip()}
        return [Draft(kind, context.now(), context.actor, made.customer, made.system, made.callout, body)]

    return context.ledger.append_after(decide)[0]


def _require_stored(known: Known) -> None:
    if known.state is not State.STORED:
        word = "was removed" if known.state is State.PRUNED else "is being removed"
        raise BadInput(f"{known.id} {word}.", "See: callout backup list")


def _made(view: LedgerView, backup: str) -> Event:
    for event in view.events(kind="backed_up"):
        if event.body.get("id") == backup:
            return event
    raise BadInput(f"The ledger has no backup {backup!r}.", "See: callout backup list")
