"""Claim: a deadline costs at most 50 µs of processor time, with ten years of calendar loaded.

The desk opens in Berlin, closes in New York, has lunch, half days, a closure and the holidays of two countries. Each
deadline is worked out whole: what the rule gives from the start on, and when that has passed outside of two pauses.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time
from collections.abc import Callable

from benchmarks.pairs import Ratio
from callout.desk.deadline import budget_of, due_after
from callout.desk.rules import Rule
from callout.inventory.policy import Policy
from callout.policy.desk_words import Runs
from callout.policy.working_time import Calendars
from callout.steps.calendar import calendars_for

FIRST, LAST = 2021, 2030
TOGETHER, ROUNDS = 1_000, 60
AT_MOST_US = 50
HOUR = 3600
HOURS = {
    "breaks": [{"starts": "12:00", "ends": "13:00"}],
    "holidays": [{"country": "DE", "subdivision": "BY"}, {"country": "US"}],
    "half_days": [{"day": "12-22", "closes": "12:00", "zone": "Europe/Berlin"}],
}
RULES = (
    Rule("1 business day", Runs.HOURS),
    Rule("24 hours", Runs.BUSINESS_DAYS),
    Rule("24 hours", Runs.ALWAYS),
    Rule("40 hours", Runs.HOURS),
)


def measure() -> list[Ratio]:
    """Median processor time of a thousand deadlines of each rule, at moments all over the ten years."""
    calendars = calendars_for(Policy.model_validate({"hours": HOURS}), FIRST, LAST)
    bound_ms = TOGETHER * AT_MOST_US / 1000
    return [
        Ratio(
            f"{TOGETHER:,} deadlines, {rule.within} ({rule.runs}), two pauses, {LAST - FIRST + 1} years loaded / "
            f"{AT_MOST_US} µs each",
            "processor", _median_ms(rule, calendars), bound_ms, 1,
        )
        for rule in RULES
    ]  # fmt: skip


def _median_ms(rule: Rule, calendars: Calendars) -> float:
    working, chance = calendars.of(rule.runs), random.Random(8)
    begin = int(dt.datetime(FIRST, 1, 2, tzinfo=dt.UTC).timestamp())
    end = int(dt.datetime(LAST, 9, 30, tzinfo=dt.UTC).timestamp())

    def deadline(start: int) -> None:
        pauses = ((start + HOUR, start + 30 * HOUR), (start + 40 * HOUR, start + 41 * HOUR))
        due_after(start, budget_of(rule, start, working), working, pauses)

    return statistics.median(
        _processor_ms(deadline, [chance.randrange(begin, end) for _ in range(TOGETHER)]) for _ in range(ROUNDS)
    )


def _processor_ms(deadline: Callable[[int], None], starts: list[int]) -> float:
    began = time.process_time()
    for start in starts:
        deadline(start)
    return 1000 * (time.process_time() - began)
