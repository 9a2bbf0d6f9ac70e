"""Writes a page of drift's results. Usage: python -m tools.drift_page REPORT.xml … >docs/results/drift.md

The reports are pytest's, of the fairness and the evasion suite: their tables come first. Then one story by the verbs
that a person types, on a practice system of its own, in a container that is gone afterwards: found, told to the
customer, and the bill's line that stands on a finding. Exits 1 where a case of the reports failed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.faults.drift.numbers import remembered
from tests.faults.drift.practice import Practice, practised
from tests.faults.drift.stage import Stage
from tools.results import APART, head, measured, rows, table

DEEDS = """set -e
printf 'export PATH=/usr/local/hack:$PATH\\n' >>/etc/profile
printf '*/5 * * * * root /usr/local/bin/tidy-calls\\n' >/etc/cron.d/tidy-calls
printf 'www-data ALL=(ALL) NOPASSWD: ALL\\n' >/etc/sudoers.d/web
/opt/pbxware/sh/mysql pbxware -e "CREATE TRIGGER hide_calls BEFORE INSERT ON cdr FOR EACH ROW SET NEW.dst = ''"
"""
TICKET = "T-4711"


def main(arguments: Sequence[str]) -> int:
    """Prints the page; gives back the exit status."""
    reports = [Path(one) for one in arguments]
    if not reports or not all(one.is_file() for one in reports):
        print("usage: python -m tools.drift_page REPORT.xml …", file=sys.stderr)
        return 2
    print(head("Drift: found, and fairly judged", dt.datetime.now(dt.UTC)))
    print("Made by `tools/drift`, on practice systems of its own. What each kind of change is: `tests/faults/drift/`;")
    print("how a verdict is reached: [decision 0019](../decisions/0019-one-doubt-and-nobody-is-accused.md).\n")
    found = {name: row for one in reports for name, row in rows(one).items()}
    print(f"{APART if len(reports) > 1 else ''}{table(found)}", end="")
    print("".join(map(measured, reports)), end="")
    with tempfile.TemporaryDirectory() as name, practised(Path(name)) as practice:
        _story(practice)
    return 1 if any(row.failed for row in found.values()) else 0


def _story(practice: Practice) -> None:
    """Four modifications, found by the verbs; the letter about them; an hour of work that is charged for one."""
    stage = practice.stage
    remembered(practice)
    stage.shell(DEEDS)
    name = stage.container
    print("\n## What a person sees\n\nFour modifications are planted by hand: a line in /etc/profile, a job, a rule of "
          "sudo, a trigger on the table of calls.")  # fmt: skip
    began = dt.datetime.now(dt.UTC)
    _show(stage, ["drift", "find", name], 3)
    findings = _json(stage, ["drift", "show", name, "--json"])["findings"]
    trigger = next(one["id"] for one in findings if one["change"]["section"] == "triggers")
    _show(stage, ["drift", "explain", trigger], 0)
    print("\n## The customer's letter")
    _show(stage, ["drift", "letter", name, "--ticket", TICKET], 0)
    print("\n## The bill's line that stands on a finding")
    words = ["time", "add", "--system", name, "--ticket", TICKET, "--cause", "unsupported_modification"]
    when = ["--from", f"{began:%Y-%m-%dT%H:%M:%SZ}", "--to", f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"]
    _show(stage, [*words, "--evidence", trigger, *when, "--role", "developer"], 0)
    month = f"{began.astimezone(ZoneInfo('Europe/Vienna')):%Y-%m}"
    bill = _json(stage, ["bill", "--customer", "acme", "--month", month, "--format", "json"])
    _show(stage, ["bill", "--customer", "acme", "--month", month])
    _show(stage, ["bill", "explain", _line_on(bill, trigger)], 0)


def _line_on(bill: dict[str, Any], finding: str) -> str:
    """The id of the bill's line whose evidence is that finding."""
    return next(str(line["line"]) for line in _dicts(bill["lines"]) if finding in json.dumps(line))


def _dicts(raw: Iterable[Any]) -> list[dict[str, Any]]:
    return [one for one in raw if isinstance(one, dict)]


def _show(stage: Stage, words: Sequence[str], status: int | None = None) -> None:
    """The command as it would be typed, and what it says."""
    done = _run(stage, words)
    if status is not None and done.returncode != status:
        raise SystemExit(f"callout {' '.join(words)}: {done.returncode} and not {status}: {done.stderr}")
    # A folder that is gone afterwards helps nobody.
    said = (done.stdout + done.stderr).replace(str(stage.inventory), "inventory")
    print(f"\n```\n$ callout {' '.join(words)}\n{said.rstrip()}\n```", flush=True)


def _json(stage: Stage, words: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_run(stage, words).stdout)
    return found


def _run(stage: Stage, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("callout")), *words, "-i", str(stage.inventory)],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600,
        env={**os.environ, "CALLOUT_ACTOR": "eva@desk", "COLUMNS": "140"},
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
