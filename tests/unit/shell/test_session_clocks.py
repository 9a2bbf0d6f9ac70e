"""Idle time, a machine that slept, a clock that was set: told beside the raw seconds, judged by a person alone."""

from __future__ import annotations

import dataclasses

import pytest

from callout.worklog.idle import Stretch
from callout.worklog.recorded_work import Said
from tests.unit.shell.person import Person
from tests.unit.shell.session_site import SHELL, Shifted, Site

WHOLE = pytest.mark.faults_whole


@pytest.mark.parametrize(
    ("asleep", "moved", "flags"),
    [
        pytest.param(0, 0, None, marks=WHOLE),
        (1200, 0, ["suspended", "idle"]),
        pytest.param(0, 3600, ["jumped"], marks=WHOLE),
        (0, -7200, ["went_backwards", "jumped"]),
    ],
)
def test_a_machine_that_slept_and_a_clock_that_was_set(
    site: Site, asleep: int, moved: int, flags: list[str] | None
) -> None:
    shifted = Shifted()

    def script(person: Person) -> None:
        person.wait_for(b"go> ")
        shifted.asleep_s, shifted.set_s = asleep, moved
        person.types(b"exit\n")

    site.context = dataclasses.replace(site.context, now=shifted.now)
    with Person(script) as person:
        body = site.hold(person, SHELL, clocks=shifted.clocks).event.body
    assert asleep <= body["seconds"] < asleep + 60
    assert body.get("clock_flags") == flags
    assert body.get("suspended_seconds", 0) == asleep
    assert (body["idle_seconds"] >= asleep) and (body["idle_seconds"] == 0) == (asleep == 0)


@pytest.mark.parametrize("counts", [None, pytest.param(True, marks=WHOLE), False])
def test_idle_time_is_told_beside_the_raw_seconds_and_deducted_only_by_a_person(
    site: Site, counts: bool | None
) -> None:
    shifted = Shifted()

    def script(person: Person) -> None:
        person.wait_for(b"go> ")
        for command in (b"echo one", b"echo two"):
            shifted.passed_s += 700
            person.asks(command, b"go> ")
        person.types(b"exit\n")

    site.context = dataclasses.replace(site.context, now=shifted.now)
    with Person(script) as person:
        event = site.hold(person, SHELL, Said(idle_counts=counts), shifted.clocks).event
    body = event.body
    assert body["seconds"] >= 1400
    assert body["idle_seconds"] >= 1400
    assert len(body["idle"]) == 2
    assert body["idle"][0]["from_s"] == 0
    assert body["idle"][0]["seconds"] >= 700
    assert body.get("idle_counts") == counts
    assert body.get("clock_flags") == (["idle"] if counts is None else None)
    assert [one.idle.stretches[0] for one in site.asked] == [Stretch(0, body["idle"][0]["seconds"])]
    deducted = [one.body for one in site.events() if one.kind == "work_deducted"]
    if counts is False:
        assert [(one["work"], one["minutes"]) for one in deducted] == [(event.id, body["idle_seconds"] // 60)]
    else:
        assert deducted == []
