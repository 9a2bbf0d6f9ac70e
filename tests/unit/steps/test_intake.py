"""Mails become cases, words in cases, or are set aside; each once, whichever way and how often it comes."""

from __future__ import annotations

import io
import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from callout.desk.case import case_of
from callout.desk.letter_kinds import kind_about
from callout.desk.sources.mbox import MboxSource
from callout.desk.sources.one_mail import OneMail
from callout.errors import BadInput, CalloutError
from callout.inventory.policy import Policy
from callout.ledger.event import Draft
from tests.team_server import TeamServer
from tests.unit.desk.mail_desk import DESK, NOW, Desk, mail


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_registered_mail_opens_a_case(desk: Desk) -> None:
    """When it was received, with what its customer is entitled to and the rules of that day."""
    raw = mail("Since this morning\nno calls get through.", "Jane Doe <JANE@Acme.Example>", Subject="Trunk down")
    name = desk.deliver(raw)
    os.utime(desk.maildir / "new" / name, (NOW.timestamp() - 600, NOW.timestamp() - 600))
    taken = desk.take()
    received, opened = desk.events()
    assert (taken.exit_status, received.kind, opened.kind) == (0, "mail_received", "case_opened")
    assert received.body["case"] == opened.body["case"] == "CS-000001"
    assert (opened.customer, opened.body["sender"], opened.body["subject"]) == (
        "acme",
        "jane@acme.example",
        "Trunk down",
    )
    assert opened.body["text"] == "Since this morning\nno calls get through."
    assert opened.body["rules"]["first_reply"]["within"] == "1 business day"
    assert opened.body["entitlement"]["contract"] == "support"
    assert opened.at == received.body["received_at"] == "2026-11-24T09:20:00.000000Z"
    (kept,) = (desk.places.mail).glob("??/*.eml")
    assert (kept.read_bytes(), kept.stat().st_mode & 0o777) == (raw, 0o600)
    assert kept.stem == opened.body["mail"] == received.body["mail"]
    assert desk.waiting() == 0
    assert [path.name for path in (desk.maildir / "cur").iterdir()] == [f"{name}:2,S"]


def test_the_same_mail_is_one_case_however_it_comes(desk: Desk) -> None:
    """Again, with other marks of its way, out of an mbox, on standard input: its hash is known, or its twin."""
    raw = mail("No calls.\n\nFrom here nothing goes out.")
    desk.deliver(raw)
    assert len(desk.take().received) == 1
    desk.deliver(raw)
    desk.deliver(b"Received: from a by b; Tue, 24 Nov 2026 09:13:00 +0000\n" + raw)
    assert (desk.take().received, desk.waiting()) == ((), 0)
    box = desk.folder / "mbox"
    box.write_bytes(
        b"From jane@acme.example Tue Nov 24 09:12:00 2026\nStatus: RO\n" + raw.replace(b"\nFrom here", b"\n>From here")
    )
    assert desk.take(MboxSource(box, desk.places.mail / "positions")).again == 1
    assert desk.take(OneMail(io.BytesIO(raw), 1000_000)).again == 1
    assert len(desk.events("case_opened")) == len(desk.events("mail_received")) == 1


def test_the_same_words_without_id_and_date_are_two(desk: Desk) -> None:
    """Nothing tells whether somebody says it again."""
    for number in range(2):
        desk.deliver(mail(Message_ID="", Date="", X_Number=str(number)))
    assert len(desk.take().received) == 2


def test_answers_belong_to_their_case(desk: Desk) -> None:
    """By the number in the subject, by the mail that they answer, by our letter that they answer."""
    desk.deliver(mail(Message_ID="<first@acme.example>"))
    desk.take()
    ledger = desk.ledger()
    letter = {"case": "CS-000001", "message_id": "<letter@vendor.example>"}
    ledger.append(Draft("letter_written", NOW, "eva", "acme", body=letter))
    ledger.close()
    desk.deliver(mail("a", Subject="AW: [CS-000001] No calls"))
    desk.deliver(mail("b", "ops@acme.example", References="<x@y.example> <first@acme.example>"))
    desk.deliver(mail("c\n\nOn Tue, the desk wrote:\n> what?\n", In_Reply_To="<letter@vendor.example>"))
    desk.take()
    heard = desk.events("case_heard")
    assert [(event.body["case"], event.customer, event.body["answers"]) for event in heard] == [
        ("CS-000001", "acme", True)
    ] * 3
    assert sorted(event.body["text"] for event in heard) == ["a", "b", "c"]
    assert {event.body["verdict"] for event in desk.events("mail_received")} == {"opened", "threaded"}


