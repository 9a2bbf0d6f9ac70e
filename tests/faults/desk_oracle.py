"""The desk's clocks once more, minute by minute: tables of minutes, walked one after the other; nothing of ours in it.

Of the policy only the values are read. Every minute of some years is a byte: 1 where the desk is there. A clock walks
from its start and counts the bytes that no pause lies over. It knows no seconds, no bisection, no spans.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

BEGIN = dt.datetime(2025, 12, 1, tzinfo=dt.UTC)
DAYS = 900
MINUTES = DAYS * 1440
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def offsets(zone: str) -> tuple[int, ...]:
    """Minutes east of Greenwich in every quarter of an hour; no zone changes its clocks within one."""
    clocks, found, known = ZoneInfo(zone), [], -1
    for quarter in range(MINUTES // 15):
        if quarter % 2 == 0 or known < 0:
            offset = (BEGIN + dt.timedelta(minutes=15 * quarter)).astimezone(clocks).utcoffset()
            assert offset is not None
            known = int(offset.total_seconds()) // 60
        found.append(known)
    return tuple(found)


def first_minute(day: dt.date, clock: dt.time, zone: str) -> int:
    """The first minute at whose beginning clocks there show that time, or one that is later."""
    shown = (day - BEGIN.date()).days * 1440 + clock.hour * 60 + clock.minute
    quarter = shown // 15 - 15 * 4
    while 15 * quarter + 14 + offsets(zone)[quarter] < shown:
        quarter += 1
    minute = 15 * quarter
    while minute + offsets(zone)[quarter] < shown:
        minute += 1
    return minute


@dataclass
class Table:
    """`there`: a byte per minute. `days`: each working day as (first minute, minute after the last one)."""

    there: bytearray
    days: list[tuple[int, int]]

    def after(self, minute: int, minutes: int) -> int:
        """The minute at whose beginning so many of the desk's have passed; walks."""
        while minutes:
            hour = self.there.count(1, minute, minute + 60)
            if hour < minutes:
                minute, minutes = minute + 60, minutes - hour
                continue
            minutes -= self.there[minute]
            minute += 1
        return minute

    def next_there(self, minute: int) -> int:
        """That minute, or the first one after it in which the desk is there."""
        return self.there.index(1, minute)

    def business_days_after(self, minute: int, count: int) -> int:
        """As many minutes into the working day `count` later as into the one of that minute."""
        place = next(number for number, (_, end) in enumerate(self.days) if minute < end)
        first, _ = self.days[place]
        into = self.there.count(1, first, minute) if minute > first else 0
        later, end = self.days[place + count]
        if not into:
            return later
        while into and later < end:
            into -= self.there[later]
            later += 1
        return later


def tables(hours: Any, holidays: set[dt.date]) -> dict[str, Table]:
    """The three ways in which time passes, by the names that rules give them."""
    in_hours, whole = Table(bytearray(MINUTES), []), Table(bytearray(MINUTES), [])
    for number in range(3, DAYS - 3):
        day = BEGIN.date() + dt.timedelta(days=number)
        if WEEKDAYS[day.weekday()] not in hours.days or day in holidays or _closed(day, hours):
            continue
        midnights = [first_minute(day + dt.timedelta(days=one), dt.time(), hours.opens_zone) for one in (0, 1)]
        whole.days.append((midnights[0], midnights[1]))
        whole.there[midnights[0] : midnights[1]] = b"\1" * (midnights[1] - midnights[0])
        opens, closes = _hours_of(day, hours)
        in_hours.there[opens:closes] = b"\1" * (closes - opens)
        for one in hours.breaks:
            zone = one.zone or hours.opens_zone
            for offset in (-1, 0, 1):
                near = day + dt.timedelta(days=offset)
                starts, ends = first_minute(near, one.starts, zone), first_minute(near, one.ends, zone)
                for minute in range(max(opens, starts), min(closes, ends)):
                    in_hours.there[minute] = 0
        there = [minute for minute in range(opens, closes) if in_hours.there[minute]]
        if there and in_hours.days and in_hours.days[-1][1] > there[0]:
            in_hours.days[-1] = (in_hours.days[-1][0], there[0])  # who opens again has begun the next day
        if there:
            in_hours.days.append((there[0], there[-1] + 1))
    return {"hours": in_hours, "business_days": whole, "always": Table(bytearray(b"\1" * MINUTES), [])}


def _closed(day: dt.date, hours: Any) -> bool:
    for closure in hours.closures:
        if len(closure.first) == 10:
            dates = [dt.date.fromisoformat(closure.first)]
            while dates[-1].isoformat() < closure.last:
                dates.append(dates[-1] + dt.timedelta(days=1))
        else:
            dates = [dt.date(day.year + back, *map(int, closure.first.split("-"))) for back in (-1, 0)]
            for first in list(dates):
                one = first
                while f"{one:%m-%d}" != closure.last:
                    one += dt.timedelta(days=1)
                    dates.append(one)
        if day in dates:
            return True
    return False


