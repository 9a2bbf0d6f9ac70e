"""`callout case` as a person types it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded

Run = Callable[..., tuple[int, str, str]]
PIN = "canary-4711"
HOSTS = """
all:
  vars:
    callout_policy:
      vendor: Nordwand
      money: {rates: {engineer: "120.00"}}
      desk:
        people: {support_manager: sm@nordwand.example}
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
          emergency_phone: true
          registered_addresses: [it@globex.example]
          time_zone: America/New_York
          currency: EUR
          desk: {pin: canary-4711, callers: [{name: Jane Roe}]}
"""
CHAT = ("case", "open", "--channel", "chat", "--sender", "it@globex.example", "--subject", "Voicemail is silent")
CALL = (
    "case", "open", "--channel", "phone", "--emergency", "--sender", "Jane Roe", "--subject", "No calls",
    "--system", "globex-sw1", "--failing", 60, "--stated-by", "Jane Roe",
)  # fmt: skip
FAQ = ("--faq", "https://docs.example/faq")


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "hosts.yml"
    path.write_text(HOSTS)
    monkeypatch.setenv("CALLOUT_LEDGER", f"sqlite:///{tmp_path}/ledger.sqlite")
    monkeypatch.setenv("CALLOUT_ACTOR", "eva@desk")
    monkeypatch.setenv("TZ", "UTC")
    return path


@pytest.fixture
def callout(hosts: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a verb on an inventory with one system."""

    def run(*words: Any) -> tuple[int, str, str]:
        told = [*map(str, words), "-i", str(hosts)]
        status = guarded(lambda: build_app(told[0])(told, prog_name="callout"))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_one_life_as_it_is_typed(callout: Run, tmp_path: Path) -> None:
    """From the chat to the outcome, each verb once."""
    transcript = tmp_path / "chat.txt"
    transcript.write_bytes("Grüß Gott\n\0\xff".encode("latin-1"))
    status, number, told = callout(*CHAT, "--system", "globex-sw1", "--transcript", transcript)
    assert (status, number) == (0, "CS-000001\n")
    assert "it@globex.example was authenticated by a registered address." in told
    assert "a quote comes first where possible" in told
    asked = ("--text", "See the page", "--link", "https://docs.example/vm", "--instructions", "--asks")
    assert callout("case", "reply", "CS-1", *asked)[:2] == (0, "CS-000001: paused, it is the customer’s turn.\n")
    assert callout("case", "hear", 1, "--text", "Done.")[:2] == (0, "CS-000001: heard, our turn again.\n")
    assert callout("case", "pause", "cs-1", "--turn", "provider", "--reason", "Trunk")[0] == 0
    assert callout("case", "list", "--paused", "--turn", "provider")[1].count("CS-000001") == 1
    assert callout("case", "resume", "cs-1", "--reason", "Answered")[0] == 0
    assert callout("case", "change", "cs-1", "--priority", "high", "--mode", "we-do", "--reason", "They cannot")[1] == (
        "CS-000001: mode: you_do → we_do; priority: normal → high.\n"
    )
    due = ("--clock", "next-update", "--due", "2099-03-01T17:30+01:00", "--reason", "Agreed")
    assert callout("case", "deadline", "cs-1", *due)[1] == "CS-000001: next update is due 2099-03-01 16:30 UTC.\n"
    concern = ("--by", "Jane Roe", "--concern", "not-understood", "--statement", "It is the trunk")
    assert callout("case", "escalate", "cs-1", "--level", 2, *concern)[0] == 8
    assert callout("case", "escalate", "cs-1", "--level", 2, *concern, "--skipped-why", "He is away")[0] == 2
    assert callout("case", "escalate", "cs-1", "--level", 1, *concern)[1] == (
        "CS-000001: escalated to level 1; in copy: sm@nordwand.example.\n"
    )
    assert callout("case", "acknowledge", "cs-1", "--text", "I take it")[1] == "CS-000001: level 1 acknowledged.\n"
    opened = callout("open", "--case", "cs-1", "--system", "globex-sw1", "--reason", "Mend it")
    assert opened == (0, "CO-0001\n", "Opened CO-0001 for globex-sw1, ticket CS-000001.\n")
    assert callout("case", "link", "cs-1", "--callout", "CO-0001")[0] == 2
    assert callout("case", "justify", "cs-1", "--clock", "plan", "--justification", "x")[0] == 2
    status, said, told = callout("case", "end", "cs-1", "--outcome", "satisfied", "--no-faq")
    assert (status, said) == (0, "CS-000001 has ended: satisfied.\n")
    assert "support is owed" in told
    assert "CO-0001 is still open" in told
    assert callout("case", "end", "cs-1", "--outcome", "satisfied", *FAQ)[0] == 2
    assert callout("case", "reopen", "cs-1", "--reason", "Again")[:2] == (0, "CS-000001 goes on.\n")
    shown = json.loads(callout("case", "show", "cs-1", "--json")[1])
    assert shown["schema_version"] == 1
    assert (shown["case"]["state"], shown["case"]["level"], shown["callouts"][0]["callout"]) == ("open", 1, "CO-0001")
    assert shown["events"][0]["body"]["text"] == "Gr\\xfc\\xdf Gott\n\\x00\\xff"
    assert "Grü" not in callout("case", "show", "cs-1")[1]
    assert len(json.loads(callout("case", "list", "--json")[1])["cases"]) == 1


