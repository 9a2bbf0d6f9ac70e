"""A real IMAP server on loopback: what is unread is taken and marked, or moved; and servers that misbehave."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callout.desk.sources.imap import ImapSource
from callout.errors import BadInput, Unreachable
from callout.inventory.desk import Imap
from tests.imap_server import PASSWORD, USER, ImapServer
from tests.unit.desk.mail_desk import Desk, mail
from tests.unit.desk.sources.imap_box import box, fill


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    made = ImapServer()
    yield made
    made.remove()


def account(server: ImapServer, **fields: Any) -> Imap:
    values = {
        "host": "localhost", "port": server.tls_port, "user": USER, "password": PASSWORD,
        "ca_file": str(server.authority), "timeout_s": 20,
    }  # fmt: skip
    return Imap.model_validate({**values, **fields})


def flags(server: ImapServer, wanted: str) -> int:
    with box(server) as client:
        return len(client.search(None, wanted)[1][0].split())


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_unread_mails_are_taken_and_marked(server: ImapServer, tmp_path: Path, security: str) -> None:
    """Over TLS, with a password that is not plain letters; once more there is nothing, and nothing is doubled."""
    large = mail("big") + b"x" * 2_500_000
    fill(server, mail("one"), mail("two", "eve@evil.example"), large)
    desk = Desk(tmp_path)
    port = server.tls_port if security == "tls" else server.port
    said = account(server, security=security, port=port)
    taken = desk.take(ImapSource(said, tmp_path))
    assert [event.body["verdict"] for event in taken.received] == ["opened", "unregistered", "opened"]
    assert all(event.body["source"].startswith("imap:localhost/INBOX;uidvalidity=") for event in taken.received)
    assert large.replace(b"\n", b"\r\n") in [path.read_bytes() for path in desk.places.mail.glob("??/*.eml")]
    assert (flags(server, "SEEN"), flags(server, "UNSEEN")) == (3, 0)
    assert desk.take(ImapSource(said, tmp_path)).received == ()
    again = desk.take(ImapSource(said, tmp_path, read_too=True))
    assert (again.received, again.again) == ((), 3)


def test_taken_mails_are_moved(server: ImapServer, tmp_path: Path) -> None:
    """Into a folder that is made if need be, with a name beyond ASCII."""
    fill(server, mail("one"), mail("two"))
    taken = Desk(tmp_path).take(ImapSource(account(server, move_to='Geprüft & "fertig"'), tmp_path))
    assert (len(taken.received), flags(server, "ALL")) == (2, 0)
    with box(server) as client:
        assert any(b"Gepr&APw-ft &- " in line for line in client.list()[1])  # type: ignore[operator]


def test_a_server_that_cannot_move(tmp_path: Path) -> None:
    """Copied and deleted one by one, without what others have deleted; and a password by LOGIN has plain letters."""
    server = ImapServer(capability="IMAP4rev1 LITERAL+ SASL-IR ID UIDPLUS AUTH=PLAIN")
    try:
        fill(server, mail("one"), mail("two"))
        taken = Desk(tmp_path).take(ImapSource(account(server, move_to="Taken"), tmp_path))
        assert (len(taken.received), flags(server, "ALL")) == (2, 0)
    finally:
        server.remove()


def test_what_is_refused(server: ImapServer, tmp_path: Path) -> None:
    """In one sentence, which never has the password in it."""
    with pytest.raises(Unreachable, match="its certificate is not trusted"):
        ImapSource(account(server, ca_file=None), tmp_path)
    with pytest.raises(Unreachable, match="IMAP") as wrong:
        ImapSource(account(server, password="wr0ng-secret"), tmp_path)
    assert "wr0ng" not in wrong.value.message
    with pytest.raises(Unreachable, match=r"(?i)mailbox"):
        ImapSource(account(server, folder="Nowhere"), tmp_path)
    with pytest.raises(BadInput, match="in clear"):
        ImapSource(account(server, host="mail.acme.example", security="none"), tmp_path)
    with pytest.raises(BadInput, match="no certificates"):
        ImapSource(account(server, ca_file=str(server.configuration)), tmp_path)
    with pytest.raises(Unreachable):
        ImapSource(account(server, port=1), tmp_path)


HOSTILE = {
    "nothing": b"",
    "not IMAP": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "a line without end": b"* OK " + b"x" * 3_000_000,
    "4 GB announced": b"* OK [CAPABILITY IMAP4rev1] hi\r\n* X {4294967295}\r\n",
    "BYE": b"* BYE \x1b]0;owned\x07\r\n",
}


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_a_server_that_misbehaves(tmp_path: Path, said: bytes) -> None:
    """One sentence, in which nothing moves the cursor; no traceback, no gigabytes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _ = listening.accept()
            with line:
                line.sendall(said)
                line.recv(1000)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        values = {"host": "127.0.0.1", "port": listening.getsockname()[1], "security": "none", "user": "desk"}
        said_to = Imap.model_validate({**values, "password": "plain", "timeout_s": 1})
        with pytest.raises(Unreachable) as told:
            ImapSource(said_to, tmp_path)
        assert told.value.message.isprintable()
        thread.join(5)
