"""What was invoiced and what was credited again, and on which month's invoice a piece of work belongs. Pure.

A piece of work is on the invoice that bills it until every line of it is credited. Work that is not on any invoice
belongs to its own month, or, where that month's invoice has left the house already, to the next month that has none:
never lost, and never billed twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from callout.errors import BadInput, CalloutError
from callout.ledger.event import Event
from callout.worklog.month import Month, parse_month

INVOICE_KINDS = ("invoice_issued", "credit_note_issued")


@dataclass(frozen=True, slots=True)
class InvoiceSeen:
    """An issued invoice. `work_of` is line → ids of what it bills (work, expenses); `credited` are its credited lines.

    `printed` are the lines that the customer sees, in their order: only those can be credited.
    """

    event: Event
    number: str
    month: Month
    work_of: Mapping[str, tuple[str, ...]]
    printed: tuple[str, ...]
    credited: frozenset[str]
    credit_notes: tuple[Event, ...]

    @property
    def customer(self) -> str:
        """The customer's inventory group."""
        return self.event.customer

    @property
    def document(self) -> dict[str, Any]:
        """The whole document, as `Invoice.to_dict` wrote it."""
        return dict(self.event.body["document"])

    @property
    def is_live(self) -> bool:
        """Whether anything of it still stands."""
        return not self.credited.issuperset(self.printed)

    @property
    def work(self) -> frozenset[str]:
        """Ids of all that it still bills: a piece of work is free only when all its lines are credited."""
        if not self.is_live:
            return frozenset()
        standing = [ids for line, ids in self.work_of.items() if line not in self.credited]
        return frozenset(identifier for ids in standing for identifier in ids)

    def lines_with(self, lines: Iterable[str]) -> tuple[str, ...]:
        """These lines, and all others of the same work: to credit half of a piece of work would free none of it.

        In the invoice's order. Raises BadInput naming a line that it does not have.
        """
        wanted = list(lines)
        if unknown := [line for line in wanted if line not in self.printed]:
            listed = ", ".join(self.printed[:8])
            raise BadInput(f"Invoice {self.number} has no line {unknown[0][:40]!r}.", f"It has: {listed}.")
        work = {identifier for line in wanted for identifier in self.work_of.get(line, ())}
        return tuple(
            line for line in self.printed if line in wanted or work.intersection(self.work_of.get(line, ()))
        )  # fmt: skip


def invoices_seen(events: Iterable[Event]) -> dict[str, InvoiceSeen]:
    """Number → invoice with what was credited of it, in the order of issue.

    `events` may hold any kinds, but all `INVOICE_KINDS` of whatever is asked about. Raises CalloutError naming an event
    that is not whole.
    """
    issued: dict[str, Event] = {}
    notes: dict[str, list[Event]] = {}
    for event in sorted((one for one in events if one.kind in INVOICE_KINDS), key=lambda one: one.seq):
        if event.kind == "invoice_issued":
            issued[str(event.body.get("number"))] = event
        else:
            notes.setdefault(str(event.body.get("corrects")), []).append(event)
    return {number: _seen(number, event, notes.get(number, [])) for number, event in issued.items()}


def invoiced_work(events: Iterable[Event]) -> dict[str, str]:
    """Id of work or expense → number of the invoice on which it stands; what was credited is free again."""
    return {
        identifier: invoice.number for invoice in invoices_seen(events).values() for identifier in invoice.work
    }  # fmt: skip


class Billing:
    """Which month's bill each piece of work belongs to. `events` are all of one customer."""

    def __init__(self, events: Iterable[Event]) -> None:
        live = [one for one in invoices_seen(events).values() if one.is_live]
        self._month_of = {identifier: one.month for one in live for identifier in one.work}
        self._live = {one.month.name: one for one in live}
        self._month_of_line = {
            line: one.month for one in live for line in one.work_of if line not in one.credited
        }  # fmt: skip

    @property
    def settled(self) -> frozenset[str]:
        """Ids of all that stands on an invoice: nothing that comes later changes it."""
        return frozenset(self._month_of)

    @property
    def months(self) -> list[Month]:
        """The months whose invoices stand, oldest first."""
        return [self._live[name].month for name in sorted(self._live)]

    def carried_by(self, month: Month) -> list[Month]:
        """The earlier months whose late work stands on the invoice of `month`, oldest first."""
        if month.name not in self._live:
            return []
        days = [
            str((line["period"] or {}).get("first", month.name)) for line in self._live[month.name].document["lines"]
        ]
        return [parse_month(name) for name in sorted({day[:7] for day in days}) if name < month.name]

    def month_of(self, identifier: str, own: Month) -> Month:
        """The month on whose bill this is. `own` is the one in which it was done, by the customer's calendar."""
        found = self._month_of.get(identifier)
        if found is not None:
            return found
        while own.name in self._live:
            own = _following(own)
        return own

    def stands_on(self, line: str) -> Month | None:
        """The month on whose invoice that line stands; None where it stands on none."""
        return self._month_of_line.get(line)

    def missed(self, own: Month) -> str:
        """The number of the invoice that work of that month came too late for; empty where there is none yet."""
        found = self._live.get(own.name)
        return found.number if found is not None else ""


def _following(month: Month) -> Month:
    return Month(month.year + 1, 1) if month.number == 12 else Month(month.year, month.number + 1)


def _seen(number: str, event: Event, notes: list[Event]) -> InvoiceSeen:
    body = event.body
    try:
        return InvoiceSeen(
            event=event,
            number=number,
            month=parse_month(body["month"]),
            work_of={item["line"]: tuple(item["work"]) for item in body["items"]},
            printed=tuple(body["lines"]),
            credited=frozenset(line for note in notes for line in note.body["lines"]),
            credit_notes=tuple(notes),
        )
    except (KeyError, TypeError, BadInput) as error:
        raise CalloutError(
            f"Event {event.id} (number {event.seq}) is no whole invoice_issued event: {error!r}.",
            "callout ledger verify says whether the ledger was changed.",
        ) from None
