"""`callout trust` as a program: exit codes, one sentence and a remedy, data for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROGRAM = [sys.executable, "-c", "from callout.cli.main import run; run()", "trust"]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "CALLOUT_ACTOR": "eva@desk", "CALLOUT_DATA": str(tmp_path / "data")}
        return subprocess.run(
            [*PROGRAM, *arguments, "-i", str(tmp_path / "inventory")],
            capture_output=True, text=True, timeout=60, check=False, env=environment,
        )  # fmt: skip

    return call


def test_from_unknown_to_trusted_to_revoked(run: Run, ssh_server: Any, inventory: Any) -> None:
    server = ssh_server()
    folder, found = inventory(server), server.host_key.get_fingerprint()
    words = ("globex-sw1", "--port", str(server.port), "--ticket", "T-1", "--fingerprint")

    shown = run("show", "--ask")
    assert shown.returncode == 6, shown.stderr
    assert f"callout trust accept globex-sw1 --port {server.port} --fingerprint {found}" in shown.stdout

    refused = run("accept", *words, "SHA256:" + "A" * 43)
    assert refused.returncode == 6
    assert refused.stderr.count("\n") == 2
    assert "Do not log in" in refused.stderr
    assert not (folder / "known_hosts").exists()

    accepted = run("accept", *words, found)
    assert (accepted.returncode, accepted.stderr) == (0, "")
    assert found in accepted.stdout

    shown = run("show", "globex-sw1", "--ask", "--json")
    assert shown.returncode == 0
    (port,) = json.loads(shown.stdout)["ports"]
    assert (port["offered"]["verdict"], port["on_file"][0]["ticket"]) == ("known", "T-1")

    assert run("revoke", *words, found).returncode == 0
    again = run("accept", *words, found, "--replace")
    assert again.returncode == 6
    assert "is revoked" in again.stderr


def test_bad_input_ends_with_2(run: Run, ssh_server: Any, inventory: Any) -> None:
    inventory(ssh_server())
    for arguments in (("globex-sw1", "--port", "1"), ("nobody", "--port", "2020")):
        done = run("accept", *arguments, "--fingerprint", "SHA256:x", "--ticket", "T-1")
        assert done.returncode == 2
        assert done.stderr.startswith("callout: ")
        assert "Traceback" not in done.stderr
