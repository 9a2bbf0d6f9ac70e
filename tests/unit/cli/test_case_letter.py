"""`callout case letter` and `callout case send` as a person types them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded
from callout.ledger import Draft, Ledger, open_ledger
from callout.ledger.event import parse_utc
from callout.ledger.store import NEW
from tests.unit.desk.mail_server import Mailbox, mail_server

Run = Callable[..., tuple[int, str, str]]
BEGAN = parse_utc("2026-11-23T10:00:00.000000Z")
HOSTS = """
all:
  vars:
    callout_policy:
      vendor: Nordwand
      desk:
        address: support@desk.example
        smtp: {smtp}
  children:
    globex:
      hosts:
        globex-sw1:
          ansible_host: 192.0.2.10
          callout_system: {{product: serverware}}
      vars:
        callout_customer:
          id: globex
          name: Globex
          contract: support
          registered_addresses: [it@globex.example]
          time_zone: Europe/Vienna
          currency: EUR
"""
OPENED = {
    "case": NEW, "channel": "email", "sender": "it@globex.example", "subject": "Fax", "text": "Help", "mode": "",
    "priority": "normal", "mail": "", "entitlement": {}, "ticket": "",
    "rules": {"first_reply": {"within": "1 business day", "runs": "hours"}},
}  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """With one case in it."""
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    monkeypatch.setenv("CALLOUT_LEDGER", url)
    found = open_ledger(url, lambda: BEGAN)
    found.append(Draft("case_opened", BEGAN, "eva@desk", "globex", "globex-sw1", "", OPENED))
    yield found
    found.close()


@pytest.fixture
def callout(tmp_path: Path, ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a verb on an inventory with one system; `smtp` is written into it first."""
    hosts = tmp_path / "hosts.yml"

    def run(*words: Any, smtp: str = "null") -> tuple[int, str, str]:
        hosts.write_text(HOSTS.format(smtp=smtp))
        told = [*map(str, words), "-i", str(hosts)]
        status = guarded(lambda: build_app(told[0])(told, prog_name="callout"))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_from_the_preview_to_the_server(callout: Run, tmp_path: Path) -> None:
    status, shown, _ = callout("case", "letter", "CS-1", "--preview")
    assert (status, shown.splitlines()[0]) == (0, "We have your message")
    assert "Guten Tag," in callout("case", "letter", "CS-1", "--preview", "--language", "de")[1]
    assert callout("case", "letter", "CS-1", "--preview", "--format", "html")[1].startswith("<!DOCTYPE html>")
    assert callout("case", "letter", "CS-1", "--preview", "--format", "mail")[1].startswith(
        "Message-ID: <CS-000001.rec"
    )
    assert callout("case", "send")[1:] == ("", "No letter waits.\n")
    status, told, hint = callout("case", "letter", "CS-1", "-o", tmp_path / "copy.eml")
    assert (status, "(received) to it@globex.example: [CS-000001] Fax" in told) == (0, True)
    name = told.split()[1]
    assert f"callout case send {name}" in hint
    written = tmp_path / ".callout" / "letters" / "CS-000001"
    assert [path.read_bytes() for path in written.iterdir()] == [(tmp_path / "copy.eml").read_bytes()]
    assert "written" in callout("case", "send")[1]
    status, _, said = callout("case", "send", "--all")
    assert (status, "No mail server is configured" in said) == (2, True)
    box = Mailbox()
    with mail_server(box) as settings:
        smtp = f"{{host: 127.0.0.1, port: {settings.port}, security: none}}"
        status, told, _ = callout("case", "send", name, smtp=smtp)
    assert (status, told) == (0, f"Letter {name} (received, CS-000001): sent to it@globex.example.\n")
    assert len(box.raws) == 1
    status, _, said = callout("case", "letter", "CS-1")
    assert (status, "was sent already" in said) == (2, True)


def test_for_programs_and_by_hand(callout: Run) -> None:
    (due,) = json.loads(callout("case", "letter", "--due", "--days", "366", "--json")[1])["letters"]
    (waiting,) = json.loads(callout("case", "send", "--json")[1])["letters"]
    assert (waiting["letter"], waiting["state"], waiting["case"]) == (due["event"]["id"], "written", "CS-000001")
    assert callout("case", "send", waiting["letter"], "--by-hand")[0] == 0
    assert json.loads(callout("case", "send", "--json")[1])["letters"] == []
    assert callout("case", "letter", "--due", "--days", "366")[1:] == ("", "No letter is due.\n")


def test_a_server_that_is_not_there(callout: Run) -> None:
    name = callout("case", "letter", "CS-1")[1].split()[1]
    nobody = "{host: 127.0.0.1, port: 1, security: none, timeout_s: 2}"
    status, out, said = callout("case", "send", "--all", smtp=nobody)
    assert (status, out, "could not be used: Connection refused" in said) == (3, "", True)
    assert name in callout("case", "send")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("letter", "Which case?"),
        ("letter CS-7", "There is no case CS-000007"),
        ("letter CS-1 --kind love", "is no kind of letter"),
        ("letter CS-1 --kind pause", "Nothing has happened"),
        ("letter CS-1 --due", "--due writes all"),
        ("letter 0123abcd --kind unregistered", "is no mail of an unregistered sender"),
        ("send nonsense", "There is no letter"),
        ("send --again", "Which letter?"),
        ("send x --all", "one by one"),
    ],
)
def test_bad_input_is_one_sentence(callout: Run, words: str, said: str) -> None:
    status, out, told = callout("case", *words.split())
    assert (status, out, said in told) == (2, "", True)
