"""A workplace with one inventory and one ledger, for tests that run `callout` as a user does."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

from callout.cli.main import build_app
from callout.cli.shared import guarded
from callout.ledger import Draft, open_ledger
from callout.ledger.event import parse_utc
from callout.ledger.store import NEW

# Typer brings pydantic along by itself.
HEAVY = ("ansible", "paramiko", "netmiko", "rich", "jinja2", "babel", "yaml", "callout.inventory")
PROGRAM = """
import sys
from callout.cli.main import run
try:
    run()
finally:
    print("loaded", *[name for name in {heavy} if name in sys.modules], file=sys.stderr)
"""
HOSTS = """
all:
  children:
    globex:
      hosts:
        globex-sw1:
          ansible_host: 192.0.2.10
          callout_system: {product: serverware}
      vars:
        callout_customer:
          id: globex
          name: Globex
          contract: support
          registered_addresses: [it@globex.example]
          time_zone: America/New_York
          currency: EUR
"""


class Desk:
    """A workplace with one inventory and one ledger that knows CO-0001."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "hosts.yml").write_text(HOSTS, encoding="utf-8")
        began = parse_utc("2026-03-03T10:00:00.000000Z")
        ledger = open_ledger(self.ledger, lambda: began)
        body = {"ticket": "T-7", "reason": "Patch", "contract": "support"}
        ledger.append(Draft("opened", began, "eva@desk", "globex", "globex-sw1", NEW, body))
        ledger.close()

    @property
    def ledger(self) -> str:
        """Its URL."""
        return f"sqlite:///{self.folder}/data/ledger.sqlite"

    def run(self, *arguments: str, zone: str = "Europe/Berlin") -> subprocess.CompletedProcess[str]:
        """callout with these arguments; the last line on standard error names the heavy modules that were loaded."""
        return subprocess.run(
            [sys.executable, "-c", PROGRAM.format(heavy=HEAVY), *arguments, "-i", str(self.folder / "hosts.yml")],
            env={**os.environ, "CALLOUT_DATA": str(self.folder / "data"), "CALLOUT_ACTOR": "eva@desk", "TZ": zone},
            cwd=self.folder,
            text=True,
            capture_output=True,
            check=False,
        )

    def call(self, *arguments: str, zone: str = "Europe/Berlin") -> subprocess.CompletedProcess[str]:
        """The same within this process, which is quicker by the start of a Python."""
        words = [*arguments, "-i", str(self.folder / "hosts.yml")]
        settings = {"CALLOUT_DATA": str(self.folder / "data"), "CALLOUT_ACTOR": "eva@desk", "TZ": zone}
        said, told = io.StringIO(), io.StringIO()
        with mock.patch.dict(os.environ, settings), redirect_stdout(said), redirect_stderr(told):
            app = build_app(arguments[0])
            status = guarded(lambda: app(words, prog_name="callout"))
        return subprocess.CompletedProcess(words, status, said.getvalue(), told.getvalue())

    def json(self, *arguments: str) -> Any:
        """What a command says with --json. Raises AssertionError where it does not end well."""
        answer = self.call(*arguments, "--json")
        assert answer.returncode == 0, answer.stderr
        said = json.loads(answer.stdout)
        assert said["schema_version"] == 1
        return said
