"""A bundle applied and taken back on a real file tree, by the real scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from callout.errors import Locked, Refused, RolledBack
from callout.findings import Finding, Status
from callout.patches.signature import Answer
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan, still_as_planned
from callout.steps.roll_back import roll_back
from tests.unit.local_shell import BUSYBOX, DASH
from tests.unit.patches.conftest import Site, idle, three_changes, well


def ill() -> list[Finding]:
    """A health check that blocks."""
    return [Finding("gui.login", Status.FAIL, "http-500", "The GUI answers 500.")]


def planned(site: Site, bundle, **more) -> str:
    return make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1", **more).hash


@pytest.mark.parametrize("shell", [DASH, BUSYBOX])
def test_apply_twice_then_roll_back_twice(site: Site, shell):
    site.shell = shell
    before = site.tree()
    bundle = site.bundle(three_changes())
    plan = planned(site, bundle)

    outcome = apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle)

    assert outcome.changed
    after = site.own_tree()
    assert after["gui/login.php"] == (b"new login\n", *before["gui/login.php"][1:])
    assert after["gui/extra file.php"][:2] == (b"\x00\xffextra", 0o100640)
    assert set(after) == set(before) - {"etc/stale.conf"} | {"gui/extra file.php"}
    assert [one["before"] for one in outcome.diff] == ["old login\n", "", "stale\n"]
    assert not apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle).changed

    assert roll_back(site.context, site.system, site.callout, "PW-2041", well).changed
    assert site.tree() == before
    assert not roll_back(site.context, site.system, site.callout, "PW-2041", well).changed
    assert site.kinds() == ["opened", "planned", "patched", "rolled_back"]


def test_applied_again_after_a_rollback(site: Site):
    bundle = site.bundle(three_changes())
    plan = planned(site, bundle)
    apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle)
    after = site.own_tree()
    roll_back(site.context, site.system, site.callout, "PW-2041", well)

    assert apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle).changed
    assert site.own_tree() == after


def test_health_that_fails_takes_everything_back(site: Site):
    site.restart = {"web": f"echo restarted >>{site.root}/../restarts"}
    bundle = site.bundle(three_changes(), restart=["web"])
    plan, before = planned(site, bundle), site.tree()

    with pytest.raises(RolledBack, match="The GUI answers 500"):
        apply_bundle(site.context, site.system, site.callout, bundle, plan, ill, idle)

    assert site.tree() == before
    assert site.kinds()[2:] == ["patch_failed", "rolled_back"]
    # Once with the new files, once with the old ones again.
    assert (site.root.parent / "restarts").read_text() == "restarted\nrestarted\n"


def test_service_that_does_not_restart_takes_everything_back(site: Site):
    site.restart = {"web": "exit 7"}
    bundle = site.bundle(three_changes(), restart=["web"])
    plan, before = planned(site, bundle), site.tree()
    with pytest.raises(RolledBack, match="web was not restarted: its command ended with 7"):
        apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle)
    assert site.tree() == before


def test_check_mode_changes_and_records_nothing(site: Site):
    bundle = site.bundle(three_changes())
    plan, before, kinds = planned(site, bundle), site.tree(), site.kinds()
    outcome = apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle, check=True)
    assert outcome.changed
    assert outcome.diff[0]["after"] == "new login\n"
    assert (site.tree(), site.kinds()) == (before, kinds)


def test_file_modified_after_the_plan_is_refused_with_every_reason(site: Site):
    bundle = site.bundle(three_changes())
    plan = planned(site, bundle)
    (site.root / "gui/login.php").write_bytes(b"a customer's own login\n")
    (site.root / "etc/stale.conf").write_bytes(b"a customer's own settings\n")
    before = site.tree()

    with pytest.raises(Refused) as refused:
        apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle)

    checks = {reason["check"] for reason in refused.value.reasons}
    assert {f"patch.file@{site.root}/gui/login.php", f"patch.file@{site.root}/etc/stale.conf"} <= checks
    assert site.tree() == before


def test_plan_of_another_hash_is_refused(site: Site):
    bundle = site.bundle(three_changes())
    planned(site, bundle)
    with pytest.raises(Refused, match="no plan with the hash"):
        apply_bundle(site.context, site.system, site.callout, bundle, "0" * 64, well, idle)


def test_one_file_that_cannot_be_changed_leaves_all_as_they_were(site: Site):
    """The third rename fails, as on an immutable file: the first two are taken back."""
    bundle = site.bundle(three_changes())
    plan, before = planned(site, bundle), site.tree()
    (site.tools).mkdir(exist_ok=True)
    # rm of the file to be deleted fails; rm of our own files does not.
    (site.tools / "rm").write_text('#!/bin/sh\ncase "$*" in *stale.conf) exit 1;; esac\nexec /bin/rm "$@"\n')
    (site.tools / "rm").chmod(0o755)

    with pytest.raises(RolledBack, match=r"stale.conf could not be renamed"):
        apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle)

    assert site.tree() == before


def test_rollback_is_refused_where_a_file_was_changed_later(site: Site):
    bundle = site.bundle(three_changes())
    apply_bundle(site.context, site.system, site.callout, bundle, planned(site, bundle), well, idle)
    (site.root / "gui/login.php").write_bytes(b"a later fix\n")
    before = site.tree()
    with pytest.raises(Refused) as refused:
        roll_back(site.context, site.system, site.callout, "PW-2041", well)
    assert [reason["code"] for reason in refused.value.reasons] == ["changed-since"]
    assert site.tree() == before


def test_rollback_stays_though_the_system_is_ill(site: Site):
    before = site.tree()
    bundle = site.bundle(three_changes())
    apply_bundle(site.context, site.system, site.callout, bundle, planned(site, bundle), well, idle)
    outcome = roll_back(site.context, site.system, site.callout, "PW-2041", ill)
    assert [finding.code for finding in outcome.findings] == ["http-500"]
    assert site.tree() == before


def test_interruption_takes_everything_back_and_is_handed_on(site: Site):
    bundle = site.bundle(three_changes())
    plan, before = planned(site, bundle), site.tree()

    def interrupt() -> list[Finding]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_bundle(site.context, site.system, site.callout, bundle, plan, interrupt, idle)
    assert site.tree() == before
    assert site.kinds()[2:] == ["patch_failed", "rolled_back"]


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def test_somebody_elses_lock_stops_us_before_anything(site: Site):
    bundle = site.bundle(three_changes())
    plan = planned(site, bundle)
    work = site.root / ".callout"
    work.mkdir(mode=0o700)
    (work / "owner.3").write_text(f"{boot_id()} 0123 1700000000 otto@desk:CO-0009\n")
    before = site.tree()
    with pytest.raises(Locked, match="otto@desk:CO-0009"):
        apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle)
    assert site.tree() == before


def test_lock_of_an_earlier_boot_is_told_and_never_taken_silently(site: Site):
    bundle = site.bundle(three_changes())
    plan = planned(site, bundle)
    work = site.root / ".callout"
    work.mkdir(mode=0o700)
    (work / "owner.3").write_text("5c7e4b1e-former-boot 0123 1700000000 otto@desk:CO-0009\n")
    before = site.tree()
    with pytest.raises(Locked, match=r"otto@desk:CO-0009.* started anew since, so that run is dead") as refused:
        apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle)
    assert refused.value.hint == (
        "End that run: callout patch recover CO-0009, on the machine of otto@desk."
        " Where that is lost: callout patch take-over CO-0009 --bundle FILE --because REASON"
    )
    assert site.tree() == before


def test_still_as_planned(site: Site):
    bundle = site.bundle(three_changes())
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1").as_dict()

    def codes(version: str | None) -> set[str]:
        again = still_as_planned(site.context, site.system, plan, bundle, lambda _: version)
        return {f"{finding.status}:{finding.code}" for finding in again}

    assert codes("8.1") == {"pass:as-planned"}
    assert codes("8.2") == {"fail:not-as-planned"}
    assert codes(None) == {"unknown:not-as-planned"}
    (site.root / "gui/extra file.php").write_text("somebody was faster")
    assert codes("8.1") == {"fail:not-as-planned"}


def test_the_answers_are_words_for_people():
    assert {str(answer) for answer in Answer} >= {"good", "unknown key", "revoked key", "expired", "tampered"}
