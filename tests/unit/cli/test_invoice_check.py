"""`callout invoice check`: findings on standard output, exit statuses, and one sentence for whatever cannot be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from callout.views.invoice.ubl import ubl
from tests.unit.worklog.invoice.sample_invoices import month


def check(*arguments: object) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "callout"
    return subprocess.run(
        [program, "invoice", "check", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120
    )


def test_a_valid_invoice(tmp_path: Path):
    file = tmp_path / "invoice.xml"
    file.write_bytes(ubl(month()))
    done = check(file)
    assert (done.returncode, done.stderr) == (0, "")
    assert "UBL-Invoice-2.1.xsd" in done.stdout
    assert "EN16931-UBL-validation.xslt" in done.stdout


def test_a_broken_rule_exits_3_and_is_data_on_wish(tmp_path: Path):
    file = tmp_path / "invoice.xml"
    file.write_bytes(ubl(month()).replace(b"987.00</cbc:TaxExclusiveAmount", b"986.00</cbc:TaxExclusiveAmount"))
    done = check(file, "--json")
    assert done.returncode == 3
    assert done.stderr == "invoice.xml is not valid.\n"
    told = json.loads(done.stdout)
    assert told["schema_version"] == 1
    assert "BR-CO-13" in {finding["evidence"].get("rule") for finding in told["findings"]}


@pytest.mark.parametrize("what", ["missing", "folder", "pipe", "doctype", "escape"])
def test_what_cannot_be_read_is_one_sentence_and_exit_2(what: str, tmp_path: Path):
    file = tmp_path / "x\x1b[2J.xml" if what == "escape" else tmp_path / "x.xml"
    if what == "folder":
        file.mkdir()
    elif what == "pipe":
        os.mkfifo(file)
    elif what != "missing":
        file.write_text('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')
    done = check(file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 2
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