def _hours_of(day: dt.date, hours: Any) -> tuple[int, int]:
    opens = first_minute(day, hours.opens, hours.opens_zone)
    closing, zone = hours.closes, hours.closes_zone
    for half in hours.half_days:
        if half.day in (day.isoformat(), f"{day:%m-%d}"):
            closing, zone = half.closes, half.zone or zone
            break
    closes = first_minute(day, closing, zone)
    return opens, closes if closes > opens else first_minute(day + dt.timedelta(days=1), closing, zone)


@dataclass(frozen=True)
class Fact:
    """What happened in which minute; `seq` is its place in the ledger."""

    kind: str
    minute: int
    seq: int
    said: Mapping[str, Any]


@dataclass
class Owed:
    """What was owed from when; `done` is when it was given."""

    name: str
    part: int
    start: int
    done: int | None
    rule: Mapping[str, str] | None = None


class Oracle:
    """One case. `facts` in any order, all of them at or before `now` (minutes)."""

    def __init__(self, facts: list[Fact], table: dict[str, Table], now: int) -> None:
        self.facts = sorted(facts, key=lambda fact: (fact.minute, fact.seq))
        self.table, self.now = table, now
        self.opened = self.facts[0].minute
        self.paused = bytearray(MINUTES)
        self.ended: int | None = None
        self._turns()

    def _turns(self) -> None:
        """Lays every pause over its minutes, fact by fact."""
        waiting: list[str] = []
        since = self.opened
        for fact in [*self.facts, Fact("now", MINUTES, 0, {})]:
            if waiting or self.ended is not None:
                self.paused[since : fact.minute] = b"\1" * (fact.minute - since)
            since, kind, said = fact.minute, fact.kind, fact.said
            if kind == "case_paused" and self.ended is None:
                waiting.append(said["turn"])
            elif kind == "case_resumed":
                waiting = []
            elif kind == "case_told" and said["asks"] and self.ended is None:
                waiting.append("customer")
            elif kind in ("case_heard", "case_escalated"):
                waiting = [turn for turn in waiting if turn != "customer"]
            elif kind == "case_ended":
                waiting, self.ended = [], fact.minute if self.ended is None else self.ended
            elif kind == "case_reopened":
                self.ended = None
        if self.ended is not None:
            self.paused[self.ended :] = bytearray(MINUTES - self.ended)  # what has ended is stopped, not paused

    def of(self, *kinds: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind in kinds]

    def owed(self) -> list[Owed]:
        """Everything that was owed, given or not."""
        replies = [fact.minute for fact in self.of("case_told") if fact.said["reply"]]
        found = [Owed("first_reply", 0, self.opened, replies[0] if replies else None)]
        hands = [fact.minute for fact in self.of("case_deadline_set") if fact.said["clock"] == "next_update"]
        if hands and (not replies or hands[0] <= replies[0]):
            found.append(Owed("next_update", 0, hands[0], replies[0] if replies else None))
        for place, minute in enumerate(replies):
            found.append(Owed("next_update", place + 1, minute, [*replies, None][place + 1]))
        plans = [fact.minute for fact in self.facts if _plans(fact)]
        found.append(Owed("plan", 0, self.opened, plans[0] if plans else None))
        found.append(Owed("resolution", 0, self.opened, self.ended))
        found += self._critical()
        for place, fact in enumerate(self.facts):
            if fact.kind == "case_escalated":
                answers = [
                    one.minute
                    for one in self.facts[place:]
                    if one.kind == "case_acknowledged" and one.said["level"] >= fact.said["level"]
                ]
                rule = fact.said["rules"]["acknowledgement"]
                found.append(Owed("acknowledgement", fact.said["level"], fact.minute, min(answers, default=None), rule))
        return found

    def _critical(self) -> list[Owed]:
        critical = [fact.said["confirmed"] for fact in self.of("case_ended") if fact.said["critical"]]
        hands = [fact.minute for fact in self.of("case_deadline_set") if fact.said["clock"] == "critical_patch"]
        if not critical and not hands:
            return []
        start = min(critical) if critical else hands[0]
        there = [fact.minute for fact in self.of("case_linked") if fact.said["what"] == "bundle"]
        there += [fact.minute for fact in self.of("case_ended") if fact.said["critical"] and fact.said["bundle"]]
        return [Owed("critical_patch", 0, start, min((one for one in there if one >= start), default=None))]

    def standings(self) -> list[dict[str, Any]]:
        """What a standing says, by clock; moments are in minutes, warnings and what is left in seconds."""
        found = []
        for owed in self.owed():
            one = self._standing(owed)
            given = self._stop(owed)[1]
            if one is not None and not (owed.name == "next_update" and given and one["state"] != "late"):
                found.append(one)
        return found

    def _stop(self, owed: Owed) -> tuple[int | None, bool]:
        if owed.name == "critical_patch":
            endings = self.of("case_ended")
            over = self.ended is not None and not endings[-1].said["critical"]
            if owed.done is None and over and self.ended >= owed.start:  # type: ignore[operator]
                return self.ended, False
            return owed.done, owed.done is not None
        if self.ended is not None and (owed.done is None or owed.done > self.ended):
            return max(self.ended, owed.start), owed.done is not None
        return owed.done, owed.done is not None

    def _standing(self, owed: Owed) -> dict[str, Any] | None:
        stop, given = self._stop(owed)
        rule = owed.rule or (None if owed.name == "acknowledgement" else self._rules(stop).get(owed.name))
        hands = [
            fact.said["due"]
            for fact in self.of("case_deadline_set")
            if fact.said["clock"] == owed.name and owed.start <= fact.minute and (stop is None or fact.minute <= stop)
        ]
        if rule is None and not hands:
            return None
        horizon = self.now if stop is None else stop
        paused = bytearray(MINUTES)
        if owed.name != "critical_patch":
            paused[owed.start : horizon] = self.paused[owed.start : horizon]
        held = owed.name != "critical_patch" and bool(self.paused[horizon])
        if hands:
            due, left = hands[-1], max(0, hands[-1] - horizon)
            budget = max(1, (hands[-1] - owed.start) * 60)
            warnings = {percent: owed.start * 60 + -(-budget * percent // 100) for percent in (50, 75, 90)}
        else:
            assert rule is not None
            due, left, budget, warnings = self._walk(owed.start, rule, paused, horizon, held)
        breaks = due
        while breaks < horizon and paused[breaks]:
            breaks += 1
        over = horizon > due and not (held and breaks == horizon)
        state = ("late" if over else "met" if given else "stopped") if stop is not None else (
            "breached" if over else "paused" if held else "running"
        )  # fmt: skip
        return {
            "clock": owed.name, "part": owed.part, "started": owed.start, "due": due, "state": state, "stopped": stop,
            "by_hand": bool(hands), "left_s": (due - horizon) * 60 if over else left * 60, "budget_s": budget,
            "breached": breaks if over else None, "warnings": warnings,
        }  # fmt: skip

    def _rules(self, stop: int | None) -> Mapping[str, Any]:
        rules = self.facts[0].said["rules"]
        for fact in self.of("case_changed"):
            if stop is None or fact.minute <= stop:
                rules = fact.said["rules"]
        return rules  # type: ignore[no-any-return]

    def _walk(
        self, start: int, rule: Mapping[str, str], paused: bytearray, horizon: int, held: bool
    ) -> tuple[int, int, int, dict[int, int]]:
        """Due, minutes left at the horizon, seconds of budget, and warnings (second); walks all minutes."""
        table = self.table[rule["runs"]]
        budget, at_opening = self._budget(start, rule, table)
        minute, used, left, warnings = start, 0, budget, {}
        percents = [50, 75, 90]
        while used < budget or (at_opening and (paused[minute] or not table.there[minute])):
            if minute == horizon:
                left = budget - used
            quiet = minute + 60 if minute + 60 <= horizon or minute > horizon else minute
            if quiet > minute and table.there.find(1, minute, quiet) < 0:
                minute = quiet  # an hour without the desk: there is no minute to count in it
                continue
            if table.there[minute] and not paused[minute]:
                used += 1
                while percents and used * 60 >= -(-budget * 60 * percents[0] // 100):
                    if minute < horizon or not held:
                        over = used * 60 - -(-budget * 60 * percents[0] // 100)
                        warnings[percents[0]] = (minute + 1) * 60 - over
                    percents.pop(0)
            minute += 1
        if minute <= horizon:
            left = 0
        return minute, left, budget * 60, warnings

    def _budget(self, start: int, rule: Mapping[str, str], table: Table) -> tuple[int, bool]:
        count, unit = rule["within"].split(" ", 1)
        if unit.startswith("business"):
            named = table.business_days_after(start, int(count))
            minutes = table.there.count(1, start, named)
            return minutes, table.after(start, minutes) != named
        return int(count) * (60 if unit.startswith("hour") else 1), False


def _plans(fact: Fact) -> bool:
    said = fact.said
    return (
        (fact.kind == "case_linked" and said["what"] == "quote")
        or (fact.kind == "case_told" and said["letter"] == "instructions")
        or (fact.kind == "case_changed" and bool(said["changes"].get("mode", ["", ""])[1]))
        or (fact.kind == "case_opened" and bool(said["mode"]))
    )
