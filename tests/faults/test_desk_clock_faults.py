"""Random cases beside a walk through their minutes: every deadline to the second. And clocks that jump: no negative and
no silently changed duration."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callout.desk.case import Case, case_of
from callout.desk.clock import clocks_of
from callout.desk.explaining import explained
from callout.desk.pauses import seconds_of
from callout.desk.standing import OPEN, ClockState, Standing, standings
from callout.errors import BadInput
from tests.faults.clock_jumps import Jump, Jumped, Whose, contradicted, jumped
from tests.faults.desk_oracle import Oracle
from tests.faults.desk_oracle_calendar import BEGIN
from tests.faults.random_desk import PLACES, Scene, moment, scene

WHOLE, SLICE = 10_000, 150
JUMPS, JUMPS_SLICE = 2010, 150
ZERO = seconds_of(BEGIN)
# What a random case says of itself, and no clock is to blame for.
NO_CLOCK = ("pauses while it is our turn", "reopens a case that has not ended")
UTC = ZoneInfo("UTC")
HELD = re.compile(r"held back (\d+):(\d\d):(\d\d) open hours")
KINDS = [(whose, jump) for whose in Whose for jump in Jump]


@pytest.mark.faults
def test_a_slice_of_the_random_cases() -> None:
    for seed in range(SLICE):
        compare(scene(seed), Counter())


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("place", [f"{country}-{part}" for country, part, _, _ in PLACES])
def test_ten_thousand_random_cases(place: str, record_property: Any) -> None:
    met: Counter[str] = Counter()
    first = [f"{country}-{part}" for country, part, _, _ in PLACES].index(place)
    for seed in range(first, WHOLE, len(PLACES)):
        compare(scene(seed), met)
    for what in ("cases", "clocks", "differ", "with pauses", "by hand", "changed midway", *ClockState, "justified"):
        record_property(what, met[what])


@pytest.mark.faults
def test_a_slice_of_the_clock_jumps() -> None:
    for number in range(JUMPS_SLICE):
        check(jumped(number, *KINDS[number % len(KINDS)]))


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("whose", "jump"), KINDS, ids=[f"{whose}: {jump}" for whose, jump in KINDS])
def test_two_thousand_clock_jumps(whose: Whose, jump: Jump, record_property: Any) -> None:
    place = KINDS.index((whose, jump))
    met = Counter(check(jumped(number, whose, jump)) for number in range(place, JUMPS, len(KINDS)))
    for what in ("the same", "said", "refused", "nobody can know", "silent"):
        record_property(what, met[what])


def compare(one: Scene, met: Counter[str]) -> None:
    """Every clock is as the oracle walks it; and once more with half of the breaches justified."""
    case = case_of(one.events)
    assert not [doubt for doubt in case.doubts if not any(known in doubt for known in NO_CLOCK)], f"seed {one.seed}"
    found = standings(case, one.calendars, moment(one.now))
    expected = Oracle(one.facts, one.table, one.now).standings()
    ours = sorted((in_minutes(standing) for standing in found), key=_order)
    assert ours == sorted(expected, key=_order), f"seed {one.seed}"
    for standing in found:
        adds_up(case, standing, one)
    met.update(line["state"] for line in ours)
    met.update({"cases": 1, "clocks": len(ours), "with pauses": bool(case.pauses)})
    met.update({"by hand": sum(line["by_hand"] for line in ours), "changed midway": bool(case.changes)})
    met.update({"justified": justify(one, [(line["clock"], line["due"]) for line in ours if line["breached"]])})


def adds_up(case: Case, standing: Standing, one: Scene) -> None:
    """What is explained is what was computed: the budget and what each pause held back are the time until it is due."""
    steps = explained(case, standing, one.calendars, UTC)
    assert sum(f"{standing.due_at:%a %Y-%m-%d %H:%M:%S} UTC, that is" in step for step in steps) == 1, (
        f"seed {one.seed}"
    )
    if standing.by_hand or standing.rule is None or any("did not end" in step for step in steps):
        return
    held = sum(
        int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        for step in steps
        for hours, minutes, seconds in HELD.findall(step)
    )
    time = one.calendars.of(standing.rule.runs)
    passed = time.between(seconds_of(standing.started_at), seconds_of(standing.due_at))
    assert passed == standing.budget_s + held, f"seed {one.seed}: {steps}"


def justify(one: Scene, broken: list[tuple[str, int]]) -> int:
    """Whoever justifies a breach has justified that one, and no other. How many were."""
    some = tuple(dict.fromkeys(broken[::2]))
    if not broken:
        return 0
    again = scene(one.seed, some)
    for standing in standings(case_of(again.events), again.calendars, moment(again.now)):
        named = (standing.clock.value, (seconds_of(standing.due_at) - ZERO) // 60)
        assert standing.justified == (standing.breached_at is None or named in some), f"seed {one.seed}"
    return len(some)


def in_minutes(standing: Standing) -> dict[str, Any]:
    """A standing in the oracle's words."""
    return {
        "clock": standing.clock.value,
        "part": standing.part,
        "started": _minute(standing.started_at),
        "due": _minute(standing.due_at),
        "state": standing.state.value,
        "stopped": _minute(standing.stopped_at),
        "by_hand": standing.by_hand,
        "left_s": standing.left_s,
        "budget_s": standing.budget_s,
        "breached": _minute(standing.breached_at),
        "warnings": {percent: seconds_of(reached) - ZERO for percent, reached in standing.warn_at},
    }


