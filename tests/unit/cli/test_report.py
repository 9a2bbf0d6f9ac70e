"""`callout report` as a person types it, and the line about what is left where work begins."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded
from callout.ledger import Draft, open_ledger
from callout.ledger.event import format_utc, parse_utc
from callout.steps.world import now
from callout.worklog.reports.standing import Kept, KeptBalance
from tests.unit.worklog.desk import Desk

Run = Callable[..., tuple[int, str, str]]
HOSTS = """
all:
  vars:
    callout_policy: {vendor: Nordwand, money: {rates: {engineer: "120.00"}}}
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
          contracts:
            - {id: block, kind: hours_block, hours: "1000", starts: 2026-01-01, ends: 2999-12-31}
"""


@pytest.fixture
def callout(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a verb on an inventory with one system, and a ledger with two hours of March 2026."""
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(HOSTS)
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    monkeypatch.setenv("CALLOUT_LEDGER", url)
    monkeypatch.setenv("CALLOUT_DATA", str(tmp_path / "data"))
    began = parse_utc("2026-03-03T10:00:00.000000Z")
    ledger = open_ledger(url, lambda: began)
    body = {
        "source": "person", "started_at": format_utc(began), "ended_at": "2026-03-03T12:00:00.000000Z",
        "seconds": 7200, "role": "engineer", "ticket": "T-7", "note": "Voicemail",
    }  # fmt: skip
    ledger.append(Draft("work_logged", began, "eva@desk", "globex", "globex-sw1", "", body))
    ledger.close()

    def run(*words: Any) -> tuple[int, str, str]:
        told = [*map(str, words), "-i", str(hosts)]
        status = guarded(lambda: build_app(told[0])(told, prog_name="callout"))
        said = capfd.readouterr()
        return status, said.out, said.err

    return run


MARCH = ("--from", "2026-03", "--to", "2026-03")


def test_work_and_money_are_tables(callout: Run) -> None:
    status, out, _ = callout("report", "work", *MARCH, "--by", "customer,engineer")
    assert status == 0
    assert "globex    eva       2:00:00" in out
    status, out, _ = callout("report", "money", *MARCH)
    assert status == 0
    assert "240.00" in out  # what the block has covered


def test_data_is_ascii_and_has_a_version(callout: Run) -> None:
    status, out, _ = callout("report", "work", *MARCH, "--by", "month,system", "--format", "json")
    data = json.loads(out)
    assert (status, out.isascii(), data["schema_version"], data["report"]) == (0, True, 1, "work")
    assert [(row["month"], row["system"], row["hours"]["raw_seconds"]) for row in data["rows"]] == [
        ("2026-03", "globex-sw1", 7200)
    ]


def test_the_form_follows_the_files_name(callout: Run, tmp_path: Path) -> None:
    assert callout("report", "money", *MARCH, "-o", tmp_path / "money.csv")[0] == 0
    (row,) = csv.DictReader(io.StringIO((tmp_path / "money.csv").read_text()))
    assert (row["customer"], row["currency"], row["covered"]) == ("globex", "EUR", "240.00")
    assert callout("report", "page", *MARCH, "-o", tmp_path / "page.html")[0] == 0
    page = (tmp_path / "page.html").read_text()
    assert page.count("<svg") >= 5
    assert "<script" not in page
    assert oct((tmp_path / "page.html").stat().st_mode & 0o777) == "0o600"


@pytest.mark.parametrize(
    "words",
    [
        ("work", "--by", "colour"), ("work", "--sort", "size"), ("work", "--from", "2026-13"),
        ("money", "--from", "2026-04", "--to", "2026-03"), ("work", "--customer", "nobody"),
        ("page", "--format", "csv"), ("balances", "--customer", "nobody"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_sentence(callout: Run, words: tuple[str, ...]) -> None:
    status, out, err = callout("report", *words)
    assert (status, out) == (2, "")
    assert err.startswith("callout: ")
    assert "Traceback" not in err


def test_what_is_left_is_told_where_work_begins(callout: Run) -> None:
    opened = ("open", "--ticket", "T-9", "--system", "globex-sw1", "--reason", "Voicemail")
    assert "Left for" not in callout(*opened)[2]  # nobody has worked it out yet
    status, out, _ = callout("report", "balances")
    assert status == 0
    assert "998:00 h" in out
    assert "block 998:00 h of 1000:00 h, until 2999-12-31." in callout(*opened)[2]
    told = callout("time", "start", "--customer", "globex", "--ticket", "T-9")[2]
    assert "Left for globex as of 20" in told
    told = callout("time", "switch", "--customer", "globex", "--ticket", "T-8")[2]
    assert "block 998:00 h of 1000:00 h" in told


def test_a_bill_of_the_running_month_is_enough(callout: Run) -> None:
    status, _, _ = callout("bill", "--customer", "globex", "--month", format(now(), "%Y-%m"))
    assert status == 0
    told = callout("time", "start", "--customer", "globex", "--ticket", "T-9", "--json")
    assert "Left for" not in told[2]  # a program asked, nobody reads it
    callout("time", "stop", "--discard", "A test")
    assert "998:00 h of 1000:00 h" in callout("time", "start", "--customer", "globex", "--ticket", "T-9")[2]


def test_without_quotes_that_is_said(callout: Run) -> None:
    assert "Nothing was quoted yet." in callout("report", "quotes")[1]


def test_telling_what_is_left_loads_nothing_heavy(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    moment = now()
    left = KeptBalance("block", "minutes", "1200", "200", "80", "")
    kept = Kept("globex", "2026-03", moment + dt.timedelta(days=9), moment, 1, (left,))
    (tmp_path / "data/balances").mkdir()
    (tmp_path / "data/balances/globex.json").write_text(kept.as_text())
    told = desk.run("time", "start", "--callout", "CO-0001").stderr.splitlines()
    assert [line.split(" as of ")[0] for line in told if "Left for" in line] == ["Left for globex"]
    assert told[-1] == "loaded"
