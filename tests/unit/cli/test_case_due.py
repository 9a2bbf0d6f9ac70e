"""`callout case due` and `callout case explain` as a person, a program and a monitoring system run them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded
from callout.ledger import Draft, open_ledger
from tests.unit.steps.board_desk import FIRST_REPLY_ONLY

Run = Callable[..., tuple[int, str, str]]
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


@pytest.fixture
def callout(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a verb on an inventory with one system."""
    (tmp_path / "hosts.yml").write_text(HOSTS)
    monkeypatch.setenv("CALLOUT_LEDGER", f"sqlite:///{tmp_path}/ledger.sqlite")
    monkeypatch.setenv("CALLOUT_DATA", str(tmp_path / "data"))

    def run(*arguments: str) -> tuple[int, str, str]:
        app = build_app("case", arguments[0])
        words = ["case", *arguments, "--inventory", str(tmp_path / "hosts.yml")]
        status = guarded(lambda: app(words, prog_name="callout"))
        said = capfd.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[dt.timedelta], None]:
    """Opens a case so long ago."""

    def open_case(ago: dt.timedelta) -> None:
        at = dt.datetime.now(dt.UTC) - ago
        body = {
            "case": "NEW", "channel": "email", "sender": "it@globex.example", "subject": "No calls", "text": "Help.",
            "priority": "normal", "mode": "", "mail": "", "entitlement": {"contract": "support"},
            "rules": FIRST_REPLY_ONLY, "ticket": "",
        }  # fmt: skip
        ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite", lambda: at)
        ledger.append(Draft("case_opened", at, "eva@desk", "globex", "globex-sw1", "", body))
        ledger.close()

    return open_case


def test_nothing_to_do_is_well_and_a_breach_is_not(callout: Run, opened: Callable[[dt.timedelta], None]) -> None:
    opened(dt.timedelta(seconds=1))
    status, out, _ = callout("due", "--zone", "Europe/Vienna")
    assert status == 0
    assert "CS-000001" in out
    opened(dt.timedelta(days=30))
    status, out, err = callout("due")
    assert (status, err) == (3, "")
    assert out.splitlines()[1].startswith("CS-000002")
    status, out, _ = callout("due", "--json", "--limit", "1")
    found = json.loads(out)
    assert (status, found["schema_version"], found["exit_status"], found["left_out"]) == (3, 1, 3, 1)
    assert found["deadlines"][0]["state"] == "breached"
    status, out, _ = callout("due", "--format", "nagios")
    assert status == 2
    assert out.startswith("DESK CRITICAL - 2 cases on the board: 1 breached, 1 running; first CS-000002 globex")
    status, out, _ = callout("due", "--format", "prometheus")
    assert status == 3
    assert 'callout_case_deadlines{customer="globex",clock="first_reply",state="breached"} 1\n' in out
    status, out, _ = callout("due", "--within", "1m")
    assert status == 3
    assert "CS-000001" not in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("due", "--customer", "nobody"), "There is no customer 'nobody'"),
        (("due", "--within", "soon"), "--within 'soon' is no duration."),
        (("due", "--zone", "Nowhere/Atall"), "is no time zone"),
        (("due", "--json", "--format", "nagios"), "--json is --format json."),
        (("explain", "CS-000009"), "There is no case CS-000009"),
        (("explain", "what"), "is no number of a case"),
        (("explain", "CS-1", "--clock", "tea"), "There is no clock 'tea'"),
        (("explain", "CS-1", "--clock", "plan"), "CS-000001 has no clock plan."),
    ],
)
def test_what_cannot_be_asked(
    callout: Run, opened: Callable[[dt.timedelta], None], arguments: tuple[str, ...], said: str
) -> None:
    opened(dt.timedelta(hours=1))
    status, _, err = callout(*arguments)
    assert status == 2
    assert said in err
    assert "Traceback" not in err


def test_a_monitoring_system_is_told_why_nothing_could_be_asked(callout: Run, tmp_path: Path) -> None:
    status, out, _ = callout("due", "--format", "nagios")
    assert status == 3
    assert out.startswith("DESK UNKNOWN - There is no ledger at")
    (tmp_path / "ledger.sqlite").write_bytes(b"no ledger" * 1000)
    status, out, _ = callout("due", "--format", "nagios")
    assert status == 3
    assert out.startswith("DESK UNKNOWN - ")
    assert "is damaged" in out


def test_a_damaged_board_is_said_beside_the_agenda(
    callout: Run, opened: Callable[[dt.timedelta], None], tmp_path: Path
) -> None:
    opened(dt.timedelta(days=30))
    callout("due")
    (tmp_path / "data" / "board.sqlite").write_bytes(b"torn" * 4000)
    status, out, err = callout("due")
    assert status == 3
    assert "CS-000001" in out
    assert "it was made anew from the ledger" in err


def test_a_deadline_is_explained_step_by_step(callout: Run, opened: Callable[[dt.timedelta], None]) -> None:
    opened(dt.timedelta(days=30))
    status, out, _ = callout("explain", "cs-1", "--clock", "first-reply")
    assert status == 0
    assert "Start of the clock first reply" in out
    assert out.splitlines()[-1].startswith("  Verdict: BREACHED, due ")
    status, out, _ = callout("explain", "1", "--json")
    found = json.loads(out)
    assert (status, found["case"], found["time_zone"]) == (0, "CS-000001", "America/New_York")
    assert [one["clock"] for one in found["clocks"]] == ["first_reply"]
