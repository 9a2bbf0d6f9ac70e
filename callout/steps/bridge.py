"""Reads tickets of another system into cases, and tells it how a case stands. Off until policy names the system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from access_check.escaping import shown
from callout.desk.bridges import rt, zammad
from callout.desk.bridges.address import place_of
from callout.desk.bridges.connection import BridgeConnection
from callout.desk.bridges.foreign import NotAsDocumented, NotThere
from callout.desk.bridges.reading import Ask, TicketSystem, ticket_system
from callout.desk.bridges.records import Head, Ticket, Unread
from callout.desk.bridges.taking import (
    IN,
    KINDS,
    Taken,
    continuation_of,
    opening_of,
    pulled_until,
    set_aside,
    taken_by,
)  # fmt: skip
from callout.desk.entitlement import Channel
from callout.desk.mail.addresses import canonical_address
from callout.desk.rules import rules_for, snapshot
from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.ledger.event import Draft, format_utc
from callout.ledger.store import LedgerView
from callout.policy.desk_words import Priority
from callout.steps.case_look import case_now
from callout.steps.case_open import Asking, entitlement_now

if TYPE_CHECKING:
    from callout.inventory import Inventory
    from callout.inventory.desk import Bridge
    from callout.inventory.models import Customer
    from callout.steps.context import Context

BRIDGES = {rt.NAME: rt.authorization, zammad.NAME: zammad.authorization}
# Systems read dates in their user's own zone, lists shift while they are read, clocks differ: more is read than needed.
# What was read before is recognised, so that reading it again changes nothing.
OVERLAP = dt.timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one ticket: `opened`, `continued`, `set aside`, `unchanged`, `over` (it ended before it came
    here), `gone` (it is not there any more), or `unread`. `news` is how many articles were new; `note` is what a
    person should know."""

    ticket: str
    what: str
    case: str = ""
    customer: str = ""
    subject: str = ""
    news: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pulled:
    """All rows, in the order of reading, and from when on (aware) tickets were read."""

    bridge: str
    since: dt.datetime
    rows: tuple[Row, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every ticket could be read."""
        return all(row.what != "unread" for row in self.rows)


def system_behind(context: Context, inventory: Inventory, name: str) -> TicketSystem:
    """The ticket system that policy names so. Raises BadInput where it names none, or where its address is no good."""
    bridge = configured(inventory, name)
    return ticket_system(name, bridge.queue, _asking(context, name, bridge))


def pull(
    context: Context,
    inventory: Inventory,
    name: str,
    system: TicketSystem,
    *,
    since: dt.datetime | None = None,
    only: str = "",
    dry_run: bool = False,
) -> Pulled:
    """Reads what was changed since the last whole reading, or since `since` (aware), or the ticket `only` (its id).

    Each ticket is one append: a crash leaves whole tickets, and the next reading goes on. Raises BadInput for a first
    reading without `since`, Unreachable where the system cannot be read on.
    """
    events = list(context.ledger.events(kinds=KINDS))
    known = _Known(taken_by(events), events[-1].seq if events else 0)
    reading = _Reading(context, inventory, system, known, dry_run)
    until = pulled_until(events, name)
    begin = since or (until - OVERLAP if until else None)
    heads: Iterable[Head | Unread]
    if only:
        begin, heads = begin or context.now(), [system.head(only)]
    elif begin is None:
        raise BadInput(f"{name} was never read: where shall it begin?", "Say --since 2026-11-01, or a moment.")
    else:
        heads = chain(_asked_again(reading, name), system.changed(begin))
    rows, newest = [], until
    for head in _each_once(heads):
        if isinstance(head, Unread):
            rows.append(Row(head.ticket, "gone" if head.is_gone else "unread", note=head.why))
            continue
        rows.append(reading.row(head))
        newest = max(newest or head.updated_at, head.updated_at)
    result = Pulled(name, begin, tuple(rows))
    if not only and not dry_run and result.is_whole and newest and newest != until:
        body = {"case": "", "bridge": name, "remote": "", "direction": IN, "what": "read", "until": format_utc(newest)}
        context.ledger.append(Draft("case_bridged", context.now(), context.actor, body=body))
    return result


@dataclass
class _Known:
    """What the ledger says is taken, caught up with what was written since, and no event read twice."""

    taken: dict[str, Taken]
    seq: int

    def of(self, ledger: LedgerView, ticket: str) -> Taken:
        """What we have of that ticket by now."""
        events = list(ledger.events(after=self.seq, kinds=KINDS))
        self.taken = taken_by(events, self.taken)
        self.seq = events[-1].seq if events else self.seq
        return self.taken.get(ticket, Taken())


@dataclass(frozen=True)
class _Reading:
    """One reading of one system."""

    context: Context
    inventory: Inventory
    system: TicketSystem
    known: _Known
    dry_run: bool

    def row(self, head: Head) -> Row:
        """What becomes of that ticket."""
        taken = self.known.taken.get(head.ticket, Taken())
        customer = customer_of(self.inventory, head.asker)
        row = Row(head.ticket, "unchanged", taken.case, customer.id if customer else "", head.subject)
        if taken.case and taken.has(head):
            return row
        if not taken.case and head.is_over:
            return replace(row, what="over", note=f"it was {head.state} before it came here")
        if not taken.case and customer is None:
            return self._set_aside(row, head, taken)
        try:
            ticket = Ticket(head, self.system.articles(head, taken.articles))
        except NotThere as error:
            return replace(row, what="gone", note=error.message)
        except NotAsDocumented as error:
            return replace(row, what="unread", note=error.message)
        news = [one for one in ticket.articles if not one.internal and one.id not in taken.articles]
        row = replace(row, what="continued" if taken.case else "opened", news=len(news))
        return row if self.dry_run else self._written(row, ticket, customer)

    def _set_aside(self, row: Row, head: Head, taken: Taken) -> Row:
        row = replace(row, what="set aside", note=f"{head.asker or 'nobody'} is registered for no customer")
        if not self.dry_run and not taken.has(head):
            context = self.context
            said = set_aside(head, _unregistered(head).as_dict(), context.now())
            context.ledger.append(*(Draft(one.kind, one.at, context.actor, body=one.body) for one in said))
        return row

    def _written(self, row: Row, ticket: Ticket, customer: Customer | None) -> Row:
        notes: list[str] = []

        def decide(ledger: LedgerView) -> Sequence[Draft]:
            notes.clear()
            taken = self.known.of(ledger, ticket.head.ticket)
            now, actor = self.context.now(), self.context.actor
            if not taken.case:
                assert customer is not None  # a case is never lost again, and without one there is a customer
                said = opening_of(ticket, *self._promised(ledger, customer, ticket.head), now)
                return [Draft(one.kind, one.at, actor, customer.id, "", "", one.body) for one in said]
            # Somebody may have opened it a moment ago: looked at anew, in the transaction.
            case = case_now(ledger, taken.case)
            waits = case.turn == "customer"
            said = continuation_of(ticket, taken, now, opened_at=case.opened_at, waits=waits)
            if case.outcome is not None and any(one.kind == "case_heard" for one in said):
                notes.append(f"{case.number} has ended, and the customer goes on: callout case reopen {case.number}")
            return [Draft(one.kind, one.at, actor, case.customer, case.system, "", one.body) for one in said]

        events = self.context.ledger.append_after(decide)
        return replace(row, case=str(events[0].body["case"]), note=" ".join(notes))

    def _promised(
        self, ledger: LedgerView, customer: Customer, head: Head
    ) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
        """The customer's entitlement, and the rules of a case of theirs, as they are now."""
        policy, asking = self.inventory.policy, Asking(Channel.BRIDGE, head.asker)
        entitlement = entitlement_now(self.context, ledger, customer, policy, "", asking, Priority.NORMAL)
        return entitlement.as_dict(), snapshot(rules_for(policy.desk, customer.desk, Priority.NORMAL))


def customer_of(inventory: Inventory, address: str) -> Customer | None:
    """Whose registered address it is; None where it is nobody's, or that of more than one customer."""
    found = [
        customer
        for customer in inventory.customers.values()
        if address and address in {canonical_address(one) for one in customer.registered_addresses}
    ]
    return found[0] if len(found) == 1 else None


def configured(inventory: Inventory, name: str) -> Bridge:
    """The bridge as policy has it. Raises BadInput where it has none: they are off until somebody writes them down."""
    bridge: Bridge | None = getattr(inventory.policy.desk.bridges, name, None) if name in BRIDGES else None
    if bridge is None:
        raise BadInput(
            f"There is no bridge {name[:40]!r}: callout_policy.desk.bridges has none, and without it there is none.",
            f"Write its url and its (vaulted) token there; there can be: {', '.join(BRIDGES)}.",
        )
    return bridge


def _asking(context: Context, name: str, bridge: Bridge) -> Ask:
    key = f"callout_policy.desk.bridges.{name}"
    token = bridge.token.get_secret_value()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise BadInput(f"{key}.token: it is no token.", "Make one over there, and put it in, vaulted.")
    ca_file = context.places.folder / bridge.ca_file if bridge.ca_file else None
    authorization = SecretStr(BRIDGES[name](token))
    place = place_of(bridge.url, f"{key}.url")
    return BridgeConnection(name, place, authorization, timeout_s=bridge.timeout_s, ca_file=ca_file).ask


def _asked_again(reading: _Reading, name: str) -> Iterator[Head | Unread]:
    """Tickets that were set aside, and whose sender has been registered since."""
    for ticket, taken in list(reading.known.taken.items()):
        bridge, _, remote = ticket.partition(":")
        if bridge == name and not taken.case and customer_of(reading.inventory, taken.sender):
            try:
                yield reading.system.head(remote)
            except NotThere as error:
                yield Unread(ticket, error.message, is_gone=True)
            except NotAsDocumented as error:
                yield Unread(ticket, error.message)


def _each_once(heads: Iterable[Head | Unread]) -> Iterator[Head | Unread]:
    """A list shifts while it is read, and some come twice; the next reading sees what was changed in between."""
    seen: set[str] = set()
    for head in heads:
        if head.ticket not in seen:
            seen.add(head.ticket)
            yield head


def _unregistered(head: Head) -> Finding:
    return Finding(
        "entitlement.sender", Status.FAIL, "unregistered",
        f"{shown(head.asker or 'Nobody', 100)} is not registered, or for more than one customer.", Move.US,
        "Register the address (callout_customer.registered_addresses); the next reading then takes the ticket.",
    )  # fmt: skip
