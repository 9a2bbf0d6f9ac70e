"""`callout case intake` and `callout case mail` as a person types them."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded
from tests.unit.desk.mail_desk import Desk, mail

Run = Callable[..., tuple[int, str, str]]
HOSTS = """
all:
  vars:
    callout_policy:
      desk: {address: support@vendor.example, mail: {mailbox: {maildir: Maildir}}}
  children:
    acme:
      hosts: {acme-pbx1: {ansible_host: 192.0.2.10, callout_system: {product: pbxware}}}
      vars:
        callout_customer:
          id: acme
          name: Acme
          contract: support
          registered_addresses: [jane@acme.example]
          time_zone: Europe/Vienna
          currency: EUR
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder with an inventory and the Maildir that its policy names."""
    (tmp_path / "hosts.yml").write_text(HOSTS)
    return Desk(tmp_path)


@pytest.fixture
def callout(desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a verb on that inventory; what it reads on standard input is `given`."""
    monkeypatch.setenv("CALLOUT_LEDGER", desk.places.ledger)

    def run(*words: Any, given: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        told = [*map(str, words), "-i", str(desk.folder / "hosts.yml")]
        status = guarded(lambda: build_app(told[0], told[1])(told, prog_name="callout"))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_the_mailbox_of_policy(callout: Run, desk: Desk) -> None:
    """A case and one set aside: a line for each, the sum for people, and status 4; then nothing, and 0."""
    desk.deliver(mail(Subject="Trunk down \x1b[2J"))
    desk.deliver(mail("Buy", "eve@evil.example", Subject="{{7*7}}"))
    status, out, err = callout("case", "intake")
    assert (status, out.splitlines()) == (
        4,
        [
            "CS-000001: opened, from jane@acme.example: 'Trunk down �[2J'",
            "set aside: unregistered, from eve@evil.example: '{{7*7}}'",
        ],
    )
    assert "2 mails taken in, 1 of them set aside, 0 known already" in err
    assert callout("case", "intake")[:2] == (0, "")


def test_one_mail_on_standard_input(callout: Run) -> None:
    raw = mail()
    assert callout("case", "intake", "-", given=raw)[0] == 0
    status, out, _ = callout("case", "intake", "-", "--json", given=raw)
    assert (status, json.loads(out)["again"]) == (0, 1)
    status, _, err = callout("case", "intake", "-")
    assert (status, "There is no mail on standard input" in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--imap",), "callout_policy.desk.mail.mailbox.imap says no server"),
        (("-", "--maildir", "x"), "one place at a time"),
        (("--maildir", "/nowhere"), "is no Maildir"),
        (("--mbox", "/nowhere"), "cannot be read"),
        (("x.eml",), "is not -"),
    ],
)
def test_what_cannot_be_taken(callout: Run, words: tuple[str, ...], said: str) -> None:
    status, out, err = callout("case", "intake", *words)
    assert (status, out) == (2, "")
    assert said in err


def test_what_was_set_aside_is_filed(callout: Run, desk: Desk) -> None:
    """Listed, shown as text, filed into a case, as a case, or dropped; each once, and each with a reason."""
    desk.deliver(mail("No calls."))
    for number, words in enumerate(("a colleague", "a new address", "Buy!\x1b]0;x\x07 <script>")):
        desk.deliver(mail(words, f"unknown{number}@acme.example"))
    assert callout("case", "intake")[0] == 4
    mails = json.loads(callout("case", "mail", "list", "--set-aside", "--json")[1])["mails"]
    first, _, third = (str(one["number"]) for one in mails)
    listed = callout("case", "mail", "list")[1].splitlines()
    assert (len(listed), "waits" in listed[2], "CS-000001" in listed[1]) == (5, True, True)
    status, shown, _ = callout("case", "mail", "show", third)
    assert status == 0
    assert "Verdict:    unregistered: unknown2@acme.example is no registered address" in shown
    assert "  Buy!�]0;x� <script>" in shown
    assert shown.replace("\n", "").isprintable()

    status, out, err = callout("case", "mail", "file", first, "--case", "cs-1", "--reason", "Jane's colleague")
    assert (status, out) == (0, "Filed: CS-000001.\n")
    assert "callout_customer.registered_addresses in group_vars/acme.yml" in err
    (heard,) = desk.events("case_heard")
    assert (heard.customer, heard.body["text"], heard.body["sender"]) == (
        "acme",
        "a colleague",
        "unknown0@acme.example",
    )
    assert heard.at == mails[0]["body"]["received_at"]
    again = callout("case", "mail", "file", first, "--drop", "--reason", "x")
    assert (again[0], "belongs to CS-000001 already" in again[2]) == (2, True)

    hash_start = mails[1]["body"]["mail"][:10]
    assert (
        callout("case", "mail", "file", hash_start, "--customer", "acme", "--reason", "new")[1] == "Filed: CS-000002.\n"
    )
    assert callout("case", "mail", "file", third, "--drop", "--reason", "advertising")[1] == "Filed: dropped.\n"
    assert json.loads(callout("case", "mail", "list", "--set-aside", "--json")[1])["mails"] == []
    assert "dropped by" in callout("case", "mail", "show", third)[1]
    assert len(list(desk.places.mail.glob("??/*.eml"))) == 4

    desk.deliver(mail("more", "jane@acme.example", In_Reply_To=f"<{mails[0]['body']['message_id']}>"))
    callout("case", "intake")
    assert desk.events("case_heard")[-1].body["case"] == "CS-000001"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "99"), "There are 0 mails"),
        (("show", "../../etc"), "neither the number"),
        (("file", "1", "--drop"), "needs a reason"),
        (("file", "1"), "Give one of --case"),
        (("file", "1", "--case", "CS-000009", "--reason", "x"), "There is no case CS-000009"),
        (("file", "1", "--customer", "nobody", "--reason", "x"), "There is no customer"),
        (("show", "1", "--attachment", "1"), "never written under its own name"),
    ],
)
def test_what_cannot_be_filed(callout: Run, desk: Desk, words: tuple[str, ...], said: str) -> None:
    desk.deliver(mail(sender="eve@evil.example"))
    callout("case", "intake")
    status, _, err = callout("case", "mail", *words)
    assert (status, said in err) == (2, True)
    assert len(desk.events()) == 1


def test_an_attachment_goes_where_it_is_told(callout: Run, desk: Desk, tmp_path: Path) -> None:
    """Into a new file of ours, whatever its own name is; a mail that was changed on the shelf is not believed."""
    raw = (
        b"From: jane@acme.example\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n"
        b"--b\nContent-Disposition: attachment; filename=../../../evil\n"
        b"Content-Transfer-Encoding: base64\n\nZGF0YQ==\n--b--\n"
    )
    desk.deliver(raw)
    callout("case", "intake")
    output = tmp_path / "out"
    assert callout("case", "mail", "show", "1", "--attachment", "1", "-o", output)[0] == 0
    assert (output.read_bytes(), output.stat().st_mode & 0o777) == (b"data", 0o600)
    assert callout("case", "mail", "show", "1", "--attachment", "1", "-o", output)[0] == 2
    assert callout("case", "mail", "show", "1", "--attachment", "2", "-o", tmp_path / "b")[0] == 2
    (kept,) = desk.places.mail.glob("??/*.eml")
    kept.write_bytes(raw + b"more")
    status, out, err = callout("case", "mail", "show", "1")
    assert (status, "see" in out, "is not the mail that was received" in err) == (0, True, True)
    assert callout("case", "mail", "show", "1", "--attachment", "1", "-o", tmp_path / "c")[0] == 2
