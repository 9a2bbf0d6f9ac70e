"""The mailbox of the tests' IMAP server, as a mail program has it open."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager

from tests.imap_server import PASSWORD, USER, ImapServer


@contextmanager
def box(server: ImapServer, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
    """The mailbox, as a mail program has it open."""
    client = imaplib.IMAP4("127.0.0.1", server.port)
    client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
    client.select(folder)
    yield client
    client.logout()


def fill(server: ImapServer, *mails: bytes, folder: str = "INBOX") -> None:
    """Exactly these are there, unread."""
    with box(server) as client:
        client.create(folder)
        client.select(folder)
        client.uid("STORE", "1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()
        for raw in mails:
            client.append(folder, None, None, raw.replace(b"\n", b"\r\n"))  # type: ignore[arg-type]
