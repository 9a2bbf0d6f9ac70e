"""How letters stand by the ledger alone, who gets them, and how they find each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callout.desk.letter_kinds import OCCASIONS, LetterKind, kind_about, occasion_of
from callout.desk.mail_thread import message_id, references_of, subject_of
from callout.desk.outbox import BEGUN, FAILED, UNKNOWN, LetterState, letters_of, reason_against_sending
from callout.desk.recipients import may_be_answered, recipients_of, sendable
from callout.errors import BadInput
from callout.inventory import Customer, Policy
from callout.ledger.event import Event
from tests.unit.conftest import Book

CASE = "CS-000001"


def written(book: Book, at: str = "2026-11-23T10:00Z", **more: object) -> Event:
    body = {
        "case": CASE, "letter": "x", "about": "e1", "kind": "received", "language": "en", "to": ["a@x.example"],
        "cc": [], "subject": "x", "message_id": "<1@x>", "sha256": "", "path": "letters/x", **more,
    }  # fmt: skip
    return book.write("letter_written", at, **body)


# What is recorded after a letter was written → how it stands, and whether it may be sent, and again on purpose.
STEPS = {
    "begun": ("letter_tried", {"state": BEGUN, "server": "s"}),
    "unknown": ("letter_tried", {"state": UNKNOWN, "why": "cut"}),
    "failed": ("letter_tried", {"state": FAILED, "why": "451", "permanent": False}),
    "refused": ("letter_tried", {"state": FAILED, "why": "550", "permanent": True}),
    "sent": ("letter_sent", {"by": "smtp", "server": "s", "refused": {}}),
    "hand": ("letter_sent", {"by": "hand", "server": "", "refused": {}}),
}
COURSES = [
    ("", LetterState.WRITTEN, True, True),
    ("begun", LetterState.PERHAPS, False, True),
    ("begun unknown", LetterState.PERHAPS, False, True),
    ("begun failed", LetterState.FAILED, True, True),
    ("begun refused", LetterState.REFUSED, False, True),
    ("begun sent", LetterState.SENT, False, False),
    ("begun failed begun", LetterState.PERHAPS, False, True),
    ("begun failed begun sent", LetterState.SENT, False, False),
    ("begun unknown begun sent", LetterState.SENT, False, False),
    ("failed", LetterState.FAILED, True, True),
    ("begun unknown begun failed", LetterState.PERHAPS, False, True),
    ("begun begun refused", LetterState.PERHAPS, False, True),
    ("begun sent failed", LetterState.SENT, False, False),
    ("begun hand", LetterState.SENT, False, False),
    ("hand", LetterState.SENT, False, False),
]


@pytest.mark.parametrize(("course", "state", "may", "again"), COURSES)
def test_how_a_letter_stands(book: Book, course: str, state: LetterState, may: bool, again: bool) -> None:
    letter = written(book)
    for step in course.split():
        kind, body = STEPS[step]
        book.write(kind, "2026-11-23T10:05Z", case=CASE, letter=letter.id, **body)
    (found,) = letters_of(book.events)
    assert found.state is state
    assert (not reason_against_sending(found, again=False), not reason_against_sending(found, again=True)) == (
        may,
        again,
    )


def test_what_waits_is_replaced_and_what_went_is_not(book: Book) -> None:
    first = written(book)
    second = written(book)
    book.write("letter_tried", "2026-11-23T10:05Z", case=CASE, letter=second.id, state=BEGUN, server="s")
    written(book)
    other = written(book, message_id="<2@x>")
    states = {letter.id: letter.state for letter in letters_of(book.events)}
    assert states[first.id] is LetterState.REPLACED
    assert states[second.id] is LetterState.PERHAPS
    assert states[other.id] is LetterState.WRITTEN


@given(st.text(max_size=80))
def test_whatever_is_sendable_is_one_plain_address(address: str) -> None:
    found = sendable(address)
    assert not found or (found.isascii() and found.isprintable() and found.count("@") == 1 and " " not in found)
    assert not set(found) & set('<>,;:"\\()[]\r\n')


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        (" it@globex.example ", "it@globex.example"), ("a.b+c@x", "a.b+c@x"),
        ("it@bücher.example", "it@xn--bcher-kva.example"),
        ("a@b@c", ""), ("a..b@c", ""), (".a@b", ""), ("a@-b", ""), ("a@b..c", ""), ("@b", ""), ("a@", ""), ("", ""),
        ("ä@b.example", ""), (f"{'a' * 65}@b", ""), (f"a@{'b' * 64}", ""), (f"a@{'b.' * 130}c", ""), ("a@b\n", "a@b"),
    ],
)  # fmt: skip
def test_what_is_sendable(address: str, sent_to: str) -> None:
    assert sendable(address) == sent_to


def test_copies_by_level(make_customer: object) -> None:
    people = {"support_manager": "m@d.example", "account_manager": "a@d.example", "last": "m@d.example"}
    desk = Policy.model_validate({"desk": {"people": people}}).desk
    customer: Customer = make_customer()  # type: ignore[operator]
    own: Customer = make_customer(desk={"account_manager": "own@d.example"})  # type: ignore[operator]
    copies = [recipients_of(customer, "", level, desk).copies for level in (-1, 0, 1, 2, 3)]
    assert copies == [(), (), ("m@d.example",), ("m@d.example", "a@d.example"), ("m@d.example", "a@d.example")]
    assert recipients_of(own, "", 2, desk).copies == ("m@d.example", "own@d.example")
    assert recipients_of(own, "", 3, Policy().desk).copies == ("own@d.example",)
    of_ours: Customer = make_customer(registered_addresses=["M@d.example"])  # type: ignore[operator]
    assert recipients_of(of_ours, "", 1, desk).copies == ()
    nobody: Customer = make_customer(registered_addresses=["ä@ö"])  # type: ignore[operator]
    with pytest.raises(BadInput, match="no registered address"):
        recipients_of(nobody, "", 0, desk)


def test_whom_a_program_may_answer() -> None:
    assert may_be_answered("eve@x.example", ["support@d.example"])
    for sender in ("Support@D.example", "MAILER-DAEMON@x", "no-reply@x", "", "x"):
        assert not may_be_answered(sender, ["support@d.example"])


def test_every_letter_has_an_occasion(book: Book) -> None:
    assert set(OCCASIONS) == set(LetterKind)
    told = book.write("case_told", "2026-11-23T10:00Z", case=CASE, letter="instructions", reply=True)
    chat = book.write("case_told", "2026-11-23T11:00Z", case=CASE, letter="chat", reply=True)
    ours = book.write("case_paused", "2026-11-23T12:00Z", case=CASE, turn="us", reason="x")
    linked = book.write("case_linked", "2026-11-23T12:00Z", case=CASE, what="callout", id="CO-0001")
    heard = book.write("case_heard", "2026-11-23T12:00Z", case=CASE)
    assert [kind_about(one) for one in (told, chat, ours, linked, heard)] == [
        LetterKind.REPLY, None, LetterKind.RESUMED, None, None,
    ]  # fmt: skip
    late = book.write("case_told", "2026-11-23T09:00Z", case=CASE, letter="reply", reply=True)
    assert late.seq > told.seq
    assert occasion_of(book.events, LetterKind.REPLY) == told
    assert occasion_of(book.events, LetterKind.OUTCOME) is None


def test_a_letters_name_is_always_the_same() -> None:
    assert message_id(CASE, LetterKind.PAUSE, "e-1", "d.example") == "<CS-000001.pause.e-1@d.example>"
    assert message_id("", LetterKind.UNREGISTERED, "e-1", "d.example") == "<mail.unregistered.e-1@d.example>"


@given(st.text(max_size=600))
def test_a_subject_is_one_bounded_line_with_the_number(subject: str) -> None:
    line = subject_of(CASE, subject, "Hello")
    assert line.startswith(f"[{CASE}] ")
    assert line.isprintable()
    assert len(line) <= 220


def test_only_names_of_messages_are_followed(book: Book) -> None:
    names = ["near@x", "a b@x", "a\nb@x", "", 7, "ü@x", "y" * 250, "a>\r\nBcc: b@x", "<first@x>"]
    book.write("mail_received", "2026-11-23T10:00Z", case=CASE, references=names, message_id="own@x")
    assert references_of(book.events) == ("<first@x>", "<near@x>", "<own@x>")
