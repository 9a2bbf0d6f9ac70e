"""The step: looks, compares and records, over a practice system on loopback and a real ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from access_check.targets import Target
from callout.errors import TrustRefused, Unreachable
from callout.findings import Status
from callout.health.calls import CallsCode
from callout.inventory import Customer, Policy, System
from callout.inventory.operation import OperatingProfile
from callout.ledger import open_ledger
from callout.places import Places
from callout.steps.context import Context
from callout.steps.health import calls_in_progress, check_health, health_findings, wait_for_calls

NOW = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
CUSTOMER = Customer(
    id="acme",
    name="Acme",
    contract="maintenance",
    registered_addresses=("it@acme.example",),
    time_zone="Europe/Vienna",
    currency="EUR",
)


@pytest.fixture
def system(target: Target, operation: OperatingProfile) -> System:
    """The practice system."""
    return System(name="loop-pbx1", customer=CUSTOMER, target=target, operation=operation, policy=Policy(), origins={})


@pytest.fixture
def context(tmp_path: Path, here: Any) -> Iterator[Context]:
    """A real ledger; the session runs here."""
    ledger = open_ledger(str(tmp_path / "ledger.sqlite"), lambda: NOW)
    places = Places(inventory=tmp_path, data=tmp_path, ledger="")
    yield Context(ledger, places, "eva@desk", lambda: NOW, lambda target: here())
    ledger.close()


def kinds(context: Context) -> list[str]:
    """What was recorded."""
    return [event.kind for event in context.ledger.events()]


def no_sleep(seconds: float) -> None:
    """Time is not what these tests are about."""


def test_one_look_records_nothing(context: Context, system: System) -> None:
    """A look is a look."""
    findings = health_findings(context, system)
    assert {finding.status for finding in findings} <= {Status.PASS, Status.WARN}
    assert kinds(context) == []


def test_before_and_after_of_a_good_change(context: Context, system: System) -> None:
    """Before is health_checked, after is verified; both carry findings, calls and version."""
    check_health(context, system, "CO-0001", "before", sleep=no_sleep)
    comparison = check_health(context, system, "CO-0001", "after", sleep=no_sleep)
    assert not any(finding.blocks for finding in comparison)
    before, after = context.ledger.events()
    assert (before.kind, after.kind) == ("health_checked", "verified")
    assert (before.body["moment"], before.body["calls"], before.body["product_version"]) == ("before", 0, "8.1")
    assert after.body["compared_with_before"] is True
    assert len(after.body["comparison"]) == len(after.body["findings"])
    assert (after.callout, after.customer, after.system) == ("CO-0001", "acme", "loop-pbx1")


def test_change_that_broke_the_gui_is_not_verified(context: Context, system: System, web: Any) -> None:
    """A PHP error page with status 200 is no GUI."""
    check_health(context, system, "CO-0001", "before", sleep=no_sleep)
    web.page = b"<br />\n<b>Fatal error</b>:  Uncaught Error: Call to undefined function x() in /opt/a.php:3"
    comparison = check_health(context, system, "CO-0001", "after", sleep=no_sleep)
    broken = [finding for finding in comparison if finding.blocks]
    assert [(finding.check, finding.code) for finding in broken] == [("gui.page", "broken-now")]
    assert kinds(context) == ["health_checked", "health_checked"]


def test_what_was_broken_before_does_not_stop_verification(context: Context, system: System, web: Any) -> None:
    """It was so before: told as a warning."""
    web.services = {"asterisk": "running", "fax": "stopped"}
    check_health(context, system, "CO-0001", "before", sleep=no_sleep)
    comparison = check_health(context, system, "CO-0001", "after", sleep=no_sleep)
    assert [each.code for each in comparison if each.status is Status.WARN] == ["was-so-before"]
    assert kinds(context)[-1] == "verified"


def test_another_callouts_look_does_not_count(context: Context, system: System, web: Any) -> None:
    """Compared is with this call-out's own last look before."""
    web.status = 500
    check_health(context, system, "CO-0001", "before", sleep=no_sleep)
    comparison = check_health(context, system, "CO-0002", "after", sleep=no_sleep)
    assert any(finding.blocks for finding in comparison)
    assert list(context.ledger.events(callout="CO-0002"))[-1].body["compared_with_before"] is False


