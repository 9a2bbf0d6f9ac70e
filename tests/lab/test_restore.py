"""Acme is backed up, its container destroyed, a fresh one made and restored: it is the very system again."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.lab.call_outs import BIN, on_system

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]

NAME = "spare-pbx1"
# A customer's own data: rows, a recording, a greeting with an odd name, a changed configuration, names of one file.
OWN = r"""
/opt/pbxware/sh/mysql pbxware -e "
  INSERT INTO cdr (calldate, src, dst, duration, billsec, disposition, uniqueid)
    SELECT NOW(), 100 + seq % 60, '+49301234', 60, 50, 'ANSWERED', CONCAT('own', seq) FROM seq_1_to_1234;
  INSERT INTO extensions (tenant_id, number, name, email) VALUES (1, '999', 'Own', 'own@example.org');"
cd /opt/pbxware/pw
mkdir -p 'var/spool/asterisk/monitor/200/own'
head -c 300000 /dev/urandom >"var/spool/asterisk/monitor/200/own/Genève
call.wav"
ln "var/spool/asterisk/monitor/200/own/Genève
call.wav" var/spool/asterisk/monitor/200/own/linked.wav
chown 7:8 var/spool/asterisk/monitor/200/own/linked.wav
chmod 0640 var/spool/asterisk/monitor/200/own/linked.wav
echo '; the customer was here' >>etc/asterisk/extensions.conf
echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMBRBjrHN5YrdCfxlLNyqTFwCwl1OPAkKlMbVB0gkOIm own' >>/root/.ssh/authorized_keys
"""
# What must be as it was: rows of every table, the tree of what a backup holds, host keys.
ROWS = """
for table in $(/opt/pbxware/sh/mysql -N -B -e 'SHOW FULL TABLES WHERE Table_type = "BASE TABLE"' pbxware | cut -f 1); do
    echo "$table $(/opt/pbxware/sh/mysql -N -B -e "SELECT COUNT(*) FROM \\`$table\\`" pbxware)"
done
"""
KEYS = "cat /etc/ssh/ssh_host_*_key.pub | sort"
TREE = r"""
cd / && find opt/pbxware opt/httpd etc/ssh root/.ssh \( -path opt/pbxware/pw/proc -o -path opt/pbxware/pw/sys \
    -o -path opt/pbxware/pw/dev -o -path opt/pbxware/pw/var/lib/mysql -o -path opt/pbxware/pw/run \
    -o -path opt/pbxware/pw/var/log -o -path opt/pbxware/pw/var/lib/php \
    -o -path 'opt/pbxware/pw/var/lib/asterisk/astdb*' \
    -o -path opt/pbxware/pw/tmp \) -prune -o -type f -print0 | sort -z | xargs -0 stat -c '%a %u %g %s %Y %h %n'
"""


def lab_up(*words: str) -> None:
    subprocess.run([str(ROOT / "lab" / "up"), "--spare", *words], check=True, cwd=ROOT, timeout=300)


@pytest.fixture(scope="module")
def spare() -> Iterator[str]:
    """The spare system, fresh; removed at the end, so that nothing of it weighs on other tests."""
    lab_up("--fresh", NAME)
    yield NAME
    subprocess.run([str(ROOT / "lab" / "down"), "--spare"], check=True, cwd=ROOT, timeout=60)


def callout(data: Path, *words: str, rc: int = 0) -> Any:
    """What a verb says with --json, with a data folder of this test's own."""
    done = subprocess.run(
        [str(BIN / "callout"), *words, "-i", "inventory/spare", "--json"],
        cwd=ROOT,
        env={**os.environ, "CALLOUT_DATA": str(data), "CALLOUT_ACTOR": "eva@desk"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == rc, f"{words}: {done.returncode} {done.stdout[-3000:]} {done.stderr[-3000:]}"
    return json.loads(done.stdout) if done.stdout.strip() else done.stderr


def by_check(findings: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {finding["check"]: finding for finding in findings}


def test_a_destroyed_system_is_restored_and_is_the_very_same_again(spare: str, tmp_path: Path) -> None:
    on_system(spare, OWN)
    opened = callout(tmp_path, "open", "--ticket", "T-1", "--system", spare, "--reason", "It burnt down")
    number = opened["callout"] if "callout" in opened else opened["event"]["callout"]
    backup = callout(tmp_path, "backup", "create", spare, "--callout", number, "--level", "sample")["backup"]["id"]
    rows, keys, tree = on_system(spare, ROWS), on_system(spare, KEYS), on_system(spare, TREE)

    # The live system: refused, and nothing is touched.
    said = callout(tmp_path, "backup", "restore", backup, "--callout", number, rc=8)
    assert "It is taken for the live system" in said
    assert f"--onto {spare} --overwrite-live" in said

    lab_up("--fresh", spare)
    assert on_system(spare, KEYS) != keys
    fresh_rows = on_system(spare, ROWS)
    assert fresh_rows != rows

    planned = callout(tmp_path, "backup", "restore", backup, "--callout", number, "--dry-run")
    assert planned["plan"]["identity"] == "other"
    assert planned["plan"]["files"]["counts"]["refuse"] == 0
    assert on_system(spare, ROWS) == fresh_rows

    done = callout(tmp_path, "backup", "restore", backup, "--callout", number)
    findings = by_check(done["findings"])
    assert [one for one in findings.values() if one["status"] in ("fail", "unknown")] == []
    assert findings["restore.rows"]["status"] == "pass"
    assert findings["asterisk.running"]["status"] == "pass"
    assert findings["gui.page"]["status"] == "pass"
    assert {one["status"] for check, one in findings.items() if check.startswith("api.service@")} == {"pass"}
    assert any("licence" in sentence for sentence in done["plan"]["by_hand"])

    # It is the very system again, for whoever knew its host keys; and one can sign in.
    assert on_system(spare, ROWS) == rows
    assert on_system(spare, KEYS) == keys
    changed = set(tree.splitlines()) ^ set(on_system(spare, TREE).splitlines())
    assert {line.rsplit(" ", 1)[-1] for line in changed if "/.callout" not in line} == set()
    # sshd there shows these two kinds; the others lie there unused.
    shown = [line.split() for line in keys.splitlines() if line.startswith(("ssh-ed25519", "ssh-rsa"))]
    expected = {words[1] for words in shown}
    known = (ROOT / "inventory/spare/known_hosts").read_text()
    assert all(key in known for key in expected)
    checked = subprocess.run(
        [str(BIN / "access-check"), "-i", "inventory/spare", "--format", "json"],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    signed_in = {
        finding["check"]: finding["status"]
        for system in json.loads(checked.stdout)["systems"]
        for finding in system["findings"]
        if "sign_in" in finding["check"] or "login" in finding["check"]
    }
    assert signed_in
    assert set(signed_in.values()) <= {"pass"}, signed_in
    kinds = [event["kind"] for event in callout(tmp_path, "show", number)["events"]]
    # The live system was refused by the gate, and nothing of it begun; host keys are the system's, not the call-out's.
    assert kinds == ["opened", "backed_up", "planned", "gate_refused", "restore_begun", "restored"]
    expectations = [one["code"] for check, one in findings.items() if check.startswith("restore.host_key@")]
    assert "expected" in expectations

    callout(tmp_path, "backup", "restore-let-go", done["restore"], "--callout", number)
    assert on_system(spare, "find / -xdev -name '.callout*'") == ""