def check(one: Jumped) -> str:
    """No negative duration, and none that changed without a word. What came of it, in one word."""
    case = case_of(one.events)
    before = standings(case_of(one.true.events), one.true.calendars, moment(one.true.now))
    try:
        clocks_of(case, one.true.calendars)
        found = standings(case, one.true.calendars, one.now)
    except BadInput as refusal:
        return _refused_for_its_years(refusal, one)
    sound(case, found, one)
    said = [*case.doubts, *case.told_late, *(standing.doubt for standing in found if standing.doubt)]
    usual = [*case_of(one.true.events).doubts, *case_of(one.true.events).told_late]
    if set(said) - set(usual) or any(f"Event {one.seq} (" in sentence for sentence in said):
        return "said"
    assert one.whose is not Whose.TOLD, f"{one.jump}, seed {one.true.seed}: put right without a word"
    if one.whose is Whose.ASKED:
        kept = [(line.clock, line.part, line.started_at, line.budget_s) for line in before]
        assert kept == [(line.clock, line.part, line.started_at, line.budget_s) for line in found], one
        return "the same"
    if [in_minutes(line) for line in found] == [in_minutes(line) for line in before]:
        return "the same"
    assert not contradicted(one), f"{one.whose} {one.jump}, seed {one.true.seed}: changed without a word"
    return "nobody can know"


def _refused_for_its_years(refusal: BadInput, one: Jumped) -> str:
    """A year that no calendar was loaded for gets no answer rather than a wrong one; every other refusal is a fault."""
    assert "calendar was loaded" in refusal.message, f"{one.whose} {one.jump}, seed {one.true.seed}"
    return "refused"


def sound(case: Case, found: tuple[Standing, ...], one: Jumped) -> None:
    """What holds of every case, whatever its clocks said."""
    where = f"{one.whose} {one.jump}, seed {one.true.seed}"
    assert all(pause.end is None or pause.begin <= pause.end for pause in case.pauses), where
    assert all(message.at >= case.opened_at for message in case.messages), where
    assert len(case.seqs) == len(one.events), where
    for line in found:
        assert 0 < line.budget_s >= line.left_s, where
        assert (line.left_s < 0) == (line.breached_at is not None), where
        assert line.by_hand or line.started_at < line.due_at, where
        assert line.stopped_at is None or line.stopped_at >= line.started_at, where
        assert line.breached_at is None or line.breached_at >= line.due_at, where
        assert all(line.started_at <= reached <= line.due_at for _, reached in line.warn_at) or line.by_hand, where
        assert (line.state in OPEN) == (line.stopped_at is None), where


def _minute(moment_of: Any) -> int | None:
    if moment_of is None:
        return None
    minute, rest = divmod(seconds_of(moment_of) - ZERO, 60)
    assert not rest
    return minute


def _order(line: dict[str, Any]) -> tuple[object, ...]:
    return line["clock"], line["part"], line["started"], line["due"]
