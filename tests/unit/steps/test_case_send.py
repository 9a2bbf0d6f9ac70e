"""Letters sent: the try is recorded first, nothing goes twice by itself, and what is not known is said to be so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from callout.desk.outbox import KINDS, LetterState, letters_of
from callout.errors import BadInput
from callout.steps.case_letter import compose, write_letter
from callout.steps.case_send import letter_named, outbox, send_all, send_one, sent_by_hand
from callout.steps.case_unregistered import compose_unregistered, write_unregistered
from tests.unit.desk.letter_desk import ANA, HELP, STRANGER, LetterDesk
from tests.unit.desk.mail_server import PASSWORD, Mailbox, Talk, mail_server, make_certificate, scripted


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LetterDesk]:
    found = LetterDesk(tmp_path)
    yield found
    found.ledger.close()


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


def kinds(desk: LetterDesk) -> list[str]:
    return [event.kind.removeprefix("letter_") for event in desk.ledger.events(kinds=KINDS)]


def test_all_that_waits_is_sent_once(desk: LetterDesk, box: Mailbox) -> None:
    first, second = desk.written(desk.opened()), desk.written(desk.opened(sender="Bob on the phone"))
    mail = desk.mail(verdict="unregistered", sender=STRANGER)
    write_unregistered(desk.context, compose_unregistered(desk.context, desk.inventory.policy, mail.id))
    with mail_server(box) as desk.smtp:
        sent = send_all(desk.context, desk.inventory)
        assert send_all(desk.context, desk.inventory) == []
    assert [(one.letter.state, one.why) for one in sent] == [(LetterState.SENT, "")] * 3
    assert box.raws[:2] == [desk.raw(first), desk.raw(second)]
    # What a program answers to a stranger comes from nobody, so that nothing comes back (RFC 3834).
    assert box.envelopes == [
        ("support@desk.example", (ANA,)), ("support@desk.example", (ANA, HELP)), ("<>", (STRANGER,)),
    ]  # fmt: skip
    assert box.greeted_by == ["desk.example"] * 3
    assert kinds(desk) == ["written"] * 3 + ["tried", "sent"] * 3
    again = send_one(desk.context, desk.inventory, first)
    assert (again.letter.state, "It was sent at 2026-11-23 14:00 UTC" in again.why) == (LetterState.SENT, True)


def test_the_password_is_nowhere(desk: LetterDesk, box: Mailbox, tmp_path: Path) -> None:
    make_certificate(tmp_path)
    desk.written(desk.opened())
    with mail_server(box, tmp_path, "starttls", signs_in=True) as settings:
        desk.smtp = settings
        (sent,) = send_all(desk.context, desk.inventory)
    assert sent.letter.state is LetterState.SENT
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(PASSWORD.encode() in one for one in kept)
    assert PASSWORD not in repr(desk.inventory)


def test_who_was_refused_is_in_the_ledger(desk: LetterDesk, box: Mailbox) -> None:
    desk.written(desk.opened(sender="Bob"))
    box.refuse = {HELP: "550 no such person"}
    with mail_server(box) as desk.smtp:
        (sent,) = send_all(desk.context, desk.inventory)
    assert (sent.letter.state, dict(sent.letter.refused)) == (LetterState.SENT, {HELP: "550 no such person"})
    assert sent.why == f"{HELP} was refused: 550 no such person"


def test_what_fails_for_now_goes_another_time(desk: LetterDesk, box: Mailbox) -> None:
    letter = desk.written(desk.opened())
    box.answer = "451 later"
    with mail_server(box) as desk.smtp:
        (failed,) = send_all(desk.context, desk.inventory)
        assert (failed.letter.state, "451 later" in failed.why) == (LetterState.FAILED, True)
        box.answer = "250 OK"
        (sent,) = send_all(desk.context, desk.inventory)
    assert (sent.letter.state, sent.letter.tries, sent.letter.why) == (LetterState.SENT, 2, "")
    assert box.raws == [desk.raw(letter)]


def test_what_is_refused_for_good_waits_for_a_person(desk: LetterDesk, box: Mailbox) -> None:
    letter = desk.written(desk.opened())
    box.refuse = {ANA: "550 no such person"}
    with mail_server(box) as desk.smtp:
        (refused,) = send_all(desk.context, desk.inventory)
        assert refused.letter.state is LetterState.REFUSED
        (left,) = send_all(desk.context, desk.inventory)
        assert "refused for good" in left.why
        assert kinds(desk) == ["written", "tried"]
        box.refuse = {}
        assert send_one(desk.context, desk.inventory, letter, again=True).letter.state is LetterState.SENT
    assert len(box.raws) == 1


def cut_before_the_answer(talk: Talk) -> None:
    talk.until_data()
    talk.letter()
    talk.drop()


def test_what_was_perhaps_sent_is_not_sent_again_by_itself(desk: LetterDesk, box: Mailbox) -> None:
    letter = desk.written(desk.opened())
    with scripted(cut_before_the_answer) as desk.smtp:
        (perhaps,) = send_all(desk.context, desk.inventory)
    assert (perhaps.letter.state, "gave no answer" in perhaps.why) == (LetterState.PERHAPS, True)
    with mail_server(box) as desk.smtp:
        (left,) = send_all(desk.context, desk.inventory)
        assert "Perhaps it was sent: eva@desk began to send it at 2026-11-23 14:00 UTC" in left.why
        assert box.raws == []
        with pytest.raises(BadInput, match="was perhaps sent"):
            write_letter(desk.context, compose(desk.context, desk.inventory, letter.case, None))
        sent = send_one(desk.context, desk.inventory, letter, again=True)
    assert (sent.letter.state, sent.letter.message_id) == (LetterState.SENT, letter.message_id)
    assert box.mails[0]["Message-ID"] == letter.message_id


def test_a_later_try_that_fails_does_not_make_perhaps_a_no(desk: LetterDesk, box: Mailbox) -> None:
    letter = desk.written(desk.opened())
    with scripted(cut_before_the_answer) as desk.smtp:
        send_all(desk.context, desk.inventory)
    box.answer = "451 later"
    with mail_server(box) as desk.smtp:
        assert send_one(desk.context, desk.inventory, letter, again=True).letter.state is LetterState.PERHAPS
        assert "Perhaps it was sent" in send_one(desk.context, desk.inventory, letter).why
    nobody = send_one(desk.context, desk.inventory, letter, again=True)  # the server is gone: nothing was begun
    assert (nobody.letter.state, "could not be used" in nobody.why) == (LetterState.PERHAPS, True)
    assert kinds(desk) == ["written", "tried", "tried", "tried", "tried"]


def test_of_two_runs_at_once_one_sends_it(desk: LetterDesk, box: Mailbox) -> None:
    """The second is through while the first is being greeted: the first finds that it was sent, before its letter."""
    letter = desk.written(desk.opened())
    seen: list[LetterState] = []
    with mail_server(box) as good:

        def meanwhile(talk: Talk) -> None:
            other = desk.again()
            other.smtp = good
            seen.append(send_one(other.context, other.inventory, letter).letter.state)
            other.ledger.close()
            cut_before_the_answer(talk)

        with scripted(meanwhile, 20) as desk.smtp:
            (late,) = send_all(desk.context, desk.inventory)
    assert seen == [LetterState.SENT]
    assert (late.letter.state, "It was sent at" in late.why) == (LetterState.SENT, True)
    assert kinds(desk) == ["written", "tried", "sent"]
    assert len(box.raws) == 1


def test_a_failure_before_anything_began_says_nothing_of_another_run(desk: LetterDesk) -> None:
    letter = desk.written(desk.opened())

    def meanwhile(talk: Talk) -> None:
        other = desk.again()
        with scripted(cut_before_the_answer) as other.smtp:
            send_one(other.context, other.inventory, letter)
        other.ledger.close()
        talk.say("554 go away")

    with scripted(meanwhile, 20) as desk.smtp:
        (failed,) = send_all(desk.context, desk.inventory)
    assert ("554 go away" in failed.why, failed.letter.state) == (True, LetterState.PERHAPS)
    assert kinds(desk) == ["written", "tried", "tried"]


def test_a_letter_that_was_changed_on_the_shelf_stays_there(desk: LetterDesk, box: Mailbox) -> None:
    changed, gone, well = (desk.written(desk.opened()) for _ in range(3))
    path = desk.places.data / changed.path
    path.write_bytes(path.read_bytes().replace(b"Nordwand", b"Sudwand_"))
    (desk.places.data / gone.path).unlink()
    with mail_server(box) as desk.smtp:
        told = send_all(desk.context, desk.inventory)
    assert ["hash differs" in told[0].why, "cannot be read" in told[1].why, told[2].why] == [True, True, ""]
    assert box.raws == [desk.raw(well)]
    assert [one.state for one in letters_of(desk.ledger.events(kinds=KINDS))][:2] == [LetterState.WRITTEN] * 2


def test_one_case_only(desk: LetterDesk, box: Mailbox) -> None:
    desk.written(desk.opened())
    letter = desk.written(desk.opened())
    assert [one.id for one in outbox(desk.context, letter.case)] == [letter.id]
    with mail_server(box) as desk.smtp:
        assert [one.letter.id for one in send_all(desk.context, desk.inventory, letter.case)] == [letter.id]
    assert len(outbox(desk.context)) == 1


def test_letters_are_named_by_how_their_id_begins(desk: LetterDesk) -> None:
    letter = desk.written(desk.opened())
    assert letter_named(desk.context, letter.name).id == letter.id
    for name in ("", "abc", "ffffffffffff", "x" * 400, "\x1b[2J"):
        with pytest.raises(BadInput, match="There is no letter"):
            letter_named(desk.context, name)
    assert sent_by_hand(desk.context, letter).by == "hand"
