"""`callout recordings prune` as a person types it: what goes, what stays and why, and the exit status."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded
from tests.unit.invoice_desk import InvoiceDesk, approved, issue

HOSTS = """
all:
  vars: {{callout_policy: {{vendor: Nordwand, sessions: {sessions}}}}}
  children:
    globex:
      hosts: {{globex-sw1: {{ansible_host: 192.0.2.10, callout_system: {{product: serverware}}}}}}
      vars:
        callout_customer:
          {{id: globex, name: Globex, contract: support, registered_addresses: [it@globex.example],
            time_zone: Europe/Vienna, currency: EUR}}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InvoiceDesk:
    """Two recordings of March 2026, of which one is billed; and a file that nobody knows."""
    made = InvoiceDesk(tmp_path)
    made.places.recordings.mkdir(parents=True)
    for name in ("old", "new"):
        body = name.encode()
        (made.places.recordings / f"{name}.cast").write_bytes(body)
        told: dict[str, Any] = {"file": f"{name}.cast", "sha256": hashlib.sha256(body).hexdigest()}
        made.work("2026-03-10T09:00+01:00", 60, recording=told)
        if name == "old":
            approved(made)
            issue(made)
    (made.places.recordings / "foreign.cast").write_bytes(b"")
    made.ledger.close()
    monkeypatch.setenv("CALLOUT_LEDGER", made.places.ledger)
    monkeypatch.setenv("CALLOUT_DATA", str(made.places.data))
    return made


def prune(desk: InvoiceDesk, sessions: str, *arguments: str) -> int:
    hosts = desk.folder / "hosts.yml"
    hosts.write_text(HOSTS.format(sessions=sessions), encoding="utf-8")
    words = ["recordings", "prune", "-i", str(hosts), *arguments]
    return guarded(lambda: build_app("recordings", "prune")(words, prog_name="callout"))


def test_what_goes_and_what_stays(desk: InvoiceDesk, capfd: pytest.CaptureFixture[str]) -> None:
    assert prune(desk, "{keep_days: 1}", "--dry-run", "--json") == 0
    told = json.loads(capfd.readouterr().out)
    assert [one["file"] for one in told["removed"]] == ["old.cast"]
    assert prune(desk, "{keep_days: 1}") == 0
    out = capfd.readouterr().out
    assert "goes   old.cast" in out
    assert "stays  new.cast" in out
    assert "its work is on no invoice" in out
    assert sorted(path.name for path in desk.places.recordings.iterdir()) == ["foreign.cast", "new.cast"]


def test_without_a_policy_it_is_bad_input(desk: InvoiceDesk, capfd: pytest.CaptureFixture[str]) -> None:
    assert prune(desk, "{}") == 2
    assert "keep_days" in capfd.readouterr().err


def test_what_was_changed_is_told_and_stays(desk: InvoiceDesk, capfd: pytest.CaptureFixture[str]) -> None:
    (desk.places.recordings / "old.cast").write_bytes(b"other")
    assert prune(desk, "{keep_days: 1}") == 4
    assert "is not what was recorded" in capfd.readouterr().out
    assert (desk.places.recordings / "old.cast").exists()
