"""The bill of a month by brute force: every minute by itself, all of the past, nothing cut off and nothing clever.

Written from the rules (docs/howto/bill.md), not from the code: it shares no function with it but the shape of the
inventory and the library that knows holidays.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from tests.faults.random_bills import Scene

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
PLACES = {"EUR": 2, "JPY": 0, "BHD": 3}
COVERS = ("support", "maintenance", "travel")


@dataclass
class Work:
    """One piece of work, minute by minute."""

    id: str
    actor: str
    callout: str
    body: dict[str, Any]
    start: dt.datetime
    entered: dt.datetime
    minutes: int
    charge: str = ""
    free: list[bool] = field(default_factory=list)


@dataclass
class Part:
    """Minutes of one work that lie in one band and between two changes."""

    work: Work
    number: int
    start: dt.datetime
    day: dt.date
    factor: Decimal
    worked: int = 0
    billed: int = 0


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
        self.zone = ZoneInfo(scene.customer.time_zone)
        self.unit = Decimal(1).scaleb(-PLACES[scene.customer.currency])
        self.year, self.month = year, month
        self.works: dict[str, Work] = {}
        self.judged: dict[str, str] = {}
        self.off: dict[str, int] = defaultdict(int)
        for event in scene.events:
            body = event.body
            if event.kind == "work_logged":
                start = dt.datetime.fromisoformat(body["started_at"])
                entered = dt.datetime.fromisoformat(event.recorded_at)
                minutes = body["seconds"] // 60
                self.works[event.id] = Work(event.id, event.actor, event.callout, body, start, entered, minutes)
            elif event.kind == "work_judged":
                self.judged[body["work"]] = body["charge"]
            elif event.kind == "work_deducted":
                self.off[body["work"]] += body["minutes"]
        place = scene.customer.holidays
        self.free_days = holidays.country_holidays(place.country, subdiv=place.subdivision, years=2026) if place else {}

    def result(self) -> Result:
        """What the month comes to."""
        for work in self.works.values():
            work.charge = self.judged.get(work.id) or self.verdict(work)
        self.claim()
        # What comes after the month is not known yet when its bill is made.
        until = [work for work in self.works.values() if self.month_number(work) <= self.year * 12 + self.month]
        parts = [part for work in until if work.charge == "yes" for part in self.parts(work)]
        self.round(parts)
        lines, left, fixed = self.pay(parts)
        open_ones = any(amount is None for *_, amount in lines)
        lines += [
            (work.id, "", 0, Decimal(0)) for work in self.works.values() if work.charge == "no" and self.now(work)
        ]
        waiting = any(work.charge == "undecided" and self.now(work) for work in self.works.values())
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
        if cause == "own_bug" or body.get("outcome") == "refused":
            return "no"
        if cause in ("man_made_emergency", "unsupported_modification"):
            return "yes"
        if self.customer.contract == "maintenance":
            if activity not in COVERS and cause != "included":
                return "yes"
            return "yes" if self.included(work) else "no"
        if cause == "included":
            return "undecided"
        return "no" if activity == "support" else "yes"

    def included(self, work: Work) -> bool:
        day = self.local(work.start)
        return any(c.kind == "included_hours" for c in self.askable(work, day))

    def claim(self) -> None:
        """Each minute of a person belongs to one work: a person's own before a run's, then the earlier one."""
        taken: set[tuple[str, dt.datetime]] = set()
        charged = [work for work in self.works.values() if work.charge == "yes"]
        for work in sorted(charged, key=lambda one: (one.body["source"] == "playbook", one.start, one.id)):
            for number in range(work.minutes):
                minute = (work.actor, work.start + number * MINUTE)
                work.free.append(minute not in taken)
                taken.add(minute)

    def band(self, moment: dt.datetime, emergency: bool) -> Decimal:
        berlin, york = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
        today = moment.astimezone(berlin).date()
        inside = False
        for day in (today - DAY, today):
            opens = dt.datetime.combine(day, dt.time(9), berlin).astimezone(dt.UTC)
            closes = dt.datetime.combine(day, dt.time(17), york).astimezone(dt.UTC)
            inside = inside or (day.weekday() < 5 and opens <= moment < closes)
        applying = []
        if not inside:
            applying.append("weekend" if today.weekday() >= 5 else "out_of_hours")
        if self.local(moment) in self.free_days:
            applying.append("holiday")
        if emergency:
            applying.append("emergency")
        factors = [getattr(self.money.multipliers, name) for name in applying]
        return max((factor for factor in factors if factor is not None), default=Decimal(1))

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

    def parts(self, work: Work) -> Iterator[Part]:
        changes, part, day = self.changes(), None, None
        emergency = work.body["cause"] == "man_made_emergency"
        name = None
        for number in range(work.minutes):
            moment = work.start + number * MINUTE
            here = self.local(moment)
            factor = self.band(moment, emergency)
            label = (factor, self.label(moment, emergency, factor))
            changed = here != day and day is not None and here in changes
            if part is None or label != name or changed:
                if part is not None:
                    yield part
                part = Part(work, (part.number + 1) if part else 1, moment, here, factor)
                name = label
            day = here
            part.worked += work.free[number]
        if part is not None:
            yield part

    def label(self, moment: dt.datetime, emergency: bool, factor: Decimal) -> str:
        """Two bands of one factor are two pieces: their names stand on the bill."""
        berlin = ZoneInfo("Europe/Berlin")
        weekend = moment.astimezone(berlin).date().weekday() >= 5
        for name, applies in (
            ("holiday", self.local(moment) in self.free_days),
            ("weekend", weekend and not self.inside(moment)),
            ("emergency", emergency),
            ("out_of_hours", not weekend and not self.inside(moment)),
        ):
            if applies and getattr(self.money.multipliers, name) == factor:
                return name
        return "standard"

    def inside(self, moment: dt.datetime) -> bool:
        berlin, york = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
        today = moment.astimezone(berlin).date()
        return any(
            day.weekday() < 5
            and dt.datetime.combine(day, dt.time(9), berlin).astimezone(dt.UTC) <= moment
            and moment < dt.datetime.combine(day, dt.time(17), york).astimezone(dt.UTC)
            for day in (today - DAY, today)
        )

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
            while worked and (total < worked or total < least):
                total += step
            rest = total - worked
            for one in members:
                one.billed = one.worked
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
        for contract in self.customer.contracts:
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


class Purse:
    """What every contract still has, kept as (first day, last day, amount left), asked minute by minute."""

    def __init__(self, oracle: Oracle) -> None:
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
