"""The desk's clocks once more, minute by minute: a clock walks from its start and counts the minutes in which the desk
is there and that no pause lies over. Nothing of ours is in it: what happened comes as facts, not as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults.desk_oracle_calendar import MINUTES, Table


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
