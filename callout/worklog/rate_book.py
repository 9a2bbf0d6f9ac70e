"""All rates of one customer: which one an hour of work has, with the inventory keys that were looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callout.policy.rates import (
    CUSTOMER_RATES,
    STANDARD_RATE,
    STANDARD_RATES,
    TICKET_RATES,
    Dated,
    Level,
    Rate,
    rate_by,
)
from callout.worklog.entry import Entry

if TYPE_CHECKING:
    from callout.inventory.contracts import PayingContract
    from callout.inventory.models import Customer
    from callout.inventory.policy import Money


@dataclass(frozen=True, slots=True)
class Sources:
    """Where inventory keys were written: `origins` maps a dotted key to `file:line`."""

    origins: Mapping[str, str] = field(default_factory=dict)

    def of(self, key: str) -> str:
        """`file:line` of the key, or of the nearest one above it that was written; empty where nothing is known."""
        parts = key.split(".")
        while parts:
            if found := self.origins.get(".".join(parts)):
                return found
            parts.pop()
        return ""

    def said(self, key: str) -> str:
        """The key with its place, for a sentence."""
        place = self.of(key)
        return f"{key} ({place})" if place else key


@dataclass(frozen=True, slots=True)
class RateBook:
    """See `rate`. Remembers what it has found: the same question is asked for every piece."""

    customer: Customer
    money: Money
    sources: Sources = Sources()
    _found: dict[tuple[object, ...], Rate] = field(default_factory=dict, repr=False)
    _has_dates: bool = field(init=False, repr=False, default=True)

    def __post_init__(self) -> None:
        dates = any(one.valid_from or one.valid_to for one in self.dated())
        object.__setattr__(self, "_has_dates", dates)

    def rate(self, entry: Entry, day: dt.date, contracts: Iterable[PayingContract] = ()) -> Rate:
        """The rate per hour of `entry` on `day` (the customer's calendar), before any multiplier.

        `contracts` may have rates of their own: that of the one that pays first, then that of the one by whose time
        and materials the rest is billed.
        """
        paying = tuple(contracts)
        # Most inventories know neither dates nor tickets: then neither makes a question another one.
        asked_on = day if self._has_dates else None
        ticket = entry.ticket if entry.ticket in self.customer.ticket_rates else ""
        key = (entry.role, asked_on, ticket, entry.rate, *(contract.id for contract in paying))
        if key not in self._found:
            self._found[key] = rate_by(entry.role, day, list(self._levels(entry, paying)))
        return self._found[key]

    def ahead(self, role: str, ticket: str, day: dt.date, contracts: Iterable[PayingContract] = ()) -> Rate:
        """The rate per hour of work that is not done yet; `contracts` as for `rate`."""
        own = [self._of_contract(role, contract) for contract in contracts]
        return rate_by(role, day, [self._of_ticket(role, ticket), *own, *self._of_role(role)])

    def dated(self) -> list[Dated]:
        """All rates that are valid for a time."""
        by_ticket = [rates for of_role in self.customer.ticket_rates.values() for rates in of_role.values()]
        by_contract = [rates for contract in self.customer.contracts for rates in contract.rates.values()]
        others = [*self.customer.rates.values(), *self.money.rates.values(), self.money.standard_rate or ()]
        return [one for rates in (*by_ticket, *by_contract, *others) for one in rates]

    def _levels(self, entry: Entry, contracts: tuple[PayingContract, ...]) -> Iterable[Level]:
        role = entry.role
        yield self._level("entry", "the work's own rate", entry.rate)
        yield self._of_ticket(role, entry.ticket)
        for contract in contracts:
            yield self._of_contract(role, contract)
        yield from self._of_role(role)

    def _of_ticket(self, role: str, ticket: str) -> Level:
        of_ticket = self.customer.ticket_rates.get(ticket)
        if of_ticket is None:
            return self._level("ticket", TICKET_RATES, None)
        return self._level("ticket", f"{TICKET_RATES}.{ticket}.{role}", of_ticket.get(role))

    def _of_contract(self, role: str, contract: PayingContract) -> Level:
        index = [one.id for one in self.customer.contracts].index(contract.id)
        return self._level("contract", f"callout_customer.contracts.{index}.rates.{role}", contract.rates.get(role))

    def _of_role(self, role: str) -> Iterable[Level]:
        yield self._level("customer", f"{CUSTOMER_RATES}.{role}", self.customer.rates.get(role))
        yield self._level("role", f"{STANDARD_RATES}.{role}", self.money.rates.get(role))
        yield self._level("standard", STANDARD_RATE, self.money.standard_rate)

    def _level(self, name: str, key: str, written: object) -> Level:
        return Level(name, key, written, self.sources.of(key) if written is not None else "")  # type: ignore[arg-type]