def test_answers_in_one_batch(desk: Desk) -> None:
    """A mail and the answer to it wait together: one case. Maildir's names are in the order of delivery."""
    desk.deliver(mail("a", Message_ID="<first@acme.example>"))
    desk.deliver(mail("b", In_Reply_To="<first@acme.example>"))
    desk.take()
    assert [event.body["case"] for event in desk.events("case_opened", "case_heard")] == ["CS-000001"] * 2


@pytest.mark.parametrize("header", [{"Subject": "[CS-000001] me, too"}, {"In_Reply_To": "<first@acme.example>"}])
def test_no_other_customers_case(desk: Desk, header: dict[str, str]) -> None:
    """Who knows a number, or a message id, of another customer's case gets no word into it."""
    desk.deliver(mail(Message_ID="<first@acme.example>"))
    desk.take()
    desk.deliver(mail("x", "it@globex.example", **header))
    taken = desk.take()
    (event,) = taken.set_aside
    assert (taken.exit_status, event.customer, event.body["case"]) == (4, "", "")
    assert "acme" not in event.body["why"].lower()
    assert event.body["verdict"] == "unclear"
    assert kind_about(event) is None, "nobody who is registered is told that they are not"
    assert len(desk.events("case_heard")) == 0


def test_whoever_answers_after_the_end_is_seen(desk: Desk) -> None:
    """The letter about the end says that the case is opened again then. Two answers open it once; ended anew, a third
    one opens it again; also where the end came after the mail was received."""
    desk.deliver(mail(Message_ID="<first@acme.example>"))
    desk.take()
    for number, answers in enumerate((2, 1)):
        ledger = desk.ledger()
        ended = {"case": "CS-000001", "outcome": "satisfied", "why": "", "reference": "", "faq": "none yet"}
        ledger.append(Draft("case_ended", NOW, "eva", "acme", body=ended))
        ledger.close()
        for answer in range(answers):
            desk.deliver(mail(f"It is not. {number} {answer}", Subject="AW: [CS-000001] No calls"))
        taken = desk.take()
        assert [event.body["verdict"] for event in taken.received] == ["threaded"] * answers
        assert "open again" in taken.received[0].body["why"]
        assert case_of(desk.events()).outcome is None
        assert len(desk.events("case_reopened")) == number + 1
    (reopened, _) = desk.events("case_reopened")
    assert (reopened.customer, reopened.body["reason"]) == ("acme", "jane@acme.example wrote again after the end.")


@pytest.mark.parametrize(
    ("raw", "verdict"),
    [
        (mail(sender="eve@evil.example"), "unregistered"),
        (mail(From="eve@evil.example, jane@acme.example"), "unregistered"),
        (mail(From='"jane@acme.example" <eve@evil.example>'), "unregistered"),
        (mail(sender="both@acme.example"), "unclear"),
        (mail(Subject="[CS-000001] [CS-000002] both"), "unclear"),
        (mail().replace(b"From: jane@acme", "From: jane@аcme".encode()), "unregistered"),
        (mail(Auto_Submitted="auto-replied"), "loop"),
        (mail(Precedence="bulk"), "loop"),
        (mail(List_Id="<all.acme.example>"), "loop"),
        (mail(X_Loop="desk"), "loop"),
        (mail(Return_Path="<>"), "loop"),
        (mail(sender=DESK), "loop"),
        (b"\0\1\2\3" * 100, "unreadable"),
        (b"\n\n", "unreadable"),
    ],
)
def test_what_is_set_aside(desk: Desk, raw: bytes, verdict: str) -> None:
    """Kept, listed, told with the exit status; no case, and nothing of it is lost."""
    desk.deliver(raw)
    taken = desk.take()
    assert [event.body["verdict"] for event in taken.set_aside] == [verdict]
    assert (taken.exit_status, desk.waiting(), len(desk.events())) == (4, 0, 1)
    assert [path.read_bytes() for path in desk.places.mail.glob("??/*.eml")] == [raw]


