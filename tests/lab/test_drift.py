"""Drift on a real system, one story: recorded, found, told to the customer, undone, renewed by our own call-out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.lab.call_outs import Desk, on_system

pytestmark = [pytest.mark.lab, pytest.mark.timeout(400)]

PLANTED = "/etc/planted.conf"
NOTE = "/opt/pbxware/pw/opt/pbxware-gui/drift-note.txt"


@pytest.fixture(scope="module")
def desk(lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield Desk(tmp_path_factory.mktemp("desk"))
    on_system("acme-pbx1", f"rm -f {PLANTED} {NOTE}")


@pytest.fixture(scope="module")
def bundle(desk: Desk) -> Path:
    """A small signed bundle that creates one file beside the GUI's."""
    subprocess.run([str(ROOT / "lab" / "bundles" / "make")], check=True, capture_output=True, timeout=60)
    folder = desk.data / "PW-9020"
    folder.mkdir()
    (folder / "note.txt").write_text("drift\n", encoding="ascii")
    (folder / "bundle.yml").write_text(
        "id: PW-9020\ntitle: A note\nseverity: low\nproducts: [pbxware]\nversions: any\nbug: PW-9020\n"
        "documentation: https://docs.vendor.example/PW-9020\ndowntime_minutes: 0\nfiles:\n"
        f"  - {{path: {NOTE}, action: create, content: note.txt, mode: '0644', owner: '0:0'}}\n",
        encoding="ascii",
    )
    built = desk.data / "PW-9020.callout"
    for words in (
        ["patch", "build", str(folder), "-o", str(built)],
        ["patch", "sign", str(built), "--key", str(ROOT / "lab" / ".state" / "release")],
    ):
        done = desk.run("callout", *words)
        assert done.returncode == 0, done.stderr
    return built


def shown(desk: Desk) -> dict[str, Any]:
    """The last look's report."""
    done = desk.run("callout", "drift", "show", desk.system, "--json")
    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == report["exit_status"]
    return report


def test_1_recorded_and_nothing_found(desk: Desk) -> None:
    done = desk.playbook("record_baseline", because="installed by us")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "files as recorded" in desk.run("callout", "baseline", "verify", desk.system).stdout
    done = desk.playbook("find_drift")
    assert done.returncode == 0, done.stdout + done.stderr
    assert shown(desk)["outcome"] in ("clean", "explained")


def test_2_what_somebody_else_did_is_found_and_told(desk: Desk) -> None:
    on_system(desk.system, f"echo '* * * * * root true' >{PLANTED}")
    done = desk.playbook("find_drift")
    assert done.returncode == 2
    report = shown(desk)
    (finding,) = (one for one in report["findings"] if one["provenance"] == "unsupported")
    assert finding["change"]["subject"] == PLANTED
    assert (report["outcome"], report["exit_status"]) == ("drift", 3)
    explained = desk.run("callout", "drift", "explain", finding["id"])
    assert PLANTED in explained.stdout
    letter = desk.run("callout", "drift", "letter", desk.system, "--format", "markdown")
    assert letter.returncode == 0, letter.stderr
    assert "planted.conf" in letter.stdout
    refused = desk.run("callout", "baseline", "record", desk.system)
    assert refused.returncode == 8
    assert PLANTED in refused.stderr


def test_3_undone_it_is_as_before(desk: Desk) -> None:
    on_system(desk.system, f"rm {PLANTED}")
    done = desk.playbook("find_drift")
    assert done.returncode == 0, done.stdout + done.stderr
    fleet = desk.json("drift", "fleet")
    assert PLANTED not in json.dumps(fleet)


def test_4_a_call_out_of_ours_renews_the_baseline(desk: Desk, bundle: Path) -> None:
    callout = desk.json("open", "--ticket", "T-20", "--system", desk.system, "--reason", "A note")["callout"]
    assert desk.run("callout", "plan", callout, "--bundle", str(bundle)).returncode == 0
    desk.consent(callout)
    done = desk.playbook("maintain", callout=callout, bundle=str(bundle))
    assert done.returncode == 0, done.stdout + done.stderr
    assert desk.kinds(callout)[-4:] == ["drift_looked", "baseline_recorded", "work_logged", "closed"]
    ours = [one["change"]["subject"] for one in shown(desk)["findings"] if one["provenance"] == "ours"]
    assert NOTE in ours
    done = desk.playbook("roll_back", ticket="T-20", reason="Only tried", bundle=str(bundle))
    assert done.returncode == 0, done.stdout + done.stderr
    assert desk.playbook("find_drift").returncode == 0
