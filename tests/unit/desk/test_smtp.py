"""One letter by SMTP, on real servers: encrypted, signed in once, refused, cut; and whether it went is always known."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from callout.desk.smtp import Delivered, NotSent, PerhapsSent, send_letter
from callout.errors import BadInput
from callout.inventory.desk import Smtp
from tests.unit.desk.mail_server import PASSWORD, USER, Mailbox, Talk, mail_server, make_certificate, scripted

LETTER = b"From: a@desk.example\r\nSubject: x\r\n\r\nHello\r\n.hidden\r\n.\r\nthe end\r\n"
ANA, BEN = "ana@globex.example", "ben@globex.example"
FROM = "support@desk.example"


def send(settings: Smtp, folder: Path, to: tuple[str, ...] = (ANA,), letter: bytes = LETTER) -> Delivered:
    return send_letter(settings, folder, letter, FROM, to, "desk.example", lambda: None)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a server's certificate and its authority."""
    folder = tmp_path_factory.mktemp("tls")
    make_certificate(folder)
    return folder


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_letter_arrives_as_it_was_written(box: Mailbox, tls: Path, security: str) -> None:
    with mail_server(box, tls, security, signs_in=security == "starttls") as settings:
        delivered = send(settings, tls, (ANA, BEN))
    assert delivered == Delivered(f"{settings.host}:{settings.port}")
    assert box.raws == [LETTER]
    assert box.envelopes == [(FROM, (ANA, BEN))]
    # Of a line that is encrypted from the first byte on the server cannot say so; nobody else could have spoken there.
    assert box.encrypted == [security == "starttls"]
    assert box.greeted_by == ["desk.example"]
    assert [(user, password) for _, user, password in box.sign_ins] == [
        (USER.encode(), PASSWORD.encode()) for _ in range(security == "starttls")
    ]


def test_a_password_is_tried_once(box: Mailbox, tls: Path) -> None:
    with mail_server(box, tls, "starttls", signs_in=True) as settings:
        wrong = Smtp.model_validate({**settings.model_dump(), "password": "hunter2-of-mine"})
        with pytest.raises(NotSent, match="refused user and password: 535") as error:
            send(wrong, tls)
    assert len(box.sign_ins) == 1
    assert box.raws == []
    assert "hunter2" not in repr(error.value) + str(error.value.__context__) + repr(wrong)


def test_an_unknown_certificate_is_refused(box: Mailbox, tls: Path, tmp_path: Path) -> None:
    make_certificate(tmp_path, "another.example")
    with mail_server(box, tls, "starttls", signs_in=True) as settings:
        for folder, changes in ((tls, {"ca_file": None}), (tmp_path, {}), (tls, {"host": "127.0.0.1"})):
            with pytest.raises(NotSent, match=r"certificate of .* is not good"):
                send(settings.model_copy(update=changes), folder)
    with mail_server(box, tls, "tls") as settings, pytest.raises(NotSent, match="certificate"):
        send(settings, tmp_path)
    assert box.raws == []
    assert box.sign_ins == []


def test_nothing_is_said_without_encryption(box: Mailbox, tls: Path) -> None:
    """A line that somebody has cut the STARTTLS out of gets neither the password nor the letter."""
    with mail_server(box) as settings:
        wanted = settings.model_copy(update={"security": "starttls", "user": USER, "ca_file": None})
        with pytest.raises(NotSent, match="offers no encryption"):
            send(wanted, tls)
    assert box.raws == []


def test_a_password_never_goes_in_the_clear(tmp_path: Path) -> None:
    settings = Smtp.model_validate({"host": "mail.example", "security": "none", "user": "x", "password": PASSWORD})
    with pytest.raises(BadInput, match="password in the clear"):
        send(settings, tmp_path)
    with pytest.raises(BadInput, match="ca_file"):
        send(Smtp.model_validate({"host": "localhost", "ca_file": "gone.pem"}), tmp_path)


def test_who_is_refused_is_told_and_the_others_get_it(box: Mailbox, tmp_path: Path) -> None:
    box.refuse = {BEN: "550 no such person\x1b[2J"}
    with mail_server(box) as settings:
        delivered = send(settings, tmp_path, (ANA, BEN))
    assert delivered.refused == {BEN: "550 no such person\\x1b[2J"}
    assert box.envelopes == [(FROM, (ANA,))]


@pytest.mark.parametrize(("answer", "permanent"), [("550 no", True), ("450 later", False)])
def test_all_refused_is_not_sent(box: Mailbox, tmp_path: Path, answer: str, permanent: bool) -> None:
    box.refuse = {ANA: answer, BEN: "551 no"}
    with mail_server(box) as settings, pytest.raises(NotSent, match="took no recipient") as error:
        send(settings, tmp_path, (ANA, BEN))
    assert error.value.permanent is permanent
    assert error.value.refused == {ANA: answer, BEN: "551 no"}


@pytest.mark.parametrize(("answer", "permanent"), [("451 try later", False), ("554 spam", True)])
def test_the_letter_itself_refused(box: Mailbox, tmp_path: Path, answer: str, permanent: bool) -> None:
    box.answer = answer
    with mail_server(box) as settings, pytest.raises(NotSent, match=f"did not take the letter: {answer}") as error:
        send(settings, tmp_path)
    assert error.value.permanent is permanent


