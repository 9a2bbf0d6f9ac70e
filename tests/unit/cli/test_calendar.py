"""`callout calendar` as a person types it."""

from __future__ import annotations

import json
import stat
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
    callout_policy: {vendor: Nordwand%s}
  children:
    globex:
      hosts:
        globex-sw1: {ansible_host: 192.0.2.10, callout_system: {product: serverware}}
      vars:
        callout_customer:
          {id: globex, name: Globex, contract: support, registered_addresses: [it@globex.example],
           time_zone: America/New_York, currency: EUR}
"""


@pytest.fixture
def callout(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a verb on an inventory with one system; `policy` is written behind the vendor's name."""
    monkeypatch.setenv("CALLOUT_LEDGER", f"sqlite:///{tmp_path}/ledger.sqlite")
    monkeypatch.setenv("CALLOUT_DATA", str(tmp_path / "data"))

    def run(*words: Any, policy: str = "") -> tuple[int, str, str]:
        hosts = tmp_path / "hosts.yml"
        hosts.write_text(HOSTS % policy)
        told = ["calendar", *map(str, words), "-i", str(hosts)]
        status = guarded(lambda: build_app("calendar")(told, prog_name="callout"))
        said = capfd.readouterr()
        return status, said.out, said.err

    return run


def test_a_year_is_shown_with_the_weeks_in_which_published_hours_are_wrong(callout: Run) -> None:
    status, out, err = callout("show", 2026, "--zone", "Europe/Vienna")
    assert (status, err) == (0, "")
    assert "Nordwand: desk calendar 2026" in out
    assert "Mar  .#####..!!!!!..!!!!!..!!!!!..##" in out
    assert "Europe/Vienna" in out
    status, out, _ = callout("show", 2026, "--json")
    told = json.loads(out)
    assert (status, told["schema_version"], told["zones"]) == (0, 1, ["UTC", "Europe/Berlin", "America/New_York"])


@pytest.mark.parametrize(("name", "begins"), [("year.svg", "<svg "), ("year.HTML", "<!DOCTYPE html>")])
def test_a_year_is_drawn(callout: Run, tmp_path: Path, name: str, begins: str) -> None:
    status, out, err = callout("show", 2026, "--plot", tmp_path / name)
    assert status == 0
    assert "252 working days" in out
    assert str(tmp_path / name) in err
    assert (tmp_path / name).read_text().startswith(begins)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_what_is_wrong_ends_with_3_and_what_is_right_with_0(callout: Run) -> None:
    status, out, _ = callout("lint", 2026)
    assert status == 3
    assert out.count("closes 1 h earlier") == 2
    status, out, _ = callout("lint", 2026, "--json")
    assert status == 3
    assert [one["code"] for one in json.loads(out)["findings"]] == ["wrong", "wrong"]
    status, out, _ = callout("lint", policy=", desk: {published_hours: []}")
    assert status == 0
    assert "working days" in out


@pytest.mark.parametrize(
    ("words", "policy", "said"),
    [
        (["show", 99], "", "There is no desk calendar of the year 99."),
        (["lint", 2101], "", "There is no desk calendar of the year 2101."),
        (["show", "soon"], "", "valid integer"),
        (["show", 2026, "--zone", "Mars/Olympus"], "", "'Mars/Olympus' is no time zone"),
        (["show", 2026, "--plot", "year.png"], "", "year.png: a plot is a file .svg or .html."),
        (["show", 2026], ", hours: {holidays: [{country: XX}]}", "no holidays of XX are known"),
        (["lint", 2026], ', hours: {half_days: [{day: "12-22", closes: "23:00"}]}', "12-22 would close at 23:00"),
    ],
)
def test_bad_input_is_a_sentence(callout: Run, words: list[Any], policy: str, said: str) -> None:
    status, out, err = callout(*words, policy=policy)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
