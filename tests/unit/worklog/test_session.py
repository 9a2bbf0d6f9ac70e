"""Sessions: one at a time, elapsed time in UTC, and a clock that is not believed blindly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from callout.errors import BadInput
from callout.ledger import open_ledger
from callout.places import Places
from callout.steps.context import Context
from callout.steps.work import Subject, start_work, stop_work, switch_work
from callout.steps.worked import Wanted, sessions_running, worked
from callout.worklog.details import Details
from callout.worklog.month import parse_month
from callout.worklog.session import Steady

GLOBEX = Subject("globex", "globex-sw1")


class Clocks:
    """The wall clock, which people set, and the steady one, which they cannot."""

    def __init__(self) -> None:
        self.wall = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)
        self.ms, self.boot = 5_000_000, "boot-1"

    def now(self) -> dt.datetime:
        return self.wall

    def steady(self) -> Steady:
        return Steady(self.boot, self.ms)

    def forward(self, **span: float) -> None:
        """Time passes."""
        self.wall += dt.timedelta(**span)
        self.ms += int(dt.timedelta(**span).total_seconds() * 1000)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def context(tmp_path: Path, clocks: Clocks) -> Iterator[Context]:
    def connect(target: object) -> None:
        raise AssertionError("work by hand contacts no system")

    places = Places(tmp_path, tmp_path / "data", f"sqlite:///{tmp_path}/ledger.sqlite")
    ledger = open_ledger(places.ledger, clocks.now)
    yield Context(ledger, places, "eva@desk", clocks.now, connect)  # type: ignore[arg-type]
    ledger.close()


def start(context: Context, clocks: Clocks, ticket: str = "T-1") -> None:
    start_work(context, GLOBEX, Details(ticket, "Looked"), steady=clocks.steady)


def test_a_session_is_logged_with_its_raw_seconds(context: Context, clocks: Clocks) -> None:
    start(context, clocks)
    clocks.forward(minutes=44, seconds=30)
    event = stop_work(context, "and found it", steady=clocks.steady)
    assert event.kind == "work_logged"
    assert (event.customer, event.system) == ("globex", "globex-sw1")
    assert event.body["seconds"] == 44 * 60 + 30
    assert (event.body["source"], event.body["note"]) == ("person", "Looked; and found it")
    assert event.body["started_at"] == "2026-03-03T10:00:00.000000Z"


def test_only_one_session_runs_and_the_refusal_names_it(context: Context, clocks: Clocks) -> None:
    start(context, clocks, "T-1")
    with pytest.raises(BadInput, match="T-1 for globex-sw1 since 2026-03-03 10:00 UTC"):
        start(context, clocks, "T-2")
    assert len(sessions_running(context.ledger)) == 1


def test_somebody_elses_session_is_not_in_the_way(context: Context, clocks: Clocks) -> None:
    start(context, clocks)
    other = Context(context.ledger, context.places, "max@desk", clocks.now, context.connect)
    start(other, clocks)
    clocks.forward(minutes=1)
    assert stop_work(other, steady=clocks.steady).actor == "max@desk"
    assert [event.actor for event in sessions_running(context.ledger)] == ["eva@desk"]


def test_stop_without_start_and_stop_twice_are_refused(context: Context, clocks: Clocks) -> None:
    with pytest.raises(BadInput, match="No session of eva@desk runs"):
        stop_work(context, steady=clocks.steady)
    start(context, clocks)
    clocks.forward(minutes=1)
    stop_work(context, steady=clocks.steady)
    with pytest.raises(BadInput, match="No session"):
        stop_work(context, steady=clocks.steady)


@pytest.mark.parametrize(
    ("zone", "begins", "hours"),
    [
        ("Europe/Berlin", "2026-03-29T01:30", 1),  # 01:30 to 03:30 on the wall
        ("Europe/Berlin", "2026-10-25T01:30", 3),  # 01:30 to 03:30 on the wall
        ("America/New_York", "2026-03-08T01:30", 1),
        ("Australia/Lord_Howe", "2026-04-05T01:30", 2.5),
    ],
)
def test_across_a_change_of_clocks_elapsed_time_counts(
    context: Context, clocks: Clocks, zone: str, begins: str, hours: float
) -> None:
    wall = dt.datetime.fromisoformat(begins)
    clocks.wall = wall.replace(tzinfo=ZoneInfo(zone))
    start(context, clocks)
    clocks.wall = (wall + dt.timedelta(hours=2)).replace(tzinfo=ZoneInfo(zone))
    clocks.ms += int(hours * 3_600_000)
    assert stop_work(context, steady=clocks.steady).body["seconds"] == hours * 3600


@pytest.mark.parametrize("jump", [{"hours": -1}, {"days": 1}, {"hours": 1}, {"days": 12 * 365}])
def test_a_clock_that_was_moved_is_refused_and_a_stated_end_helps(
    context: Context, clocks: Clocks, jump: dict[str, float]
) -> None:
    start(context, clocks)
    clocks.forward(minutes=30)
    real = clocks.wall
    clocks.wall += dt.timedelta(**jump)
    with pytest.raises(BadInput):
        stop_work(context, steady=clocks.steady)
    assert sessions_running(context.ledger)
    clocks.wall = real
    body = stop_work(context, stated_end=real - dt.timedelta(minutes=10), steady=clocks.steady).body
    assert (body["seconds"], body["stated_end"]) == (1200, True)


def test_after_a_reboot_only_utc_can_be_asked(context: Context, clocks: Clocks) -> None:
    start(context, clocks)
    clocks.forward(hours=1)
    clocks.boot, clocks.ms = "boot-2", 1000
    assert stop_work(context, steady=clocks.steady).body["seconds"] == 3600


def test_a_forgotten_session_is_not_logged_silently(context: Context, clocks: Clocks) -> None:
    start(context, clocks)
    clocks.forward(hours=16, seconds=1)
    with pytest.raises(BadInput, match="nobody works for so long") as caught:
        stop_work(context, steady=clocks.steady)
    assert "--at" in caught.value.hint
    with pytest.raises(BadInput, match="reason"):
        stop_work(context, discard=" ", steady=clocks.steady)
    assert stop_work(context, discard="forgotten over night", steady=clocks.steady).kind == "work_amended"
    assert not sessions_running(context.ledger)
    assert not worked(context.ledger, Wanted()).entries
    start(context, clocks)


@pytest.mark.parametrize("at", ["2026-03-03T10:00:00+00:00", "2026-03-03T09:00:00+00:00", "2026-03-03T10:31:00+00:00"])
def test_a_stated_end_lies_after_the_start_and_not_in_the_future(context: Context, clocks: Clocks, at: str) -> None:
    start(context, clocks)
    clocks.forward(minutes=30)
    with pytest.raises(BadInput, match="--at"):
        stop_work(context, stated_end=dt.datetime.fromisoformat(at), steady=clocks.steady)


def test_a_stated_end_without_offset_is_ambiguous(context: Context, clocks: Clocks) -> None:
    start(context, clocks)
    with pytest.raises(BadInput, match="offset"):
        stop_work(context, stated_end=dt.datetime(2026, 3, 3, 10, 15), steady=clocks.steady)  # noqa: DTZ001


def test_work_needs_a_ticket_and_a_known_kind(context: Context, clocks: Clocks) -> None:
    with pytest.raises(BadInput, match="ticket"):
        start_work(context, GLOBEX, Details(" "), steady=clocks.steady)
    with pytest.raises(BadInput, match="no kind of work"):
        start_work(context, GLOBEX, Details("T-1", activity="juggling"), steady=clocks.steady)


def test_entries_of_a_month(context: Context, clocks: Clocks) -> None:
    for day in (3, 40):
        clocks.wall = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC) + dt.timedelta(days=day)
        start(context, clocks)
        clocks.forward(minutes=5)
        stop_work(context, steady=clocks.steady)
    assert len(worked(context.ledger, Wanted()).entries) == 2
    april = parse_month("2026-04").span("UTC")
    assert len(worked(context.ledger, Wanted(customer="globex", span=april)).entries) == 1
    assert not worked(context.ledger, Wanted(customer="acme")).entries


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-3", "26-03", "2026-03-01", "٢٠٢٦-٠٣", "9999-12"]
)
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(BadInput, match="no month"):
        parse_month(text)


def test_a_switch_ends_one_and_begins_the_other_in_one_moment(context: Context, clocks: Clocks) -> None:
    start(context, clocks, "T-1")
    clocks.forward(minutes=20)
    acme = Subject("acme", "acme-pbx1", "CO-0009")
    logged, started = switch_work(context, acme, Details("T-2"), "set aside", steady=clocks.steady)
    assert (logged.kind, logged.customer, logged.body["seconds"]) == ("work_logged", "globex", 1200)
    assert logged.body["note"] == "Looked; set aside"
    assert (started.customer, started.system, started.callout) == ("acme", "acme-pbx1", "CO-0009")
    assert logged.body["ended_at"] == started.body["started_at"]
    assert [event.id for event in sessions_running(context.ledger)] == [started.id]


def test_a_switch_that_is_refused_leaves_the_session_running(context: Context, clocks: Clocks) -> None:
    with pytest.raises(BadInput, match="No session"):
        switch_work(context, GLOBEX, Details("T-2"), steady=clocks.steady)
    start(context, clocks, "T-1")
    clocks.wall -= dt.timedelta(hours=1)
    with pytest.raises(BadInput, match="backwards"):
        switch_work(context, GLOBEX, Details("T-2"), steady=clocks.steady)
    with pytest.raises(BadInput, match="ticket"):
        switch_work(context, GLOBEX, Details(""), steady=clocks.steady)
    assert [event.body["ticket"] for event in sessions_running(context.ledger)] == ["T-1"]
    assert len(list(context.ledger.events())) == 1


def test_what_was_said_at_the_start_is_in_the_work(context: Context, clocks: Clocks) -> None:
    details = Details(
        "T-1", "Looked", "they are cross", "support", "developer", "own_bug", ("an-event",), "99.50", "promised"
    )
    start_work(context, GLOBEX, details, steady=clocks.steady)
    clocks.forward(minutes=1)
    stop_work(context, "mended", internal_note="twice", steady=clocks.steady)
    (entry,) = worked(context.ledger, Wanted()).entries
    assert (entry.note, entry.internal_note) == ("Looked; mended", "they are cross; twice")
    assert (entry.activity, entry.role, entry.cause, entry.cause_evidence) == (
        "support", "developer", "own_bug", ("an-event",),
    )  # fmt: skip
    assert (entry.rate, entry.event.body["rate_reason"]) == ("99.50", "promised")


@pytest.mark.parametrize(
    "details",
    [
        Details("T-1", rate="99"),
        Details("T-1", rate="-1", rate_reason="x"),
        Details("T-1", rate_reason="x"),
        Details("T-1", role="boss"),
        Details("T-1", cause="weather"),
        Details("T-1", cause_evidence=("x",)),
    ],
)
def test_details_that_cannot_be(context: Context, clocks: Clocks, details: Details) -> None:
    with pytest.raises(BadInput):
        start_work(context, GLOBEX, details, steady=clocks.steady)


def test_a_clock_that_ran_slow_does_not_change_the_duration(context: Context, clocks: Clocks) -> None:
    start(context, clocks)
    clocks.forward(minutes=30)
    clocks.wall -= dt.timedelta(seconds=90)
    body = stop_work(context, steady=clocks.steady).body
    assert (body["seconds"], body["measured_by"]) == (1800, "steady clock")


@pytest.mark.parametrize("wrong_by", [dt.timedelta(days=-2200), dt.timedelta(days=4400)])
def test_a_session_thrown_away_by_a_wrong_clock_does_not_run_again_by_a_right_one(
    context: Context, clocks: Clocks, wrong_by: dt.timedelta
) -> None:
    start(context, clocks)
    clocks.wall += wrong_by
    stop_work(context, discard="the clock is wrong", steady=clocks.steady)
    start(context, clocks)
    clocks.wall -= wrong_by
    stop_work(context, discard="the clock was wrong", steady=clocks.steady)
    for _ in range(2):
        with pytest.raises(BadInput, match="No session"):
            stop_work(context, steady=clocks.steady)
        clocks.forward(days=400)
    start(context, clocks)
    assert len(sessions_running(context.ledger)) == 1


def test_a_session_that_was_forgotten_for_months_is_found_by_whoever_stops_it(context: Context, clocks: Clocks) -> None:
    start(context, clocks)
    clocks.forward(days=60)
    assert stop_work(context, discard="forgotten", steady=clocks.steady).kind == "work_amended"
    assert not sessions_running(context.ledger)
