"""Baselines that are renewed: what was waived goes on standing beside them, and a call-out never fails for one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from callout.errors import TrustRefused
from callout.inventory.models import System
from callout.ledger.event import MAXIMUM_BODY_BYTES
from callout.steps.baseline import renew_after_change
from callout.steps.baseline_trust import newest_baseline
from callout.steps.context import Context
from callout.steps.drift_standing import drift_seen
from callout.steps.record import open_callout
from callout.steps.waivers import waive
from tests.unit.drift.looked_site import LookedSite, build_site
from tests.unit.local_shell import DASH, LocalShellSession
from tests.unit.steps.conftest import Clock
from tests.unit.steps.drift_desk import found, recorded, told_system


@pytest.fixture
def site(tmp_path: Path) -> LookedSite:
    return build_site(tmp_path / "system")


@pytest.fixture
def system(site: LookedSite) -> System:
    return told_system(site)


@pytest.fixture
def context(context: Context, tmp_path: Path) -> Context:
    session = LocalShellSession(tmp_path / "tools", DASH)
    return replace(context, connect=lambda target: session)


def waived(context: Context, system: System, site: LookedSite) -> str:
    """A baseline, then a file that somebody changed, waived for 30 days; the finding."""
    recorded(context, system)
    site.write("etc/tidy.conf", "colour = pink\n")
    (one,) = [one for one in found(context, system).judged if one.unexplained]
    day = context.now() + dt.timedelta(days=30)
    waive(context, system, finding=one.id, ticket="T-1", reason="The customer's own colour", until=day)
    return one.id


def test_a_renewed_baseline_takes_no_waived_change_over(
    context: Context, system: System, site: LookedSite, clock: Clock
) -> None:
    finding = waived(context, system, site)
    clock.forward(minutes=1)
    again = recorded(context, system)
    assert [one["subject"] for one in again.event.body["carried"]] == [f"{site.root}/etc/tidy.conf"]
    comparison = found(context, system)
    assert [one.id for one in comparison.judged if one.waiver] == [finding]
    assert comparison.report.exit_status == 0
    # Renewed once more it is still carried, and when the waiver has expired it speaks again.
    recorded(context, system)
    clock.forward(days=31)
    spoken = found(context, system)
    assert [one.id for one in spoken.judged if one.unexplained] == [finding]
    assert spoken.report.exit_status == 3
    assert drift_seen(context.ledger, system.name, context.now()).outcome == "drift"
    looked = list(context.ledger.events(kind="drift_looked"))[-1]
    assert looked.body["carried"] == [finding]
    # It is older than the new baseline: nobody is told that it was made after it.
    (one,) = [one for one in spoken.report.judged if one.unexplained]
    assert one.carried
    assert one.hints[0].startswith("Before 2026-03-03")
    assert not any("Between" in hint or "clock was set" in hint for hint in one.hints)
    # Changed once more it has another name, and is no younger for that.
    site.write("etc/tidy.conf", "colour = green\n")
    again = found(context, system)
    (other,) = [one for one in again.judged if one.unexplained]
    assert other.carried and other.id != finding
    assert set(list(context.ledger.events(kind="drift_looked"))[-1].body["carried"]) == {finding, other.id}


def test_what_is_undone_is_carried_no_more(context: Context, system: System, site: LookedSite, clock: Clock) -> None:
    waived(context, system, site)
    clock.forward(minutes=1)
    recorded(context, system)
    site.write("etc/tidy.conf", "colour = blue\n")
    clock.forward(days=31)
    assert found(context, system).report.exit_status == 0
    assert recorded(context, system).event.body["carried"] == []


def test_a_call_out_does_not_fail_where_nothing_can_be_seen(context: Context, system: System, tmp_path: Path) -> None:
    recorded(context, system)
    callout = open_callout(context, system, "T-1", "Patch").callout
    before = newest_baseline(context.ledger, system.name)

    def refuses(target: object) -> LocalShellSession:
        raise TrustRefused("acme-pbx1 shows another host key than the one that is trusted.", "Find out why.")

    said = renew_after_change(replace(context, connect=refuses), system, callout)
    assert said == "The baseline was not renewed: acme-pbx1 shows another host key than the one that is trusted."
    (event,) = context.ledger.events(kind="baseline_refused", callout=callout)
    assert [one["status"] for one in event.body["reasons"]] == ["unknown"]
    assert newest_baseline(context.ledger, system.name) == before


def test_so_many_long_names_are_still_recorded(context: Context, system: System, site: LookedSite) -> None:
    """An event holds 1 MiB: the loudest findings stand in it, the rest is counted, and counts as drift at the gate."""
    recorded(context, system)
    folder = "etc/" + "/".join(["n" * 200] * 12)
    for number in range(480):
        site.write(f"{folder}/{number:03d}", "planted\n")
    comparison = found(context, system)
    event = list(context.ledger.events(kind="drift_looked"))[-1]
    assert len(event.body_text.encode()) < MAXIMUM_BODY_BYTES
    standing = sum(not one.provenance.explains for one in comparison.judged)
    assert event.body["more"] > 0
    assert len(event.body["findings"]) + event.body["more"] == standing >= 480
    assert drift_seen(context.ledger, system.name, context.now()).outcome == "drift"
