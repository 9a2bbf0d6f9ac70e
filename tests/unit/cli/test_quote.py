"""`callout quote` as a person types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded
from callout.ledger import Draft, open_ledger
from callout.ledger.event import parse_utc
from callout.ledger.store import NEW

Run = Callable[..., tuple[int, str, str]]
BEGAN = parse_utc("2026-03-03T10:00:00.000000Z")
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
"""
ACCEPT = ("--order", "PO-7", "--by", "it@globex.example", "--channel", "email", "--reference", "<52@x>")


@pytest.fixture
def callout(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a verb on an inventory with one system, and a ledger with one open call-out."""
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(HOSTS)
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    monkeypatch.setenv("CALLOUT_LEDGER", url)
    ledger = open_ledger(url, lambda: BEGAN)
    body = {"ticket": "T-7", "reason": "Voicemail", "contract": "support", "product": "serverware"}
    ledger.append(Draft("opened", BEGAN, "eva@desk", "globex", "globex-sw1", NEW, body))
    ledger.close()

    def run(*words: Any) -> tuple[int, str, str]:
        told = [*map(str, words), "-i", str(hosts)]
        status = guarded(lambda: build_app(told[0])(told, prog_name="callout"))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_from_the_call_out_to_the_order(callout: Run, tmp_path: Path) -> None:
    made = callout("quote", "make", "--callout", "CO-0001", "--minutes", 90, "--cap", "3h")
    assert made[:2] == (0, "Q-0001: 180.00 EUR for globex, ticket T-7.\n")
    status, letter, _ = callout("quote", "letter", "Q-0001")
    assert status == 0
    assert "You pay at most 3:00 h." in letter
    page = tmp_path / "letter.html"
    assert callout("quote", "letter", "Q-0001", "--format", "html", "-o", page)[0] == 0
    assert page.stat().st_mode & 0o777 == 0o600
    assert "Voicemail" in page.read_text()
    assert callout("quote", "accept", "Q-0001", *ACCEPT)[:2] == (
        0,
        "Recorded: it@globex.example accepts Q-0001 under PO-7.\n",
    )
    status, _, said = callout("quote", "accept", "Q-0001", *ACCEPT)
    assert (status, "accepted already" in said) == (8, True)
    assert callout("quote", "decline", "Q-0001", "--reason", "no")[0] == 8
    shown = json.loads(callout("quote", "show", "Q-0001", "--json")[1])["quote"]
    assert (shown["state"], shown["used"]) == ("accepted", {"seconds": 0, "amount": "0.00", "percent": "0.0"})
    assert "0 of 180 minutes of quote Q-0001 are used." in callout("quote", "show", "Q-0001")[1]
    (listed,) = json.loads(callout("quote", "list", "--customer", "globex", "--json")[1])["quotes"]
    assert (listed["answer"]["order_reference"], listed["minutes"]["stated"]) == ("PO-7", 90)
    assert "accepted" in callout("quote", "list")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--ticket T --minutes 5 --text x", "is for somebody"),
        ("--ticket T --customer globex --minutes 5", "what is included"),
        ("--ticket T --customer globex --text x --amount 1,5", "no amount"),
        ("--ticket T --customer nobody --text x --minutes 5", "no customer"),
        ("--ticket T --system globex-sw1 --customer acme --text x --minutes 5", "is a system of globex"),
        ("--callout CO-0001 --ticket T-8 --minutes 5", "is about T-7, not T-8"),
        ("--callout CO-0009 --minutes 5", "no call-out"),
        ("--callout CO-0001 --like voicemail", "0 of 5 needed"),
        ("--callout CO-0001 --minutes 5 --valid-until soon", "no day"),
        ("--callout CO-0001 --minutes 5 --cap much", "no cap"),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(callout: Run, words: str, said: str) -> None:
    status, out, told = callout("quote", "make", *words.split())
    assert (status, out, said in told) == (2, "", True)
    assert callout("quote", "list")[1] == "There are no quotes.\n"


def test_an_unknown_quote(callout: Run) -> None:
    for verb in (("show",), ("letter",), ("accept", *ACCEPT), ("decline", "--reason", "x")):
        status, _, said = callout("quote", verb[0], "Q-\x1b[2J", *verb[1:])
        assert (status, "There is no quote" in said, "\x1b" in said) == (2, True, False)
