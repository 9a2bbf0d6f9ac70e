"""The verbs `time` and `bill` as a user runs them: what they say, their exit status, and how light they are."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from callout.ledger import Draft, open_ledger
from callout.ledger.event import parse_utc
from tests.unit.worklog.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_session_from_start_to_the_list_loads_nothing_heavy(desk: Desk) -> None:
    started = desk.run("time", "start", "--callout", "CO-0001", "--note", "Looked")
    assert (started.returncode, started.stdout) == (0, "")
    assert "Started: T-7 for globex-sw1" in started.stderr
    stopped = desk.run("time", "stop", "--note", "found")
    assert stopped.returncode == 0
    listed = desk.run("time", "list", "--json")
    (entry,) = json.loads(listed.stdout)["work"]
    assert (entry["customer"], entry["callout"], entry["note"]) == ("globex", "CO-0001", "Looked; found")
    for answer in (started, stopped, listed):
        assert answer.stderr.splitlines()[-1] == "loaded"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("time", "stop"), "No session of eva@desk runs."),
        (("time", "start", "--ticket", "T-1"), "Whom is it for?"),
        (("time", "start", "--callout", "CO-9999"), "There is no call-out 'CO-9999'"),
        (("time", "start", "--ticket", "T-1", "--system", "nosuch"), "There is no system 'nosuch'"),
        (("bill", "--customer", "globex", "--month", "March"), "'March' is no month."),
        (("bill", "--customer", "nosuch", "--month", "2026-03"), "There is no customer 'nosuch'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(desk: Desk, arguments: tuple[str, ...], sentence: str) -> None:
    answer = desk.run(*arguments)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_switch_and_a_start_by_a_remembered_name_load_nothing_heavy(desk: Desk) -> None:
    """The first look-up reads the inventory and remembers it; a name that is not known reads it again."""
    hosts = desk.folder / "hosts.yml"
    os.utime(hosts, (1_700_000_000, 1_700_000_000))
    first = desk.run("time", "start", "--system", "globex-sw1", "--ticket", "T-1")
    assert "ansible" in first.stderr.splitlines()[-1]
    switched = desk.run("time", "switch", "--system", "globex-sw1", "--ticket", "T-2", "--done", "Looked")
    assert switched.stderr.splitlines()[-1] == "loaded"
    assert "Started: T-2 for globex-sw1" in switched.stderr
    unknown = desk.run("time", "switch", "--system", "globex-sw9", "--ticket", "T-3")
    assert (unknown.returncode, "There is no system 'globex-sw9'" in unknown.stderr) == (2, True)
    foreign = desk.run("time", "switch", "--system", "globex-sw1", "--customer", "acme", "--ticket", "T-3")
    assert (foreign.returncode, "belongs to globex" in foreign.stderr) == (2, True)
    hosts.write_text(hosts.read_text(encoding="utf-8").replace("globex-sw1", "globex-sw2"), encoding="utf-8")
    gone = desk.run("time", "switch", "--system", "globex-sw1", "--ticket", "T-3")
    assert (gone.returncode, "There is no system 'globex-sw1'" in gone.stderr) == (2, True)
    assert (desk.folder / "data" / "names.json").stat().st_mode & 0o077 == 0


def test_a_bill_without_a_rate_is_exit_4_and_names_it(desk: Desk) -> None:
    ledger = open_ledger(
        f"sqlite:///{desk.folder}/data/ledger.sqlite", lambda: parse_utc("2026-03-03T11:00:00.000000Z")
    )
    before = len(list(ledger.rows()))
    times = {"started_at": "2026-03-03T10:00:00.000000Z", "ended_at": "2026-03-03T10:10:00.000000Z", "seconds": 600}
    body = {"source": "person", "role": "engineer", "ticket": "T-7", "note": "", **times}
    at = parse_utc(times["ended_at"])
    ledger.append(Draft("work_logged", at, "eva@desk", "globex", "globex-sw1", "CO-0001", body))
    page = desk.folder / "pages" / "march.html"
    answer = desk.run("bill", "--customer", "globex", "--month", "2026-03", "--format", "html", "-o", str(page))
    assert answer.returncode == 4
    assert "There is no rate of engineer" in answer.stderr
    assert "rate unknown" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o077 == 0
    assert len(list(ledger.rows())) == before + 1
    ledger.close()