def test_a_letter_that_is_too_large_is_not_begun(box: Mailbox, tmp_path: Path) -> None:
    with (
        mail_server(box, data_size_limit=100) as settings,
        pytest.raises(NotSent, match="takes letters of 100") as error,
    ):
        send(settings, tmp_path, letter=LETTER + b"x" * 200 + b"\r\n")
    assert error.value.permanent


def test_nobody_there(tmp_path: Path) -> None:
    with scripted(lambda talk: None) as settings:
        pass
    with pytest.raises(NotSent, match="could not be used: Connection refused"):
        send(settings, tmp_path)
    nowhere = settings.model_copy(update={"host": "no-such-host.invalid"})
    with pytest.raises(NotSent, match="could not be used"):
        send(nowhere, tmp_path)


def cut_before_the_answer(talk: Talk) -> None:
    talk.until_data()
    assert talk.letter().endswith(b"..\r\nthe end\r\n.\r\n")
    talk.drop()


def silent_after_the_letter(talk: Talk) -> None:
    talk.until_data()
    talk.letter()
    talk.hear()  # until the other side has had enough


def nonsense_after_the_letter(talk: Talk) -> None:
    talk.until_data()
    talk.letter()
    talk.say("yes, thank you")


@pytest.mark.parametrize("script", [cut_before_the_answer, silent_after_the_letter, nonsense_after_the_letter])
def test_perhaps_sent_is_only_where_the_whole_letter_was_handed_over(
    tmp_path: Path, script: Callable[[Talk], None]
) -> None:
    with scripted(script, 0.3) as settings, pytest.raises(PerhapsSent, match="had the whole letter"):
        send(settings, tmp_path)


def greets_and_goes(talk: Talk) -> None:
    talk.say("220 hello")
    talk.hear()
    talk.drop()


def cut_at_data(talk: Talk) -> None:
    talk.until_data()
    talk.drop()


def says_no(talk: Talk) -> None:
    talk.say("554 we do not speak to you\x1b[2J")


def is_web(talk: Talk) -> None:
    talk.say("HTTP/1.1 400 Bad Request")


def one_long_line(talk: Talk) -> None:
    for _ in range(64):
        talk.connection.sendall(b"220 " + b"x" * 65536)


def endless_lines(talk: Talk) -> None:
    talk.say("220 hello")
    for _ in range(100_000):
        talk.say("250-and")


def a_byte_at_a_time(talk: Talk) -> None:
    while True:
        talk.connection.sendall(b"2")
        time.sleep(0.05)


def silent(talk: Talk) -> None:
    talk.hear()


def no_mail_from(talk: Talk) -> None:
    talk.say("220 hello")
    while line := talk.hear():
        talk.say("530 sign in first" if line.startswith(b"MAIL") else "250 OK")


def leaves_at_a_recipient(talk: Talk) -> None:
    talk.say("220 hello")
    while line := talk.hear():
        talk.say("421 going down" if line.startswith(b"RCPT") else "250 OK")


HOSTILE = [greets_and_goes, says_no, is_web, one_long_line, endless_lines, a_byte_at_a_time, silent, no_mail_from,
           leaves_at_a_recipient]  # fmt: skip


@pytest.mark.parametrize("script", HOSTILE)
def test_what_a_server_may_say_is_bounded(tmp_path: Path, script: Callable[[Talk], None]) -> None:
    began = time.monotonic()
    with scripted(script, 0.3) as settings, pytest.raises(NotSent) as error:
        send(settings, tmp_path)
    assert time.monotonic() - began < 15
    assert len(error.value.message) < 1000
    assert error.value.message.isprintable()


def test_cut_in_the_middle_of_the_letter_is_known_not_to_have_gone(tmp_path: Path) -> None:
    large = LETTER + (b"x" * 76 + b"\r\n") * 200_000  # more than any socket holds back
    with scripted(cut_at_data, 2) as settings, pytest.raises(NotSent, match="in the middle of the letter"):
        send(settings, tmp_path, letter=large)


def test_words_said_before_the_line_is_encrypted_do_not_count(tls: Path) -> None:
    def injects(talk: Talk) -> None:
        talk.say("220 hello")
        talk.hear()
        talk.say("250-scripted\r\n250 STARTTLS")
        talk.hear()
        talk.say("220 go on\r\n250-AUTH PLAIN\r\n250 injected")
        talk.hear()

    with scripted(injects) as settings:
        wanted = settings.model_copy(update={"security": "starttls", "ca_file": "ca.pem"})
        with pytest.raises(NotSent, match="said more than it was asked"):
            send(wanted, tls)


@pytest.mark.parametrize(
    "evil", ["a@b.example>\r\nRCPT TO:<c@d.example", "a b@c.example", "a@b.example\n", "<a@b>", "ä@b.example"]
)
def test_an_address_is_nothing_but_an_address(box: Mailbox, tmp_path: Path, evil: str) -> None:
    with mail_server(box) as settings:
        with pytest.raises(BadInput, match="is no address"):
            send(settings, tmp_path, (ANA, evil))
        with pytest.raises(BadInput, match="is no address"):
            send_letter(settings, tmp_path, LETTER, evil, (ANA,), "desk.example", lambda: None)
    assert box.raws == []


def test_where_it_may_not_begin_nobody_gets_it(box: Mailbox, tmp_path: Path) -> None:
    seen: list[int] = []

    def stop() -> None:
        seen.append(len(box.raws))
        raise RuntimeError("not now")

    with mail_server(box) as settings, pytest.raises(RuntimeError):
        send_letter(settings, tmp_path, LETTER, FROM, (ANA,), "desk.example", stop)
    assert (seen, box.raws) == ([0], [])
