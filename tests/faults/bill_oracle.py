"""The bill of a month by brute force: every minute by itself, all of the past, nothing cut off and nothing clever.

Written from the rules (docs/howto/bill.md), not from the code: it shares no function with it but the shape of the
inventory and the library that knows holidays.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.faults.bill_oracle_calendar import Calendar
from tests.faults.bill_oracle_minutes import MINUTE, Minutes, Settled
from tests.faults.bill_oracle_purse import Purse
from tests.faults.bill_oracle_shapes import Part, Work
from tests.faults.random_bills import Scene

DAY = dt.timedelta(days=1)
PLACES = {"EUR": 2, "JPY": 0, "BHD": 3}
COVERS = ("support", "maintenance", "travel")


@dataclass
class Result:
    """`lines`: (work, contract, minutes, amount), sorted; `left` by contract; `total` None while something is open."""

    lines: list[tuple[str, str, int, Decimal | None]]
    total: Decimal | None
    left: dict[str, Decimal]


class Oracle:
    """Works out one scene."""

    def __init__(self, scene: Scene, year: int, month: int) -> None:
        self.customer, self.money = scene.customer, scene.money
        self.customers = {scene.customer.id: scene.customer, **scene.others}
        self.zone = ZoneInfo(scene.customer.time_zone)
        self.unit = Decimal(1).scaleb(-PLACES[scene.customer.currency])
        self.year, self.month = year, month
        self.works: dict[str, Work] = {}
        self.judged: dict[str, str] = {}
        self.off: dict[str, int] = defaultdict(int)
        # Work on other customers' invoices: whose was issued first, and, where it says so, what it holds and when.
        self.settled: Settled = {}
        for event in scene.events:
            body = event.body
            if event.kind == "work_logged":
                start = dt.datetime.fromisoformat(body["started_at"])
                entered = dt.datetime.fromisoformat(event.recorded_at)
                minutes = body["seconds"] // 60
                self.works[event.id] = Work(
                    event.id, event.customer, event.actor, event.callout, body, start, entered, minutes
                )
            elif event.kind == "work_judged":
                self.judged[body["work"]] = body["charge"]
            elif event.kind == "work_deducted":
                self.off[body["work"]] += body["minutes"]
            elif event.kind == "invoice_issued":
                for work in (one for item in body["items"] for one in item["work"]):
                    said = body["shared"].get(work)
                    read = dt.datetime.fromisoformat
                    held = said and [(read(start), read(end), Fraction(share)) for start, end, share in said["held"]]
                    self.settled[work] = (event.seq, held)
        self.calendar = Calendar(scene.customer, scene.money)

    def result(self) -> Result:
        """What the month comes to."""
        for work in self.works.values():
            work.charge = self.judged.get(work.id) or self.verdict(work)
        first = self.money.shared_minutes == "first"
        Minutes(self.settled, first).give([work for work in self.works.values() if work.charge == "yes"])
        # What comes after the month is not known yet when its bill is made.
        own = [work for work in self.works.values() if work.customer == self.customer.id]
        until = [work for work in own if self.month_number(work) <= self.year * 12 + self.month]
        parts = [part for work in until if work.charge == "yes" for part in self.parts(work)]
        self.round(parts)
        lines, left, fixed = self.pay(parts)
        open_ones = any(amount is None for *_, amount in lines)
        lines += [(work.id, "", 0, Decimal(0)) for work in own if work.charge == "no" and self.now(work)]
        waiting = any(work.charge == "undecided" and self.now(work) for work in own)
        known = sum((amount for *_, amount in lines if amount is not None), Decimal(0)) + fixed
        return Result(sorted(lines, key=str), None if open_ones or waiting else known, left)

    def local(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(self.zone).date()

    def now(self, work: Work) -> bool:
        day = self.local(work.start)
        return (day.year, day.month) == (self.year, self.month)

    def month_number(self, work: Work) -> int:
        day = self.local(work.start)
        return day.year * 12 + day.month

    def verdict(self, work: Work) -> str:
        """Rules of the published procedure, as far as the scenes go: no consents, no call-out's story."""
        body = work.body
        cause, activity = body["cause"], body["activity"]
        if work.customer not in self.customers:
            return "yes"
        if cause == "own_bug" or body.get("outcome") == "refused":
            return "no"
        if cause in ("man_made_emergency", "unsupported_modification"):
            return "yes"
        if self.customers[work.customer].contract == "maintenance":
            if activity not in COVERS and cause != "included":
                return "yes"
            return "yes" if self.included(work) else "no"
        if cause == "included":
            return "undecided"
        return "no" if activity == "support" else "yes"

    def included(self, work: Work) -> bool:
        day = work.start.astimezone(ZoneInfo(self.customers[work.customer].time_zone)).date()
        return any(c.kind == "included_hours" for c in self.askable(work, day))

    def changes(self) -> set[dt.date]:
        found = set()
        pairs = []
        if self.money.consumed_by == "worked":
            pairs += [(c.starts, c.ends) for c in self.customer.contracts]
        tables = [self.customer.rates, self.money.rates, {"": self.money.standard_rate or ()}]
        tables += [c.rates for c in self.customer.contracts] + list(self.customer.ticket_rates.values())
        pairs += [(r.valid_from, r.valid_to) for table in tables for rates in table.values() for r in rates]
        for first, last in pairs:
            if first:
                found.add(first)
            if last:
                found.add(last + DAY)
        return found

    def parts(self, work: Work) -> list[Part]:
        """All of them; what is lost is rounded up to whole seconds, each part loses what was lost in it."""
        parts = list(self.cut(work))
        lost = sum((part.lost for part in parts), Fraction(0))
        given, reached, over, seconds = 0, Fraction(0), 0, math.ceil(lost)
        for part in parts:
            part.worked = part.minutes * 60
            reached += part.lost
            upto = math.floor(seconds * reached / lost) if lost else 0
            off = min(upto - given + over, part.worked)
            over, given = upto - given + over - off, upto
            part.worked -= off
        # What a later part cannot lose an earlier one does.
        for part in parts:
            off = min(over, part.worked)
            part.worked, over = part.worked - off, over - off
        return parts

    def cut(self, work: Work) -> Iterator[Part]:
        changes, part, day = self.changes(), None, None
        emergency = work.body["cause"] == "man_made_emergency"
        name = None
        for number in range(work.minutes):
            moment = work.start + number * MINUTE
            here = self.local(moment)
            factor = self.calendar.band(moment, emergency)
            label = (factor, self.calendar.label(moment, emergency, factor))
            changed = here != day and day is not None and here in changes
            if part is None or label != name or changed:
                if part is not None:
                    yield part
                part = Part(work, (part.number + 1) if part else 1, moment, here, factor)
                name = label
            day = here
            part.minutes += 1
            part.lost += 60 * (1 - work.free[number])
        if part is not None:
            yield part

    def round(self, parts: list[Part]) -> None:
        groups: dict[Any, list[Part]] = defaultdict(list)
        for part in parts:
            body = part.work.body
            day = self.local(part.work.start)
            what = {"each": part.work.id, "ticket": body["ticket"], "sum": ""}[self.money.rounding]
            groups[day.year, day.month, body["role"], body["activity"], what].append(part)
        for (*_, activity, _), members in groups.items():
            members.sort(key=lambda one: (one.start, one.work.id))
            own = self.money.work.get(activity)
            step = own.increment_minutes if own and own.increment_minutes is not None else self.money.increment_minutes
            least = own.minimum_minutes if own and own.minimum_minutes is not None else self.money.minimum_minutes
            worked = sum(one.worked for one in members)
            total = 0
            while worked and (total * 60 < worked or total < least):
                total += step
            for one in members:
                one.billed = one.worked // 60
            rest = total - sum(one.billed for one in members)
            if rest:
                known = [one for one in members if one.worked]
                price = {id(one): self.price(one, self.free_contract(one)) for one in known}
                cheapest = min(known, key=lambda one: (price[id(one)] is None, price[id(one)] or 0))
                cheapest.billed += rest
            for identifier in {one.work.id for one in members}:
                self.let_off([one for one in members if one.work.id == identifier])

    def let_off(self, members: list[Part]) -> None:
        left = self.off.get(members[0].work.id, 0)
        price = {id(one): self.price(one, self.free_contract(one)) or Decimal(0) for one in members}
        for one in sorted(members, key=lambda one: (price[id(one)], one.start), reverse=True):
            less = min(left, one.billed)
            one.billed -= less
            left -= less

    def rate(self, part: Part, contracts: list[Any]) -> Decimal | None:
        body = part.work.body
        if "rate" in body:
            return Decimal(body["rate"])
        role = body["role"]
        places = [self.customer.ticket_rates.get(body["ticket"], {}).get(role)]
        places += [contract.rates.get(role) for contract in contracts]
        places += [self.customer.rates.get(role), self.money.rates.get(role), self.money.standard_rate]
        for rates in places:
            for one in rates or ():
                if (one.valid_from is None or one.valid_from <= part.day) and (
                    one.valid_to is None or part.day <= one.valid_to
                ):
                    return Decimal(one.amount)
        return None

    def price(self, part: Part, contracts: list[Any]) -> Decimal | None:
        rate = self.rate(part, contracts)
        return None if rate is None else rate * part.factor

    def askable(self, work: Work, day: dt.date) -> list[Any]:
        found = []
        for contract in self.customers[work.customer].contracts:
            body = work.body
            if not (contract.starts <= day and (contract.ends is None or day <= contract.ends)):
                continue
            if contract.kind == "included_hours" and (
                body["cause"] in ("man_made_emergency", "unsupported_modification") or body["activity"] not in COVERS
            ):
                continue
            for wanted, has in (("activities", "activity"), ("roles", "role"), ("tickets", "ticket")):
                if getattr(contract, wanted) and body[has] not in getattr(contract, wanted):
                    break
            else:
                if contract.kind in self.money.payers:
                    found.append(contract)
        far = dt.date(9999, 1, 1)
        return sorted(found, key=lambda c: (self.money.payers.index(c.kind), c.ends or far, c.starts, c.id))

    def free_contract(self, part: Part) -> list[Any]:
        """The time-and-materials contract whose rates count, if there is one; by the day of the work."""
        return self.tm(part.work, part.day)

    def tm(self, work: Work, day: dt.date) -> list[Any]:
        body, far = work.body, dt.date(9999, 1, 1)
        found = [
            c
            for c in self.customer.contracts
            if c.kind == "time_and_materials"
            and c.starts <= day <= (c.ends or far)
            and (not c.activities or body["activity"] in c.activities)
            and (not c.roles or body["role"] in c.roles)
        ]
        return sorted(found, key=lambda c: (c.ends or far, c.starts, c.id))[:1]

    def pay(self, parts: list[Part]) -> tuple[list[Any], dict[str, Decimal], Decimal]:
        purse = Purse(self)
        by_entry = self.money.consumed_by == "entered"
        ordered = sorted(parts, key=lambda p: (p.work.entered if by_entry else p.start, p.start, p.work.id, p.number))
        lines = []
        for part in ordered:
            day = self.local(part.work.entered) if by_entry else part.day
            for contract, minutes, amount in purse.shares(part, day):
                if self.now(part.work):
                    lines.append((part.work.id, contract, minutes, amount))
        return lines, purse.left(), purse.fixed()

    def cost(self, minutes: int, price: Decimal) -> Decimal:
        return (minutes * price / 60).quantize(self.unit, ROUND_HALF_UP)
