"""Runs playbooks and verbs on the practice systems with a ledger of their own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Desk:
    """An engineer's desk: a data folder of its own, the practice inventory, the commands."""

    data: Path
    system: str = "acme-pbx1"

    @property
    def environment(self) -> dict[str, str]:
        """Our environment with this desk's data folder and an actor."""
        return {**os.environ, "CALLOUT_DATA": str(self.data), "CALLOUT_ACTOR": "eva@desk", "NO_COLOR": "1"}

    def run(self, *words: str, timeout_s: float = 180) -> subprocess.CompletedProcess[str]:
        """One command of ours, run in the project's folder without a terminal."""
        return subprocess.run(
            [str(BIN / words[0]), *words[1:]],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )

    def playbook(self, name: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """A playbook on this desk's system."""
        return self.run(*self.playbook_words(name, *words, **variables))

    def playbook_words(self, name: str, *words: str, **variables: str) -> list[str]:
        """The words of `playbook`, for whoever starts it another way."""
        return [
            "ansible-playbook", f"playbooks/{name}.yml", "-l", self.system, "-e", json.dumps(variables), *words,
        ]  # fmt: skip

    def json(self, *words: str) -> dict[str, Any]:
        """What a verb says with --json; it must end well."""
        done = self.run("callout", *words, "--json")
        assert done.returncode == 0, done.stderr
        loaded: dict[str, Any] = json.loads(done.stdout)
        return loaded

    def newest(self) -> str:
        """The number of the newest call-out."""
        number: str = self.json("list")["callouts"][-1]["callout"]
        return number

    def kinds(self, callout: str) -> list[str]:
        """The kinds of a call-out's events, in order."""
        return [event["kind"] for event in self.json("show", callout)["events"]]

    def recorded(self, callout: str = "%") -> list[str]:
        """The kinds of all events so far, read past our verbs: quick enough to wait for one."""
        with closing(sqlite3.connect(f"file:{self.data / 'ledger.sqlite'}?mode=ro", uri=True)) as ledger:
            rows = ledger.execute("SELECT kind FROM events WHERE callout LIKE ? ORDER BY seq", (callout,))
            return [kind for (kind,) in rows]

    def planned_hash(self, callout: str) -> str:
        """The hash of a call-out's newest plan."""
        events = self.json("show", callout)["events"]
        hashes: list[str] = [event["body"]["hash"] for event in events if event["kind"] == "planned"]
        return hashes[-1]

    def consent(self, callout: str) -> None:
        """The customer agrees to that plan."""
        words = ["--by", "support@acme.example", "--channel", "email", "--reference", "<1@acme.example>"]
        done = self.run("callout", "consent", callout, "--plan", self.planned_hash(callout), *words)
        assert done.returncode == 0, done.stderr


def on_system(name: str, script: str, timeout_s: float = 60) -> str:
    """What a script prints on a practice system, run beside ours, through the container engine."""
    done = subprocess.run(
        [str(ROOT / "lab" / "shell"), name, "sh", "-s"],
        input=script,
        capture_output=True,
        text=True,
        check=True,
        timeout=timeout_s,
    )
    return done.stdout