def test_an_emergency_call(callout: Run, tmp_path: Path) -> None:
    pin, wrong = tmp_path / "pin", tmp_path / "wrong"
    pin.write_text(f"{PIN}\n")
    wrong.write_text("canary-0000")
    status, said, told = callout(*CALL, "--pin-file", wrong)
    assert (status, said) == (8, "")
    assert "The PIN that Jane Roe said is wrong." in told
    assert callout(*CALL)[0] == 8
    status, said, told = callout(*CALL, "--pin-file", pin)
    assert (status, said) == (0, "CS-000001\n")
    assert "is charged afterwards" in told
    listed = callout("case", "refused")[1].splitlines()
    assert [line.partition("open  ")[2] for line in listed[1:]] == [
        "The PIN that Jane Roe said is wrong.", "Jane Roe has not said the PIN.",
    ]  # fmt: skip
    assert len(json.loads(callout("case", "refused", "--customer", "globex", "--json")[1])["refused"]) == 2
    assert callout("case", "refused", "--customer", "acme")[1] == "Nothing was refused.\n"
    end = ("case", "end", "1", "--outcome", "satisfied", *FAQ)
    status, _, told = callout(*end)
    assert (status, "callout case judge CS-000001" in told) == (8, True)
    work = ("time", "add", "--customer", "globex", "--ticket", "CS-000001", "--activity", "support")
    assert callout(*work, "--from", "2026-03-03T10:00Z", "--duration", "1h", "--note", "Looked")[0] == 0
    judged = callout("case", "judge", "1", "--emergency", "man-made", "--reason", "Their firewall")
    assert judged[:2] == (0, "CS-000001: man_made; 1 piece of work judged with it.\n")
    assert "charged for that already" in callout("case", "judge", "1", "--emergency", "man-made", "--reason", "x")[2]
    assert callout(*end)[0] == 0


def test_become_an_emergency(callout: Run, tmp_path: Path) -> None:
    callout(*CHAT, "--customer", "globex")
    words = ("case", "change", "1", "--priority", "emergency", "--reason", "All is silent")
    assert callout(*words)[0] == 8
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    shown = ("--caller", "Jane Roe", "--failing", 100, "--stated-by", "Jane Roe", "--pin-file", pin)
    assert callout(*words, *shown)[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("case", "open", "--channel", "email", *CHAT[4:]), "callout case intake"),
        ((*CHAT, "--priority", "emergency"), "--emergency"),
        ((*CHAT, "--priority", "urgent"), "no priority"),
        (CHAT, "--customer or --system"),
        ((*CHAT, "--customer", "acme"), "no customer"),
        ((*CHAT, "--customer", "acme", "--system", "globex-sw1"), "a system of globex"),
        ((*CHAT, "--customer", "globex", "--transcript", "/nowhere"), "cannot be read"),
        ((*CHAT, "--customer", "globex", "--text", "x", "--transcript", "/dev/null"), "given twice"),
        ((*CHAT, "--customer", "globex", "--transcript", "/dev/zero"), "more than 8,388,608 bytes"),
        ((*CHAT, "--customer", "globex", "--at", "yesterday"), "no time"),
        ((*CALL, "--pin-file", "/dev/zero"), "more than 1,024 bytes"),
        ((*CALL, "--pin-file", "-", "--transcript", "-"), "asked for twice"),
        (("case", "show", "CS-1"), "no ledger"),
        (("case", "list", "--turn", "nobody"), "nobody's turn"),
        (("case", "end", "CS-1", "--outcome", "satisfied", "--no-faq", *FAQ), "--faq or --no-faq"),
        (("case", "link", "CS-1"), "One thing is linked"),
        (("case", "hear", "CS-1", "--channel", "letter"), "no channel"),
    ],
)
def test_bad_input_is_one_sentence(callout: Run, words: tuple[Any, ...], said: str) -> None:
    status, out, told = callout(*words)
    assert (status, out) == (2, "")
    assert said in told
    assert "Traceback" not in told


def test_no_sentence_moves_the_cursor(callout: Run) -> None:
    """What was a subject by mail may be told again when somebody changes it."""
    callout(*CHAT[:-1], "\x1b[2J\u202e{{7*7}}", "--customer", "globex")
    said = callout("case", "change", "1", "--subject", "Voicemail", "--reason", "It was no subject")[1]
    assert said == "CS-000001: subject:  [2J {{7*7}} → Voicemail.\n"


def test_json_of_a_new_case(callout: Run) -> None:
    told = json.loads(callout(*CHAT, "--customer", "globex", "--answered", "--json")[1])
    assert told["case"] == "CS-000001"
    assert [one["status"] for one in told["event"]["body"]["entitlement"]["findings"]] == ["pass", "pass"]


def test_the_pin_is_typed_unseen(hosts: Path, tmp_path: Path) -> None:
    """On a terminal it is asked for and never shown; it is in no argument, no environment, no file."""
    program = [sys.executable, "-c", "from callout.cli.main import run; run()", *map(str, CALL), "-i", str(hosts)]
    leader, follower = pty.openpty()
    with subprocess.Popen(
        program, stdin=follower, stdout=subprocess.PIPE, stderr=follower, cwd=tmp_path, start_new_session=True
    ) as process:
        os.close(follower)
        seen = b""
        while b"PIN (not shown" not in seen:
            seen += os.read(leader, 1000)
        command = Path(f"/proc/{process.pid}/cmdline").read_bytes() + Path(f"/proc/{process.pid}/environ").read_bytes()
        os.write(leader, f"{PIN}\n".encode())
        assert process.stdout is not None
        number = process.stdout.read()
    while True:
        try:
            seen += os.read(leader, 1000)
        except OSError:
            break
    os.close(leader)
    assert (process.returncode, number) == (0, b"CS-000001\n"), seen
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != hosts)
    assert b"canary" not in seen + command + kept
