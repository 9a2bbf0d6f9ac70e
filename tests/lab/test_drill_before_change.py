"""Policy wants a drill before each change: `maintain` restores the backup it has just taken, or changes nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.lab.call_outs import Desk, on_system
from tests.unit.backups.drill_site import engine_settings

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]

NOTE = "/opt/pbxware/pw/opt/pbxware-gui/practice-drill.txt"
DRILLS = ["podman", "ps", "--all", "--filter", "label=callout.drill", "--format", "{{.Names}}"]


@pytest.fixture(scope="module")
def desk(lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of this module's own, on a system that has not got the patch."""
    subprocess.run([str(lab / "bundles" / "make")], check=True, capture_output=True, timeout=60)
    made = Desk(tmp_path_factory.mktemp("desk"))
    on_system(made.system, f"rm -f {NOTE}")
    with pytest.MonkeyPatch.context() as patch:
        engine_settings(patch)
        yield made
    on_system(made.system, f"rm -f {NOTE}")


@pytest.fixture(scope="module")
def bundle(desk: Desk) -> Path:
    """A small signed bundle that creates one file beside the GUI's."""
    folder = desk.data / "PW-9002"
    folder.mkdir()
    (folder / "note.txt").write_text("drilled\n", encoding="ascii")
    (folder / "bundle.yml").write_text(
        "id: PW-9002\ntitle: A note\nseverity: low\nproducts: [pbxware]\nversions: any\nbug: PW-9002\n"
        "documentation: https://docs.vendor.example/PW-9002\ndowntime_minutes: 0\nfiles:\n"
        f"  - {{path: {NOTE}, action: create, content: note.txt, mode: '0644', owner: '0:0'}}\n",
        encoding="ascii",
    )
    built = desk.data / "PW-9002.callout"
    for words in (
        ["patch", "build", str(folder), "-o", str(built)],
        ["patch", "sign", str(built), "--key", str(ROOT / "lab" / ".state" / "release")],
    ):
        done = desk.run("callout", *words)
        assert done.returncode == 0, done.stderr
    return built


def maintain(desk: Desk, bundle: Path, **operation: Any) -> subprocess.CompletedProcess[str]:
    """The whole call-out, with the lab's policy and a drill before each change."""
    policy = yaml.safe_load((ROOT / "inventory/lab/group_vars/all/policy.yml").read_text())["callout_policy"]
    policy["backups"]["drill_before_change"] = True
    given = {"ticket": "T-8", "reason": "Apply PW-9002", "bundle": str(bundle), "callout_policy": policy, **operation}
    return desk.run(*desk.playbook_words("maintain", **given), timeout_s=400)


def test_1_the_first_look_promises_the_drill_and_consent_is_still_asked(desk: Desk, bundle: Path) -> None:
    done = maintain(desk, bundle)
    assert done.returncode == 2
    assert "has not consented" in done.stdout + done.stderr
    assert "drilled" not in desk.kinds(desk.newest())
    desk.consent(desk.newest())


def test_2_a_backup_that_cannot_be_proven_stops_the_change(desk: Desk, bundle: Path) -> None:
    system = yaml.safe_load((ROOT / "inventory/lab/host_vars/acme-pbx1.yml").read_text())["callout_system"]
    system.setdefault("operation", {})["drill"] = {"rootfs": "/opt/pbxware/no-such", "services": {}}
    done = maintain(desk, bundle, callout_system=system)
    assert done.returncode == 2
    kinds = desk.kinds(desk.newest())
    assert kinds.index("backed_up") < kinds.index("drilled")
    assert "patched" not in kinds
    assert kinds[-1] == "closed"
    assert on_system(desk.system, f"ls {NOTE} 2>&1 || true").endswith("No such file or directory\n")


def test_3_the_fresh_backup_is_drilled_and_then_the_change_made(desk: Desk, bundle: Path) -> None:
    done = maintain(desk, bundle)
    assert done.returncode == 0, done.stdout + done.stderr
    callout = desk.newest()
    events = {event["kind"]: event["body"] for event in desk.json("show", callout)["events"]}
    assert events["drilled"]["backup"] == events["backed_up"]["id"]
    assert events["drilled"]["outcome"] == "proven"
    told = {finding["check"]: finding["code"] for finding in events["gate_passed"]["findings"]}
    assert told["gate.drill"] == "to-come"
    told = {finding["check"]: finding["code"] for finding in events["gate_confirmed"]["findings"]}
    assert told["gate.drill"] == "ok"
    kinds = desk.kinds(callout)
    order = ["gate_passed", "backed_up", "drilled", "gate_confirmed", "patched", "verified", "closed"]
    assert [kind for kind in kinds if kind in order] == order
    assert on_system(desk.system, f"cat {NOTE}") == "drilled\n"
    assert subprocess.run(DRILLS, check=True, capture_output=True, text=True).stdout == ""
