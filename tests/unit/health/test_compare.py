"""Before and after: what the change is answerable for."""

from __future__ import annotations

from typing import Any

import pytest

from callout.findings import Finding, Status
from callout.health.compare import compare
from callout.health.waiting import wait_until_well


def finding(status: Status, check: str = "gui.page", **evidence: Any) -> Finding:
    """A finding with little in it."""
    return Finding(check, status, str(status), f"It was {status}.", evidence=evidence)


PASS, WARN, FAIL, UNKNOWN, WAIVED = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN, Status.WAIVED


@pytest.mark.parametrize(
    ("before", "after", "verdict", "code"),
    [
        (PASS, PASS, PASS, "pass"),
        (PASS, WARN, WARN, "warn"),
        (PASS, FAIL, FAIL, "broken-now"),
        (WARN, FAIL, FAIL, "broken-now"),
        (WAIVED, FAIL, FAIL, "broken-now"),
        (PASS, UNKNOWN, UNKNOWN, "unknown"),
        (FAIL, FAIL, WARN, "was-so-before"),
        (FAIL, UNKNOWN, UNKNOWN, "unknown"),
        (UNKNOWN, FAIL, FAIL, "fail"),
        (UNKNOWN, UNKNOWN, UNKNOWN, "unknown"),
        (FAIL, PASS, PASS, "pass"),
        (None, PASS, PASS, "pass"),
        (None, FAIL, FAIL, "fail"),
        (None, UNKNOWN, UNKNOWN, "unknown"),
        (PASS, None, UNKNOWN, "not-seen-now"),
    ],
)
def test_table(before: Status | None, after: Status | None, verdict: Status, code: str) -> None:
    """Fine before must be fine after; what was broken before is told, not charged; unknown never passes."""
    was = [finding(before)] if before else []
    now = [finding(after)] if after else []
    (compared,) = compare(was, now)
    assert (compared.status, compared.code) == (verdict, code)


def test_one_stopped_service_does_not_hide_behind_another() -> None:
    """Each service is compared with itself."""
    before = [finding(FAIL, "api.service@fax"), finding(PASS, "api.service@asterisk")]
    after = [finding(FAIL, "api.service@fax"), finding(FAIL, "api.service@asterisk")]
    assert [each.status for each in compare(before, after)] == [WARN, FAIL]


def test_changed_version_is_told() -> None:
    """A patch is no upgrade."""
    before, after = finding(PASS, "api.licence", version="8.1"), finding(PASS, "api.licence", version="8.2")
    (compared,) = compare([before], [after])
    assert (compared.status, compared.code) == (WARN, "version-changed")


def test_load_need_not_be_there_again() -> None:
    """What is only told is not missed."""
    assert compare([finding(PASS, "system.load"), finding(WARN, "api.key")], []) == []


class Looks:
    """Gives one look after the other, on a clock that sleeping moves."""

    def __init__(self, *statuses: Status) -> None:
        self.statuses, self.time_s, self.count = statuses, 0.0, 0

    def look(self) -> list[Finding]:
        """The next look; the last one for ever."""
        self.count += 1
        return [finding(self.statuses[min(self.count, len(self.statuses)) - 1])]

    def sleep(self, seconds: float) -> None:
        """Moves on."""
        self.time_s += seconds


@pytest.mark.parametrize(
    ("statuses", "deadline_s", "verdict", "count", "waited_s"),
    [
        ((PASS,), 300, PASS, 1, 0),
        ((WARN,), 300, WARN, 1, 0),
        ((FAIL, UNKNOWN, PASS), 300, PASS, 3, 10),
        ((FAIL,), 12, FAIL, 4, 12),
        ((FAIL,), 0, FAIL, 1, 0),
    ],
)
def test_waiting_until_well(
    statuses: tuple[Status, ...], deadline_s: float, verdict: Status, count: int, waited_s: float
) -> None:
    """It ends with the first good look, else at the deadline with the last one."""
    looks = Looks(*statuses)
    (last,) = wait_until_well(looks.look, lambda: looks.time_s, looks.sleep, deadline_s)
    assert (last.status, looks.count, looks.time_s) == (verdict, count, waited_s)


def test_waiting_ends_on_a_clock_that_stands_still() -> None:
    """A stopped clock is no reason to look for ever."""
    looks = Looks(FAIL)
    wait_until_well(looks.look, lambda: 0.0, lambda _: None, 50)
    assert looks.count <= 12
