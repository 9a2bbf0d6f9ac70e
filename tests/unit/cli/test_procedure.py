"""`callout procedure` as a person types it: no ledger is made for it, the file's name says the form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded

Run = Callable[..., tuple[int, str, str]]
HOSTS = """
all:
  vars:
    callout_policy: {vendor: "Nordwand {{ 7 }} GmbH"}
  children:
    globex:
      hosts: {globex-sw1: {ansible_host: 192.0.2.10, callout_system: {product: serverware}}}
      vars:
        callout_customer: {id: globex, name: Globex, contract: support, registered_addresses: [it@globex.example],
                           time_zone: America/New_York, currency: EUR, language: de}
"""


@pytest.fixture
def callout(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a verb on an inventory with one system, and no ledger."""
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(HOSTS)
    monkeypatch.delenv("CALLOUT_LEDGER", raising=False)
    monkeypatch.delenv("CALLOUT_DATA", raising=False)

    def run(*words: Any) -> tuple[int, str, str]:
        told = [*map(str, words), "-i", str(hosts)]
        status = guarded(lambda: build_app(told[0])(told, prog_name="callout"))
        said = capfd.readouterr()
        return status, said.out, said.err

    return run


def test_markdown_on_standard_output_and_no_ledger(callout: Run, tmp_path: Path) -> None:
    status, out, err = callout("procedure")
    assert (status, err) == (0, "")
    assert out.startswith("# Support and escalation procedures\n")
    assert [path.name for path in tmp_path.iterdir()] == ["hosts.yml"]


def test_a_customers_language_unless_another_is_asked_for(callout: Run) -> None:
    assert "Ihr Vertrag" in callout("procedure", "--customer", "globex")[1]
    assert "Your contract" in callout("procedure", "--customer", "globex", "--language", "en")[1]


def test_data_is_ascii_has_a_version_and_the_keys(callout: Run) -> None:
    status, out, _ = callout("procedure", "--json")
    data = json.loads(out)
    assert (status, out.isascii(), data["schema_version"]) == (0, True, 1)
    assert data["intro"]["keys"] == ["callout_policy.vendor"]


def test_the_form_follows_the_files_name(callout: Run, tmp_path: Path) -> None:
    assert callout("procedure", "-o", tmp_path / "p.html")[0] == 0
    assert (tmp_path / "p.html").read_text().startswith("<!DOCTYPE html>")
    assert callout("procedure", "-o", tmp_path / "p.pdf")[0] == 0
    assert (tmp_path / "p.pdf").read_bytes().startswith(b"%PDF-")
    assert oct((tmp_path / "p.pdf").stat().st_mode & 0o777) == "0o600"


def test_what_cannot_be_asked_is_a_sentence(callout: Run) -> None:
    status, out, err = callout("procedure", "--customer", "nobody")
    assert (status, out) == (2, "")
    assert err.startswith("callout: There is no customer 'nobody'")
