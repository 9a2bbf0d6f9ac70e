"""The letter to a stranger: once a day, never to a program, and without a word about anybody."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput
from callout.ledger import Draft
from callout.steps.case_unregistered import MOST_A_DAY, compose_unregistered, write_unregistered
from tests.unit.desk.letter_desk import OURS, STRANGER, LetterDesk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LetterDesk]:
    found = LetterDesk(tmp_path)
    yield found
    found.ledger.close()


def test_a_stranger_gets_one_letter_a_day(desk: LetterDesk) -> None:
    def write(number: int, sender: str = STRANGER) -> Any:
        mail = desk.mail(verdict="unregistered", sender=sender, number=number, subject="Buy my \u20ac pills")
        composed = compose_unregistered(desk.context, desk.inventory.policy, mail.id)
        return write_unregistered(desk.context, composed)

    event = write(1)
    head = message_from_bytes((desk.places.data / event.body["path"]).read_bytes(), policy=default)
    assert (head["To"], head["Auto-Submitted"]) == (STRANGER, "auto-replied")
    assert head["In-Reply-To"] == "<1@mail.example>"
    assert "pills" not in (desk.places.data / event.body["path"]).read_text()
    assert "Globex" not in (desk.places.data / event.body["path"]).read_text()
    for sender in (STRANGER, STRANGER.title()):
        with pytest.raises(BadInput, match="within the last 24 hours"):
            write(2, sender)
    desk.clock.forward(hours=23, minutes=59)
    with pytest.raises(BadInput, match="within the last 24 hours"):
        write(3)
    desk.clock.forward(hours=-48)  # somebody has set the clock back
    with pytest.raises(BadInput, match="within the last 24 hours"):
        write(4)
    desk.clock.forward(hours=49)
    assert write(5).body["to"] == [STRANGER]


def test_strangers_together_get_a_hundred_letters_a_day(desk: LetterDesk) -> None:
    mail = desk.mail(verdict="unregistered", sender=STRANGER)
    composed = compose_unregistered(desk.context, desk.inventory.policy, mail.id)
    body = {"case": "", "kind": "unregistered", "cc": [], "subject": "x", "sha256": "", "path": ""}
    desk.ledger.append(
        *(
            Draft("letter_written", desk.clock(), "eva@desk", body={**body, "to": [f"s{number}@x.example"],
                                                                   "about": str(number), "message_id": f"<{number}@x>"})
            for number in range(MOST_A_DAY)
        )
    )  # fmt: skip
    with pytest.raises(BadInput, match="100 strangers"):
        write_unregistered(desk.context, composed)
    desk.clock.forward(days=1, minutes=1)
    assert write_unregistered(desk.context, composed).body["to"] == [STRANGER]


@pytest.mark.parametrize("verdict", ["opened", "threaded", "loop", "bounce", "unreadable"])
def test_loops_and_bounces_get_none(desk: LetterDesk, verdict: str) -> None:
    mail = desk.mail(verdict=verdict, sender=STRANGER)
    with pytest.raises(BadInput, match="is no mail of an unregistered sender"):
        compose_unregistered(desk.context, desk.inventory.policy, mail.id)


@pytest.mark.parametrize(
    "sender",
    ["", "<>", "MAILER-DAEMON@x.example", "no-reply@x.example", OURS["support"].upper(), OURS["last"],
     "a@b\r\nBcc: c@d", "a@b.example, c@d.example", "not an address"],
)  # fmt: skip
def test_programs_and_ourselves_get_none(desk: LetterDesk, sender: str) -> None:
    mail = desk.mail(verdict="unregistered", sender=sender)
    with pytest.raises(BadInput, match="is no person's address"):
        compose_unregistered(desk.context, desk.inventory.policy, mail.id)


def test_a_mail_that_was_filed_gets_none(desk: LetterDesk) -> None:
    mail = desk.mail(verdict="unregistered", sender=STRANGER)
    desk.says("mail_filed", "", mail=mail.body["mail"], why="spam")
    with pytest.raises(BadInput, match="has filed this mail since"):
        compose_unregistered(desk.context, desk.inventory.policy, mail.body["mail"][:12])
