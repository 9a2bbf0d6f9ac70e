"""`callout case bridge` as a person types it: off by default, a table, a told case; the token is in no output."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded
from tests.unit.desk.bridges.remote_server import RemoteServer, recorded

Run = Callable[..., tuple[int, str, str]]
TOKEN = "1-2-s3cr3t"
HOSTS = """
all:
  vars:
    callout_policy:
      desk: {{bridges: {{{bridge}}}}}
  children:
    globex:
      hosts: {{globex-sw1: {{ansible_host: 192.0.2.10, callout_system: {{product: serverware}}}}}}
      vars:
        callout_customer: {{id: globex, name: Globex, contract: support, registered_addresses: [it@globex.example],
                           time_zone: America/New_York, currency: EUR}}
"""


@pytest.fixture
def remote() -> Iterator[RemoteServer]:
    """The other system."""
    server = RemoteServer()
    yield server
    server.close()


@pytest.fixture
def callout(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, remote: RemoteServer
) -> Run:
    """Runs a verb on an inventory with a bridge to RT, and a ledger of its own."""
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(HOSTS.format(bridge=f"rt: {{url: '{remote.url}', token: {TOKEN}}}"))
    monkeypatch.setenv("CALLOUT_LEDGER", f"sqlite:///{tmp_path}/ledger.sqlite")
    monkeypatch.setenv("CALLOUT_DATA", str(tmp_path / "data"))

    def run(*words: Any) -> tuple[int, str, str]:
        told = [*map(str, words), "-i", str(hosts)]
        status = guarded(lambda: build_app(told[0], told[1])(told, prog_name="callout"))
        said = capfd.readouterr()
        assert TOKEN not in said.out + said.err
        return status, said.out, said.err

    return run


def test_off_until_it_is_written_down(callout: Run, tmp_path: Path, remote: RemoteServer) -> None:
    (tmp_path / "hosts.yml").write_text(HOSTS.format(bridge=""))
    status, out, err = callout("case", "bridge", "pull", "rt", "--since", "2026-11-20")
    assert (status, out) == (2, "")
    assert "callout_policy.desk.bridges has none" in err
    assert remote.asked == []


def test_pull_and_push(callout: Run, remote: RemoteServer, tmp_path: Path) -> None:
    status, out, err = callout("case", "bridge", "pull", "rt", "--since", "2026-11-20")
    assert status == 0
    assert [line.split()[:3] for line in out.splitlines()] == [
        ["Ticket", "What", "Case"], ["rt:41", "opened", "CS-000001"],
        ["rt:42", "set", "aside"], ["rt:43", "set", "aside"],
    ]  # fmt: skip
    assert "rt:42: spam@elsewhere.example is registered for no customer" in err
    assert "\u202e" not in out
    status, out, _ = callout("case", "bridge", "push", "CS-1")
    assert (status, out) == (0, "rt:41 was told: CS-000001: open, it is our turn.\n")
    assert callout("case", "bridge", "push", "CS-1")[1] == "rt:41 knows that.\n"
    assert len(remote.writes()) == 1
    status, out, _ = callout("case", "bridge", "push", "CS-1", "--json")
    assert json.loads(out)["wrote"] is False
    assert TOKEN.encode() not in (tmp_path / "ledger.sqlite").read_bytes()


def test_a_dry_run_as_data(callout: Run) -> None:
    status, out, _ = callout("case", "bridge", "pull", "rt", "--since", "2026-11-20", "--dry-run", "--json")
    data = json.loads(out)
    assert (status, data["schema_version"], data["whole"]) == (0, 1, True)
    assert [(row["ticket"], row["what"], row["case"]) for row in data["tickets"]] == [
        ("rt:40", "over", ""), ("rt:41", "opened", ""), ("rt:42", "set aside", ""), ("rt:43", "set aside", ""),
    ]  # fmt: skip


def test_a_ticket_that_cannot_be_read_is_a_status(callout: Run, remote: RemoteServer) -> None:
    tickets = recorded("rt-tickets")
    tickets["items"][1]["Status"] = None
    remote.answers["/REST/2.0/tickets"] = tickets
    status, out, err = callout("case", "bridge", "pull", "rt", "--since", "2026-11-20")
    assert status == 3
    assert "unread" in out
    assert "rt:41: RT's ticket 41: Status" in err


@pytest.mark.parametrize(
    "words",
    [("pull", "rt"), ("pull", "otrs"), ("pull", "rt", "--ticket", "41/../1"), ("pull", "rt", "--since", "soon"),
     ("push", "CS-1"), ("push", "x")],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_sentence(callout: Run, words: tuple[str, ...]) -> None:
    callout("case", "list")  # there is a ledger
    status, out, err = callout("case", "bridge", *words)
    assert (status, out) == (2, "")
    assert err.startswith("callout: ")
    assert "Traceback" not in err
