"""`callout bill submit|approve|…` and `callout invoice` as people type them, to the file that is sent."""

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
from callout.ledger.event import format_utc

Run = Callable[..., tuple[int, str, str]]
HOSTILE = "<script>x</script> {{7*7}} \x1b[2J =cmd|x"
HOSTS = """
all:
  vars:
    callout_policy:
      vendor: Nordwand
      money: {rates: {engineer: "120.00"}}
      invoicing:
        seller: {name: Nordwand Telefonie GmbH, vat_id: ATU12345678, address: {city: Wien, country: AT}}
        tax: {kind: standard, percent: "20"}
  children:
    globex:
      hosts:
        globex-sw1:
          ansible_host: 192.0.2.10
          callout_system: {product: serverware}
      vars:
        callout_customer:
          id: globex
          name: "Globex <b>& Söhne</b> {{ '{{7*7}}' }}"
          contract: support
          registered_addresses: [it@globex.example]
          time_zone: Europe/Vienna
          language: de
          currency: EUR
          invoicing: {address: {city: Graz, country: AT}, vat_id: ATU87654321}
"""


@pytest.fixture
def callout(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a verb on an inventory with one customer, and a ledger with an hour and a half of work in March 2026."""
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(HOSTS)
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    monkeypatch.setenv("CALLOUT_LEDGER", url)
    begun = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)
    ledger = open_ledger(url, lambda: begun)
    for number, minutes in enumerate((60, 30)):
        start = begun + dt.timedelta(days=number)
        body = {
            "source": "person", "started_at": format_utc(start), "seconds": 60 * minutes, "role": "engineer",
            "ended_at": format_utc(start + dt.timedelta(minutes=minutes)), "ticket": "T-7", "note": HOSTILE,
            "activity": "maintenance", "internal_note": "they never pay",
        }  # fmt: skip
        ledger.append(Draft("work_logged", start, "eva@desk", "globex", "globex-sw1", "", body))
    ledger.close()

    def run(*words: Any, actor: str = "eva@desk") -> tuple[int, str, str]:
        monkeypatch.setenv("CALLOUT_ACTOR", actor)
        told = [*map(str, words), "-i", str(hosts)]
        status = guarded(lambda: build_app(told[0])(told, prog_name="callout"))
        said = capfdbinary.readouterr()
        return status, said.out.decode(), said.err.decode()

    return run


def line_of(callout: Run, number: int = 0) -> str:
    shown = json.loads(callout("bill", "--customer", "globex", "--month", "2026-03", "--format", "json")[1])
    return str(shown["lines"][number]["line"])


def frozen(callout: Run) -> None:
    assert callout("bill", "submit", "globex", "2026-03")[0] == 0
    assert callout("bill", "approve", "globex", "2026-03", actor="max@desk")[0] == 0
    status, out, _ = callout("invoice", "issue", "globex", "2026-03", "--date", "2026-04-02", actor="max@desk")
    assert (status, out) == (0, "Invoice 2026-0001: 216.00 EUR for globex, 2026-03.\n")


def test_submit_approve_issue_and_every_form(callout: Run, tmp_path: Path) -> None:
    status, out, _ = callout("bill", "status", "globex", "2026-03")
    assert (status, "Next: callout bill submit globex 2026-03" in out) == (0, True)
    status, _, said = callout("invoice", "issue", "globex", "2026-03")
    assert (status, "not approved" in said) == (8, True)
    assert callout("bill", "submit", "globex", "2026-03")[0] == 0
    status, _, said = callout("bill", "approve", "globex", "2026-03")
    assert (status, "eva@desk worked on it" in said) == (8, True)
    assert callout("bill", "reject", "globex", "2026-03", "--reason", "Look again", actor="max@desk")[0] == 0
    assert "sent back by max@desk" in callout("bill", "status", "globex", "2026-03")[1]
    frozen(callout)
    assert json.loads(callout("bill", "status", "globex", "2026-03", "--json")[1])["invoice"] == "2026-0001"
    forms = {}
    for form in ("text", "json", "csv", "html", "ubl"):
        status, forms[form], _ = callout("invoice", "export", "2026-0001", "--format", form)
        assert status == 0
        assert callout("invoice", "export", "2026-0001", "--format", form)[1] == forms[form]
        assert "\x1b" not in forms[form]
        assert "they never pay" not in forms[form]
        assert form in ("json", "ubl") or "49" not in forms[form].replace("2026", "")
    assert "<script" not in forms["html"]
    assert "<script" not in forms["ubl"]
    assert json.loads(forms["json"])["invoice"]["totals"]["due"] == "216.00"
    cells = [cell for row in csv.reader(io.StringIO(forms["csv"])) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert callout("invoice", "show", "2026-0001")[1] == forms["text"]
    pdf = tmp_path / "invoice.pdf"
    assert callout("invoice", "export", "2026-0001", "--format", "facturx", "-o", pdf)[0] == 0
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert pdf.stat().st_mode & 0o777 == 0o600


def test_write_off_then_credit_by_line_and_whole(callout: Run) -> None:
    line = line_of(callout, 1)
    off = ("bill", "write-off", "globex", "2026-03", line)
    assert callout(*off, "--reason", "x")[0] == 2
    assert callout(*off, "--reason", "x", "--all", "--minutes", 3)[0] == 2
    assert callout(*off, "--reason", "x", "--amount", "1,5")[0] == 2
    status, _, said = callout(*off, "--reason", "x", "--amount", "60.01")
    assert (status, "between nothing and what is asked for" in said) == (8, True)
    assert callout("invoice", "list")[1] == "There are no invoices.\n"
    frozen(callout)
    assert callout("invoice", "credit", "2026-0001", "--reason", "x")[0] == 2
    credit = ("invoice", "credit", "2026-0001", "--reason", "Too much")
    status, out, _ = callout(*credit, "--line", line, "--line", line)
    assert (status, out) == (0, "Credit note 2026-0002: 72.00 EUR of invoice 2026-0001, 1 lines.\n")
    assert callout(*credit, "--line", line)[0] == 8
    assert callout(*credit, "--all")[0] == 0
    (listed,) = json.loads(callout("invoice", "list", "--json")[1])["invoices"]
    assert (listed["state"], [note["due"] for note in listed["credit_notes"]]) == ("credited", ["72.00", "144.00"])
    assert "credit note for 2026-0001" in callout("invoice", "list", "--customer", "globex")[1]
    assert "2026-0001" in callout("invoice", "show", "2026-0003")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("invoice show 2026-9999", "no invoice"),
        ("invoice credit 2026-9999 --all --reason x", "no invoice"),
        ("invoice issue nobody 2026-03", "no customer"),
        ("invoice issue globex March", "no month"),
        ("invoice issue globex 2026-03 --date soon", "no date"),
        ("bill submit globex 2026-13", "no month"),
        ("bill reject globex 2026-03 --reason ''", "needs a reason"),
        ("bill", "Whose bill"),
    ],
)
def test_bad_input_is_one_sentence(callout: Run, words: str, said: str) -> None:
    typed = [word.replace("''", "") for word in words.split()]
    status, out, told = callout(*typed)
    assert (status, out, said in told) == (2, "", True)
