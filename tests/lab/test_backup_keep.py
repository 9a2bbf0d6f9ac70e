"""On a practice customer: what would be taken, with sizes; what changed between two backups; what stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lab.call_outs import Desk, on_system

pytestmark = pytest.mark.lab

# Files of this test's own, in a folder that nothing else writes to; the second is secret by the profile's rule.
MARK, SECRET = "/opt/pbxware/pw/etc/callout-lab-diff.conf", "/opt/pbxware/pw/etc/callout-lab-diff.pem"


@pytest.fixture(scope="module")
def desk(lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("keep"))


@pytest.fixture(scope="module")
def scope(desk: Desk) -> dict[str, Any]:
    told: dict[str, Any] = desk.json("backup", "scope", desk.system)["scope"]
    return told


def test_the_scope_is_measured_and_the_chroots_proc_is_not_entered(desk: Desk, scope: dict[str, Any]) -> None:
    taken = {one["path"]: one for one in scope["taken"]}
    product = taken["/opt/pbxware"]
    assert product["asked_by"] == "profile"
    assert product["files"] > 1000
    # A kcore of 128 TB would show.
    assert 10**8 < product["bytes"] < 10**10
    left_out = {one["path"]: one for one in scope["left_out"]}
    assert "bytes" not in left_out["/opt/pbxware/pw/proc"]
    assert left_out["/opt/pbxware/pw/var/lib/mysql"]["bytes"] > 10**6
    (recordings,) = scope["recordings"]
    assert recordings["bytes"] > 0
    assert scope["total"]["bytes"] >= product["bytes"] + recordings["bytes"]


def test_a_change_and_a_secret_between_two_backups(desk: Desk, scope: dict[str, Any]) -> None:
    """One call-out: backup, change by hand, backup after it; then what was taken is what was measured."""
    opened = desk.json("open", "--ticket", "T-1", "--system", desk.system, "--reason", "diff")
    callout = opened["callout"]
    first = desk.json("backup", "create", desk.system, "--callout", callout, "--level", "sample")["backup"]
    dump = first["database"]["bytes"]
    assert abs(first["total_bytes"] - dump - scope["total"]["bytes"]) < 0.05 * scope["total"]["bytes"]
    try:
        on_system(desk.system, f"printf 'port=5060\\npassword=hunter2\\n' >{MARK}; echo hunter3 >{SECRET}")
        words = ["backup", "create", desk.system, "--callout", callout, "--after", "--level", "sample"]
        second = desk.json(*words)["backup"]
    finally:
        on_system(desk.system, f"rm -f {MARK} {SECRET}")
    done = desk.run("callout", "backup", "diff", first["id"], second["id"])
    assert done.returncode == 0, done.stderr
    assert f"added    {MARK}" in done.stdout
    assert "+port=5060" in done.stdout
    assert "+password=(not shown)" in done.stdout
    assert f"added    {SECRET}  [secret]" in done.stdout
    assert "hunter" not in done.stdout
    (told,) = [event for event in desk.json("show", callout)["events"] if event["kind"] == "backups_compared"]
    assert (told["body"]["before"], told["body"]["after"]) == (first["id"], second["id"])
    assert any(MARK in one["what"] for one in told["body"]["files"])

    # Both are of an open call-out: nothing goes; and the store holds what the ledger says.
    pruned = desk.json("backup", "prune", desk.system, "--dry-run")["systems"][0]
    assert (pruned["removed"], pruned["missing"], pruned["orphans"]) == ([], [], [])
    assert all("call-out" in {reason["why"] for reason in one["reasons"]} for one in pruned["backups"])
    listed = desk.run("callout", "backup", "list", "--store", "-s", desk.system)
    assert listed.returncode == 0, listed.stderr
    assert f"{callout} is open" in listed.stdout
