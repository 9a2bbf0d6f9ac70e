"""Writes the page docs/results/drift.md. Usage: python -m tools.drift_page [CHANGES] >docs/results/drift.md

On practice systems of its own, in containers that are gone afterwards: CHANGES planted (500 unless told otherwise)
among as many legitimate ones, in five rounds; the rounds of their own; then one story by the verbs that a person
types, with the customer's letter, and the bill's line that stands on a finding. Exits 1 where a change was missed, or
anybody was accused.
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
from tests.faults.drift.rounds import ROUNDS
from tests.faults.drift.scoring import Row, Score
from tests.faults.drift.stage import Stage
from tests.faults.drift.trial import tried
from tools.results import head

DEEDS = """set -e
printf 'export PATH=/usr/local/hack:$PATH\\n' >>/etc/profile
printf '*/5 * * * * root /usr/local/bin/tidy-calls\\n' >/etc/cron.d/tidy-calls
printf 'www-data ALL=(ALL) NOPASSWD: ALL\\n' >/etc/sudoers.d/web
/opt/pbxware/sh/mysql pbxware -e "CREATE TRIGGER hide_calls BEFORE INSERT ON cdr FOR EACH ROW SET NEW.dst = ''"
"""
TICKET = "T-4711"


def main(arguments: Sequence[str]) -> int:
    """Prints the page; gives back the exit status."""
    changes = int(arguments[0]) if arguments else 500
    print(head("Drift: found, and fairly judged", dt.datetime.now(dt.UTC)))
    print("Made by `python -m tools.drift_page`, on practice systems of its own. What each kind of change is: "
          "`tests/faults/drift/`; how a verdict is reached: "
          "[decision 0019](../decisions/0019-one-doubt-and-nobody-is-accused.md).")  # fmt: skip
    with tempfile.TemporaryDirectory() as name, practised(Path(name)) as practice:
        trial = tried(practice, changes, changes, rounds=5)
        scores = [trial.score]
        print(f"\n## {changes} planted among {changes} legitimate changes, a look after each of five rounds\n")
        print(_table(trial.score))
    with tempfile.TemporaryDirectory() as name, practised(Path(name)) as practice:
        for title, act in ROUNDS.items():
            scores.append(act(practice))
            print(f"\n## {title.capitalize()}\n")
            print(_table(scores[-1]), flush=True)
        _story(practice)
    return 1 if any(one.missed or one.excused or one.accused for one in scores) else 0


def _table(score: Score) -> str:
    rows = sorted(score.rows.values(), key=lambda row: (not row.planted, row.kind))
    lines = ["| Kind | | Changes | Found | Accused | What was said of them |", "|---|---|--:|--:|--:|---|"]
    for row in rows:
        accused = sum(deed is not None and deed.kind == row.kind for deed, _ in score.accused)
        lines.append(_line(row.kind, row, row.found if row.planted else "", "" if row.planted else accused))
    for planted, word in ((True, "planted"), (False, "legitimate")):
        whole = Row(f"**all {word}**", planted)
        for row in rows:
            if row.planted is planted:
                whole.deeds, whole.found = whole.deeds + row.deeds, whole.found + row.found
                whole.verdicts += row.verdicts
        lines.append(_line(whole.kind, whole, whole.found if planted else "", "" if planted else len(score.accused)))
    return "\n".join(lines)


def _line(kind: str, row: Row, found: int | str, accused: int | str) -> str:
    words = ", ".join(f"{word.replace('_', ' ')} {count}" for word, count in row.verdicts.most_common())
    what = "planted" if row.planted else "legitimate"
    return f"| {kind} | {what} | {row.deeds} | {found} | {accused} | {words} |"


def _story(practice: Practice) -> None:
    """Four modifications, found by the verbs; the letter about them; an hour of work that is charged for one."""
    stage = practice.stage
    # What the rounds did is not the story's.
    remembered(practice)
    stage.shell(DEEDS)
    name = stage.container
    print("\n## What a person sees\n\nFour modifications are planted by hand: a line in /etc/profile, a job, a rule of "
          "sudo, a trigger on the table of calls.")  # fmt: skip
    _show(stage, ["drift", "find", name], 3)
    findings = _json(stage, ["drift", "show", name, "--json"])["findings"]
    trigger = next(one["id"] for one in findings if one["change"]["section"] == "triggers")
    _show(stage, ["drift", "explain", trigger], 0)
    print("\n## The customer's letter")
    _show(stage, ["drift", "letter", name, "--ticket", TICKET], 0)
    print("\n## The bill's line that stands on a finding")
    words = ["time", "add", "--system", name, "--ticket", TICKET, "--cause", "unsupported_modification"]
    # A whole day that is over: work that has not ended yet is no work.
    day = dt.datetime.now(ZoneInfo("Europe/Vienna")) - dt.timedelta(days=1)
    when, month = ["--date", f"{day:%Y-%m-%d}", "--duration", "2h"], f"{day:%Y-%m}"
    _show(stage, [*words, "--evidence", trigger, *when, "--role", "developer"], 0)
    bill = _json(stage, ["bill", "--customer", "acme", "--month", month, "--format", "json"])
    _show(stage, ["bill", "--customer", "acme", "--month", month])
    _show(stage, ["bill", "explain", _line_on(bill, trigger)], 0)


def _line_on(bill: dict[str, Any], finding: str) -> str:
    """The id of the bill's line whose evidence is that finding."""
    return next(str(line["id"]) for line in _dicts(bill["lines"]) if finding in json.dumps(line))


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
