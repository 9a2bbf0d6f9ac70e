"""`callout time import` and `export` as a user runs them: all or nothing, nothing twice, overlaps shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callout.ledger import open_ledger
from callout.ledger.event import parse_utc
from tests.unit.worklog.desk import Desk

TIMECLOCK = """i 2026-03-02 09:00:00 globex:globex-sw1  Looked ; ticket:T-1
o 2026-03-02 10:30:00
i 2026-03-02 11:00:00 PBX upgrade  Prepared
o 2026-03-02 12:00:00
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def written(desk: Desk, name: str, text: str) -> str:
    (desk.folder / name).write_text(text, encoding="utf-8")
    return str(desk.folder / name)


def count(desk: Desk) -> int:
    ledger = open_ledger(desk.ledger, lambda: parse_utc("2026-03-03T11:00:00.000000Z"))
    events = len(list(ledger.events()))
    ledger.close()
    return events


def test_a_file_is_imported_once_by_names_and_rules(desk: Desk) -> None:
    path = written(desk, "work.timeclock", TIMECLOCK)
    rules = written(desk, "rules.yml", "PBX upgrade: {system: globex-sw1, ticket: T-9, activity: support}\n")
    command = ("time", "import", "timeclock", path, "--zone", "Europe/Berlin", "--map", rules)
    dry = desk.json(*command, "--dry-run")
    assert ([new["line"] for new in dry["new"]], dry["new"][0]["id"], count(desk)) == ([1, 3], None, 1)
    added = desk.json(*command)
    first, second = desk.json("time", "list")["work"]
    assert [first["id"], second["id"]] == [new["id"] for new in added["new"]]
    assert (first["started_at"], first["seconds"], first["source"]) == ("2026-03-02T08:00:00.000000Z", 5400, "import")
    assert (first["customer"], first["system"], first["ticket"], first["note"]) == (
        "globex", "globex-sw1", "T-1", "Looked",
    )  # fmt: skip
    assert (second["system"], second["ticket"], second["activity"]) == ("globex-sw1", "T-9", "support")
    assert added["new"][0]["body"]["imported"]["file_sha256"] == added["file_sha256"]
    again = desk.json(*command)
    assert (again["new"], again["known"], count(desk)) == ([], 2, 3)
    grown = written(desk, "work.timeclock", f"; first\n{TIMECLOCK}i 2026-03-02 13:00 PBX upgrade\no 2026-03-02 13:30\n")
    assert [new["line"] for new in desk.json("time", "import", "timeclock", grown, *command[4:])["new"]] == [6]
    desk.json("time", "withdraw", first["id"], "--reason", "not mine")
    assert desk.json(*command)["known"] == 3


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        (TIMECLOCK, (), "work.timeclock says no time zone"),
        (TIMECLOCK, ("--zone", "UTC"), "work.timeclock:3: nobody says whose work it is"),
        (TIMECLOCK, ("--zone", "UTC", "--system", "globex-sw1"), "work.timeclock:3: work needs a ticket"),
        (
            "i 2026-03-02 09:00 a  ; system:sw9, ticket:T\no 2026-03-02 10:00\n",
            ("--zone", "UTC"),
            ":1: there is no system",
        ),
        ("i 2026-03-02 09:00 a  ; callout:CO-9\no 2026-03-02 10:00\n", ("--zone", "UTC"), ":1: there is no call-out"),
        (
            "i 2026-03-02 09:00 a  ; callout:CO-0001, ticket:T-8\no 2026-03-02 10:00\n",
            ("--zone", "UTC"),
            ":1: its ticket is T-8, and should be T-7",
        ),
        (
            "i 2099-03-02 09:00 globex  ; ticket:T\no 2099-03-02 10:00\n",
            ("--zone", "UTC"),
            "work.timeclock:1: 2099-03-02 10:00+00:00 is in the future",
        ),
        (
            "i 2026-03-02 09:00 globex  ; ticket:T\no 2026-03-03 10:00\n",
            ("--zone", "UTC"),
            "work.timeclock:1: Nobody works for more than 16 hours",
        ),
        (
            "i 2026-03-02 09:00 globex  ; ticket:T, role:boss\no 2026-03-02 10:00\n",
            ("--zone", "UTC"),
            "work.timeclock:1: 'boss' is no role",
        ),
    ],
)
def test_all_or_nothing(desk: Desk, text: str, options: tuple[str, ...], sentence: str) -> None:
    good = "i 2026-03-01 09:00 globex  ; ticket:T-1\no 2026-03-01 10:00\n" if text is not TIMECLOCK else ""
    answer = desk.call("time", "import", "timeclock", written(desk, "work.timeclock", text + good), *options)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert count(desk) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n", "is no mapping"),
        ("a: globex\n", "says nothing by name"),
        ("a: {colour: red}\n", "'colour'"),
        ("a: {ticket: 7}\n", "'ticket'"),
        ("a: {ticket: [\n", "is no YAML"),
        ("a: !!python/object/apply:os.system [id]\n", "is no YAML"),
    ],
)
def test_rules_that_are_none(desk: Desk, text: str, sentence: str) -> None:
    path = written(desk, "work.timeclock", TIMECLOCK)
    answer = desk.call("time", "import", "timeclock", path, "--zone", "UTC", "--map", written(desk, "rules.yml", text))
    assert (answer.returncode, sentence in answer.stderr) == (2, True)


