"""Who pays, by the oracle of bills: every contract is asked for every minute."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.faults.bill_oracle_shapes import Part

DAY = dt.timedelta(days=1)


class Purse:
    """What every contract still has, kept as (first day, last day, amount left), asked minute by minute."""

    def __init__(self, oracle: Any) -> None:
        self.of = oracle
        self.grants: dict[str, list[list[Any]]] = {}
        self.callouts: dict[tuple[str, str], int] = {}
        self.beyond: dict[tuple[str, str], int] = defaultdict(int)
        self.asked = Decimal(0)
        for contract in oracle.customer.contracts:
            if contract.kind in ("hours_block", "money_block"):
                size = contract.amount if contract.kind == "money_block" else contract.hours * 60
                self.grants[contract.id] = [[contract.starts, contract.ends or dt.date.max, size]]
            elif contract.hours_per_month is not None:
                self.grants[contract.id] = list(self.months(contract))

    def months(self, contract: Any) -> Iterator[list[Any]]:
        end = contract.ends or dt.date.max
        size = contract.hours_per_month * 60
        carried = Decimal(0)
        if contract.carry_over_months:
            carried = size if contract.carry_over_hours is None else min(size, contract.carry_over_hours * 60)
        for number in range(12):
            first = dt.date(2026, number + 1, 1)
            if (contract.starts.year, contract.starts.month) > (2026, number + 1) or first > end:
                continue
            begins = max(first, contract.starts)
            yield [begins, min(end, self.last(number)), size - carried]
            yield [begins, min(end, self.last(number + contract.carry_over_months)), carried]

    @staticmethod
    def last(number: int) -> dt.date:
        year, month = divmod(number + 1, 12)
        return dt.date(2026 + year, month + 1, 1) - DAY

    def shares(self, part: Part, day: dt.date) -> list[tuple[str, int, Decimal | None]]:
        """Who pays how many of the part's minutes, and what is asked for; "?" where the cap was reached."""
        asked = self.of.askable(part.work, day)
        free = self.of.tm(part.work, day)
        capped = [c for c in asked if c.overrun_cap_hours is not None][-1:]
        paid: dict[str, int] = {}
        spent: dict[str, Decimal] = {}
        place = 0
        for _ in range(part.billed):
            while place < len(asked) and not self.minute(asked[place], free, part, day, paid, spent):
                place += 1
            if place < len(asked):
                name = asked[place].id
            elif capped and self.of.judged.get(part.work.id) != "yes":
                name = "" if self.within(capped[0], day) else "?"
            else:
                name = ""
            paid[name] = paid.get(name, 0) + 1
        if not part.billed:
            # Nothing to pay: it stands with whoever would have been asked first.
            for contract in asked:
                if self.takes_nothing(contract, free, part):
                    return [(contract.id, 0, Decimal(0))]
            return [("", 0, self.due("", 0, part, free))]
        return [(name if name != "?" else "", n, self.due(name, n, part, free)) for name, n in paid.items()]

    def takes_nothing(self, contract: Any, free: list[Any], part: Part) -> bool:
        if contract.kind == "per_callout":
            self.open_callout(contract, part)
        return not (contract.kind == "money_block" and self.of.price(part, [contract, *free]) is None)

    def due(self, name: str, minutes: int, part: Part, free: list[Any]) -> Decimal | None:
        if name == "?":
            return None
        if name:
            return Decimal(0)
        price = self.of.price(part, free)
        return None if price is None else self.of.cost(minutes, price)

    def within(self, contract: Any, day: dt.date) -> bool:
        monthly = contract.kind in ("retainer", "included_hours")
        key = (contract.id, f"{day:%Y-%m}" if monthly else "")
        if self.beyond[key] + 1 > contract.overrun_cap_hours * 60:
            return False
        self.beyond[key] += 1
        return True

    def minute(
        self, contract: Any, free: list[Any], part: Part, day: dt.date, paid: dict[str, int], spent: dict[str, Decimal]
    ) -> bool:
        """Takes one more minute out of the contract, or says that it cannot."""
        if contract.kind == "fixed_price":
            return True
        if contract.kind == "per_callout":
            key = self.open_callout(contract, part)
            limit = contract.minutes_per_callout
            if limit is not None and self.callouts[key] >= limit:
                return False
            self.callouts[key] += 1
            return True
        if contract.kind == "money_block":
            price = self.of.price(part, [contract, *free])
            if price is None:
                return False
            whole = self.of.cost(paid.get(contract.id, 0) + 1, price)
            more = whole - spent.get(contract.id, Decimal(0))
            if not self.take(contract, day, more):
                return False
            spent[contract.id] = whole
            return True
        factor = part.factor if self.of.money.bucket_hours == "multiplied" else Decimal(1)
        return self.take(contract, day, factor)

    def open_callout(self, contract: Any, part: Part) -> tuple[str, str]:
        key = (contract.id, part.work.callout or part.work.body["ticket"])
        if key not in self.callouts:
            self.callouts[key] = 0
            if self.of.now(part.work):
                self.asked += contract.price
        return key

    def take(self, contract: Any, day: dt.date, amount: Decimal) -> bool:
        usable = [grant for grant in self.grants[contract.id] if grant[0] <= day <= grant[1]]
        if sum((grant[2] for grant in usable), Decimal(0)) < amount:
            return False
        for grant in sorted(usable, key=lambda one: (one[1], one[0])):
            here = min(amount, grant[2])
            grant[2] -= here
            amount -= here
        return True

    def left(self) -> dict[str, Decimal]:
        first, last = dt.date(self.of.year, self.of.month, 1), self.last(self.of.month - 1)
        return {
            contract.id: sum((g[2] for g in self.grants[contract.id] if g[0] <= last and g[1] >= last), Decimal(0))
            for contract in self.of.customer.contracts
            if contract.id in self.grants and contract.starts <= last and (contract.ends or dt.date.max) >= first
        }

    def fixed(self) -> Decimal:
        first, last = dt.date(self.of.year, self.of.month, 1), self.last(self.of.month - 1)
        total = self.asked.quantize(self.of.unit) if not self.asked else self.asked
        for contract in self.of.customer.contracts:
            if contract.price_per_month is not None and contract.starts <= last:
                if contract.ends is None or contract.ends >= first:
                    total += contract.price_per_month.quantize(self.of.unit, ROUND_HALF_UP)
            elif contract.price is not None and contract.kind != "per_callout":
                billed = contract.billed_on or contract.starts
                if first <= billed <= last:
                    total += contract.price.quantize(self.of.unit, ROUND_HALF_UP)
        return total
