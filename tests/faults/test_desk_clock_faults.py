"""Random cases beside a walk through their minutes, and clocks that jump: to the second, or with a doubt."""

from __future__ import annotations

import pytest

from callout.desk.case import case_of
from callout.desk.pauses import seconds_of
from callout.desk.standing import Standing, standings
from tests.faults.desk_oracle import BEGIN, Oracle
from tests.faults.random_desk import Scene, moment, scene

WHOLE, SLICE = 10_000, 200
ZERO = seconds_of(BEGIN)


def minute_of(standing: Standing) -> dict[str, object]:
    """A standing in the oracle's words."""

    def minutes(at: object) -> object:
        if at is None:
            return None
        seconds = seconds_of(at) - ZERO  # type: ignore[arg-type]
        assert seconds % 60 == 0
        return seconds // 60

    return {
        "clock": standing.clock.value,
        "part": standing.part,
        "started": minutes(standing.started_at),
        "due": minutes(standing.due_at),
        "state": standing.state.value,
        "stopped": minutes(standing.stopped_at),
        "by_hand": standing.by_hand,
        "left_s": standing.left_s,
        "budget_s": standing.budget_s,
        "breached": minutes(standing.breached_at),
        "warnings": {percent: seconds_of(reached) - ZERO for percent, reached in standing.warn_at},
    }


def check(one: Scene) -> list[dict[str, object]]:
    case = case_of(one.events)
    assert not case.doubts or all("turn" in doubt or "reopens" in doubt for doubt in case.doubts), case.doubts
    found = standings(case, one.calendars, moment(one.now))
    expected = Oracle(one.facts, one.table, one.now).standings()
    for line in expected:
        line.pop("given", None)
    ours = sorted((minute_of(standing) for standing in found), key=_order)
    assert ours == sorted(expected, key=_order), f"seed {one.seed}"
    return expected


def _order(line: dict[str, object]) -> tuple[object, ...]:
    return line["clock"], line["part"], line["started"], str(line)


@pytest.mark.faults
def test_a_slice_of_the_random_cases() -> None:
    for seed in range(SLICE):
        check(scene(seed))
