"""Letters of a case, written: from the ledger, to registered addresses only, threaded, once under each name."""

from __future__ import annotations

import datetime as dt
import stat
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from callout.desk.letter_kinds import LetterKind
from callout.desk.outbox import LetterState
from callout.errors import BadInput
from callout.ledger import Draft
from callout.ledger.event import format_utc
from callout.steps.case_letter import compose, write_letter
from callout.steps.case_letters_due import write_due
from callout.steps.case_send import outbox, send_all, send_one, sent_by_hand
from tests.unit.desk.letter_desk import ANA, HELP, OURS, STRANGER, LetterDesk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LetterDesk]:
    found = LetterDesk(tmp_path)
    yield found
    found.ledger.close()


def mail_of(raw: bytes) -> EmailMessage:
    assert b"\r\n\r\n" in raw
    assert raw.isascii()
    return message_from_bytes(raw, policy=default)  # type: ignore[return-value]


def said(raw: bytes) -> str:
    part = mail_of(raw).get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


def test_a_case_from_the_first_letter_to_the_last(desk: LetterDesk) -> None:
    case = desk.opened()
    desk.mail(case)
    received = desk.written(case)
    head = mail_of(desk.raw(received))
    assert received.kind == "received"
    assert (head["To"], head["Cc"], head["From"]) == (ANA, None, "Nordwand <support@desk.example>")
    assert head["Subject"] == f"[{case}] Voicemail says nothing"
    assert (head["In-Reply-To"], head["References"]) == ("<1@mail.example>", "<1@mail.example>")
    assert (head["Auto-Submitted"], head["Precedence"], head["List-Id"]) == ("auto-replied", None, None)
    assert (head["Content-Language"], head["Date"]) == ("en", "Mon, 23 Nov 2026 14:00:00 +0000")
    assert head["Message-ID"] == f"<{case}.received.{received.about}@desk.example>"
    assert [part.get_content_type() for part in head.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    # Monday 15:00 in Vienna, one business day of the vendor's hours (09:00 Berlin to 17:00 New York) later.
    assert "A person will reply to you by Tuesday, 24 November 2026, 15:00." in said(desk.raw(received))
    sent_by_hand(desk.context, received)

    desk.clock.forward(hours=1)
    told = {"letter": "instructions", "text": "Do this.", "reply": True, "asks": True, "links": ["https://d.example/x"],
            "language": ""}  # fmt: skip
    desk.says("case_told", case, **told)
    reply = desk.written(case, LetterKind.REPLY)
    head = mail_of(desk.raw(reply))
    assert head["References"].split() == ["<1@mail.example>", received.message_id]
    assert head["Auto-Submitted"] is None
    assert head["Subject"] == f"[{case}] Voicemail says nothing"
    assert "https://d.example/x" in said(desk.raw(reply))

    desk.clock.forward(hours=1)
    desk.says("case_heard", case, channel="email", sender=ANA, text="Done, and no.", mail="", answers=True)
    desk.mail(
        case,
        verdict="threaded",
        number=2,
        message_id="2@mail.example",
        references=[reply.message_id.strip("<>"), "1@mail.example"],
    )
    rules = {"acknowledgement": {"within": "4 hours", "runs": "hours"}}
    concern = {"by": ANA, "concern": "not_satisfactory", "statement": "No.", "attempts": [], "skipped_why": ""}
    for level, copies in ((1, ["manager"]), (2, ["manager", "account"]), (3, ["manager", "account", "ceo"])):
        desk.says("case_escalated", case, level=level, copies=[], rules=rules, **concern)
        letter = desk.written(case)
        assert letter.kind == "escalation"
        assert letter.copies == tuple(f"{name}@desk.example" for name in copies)
        assert mail_of(desk.raw(letter))["Cc"].replace("\n", "").split(", ") == [*letter.copies]
        assert "by Monday, 23 November 2026, 21:00" in said(desk.raw(letter))

    ended = {"outcome": "bug", "why": "", "reference": "PW-2041", "indication": "", "faq": "none yet", "critical": True,
             "bundle": "", "confirmed_at": format_utc(desk.clock())}  # fmt: skip
    desk.says("case_ended", case, **ended)
    outcome = desk.written(case)
    # That the reply was sent nothing says but the customer's answer to it; the escalations' letters were not.
    assert mail_of(desk.raw(outcome))["References"].split() == [
        "<1@mail.example>", received.message_id, reply.message_id, "<2@mail.example>",
    ]  # fmt: skip
    assert outcome.copies == tuple(list(OURS.values())[1:])
    assert "you get a patch by Tuesday, 24 November 2026, 17:00" in said(desk.raw(outcome))
    desk.says("case_reopened", case, reason="It fails again.")
    assert desk.written(case).kind == "reopened"


def test_files_are_private_and_stay(desk: LetterDesk) -> None:
    case = desk.opened()
    first = desk.written(case)
    desk.clock.forward(minutes=1)
    second = desk.written(case, language="de")
    for letter in (first, second):
        path = desk.places.data / letter.path
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
    assert first.message_id == second.message_id
    assert [letter.id for letter in outbox(desk.context)] == [second.id]
    assert "Wir haben Ihre Nachricht" in said(desk.raw(second))


def test_what_was_sent_is_not_said_in_other_words_under_the_same_name(desk: LetterDesk) -> None:
    case = desk.opened()
    letter = desk.written(case)
    sent_by_hand(desk.context, letter)
    with pytest.raises(BadInput, match="was sent already"):
        desk.written(case)
    with pytest.raises(BadInput, match="It was sent at 2026-11-23"):
        sent_by_hand(desk.context, letter)
    assert outbox(desk.context) == []


@pytest.mark.parametrize(
    ("sender", "to"),
    [
        (ANA, [ANA]), (ANA.upper(), [ANA]), ("Bob on the phone", [ANA, HELP]), (STRANGER, [ANA, HELP]),
        ("", [ANA, HELP]),
        (f"{ANA}\r\nBcc: {STRANGER}", [ANA, HELP]), (f"{ANA}, {STRANGER}", [ANA, HELP]),
    ],
)  # fmt: skip
def test_only_registered_addresses_get_a_letter(desk: LetterDesk, sender: str, to: list[str]) -> None:
    letter = desk.written(desk.opened(sender=sender))
    assert list(letter.to) == to
    assert STRANGER.encode() not in desk.raw(letter)


def test_an_address_taken_off_the_inventory_gets_nothing_any_more(desk: LetterDesk) -> None:
    letter = desk.written(desk.opened())
    desk.customer = {"registered_addresses": [HELP]}
    desk.smtp = desk.inventory.policy.desk.smtp or _nowhere()
    result = send_one(desk.context, desk.inventory, letter)
    assert "is not registered any more" in result.why
    assert result.letter.state is LetterState.WRITTEN


def _nowhere() -> Any:
    from callout.inventory.desk import Smtp

    return Smtp(host="no-such-host.invalid")


def test_a_customer_that_nobody_can_write_to_is_told(desk: LetterDesk) -> None:
    desk.customer = {"registered_addresses": ["it@<b>x</b>"]}
    with pytest.raises(BadInput, match="no registered address that a mail can be sent to"):
        desk.written(desk.opened())
    desk.customer = {"registered_addresses": ["it@bücher.example"]}
    assert desk.written(desk.opened()).to == ("it@xn--bcher-kva.example",)
    desk.desk = {"address": None}
    with pytest.raises(BadInput, match="no address that a letter could come from"):
        desk.written(desk.opened())


def test_what_nothing_calls_for_is_not_written(desk: LetterDesk) -> None:
    case = desk.opened()
    with pytest.raises(BadInput, match="Nothing has happened in CS-000001 that the letter pause is about"):
        desk.written(case, LetterKind.PAUSE)
    with pytest.raises(BadInput, match="no event"):
        desk.written(case, about="ffffffff")
    with pytest.raises(BadInput, match="There is no case CS-000009"):
        desk.written("CS-9")
    assert outbox(desk.context) == []


def test_hostile_words_add_no_head_and_no_part(desk: LetterDesk) -> None:
    evil = "x\r\nBcc: eve@elsewhere.example\r\n\r\n<b>{{7*7}}\x00\u2028\x1b[2J\udcff".replace("\udcff", "") + "a" * 400
    case = desk.opened(subject=evil, ticket=evil[:200])
    desk.mail(case, message_id="a@b>\r\nBcc: <c@d", references=["ok@x", "no name", "a b", f"{'x' * 300}"])
    desk.customer = {"name": "Globex\r\nBcc: x@y"}
    letter = desk.written(case)
    head = mail_of(desk.raw(letter))
    assert (head["Bcc"], head["To"], head["References"]) == (None, ANA, "<ok@x>")
    assert [part.get_content_type() for part in head.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert head.defects == []
    assert max(len(line) for line in desk.raw(letter).split(b"\r\n")) <= 998
    assert b"\n" not in desk.raw(letter).replace(b"\r\n", b"")


def test_long_threads_keep_their_beginning_and_their_end(desk: LetterDesk) -> None:
    case = desk.opened()
    first = desk.mail(case, verdict="threaded", message_id="1.first@mail.example")
    more = [{**first.body, "message_id": f"{number}.{'y' * 200}@mail.example"} for number in range(2, 60)]
    desk.ledger.append(*(Draft("mail_received", desk.clock(), "eva@desk", "globex", body=body) for body in more))
    names = mail_of(desk.raw(desk.written(case)))["References"].split()
    assert len(names) == 20
    assert names[0].startswith("<1.")
    assert names[-1].startswith("<59.")
    assert names[1].startswith("<41.")


def test_a_mail_that_a_person_has_filed_is_answered(desk: LetterDesk) -> None:
    case = desk.opened()
    mail = desk.mail(verdict="unregistered", sender=STRANGER)
    desk.clock.forward(minutes=1)
    desk.says("mail_filed", case, mail=mail.body["mail"], why="Ana's other address")
    letter = desk.written(case)
    assert mail_of(desk.raw(letter))["In-Reply-To"] == "<1@mail.example>"
    assert letter.to == (ANA,)


def test_the_same_words_are_the_same_bytes(desk: LetterDesk) -> None:
    case = desk.opened()
    assert (
        compose(desk.context, desk.inventory, case, None).mail == compose(desk.context, desk.inventory, case, None).mail
    )


def test_subjects_lose_what_answering_adds(desk: LetterDesk) -> None:
    for subject, kept in (
        ("Re: AW: [CS-000123] Fax", "Fax"),
        ("WG:Fwd: re[2]: x", "x"),
        ("Re: ", "We have your message"),
    ):
        case = desk.opened(subject=subject)
        assert desk.written(case).subject == f"[{case}] {kept}"


def test_what_is_due_is_written_once(desk: LetterDesk) -> None:
    case = desk.opened()
    desk.says("case_told", case, letter="reply", text="Hi", reply=True, asks=False, links=[], language="")
    desk.clock.forward(minutes=1)
    for reason in ("first", "second"):
        desk.says("case_paused", case, turn="provider", reason=reason)
        desk.clock.forward(minutes=1)
        desk.says("case_resumed", case, reason=reason)
        desk.clock.forward(minutes=1)
    emergency = desk.opened(priority="emergency", channel="phone", sender="Ana")
    desk.mail(verdict="unregistered", sender=STRANGER)
    desk.mail(verdict="unregistered", sender="no-reply@x.example", number=2)
    desk.mail(verdict="bounce", number=3)
    found = write_due(desk.context, desk.inventory, 7)
    assert [(one.kind, one.written is not None) for one in found] == [
        ("received", True), ("resumed", True), ("emergency", True), ("unregistered", True), ("unregistered", False),
    ]  # fmt: skip
    assert [one.about.body["case"] for one in found] == [case, case, emergency, "", ""]
    assert [one.written is not None for one in write_due(desk.context, desk.inventory, 7)] == [False]
    desk.clock.forward(days=8)
    assert write_due(desk.context, desk.inventory, 7) == []


def test_without_a_server_letters_stay_files(desk: LetterDesk) -> None:
    letter = desk.written(desk.opened())
    with pytest.raises(BadInput, match="No mail server is configured") as error:
        send_all(desk.context, desk.inventory)
    assert "--by-hand" in error.value.hint
    assert [one.id for one in outbox(desk.context)] == [letter.id]
    assert desk.clock.now - letter.written_at == dt.timedelta()


def test_two_letters_about_one_event_are_one(desk: LetterDesk) -> None:
    case = desk.opened()
    composed = compose(desk.context, desk.inventory, case, None)
    write_letter(desk.context, composed)
    write_letter(desk.again().context, composed)
    assert len(outbox(desk.context)) == 1


def test_a_judgement_names_the_price_on_file(desk: LetterDesk) -> None:
    case = desk.opened(priority="emergency", channel="phone", sender="Ana")
    desk.says("case_judged", case, emergency="man_made", reason="A cable was pulled.")
    told = said(desk.raw(desk.written(case)))
    assert "An hour of it costs €120.00, without taxes." in told
    assert "A cable was pulled." in told