def test_overlaps_with_what_is_there_are_shown(desk: Desk) -> None:
    there = desk.json(
        "time", "add", "--callout", "CO-0001", "--from", "2026-03-02T08:30Z", "--to", "2026-03-02T09:30Z"
    )["event"]
    path = written(desk, "one.timeclock", "i 2026-03-02 09:00 globex  ; ticket:T-1\no 2026-03-02 10:00\n")
    command = ("time", "import", "timeclock", path, "--zone", "UTC")
    (overlap,) = desk.json(*command, "--dry-run")["overlaps"]
    assert overlap == {"work": "one.timeclock:1", "seconds": 1800, "claimed_by": [there["id"]]}
    said = desk.call(*command).stdout
    assert "Overlap: 0:30:00 of one.timeclock:1" in said
    assert "1 imported, together 1:00:00; 0 were here already." in said


def test_a_file_of_several_people_asks_whose(desk: Desk) -> None:
    rows = "".join(f"2026-03-02,{hours}:00,{user},Globex,ticket:T-1\n" for hours, user in ((1, "eva"), (2, "max")))
    rows = f"Date,Duration,User,Customer,Tags\n{rows}"
    path = written(desk, "work.csv", rows)
    answer = desk.call("time", "import", "kimai-csv", path)
    assert (answer.returncode, "work of 2 people: eva, max" in answer.stderr) == (2, True)
    (new,) = desk.json("time", "import", "kimai-csv", path, "--user", "max")["new"]
    assert (new["body"]["seconds"], new["body"]["clock_known"], new["customer"]) == (7200, False, "globex")


@pytest.mark.parametrize("form", ["timewarrior", "timewarrior-data", "klog", "timeclock", "kimai-csv", "kimai-json"])
def test_an_export_that_comes_back_adds_nothing_here_and_all_of_it_elsewhere(
    desk: Desk, form: str, tmp_path: Path
) -> None:
    desk.json(
        "time", "add", "--callout", "CO-0001", "--from", "2026-03-02T08:30:17Z", "--duration", "1h1s",
        "--note", "=Looked; \"twice\"", "--internal-note", "cross", "--role", "developer",
    )  # fmt: skip
    path = desk.folder / "out"
    told = desk.call("time", "export", form, "-o", str(path)).stderr
    assert f"1 pieces of work as {form}" in told
    assert "cross" not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    zone = ("--zone", "UTC")
    again = desk.json("time", "import", form, str(path), *zone)
    assert (again["new"], again["known"]) == ([], 1)
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    other = Desk(other_folder)
    assert len(other.json("time", "import", form, str(path), *zone)["new"]) == 1
    assert other.json("time", "import", form, str(path), *zone)["known"] == 1
    (mine,), (theirs,) = (one.json("time", "list")["work"] for one in (desk, other))
    same = ("started_at", "ended_at", "seconds", "customer", "system", "callout", "ticket", "role", "activity")
    assert _only(mine, same) == _only(theirs, same)


def _only(entry: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: entry[name] for name in names}


def test_what_a_format_cannot_say_is_told(desk: Desk) -> None:
    desk.json("time", "add", "--callout", "CO-0001", "--date", "2026-03-02", "--duration", "1h")
    answer = desk.call("time", "export", "timeclock")
    assert "its clock times are not known" in answer.stderr
    assert answer.stdout == "; times are by the clocks of UTC\n"