def test_a_flood_is_a_loop(desk: Desk) -> None:
    for number in range(33):
        desk.deliver(mail(f"number {number}"))
    assert [event.body["verdict"] for event in desk.take().received].count("loop") == 3


def test_a_bounce_names_its_letter(desk: Desk) -> None:
    desk.deliver(mail())
    desk.take()
    ledger = desk.ledger()
    letter = {"case": "CS-000001", "message_id": "letter@vendor.example"}
    ledger.append(Draft("letter_written", NOW, "eva", "acme", body=letter))
    ledger.close()
    report = b"""Return-Path: <>
From: MAILER-DAEMON@mx.acme.example
To: support@vendor.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

I'm sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example

Final-Recipient: rfc822; jane@acme.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: message/rfc822

Message-ID: <letter@vendor.example>
Subject: [CS-000001] No calls

text
--b--
"""
    desk.deliver(report)
    (event,) = desk.take().set_aside
    assert (event.body["verdict"], event.body["case"], event.customer) == ("bounce", "CS-000001", "acme")
    assert event.body["why"] == "The letter letter@vendor.example did not reach jane@acme.example."
    assert len(desk.events("case_heard")) == 0


def test_a_mail_over_the_bound_is_kept_whole(desk: Desk) -> None:
    """And said to be over it; what is in its headers is listed."""
    desk.policy = Policy.model_validate({"desk": {"mail": {"maximum_mb": 1}}})
    raw = mail("x") + b"x" * 1_100_000
    desk.deliver(raw)
    (event,) = desk.take().set_aside
    assert (event.body["verdict"], event.body["sender"]) == ("unreadable", "jane@acme.example")
    assert "over 1 MB" in event.body["why"]
    assert [path.read_bytes() == raw for path in desk.places.mail.glob("??/*.eml")] == [True]
    desk.deliver(raw)
    assert desk.take().again == 1


def test_the_index_is_made_again(desk: Desk) -> None:
    """Deleted, damaged, or of another ledger: it follows the ledger, and a known mail stays known."""
    index = desk.places.mail / "index.sqlite"
    raw = mail()
    desk.deliver(raw)
    desk.take()
    for spoil in (index.unlink, lambda: index.write_bytes(b"no database" * 1000), lambda: _other_place(index)):
        spoil()
        desk.deliver(raw)
        assert desk.take().again == 1


def _other_place(index: Path) -> None:
    with sqlite3.connect(index) as connection:
        connection.execute("UPDATE place SET seq = 7, hash = 'of another ledger'")
        connection.execute("DELETE FROM mails")
        connection.execute("DELETE FROM twins")
    connection.close()


def test_a_shelf_that_others_can_read_is_refused(desk: Desk) -> None:
    desk.places.mail.mkdir(parents=True)
    desk.places.mail.chmod(0o755)
    desk.deliver(mail())
    with pytest.raises(CalloutError, match="not private"):
        desk.take()
    assert (desk.waiting(), desk.events()) == (1, [])


def test_one_mail_is_bounded() -> None:
    with pytest.raises(BadInput, match="over 1 MB"):
        OneMail(io.BytesIO(b"x" * 1_000_001), 1_000_000)
    with pytest.raises(BadInput, match="no mail"):
        OneMail(io.BytesIO(b" \n"), 1_000_000)


def test_two_machines_of_a_team(desk: Desk, tmp_path: Path, team_server: TeamServer) -> None:
    """Each with its own shelf and index, on one ledger in PostgreSQL: a mail makes one case, an answer finds it."""
    url = team_server.emptied()
    machines = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        machine = Desk(tmp_path / name)
        machine.places = replace(machine.places, ledger=url)
        machines.append(machine)
    for machine in machines:
        machine.deliver(mail(Message_ID="<first@acme.example>"))
        machine.deliver(mail("more", In_Reply_To="<first@acme.example>"))
    assert [len(machine.take().received) for machine in machines] == [2, 0]
    assert [event.body["case"] for event in machines[0].events("case_opened", "case_heard")] == ["CS-000001"] * 2