def test_system_that_needs_its_time(context: Context, system: System, web: Any) -> None:
    """After a restart it is looked at until it is well, up to the profile's time."""
    check_health(context, system, "CO-0001", "before", sleep=no_sleep)
    web.status = 503
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        web.status = 200

    patient = system.model_copy(update={"operation": system.operation.model_copy(update={"health_wait_s": 60})})
    assert not any(finding.blocks for finding in check_health(context, patient, "CO-0001", "after", sleep=sleep))
    assert slept == [5]


def test_settling_is_looked_at_again(context: Context, system: System, web: Any) -> None:
    """Well at first and broken once it has settled is broken."""
    check_health(context, system, "CO-0001", "before", sleep=no_sleep)

    def sleep(seconds: float) -> None:
        assert seconds == 90
        web.status = 500

    settling = system.model_copy(update={"operation": system.operation.model_copy(update={"settle_s": 90})})
    comparison = check_health(context, settling, "CO-0001", "after", sleep=sleep)
    assert any(finding.check == "gui.page" and finding.blocks for finding in comparison)


def test_unreachable_shell_is_unknown_not_an_exception(context: Context, system: System, here: Any) -> None:
    """The other questions are asked all the same."""
    dead = Context(
        context.ledger,
        context.places,
        context.actor,
        context.now,
        lambda target: here(raises=Unreachable("loop-pbx1: no answer.", "")),
    )
    found = {finding.check: finding.status for finding in health_findings(dead, system)}
    assert found["asterisk.running"] is Status.UNKNOWN
    assert found["gui.page"] is Status.PASS
    assert calls_in_progress(dead, system) is None


def test_refused_host_key_stops_everything(context: Context, system: System, here: Any) -> None:
    """Trust is not a finding."""
    foreign = Context(
        context.ledger, context.places, context.actor, context.now, lambda target: here(raises=TrustRefused("no", ""))
    )
    with pytest.raises(TrustRefused):
        health_findings(foreign, system)


def test_waiting_for_calls(context: Context, system: System, asterisk: Any) -> None:
    """Calls that end let the change begin; the count comes from the system each time."""
    asterisk.says(count="2 active channels\\n1 active call\\n1 call processed\\n")
    assert calls_in_progress(context, system) == 1

    def hang_up(seconds: float) -> None:
        asterisk.says()

    assert wait_for_calls(context, system, 10, sleep=hang_up).code is CallsCode.IDLE


def test_waiting_for_calls_refuses_what_it_cannot_read(context: Context, system: System, asterisk: Any) -> None:
    """No count, no change."""
    asterisk.says(count="")
    assert wait_for_calls(context, system, 0, sleep=no_sleep).code is CallsCode.UNKNOWN


def test_no_key_reaches_the_ledger(context: Context, system: System, web: Any) -> None:
    """Neither in findings nor in complaints."""
    web.licence = {"error": "k3y-for-the-api is not good"}
    check_health(context, system, "CO-0001", "before", sleep=no_sleep)
    assert "k3y-for-the-api" not in "".join(event.body_text for event in context.ledger.events())


def test_missing_key_is_one_warning(
    context: Context, system: System, retarget: Callable[..., Target], web: Any, sip_port: int
) -> None:
    """No API findings, and the sentence that says why."""
    keyless = system.model_copy(update={"target": retarget(web.port, sip_port, api=None)})
    api = [finding for finding in health_findings(context, keyless) if finding.check.startswith("api.")]
    assert [(finding.status, finding.code) for finding in api] == [(Status.WARN, "no-api-key")]
