"""Baselines and drift as steps, on a small real system: refused, waived, spoken again, signed, renewed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput, CalloutError, Locked, Refused, TrustRefused
from callout.inventory.models import System
from callout.ledger.event import Draft
from callout.steps.baseline import record_baseline, rehearse_baseline, renew_after_change
from callout.steps.baseline_trust import NAMESPACE, believed_baseline, newest_baseline
from callout.steps.context import Context
from callout.steps.drift import forget_looks, looks_folder
from callout.steps.drift_report import last_report, look_with_finding, said_of
from callout.steps.drift_standing import asked_drift, drift_seen
from callout.steps.record import open_callout
from callout.steps.waivers import end_waiver, waive, waivers_of
from tests.unit.drift.looked_site import LookedSite, build_site
from tests.unit.local_shell import DASH, LocalShellSession
from tests.unit.steps.conftest import Clock
from tests.unit.steps.drift_desk import found, recorded, standing, told_system


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


def test_nothing_changed_and_then_one_file(context: Context, system: System, site: LookedSite) -> None:
    first = recorded(context, system)
    assert first.event.body["reason"] == "installation"
    assert first.comparison is None
    assert found(context, system).report.exit_status == 0
    site.write("etc/tidy.conf", "colour = pink\n")
    comparison = found(context, system)
    assert standing(comparison, site) == {"/etc/tidy.conf": "unsupported"}
    assert comparison.report.exit_status == 3
    assert "1 unsupported" in said_of(comparison.report)
    event = list(context.ledger.events(kind="drift_looked"))[-1]
    assert event.body["outcome"] == "drift"
    assert [one["change"]["subject"] for one in event.body["findings"]] == [f"{site.root}/etc/tidy.conf"]
    assert last_report(context, system.name) == comparison.report
    # Others may have touched something meanwhile, like the clock a folder's time: it is noise, and has no text.
    (unsupported,) = (one for one in comparison.judged if one.provenance == "unsupported")
    pair = comparison.report.texts[unsupported.id]
    assert (pair.before, pair.after) == ("colour = blue\n", "colour = pink\n")


def test_without_a_baseline_nothing_can_be_said(context: Context, system: System) -> None:
    with pytest.raises(BadInput, match="has no baseline yet"):
        found(context, system)
    assert asked_drift(context.ledger, system, context.now()).last is None


def test_unexplained_drift_is_never_taken_over(
    context: Context, system: System, site: LookedSite, clock: Clock
) -> None:
    recorded(context, system)
    site.write("etc/cron.d/miner", "* * * * * root /tmp/m\n")
    with pytest.raises(Refused) as refused:
        recorded(context, system)
    assert any("miner" in reason["seen"] for reason in refused.value.reasons)
    (event,) = context.ledger.events(kind="baseline_refused")
    assert event.body["reasons"] == refused.value.reasons
    with pytest.raises(Refused):
        rehearse_baseline(context, system, full=False)
    assert len(list(context.ledger.events(kind="baseline_refused"))) == 1
    anew = recorded(context, system, anew=True, because="reinstalled")
    assert anew.event.body["previous"] != ""
    assert found(context, system).report.exit_status == 0
    with pytest.raises(BadInput, match="needs a reason"):
        recorded(context, system, anew=True)


def test_a_waiver_lets_it_stay_until_its_day(context: Context, system: System, site: LookedSite, clock: Clock) -> None:
    recorded(context, system)
    site.write("etc/tidy.conf", "colour = pink\n")
    (one,) = [one for one in found(context, system).judged if one.unexplained]
    look = look_with_finding(context.ledger, one.id)
    assert look.system == system.name
    day = context.now() + dt.timedelta(days=30)
    with pytest.raises(BadInput, match="did not find D-0000000000"):
        waive(context, system, finding="D-0000000000", ticket="T-1", reason="agreed", until=day)
    with pytest.raises(BadInput, match="more than 90 days"):
        waive(context, system, finding=one.id, ticket="T-1", reason="x", until=day + dt.timedelta(days=61))
    given = waive(context, system, finding=one.id, ticket="T-1", reason="The customer's own colour", until=day)
    assert drift_seen(context.ledger, system.name, context.now()).outcome == "explained"
    waived = found(context, system)
    assert waived.report.exit_status == 0
    assert [finding.waiver.ticket for finding in waived.judged if finding.waiver] == ["T-1"]
    clock.forward(days=31)
    assert found(context, system).report.exit_status == 3
    assert drift_seen(context.ledger, system.name, context.now()).outcome == "drift"
    with pytest.raises(BadInput, match="needs a reason"):
        end_waiver(context, given.id, " ")
    end_waiver(context, given.id, "Undone")
    assert waivers_of(context.ledger, system.name) == ()
    with pytest.raises(BadInput, match="was ended already"):
        end_waiver(context, given.id, "Undone")


def test_what_our_ledger_says_that_we_did_is_ours(
    context: Context, system: System, site: LookedSite, clock: Clock
) -> None:
    recorded(context, system)
    clock.forward(minutes=5)
    callout = open_callout(context, system, "T-1", "Patch").callout
    file = site.write("etc/tidy.conf", "colour = green\n")
    owner = file.stat()
    image = {"mode": f"{owner.st_mode & 0o7777:04o}", "owner": f"{owner.st_uid}:{owner.st_gid}"}
    before, after = (hashlib.sha256(text).hexdigest() for text in (b"colour = blue\n", b"colour = green\n"))
    files = [{"path": str(file), "before": {"sha256": before, **image}, "after": {"sha256": after, **image}}]
    body = {"bundle": "PW-1", "transaction": "t1", "files": files, "sql": None}
    context.record("patched", system, callout, body)
    assert standing(found(context, system), site) == {"/etc/tidy.conf": "ours"}
    assert renew_after_change(context, system, callout).startswith("The baseline was renewed")
    assert newest_baseline(context.ledger, system.name).body["reason"] == "call-out"
    # What an automatic rollback tells is what had been tried; the file was left as it had been before that.
    clock.forward(minutes=5)
    context.record("rolled_back", system, callout, {**body, "automatic": True})
    site.write("etc/tidy.conf", "colour = blue\n")
    assert standing(found(context, system), site) == {"/etc/tidy.conf": "ours"}


def test_work_by_hand_of_ours_accuses_nobody(context: Context, system: System, site: LookedSite, clock: Clock) -> None:
    recorded(context, system)
    clock.forward(minutes=5)
    callout = open_callout(context, system, "T-1", "Look at it").callout
    clock.forward(minutes=5)
    times = {"started_at": "2026-03-03T12:00:00.000000Z", "ended_at": "2026-03-03T12:05:00.000000Z"}
    context.record("work_logged", system, callout, {"source": "person", "seconds": 300, **times})
    context.record("session_recorded", system, callout, {})
    site.write("etc/cron.d/ours", "* * * * * root true\n")
    verdicts = standing(found(context, system), site)
    assert verdicts == {"/etc/cron.d/ours": "unknown"}
    said = renew_after_change(context, system, callout)
    assert said.startswith("The baseline was not renewed")


def test_a_system_without_a_baseline_is_not_given_one_by_a_callout(context: Context, system: System) -> None:
    assert renew_after_change(context, system, "") == "acme-pbx1 has no baseline to renew."
    assert newest_baseline(context.ledger, system.name) is None


def test_two_at_once(context: Context, system: System) -> None:
    first = recorded(context, system)

    def meanwhile(asked: System) -> str:
        """Somebody else is faster by a minute."""
        names = (system.customer.id, system.name, "")
        context.ledger.append(Draft("baseline_recorded", context.now(), "adam", *names, first.event.body))
        return "7.2"

    with pytest.raises(Locked, match="Somebody else"):
        record_baseline(context, system, anew=True, because="new", ask_version=meanwhile)


def test_looks_are_forgotten_but_for_the_newest_and_all_baselines(context: Context, system: System) -> None:
    baseline = recorded(context, system).event.body["look"]
    folder = looks_folder(context, system.name)
    earlier = [f"202511{day:02}T000000Z-aaaaaa" for day in range(1, 13)]
    for name in earlier:
        (folder / f"{name}.look").touch()
        (folder / f"{name}.report").touch()
    assert {path.stem for path in forget_looks(context, system.name)} == set(earlier[:2])
    assert {path.stem for path in folder.glob("*.look")} == {baseline, *earlier[2:]}
    assert {path.stem for path in folder.glob("*.report")} == set(earlier[2:])


class TestSigned:
    """With a key that policy names."""

    @pytest.fixture
    def signing(self, site: LookedSite, tmp_path: Path) -> System:
        for name in ("signer", "other"):
            words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
            subprocess.run(words, check=True, timeout=30)
        public = (tmp_path / "signer.pub").read_text(encoding="ascii")
        (tmp_path / "allowed_signers").write_text(f'eva namespaces="{NAMESPACE}" {public}', encoding="ascii")
        return told_system(site, {"signing_key": "signer"})

    def test_it_is_believed(self, context: Context, signing: System) -> None:
        event = recorded(context, signing).event
        assert "BEGIN SSH SIGNATURE" in event.body["signature"]
        assert believed_baseline(context, signing, event).look.id == event.body["look"]

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"sha256": "0" * 64}, TrustRefused),
            ({"look": "20260101T000000Z-aaaaaa"}, TrustRefused),
            ({"signature": ""}, TrustRefused),
            ({"sections": {}}, TrustRefused),
        ],
        ids=["another hash", "another look", "no signature", "other sections"],
    )
    def test_a_changed_record_is_not(
        self, context: Context, signing: System, change: dict[str, Any], error: type[CalloutError]
    ) -> None:
        event = recorded(context, signing).event
        with pytest.raises(error):
            believed_baseline(context, signing, replace(event, body_text=json.dumps({**event.body, **change})))

    def test_a_changed_file_is_not(self, context: Context, signing: System) -> None:
        event = recorded(context, signing).event
        path = looks_folder(context, signing.name) / f"{event.body['look']}.look"
        raw = bytearray(path.read_bytes())
        raw[-20] ^= 1
        path.write_bytes(raw)
        with pytest.raises(BadInput, match="is not the look that was recorded"):
            found(context, signing)
        path.unlink()
        with pytest.raises(BadInput, match="cannot be read"):
            found(context, signing)

    def test_somebody_elses_key_is_not(self, context: Context, site: LookedSite, signing: System) -> None:
        event = recorded(context, told_system(site, {"signing_key": "other"})).event
        with pytest.raises(TrustRefused, match="unknown key"):
            believed_baseline(context, signing, event)


def test_a_report_that_was_changed_is_not_read(context: Context, system: System) -> None:
    recorded(context, system)
    found(context, system)
    (path,) = looks_folder(context, system.name).glob("*.report")
    told = json.loads(path.read_bytes())
    path.write_text(json.dumps({**told, "outcome": "drift"}), encoding="utf-8")
    with pytest.raises(BadInput, match="is not the report that was recorded"):
        last_report(context, system.name)


@pytest.mark.parametrize("cut_after_bytes", [0, 300, 5000])
def test_a_look_that_was_cut_off_is_no_baseline(
    context: Context, system: System, tmp_path: Path, cut_after_bytes: int
) -> None:
    broken = LocalShellSession(tmp_path / "cut", DASH, cut_after_bytes=cut_after_bytes)
    with pytest.raises(CalloutError):
        recorded(replace(context, connect=lambda target: broken), system)
    assert newest_baseline(context.ledger, system.name) is None


def test_a_later_look_that_was_cut_off_is_unknown(context: Context, system: System, tmp_path: Path) -> None:
    recorded(context, system)
    broken = LocalShellSession(tmp_path / "cut", DASH, cut_after_bytes=5000)
    report = found(replace(context, connect=lambda target: broken), system).report
    assert report.exit_status == 4
    assert report.unknown
