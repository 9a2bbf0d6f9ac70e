"""Which backups stay: each rule by a table, and what must hold for any history at all."""

from __future__ import annotations

import datetime as dt

import pytest

from callout.backups.retention import Candidate, Reason, Why, decide
from callout.inventory.policy import Retention

NOW = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
NONE = Retention(keep_last=0, daily=0, weekly=0, monthly=0, yearly=0)
PIN = Reason(Why.PINNED, "pinned")


def at(text: str, *, verified: bool = True, holds: tuple[Reason, ...] = ()) -> Candidate:
    return Candidate(text, dt.datetime.fromisoformat(text), verified, holds)


def kept(candidates: list[Candidate], rules: Retention = NONE, zone: str = "Europe/Vienna") -> dict[str, set[Why]]:
    decisions = decide(candidates, rules, zone, NOW)
    assert [decision.id for decision in decisions] == [one.id for one in candidates]
    assert all(decision.reasons for decision in decisions)
    return {one.id: {reason.why for reason in one.reasons} for one in decisions if one.keep}


OLD, MIDDLE, NEW = "2026-06-01T10:00Z", "2026-06-15T10:00Z", "2026-06-29T10:00Z"


def test_without_any_rule_the_newest_verified_stays() -> None:
    assert kept([at(OLD), at(MIDDLE), at(NEW)]) == {NEW: {Why.NEWEST_VERIFIED}}


def test_the_only_one_stays_also_where_it_is_not_verified() -> None:
    assert kept([at(OLD, verified=False)]) == {OLD: {Why.ONLY, Why.NO_NEWER_VERIFIED}}


def test_one_that_failed_a_verification_takes_no_place_and_stays_while_none_is_newer() -> None:
    found = kept([at(OLD, verified=False), at(MIDDLE), at(NEW, verified=False)], Retention(keep_last=1, daily=0))
    assert found[MIDDLE] >= {Why.NEWEST_VERIFIED, Why.LAST}
    assert found[NEW] == {Why.NO_NEWER_VERIFIED}
    assert OLD not in found


def test_where_none_is_verified_all_stay() -> None:
    assert set(kept([at(OLD, verified=False), at(NEW, verified=False)])) == {OLD, NEW}


def test_a_hold_keeps_whatever_the_rules_say() -> None:
    assert kept([at(OLD, holds=(PIN,)), at(NEW)])[OLD] == {Why.PINNED}


@pytest.mark.parametrize("taken", [None, dt.datetime.fromisoformat("2026-06-01T10:00"), NOW + dt.timedelta(hours=1)])
def test_a_date_that_is_not_known_keeps_and_counts_for_no_rule(taken: dt.datetime | None) -> None:
    found = kept([Candidate("odd", taken, True), at(OLD), at(NEW)], Retention(keep_last=1))
    assert found["odd"] == {Why.UNKNOWN_DATE}
    assert Why.NEWEST_VERIFIED in found[NEW]


def test_clocks_may_differ_a_little() -> None:
    soon = (NOW + dt.timedelta(minutes=4)).isoformat()
    assert kept([at(OLD), at(soon)]) == {soon: {Why.NEWEST_VERIFIED}}


@pytest.mark.parametrize(("zone", "stays"), [("UTC", (1, 2)), ("Europe/Vienna", (0, 2))])
def test_days_are_the_customers(zone: str, stays: tuple[int, int]) -> None:
    """23:30 UTC is the next day in Vienna: there it is not the last one of its day."""
    taken = ["2026-06-28T21:30Z", "2026-06-28T23:30Z", "2026-06-29T10:00Z"]
    rules = Retention(keep_last=0, daily=2, weekly=0, monthly=0)
    assert set(kept([at(one) for one in taken], rules, zone)) == {taken[place] for place in stays}


def test_periods_without_a_backup_are_not_counted() -> None:
    taken = ["2024-02-10T10:00Z", "2025-03-01T10:00Z", "2025-03-20T10:00Z", "2026-06-29T10:00Z"]
    found = kept([at(one) for one in taken], Retention(keep_last=0, daily=0, weekly=0, monthly=2, yearly=3))
    assert found == {
        taken[0]: {Why.YEARLY},
        taken[2]: {Why.MONTHLY, Why.YEARLY},
        taken[3]: {Why.NEWEST_VERIFIED, Why.MONTHLY, Why.YEARLY},
    }


def test_the_year_of_a_week_is_the_weeks() -> None:
    """2027-01-01 is a Friday: it belongs to the 53rd week of 2026, as the days before do."""
    rules = Retention(keep_last=0, daily=0, weekly=5, monthly=0)
    taken = ["2026-12-29T10:00Z", "2027-01-01T10:00Z", "2027-01-04T10:00Z"]
    later = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
    decisions = decide([at(one) for one in taken], rules, "Europe/Vienna", later)
    assert [one.keep for one in decisions] == [False, True, True]
    assert "week 2026-53" in decisions[1].reasons[0].seen
