"""Maildir and mbox as other programs make them, and while other programs work in them."""

from __future__ import annotations

import fcntl
import mailbox
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from callout.desk.sources.maildir import MaildirSource
from callout.desk.sources.mbox import MboxSource
from callout.desk.sources.waiting import Waiting
from callout.errors import BadInput, Locked
from tests.unit.desk.mail_desk import Desk, mail


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class Batches:
    """A source that has been asked already."""

    def __init__(self, source: MaildirSource, batch: Sequence[Waiting]) -> None:
        self.name, self.taken, self.close = source.name, source.taken, source.close
        self._batches = [batch, []]

    def batch(self) -> Sequence[Waiting]:
        return self._batches.pop(0)


def from_mbox(desk: Desk, path: Path) -> int:
    return len(desk.take(MboxSource(path, desk.places.mail / "positions", longest_wait_s=0.3)).received)


def test_mails_that_are_read_are_left(desk: Desk) -> None:
    """A mail program has moved two to cur, one of them read; links and foreign files are no mails."""
    box = mailbox.Maildir(desk.maildir)
    for number, flags in enumerate(("", "S", "FRS")):
        message = mailbox.MaildirMessage(mail(f"{number}"))
        message.set_subdir("cur")
        message.set_flags(flags)
        box.add(message)
    (desk.maildir / "new/link").symlink_to("/etc/passwd")
    (desk.maildir / "new/.hidden").write_bytes(mail())
    os.mkfifo(desk.maildir / "new/pipe")
    assert [event.body["text"] for event in desk.take().received] == ["0"]
    assert sorted(path.name.partition(":")[2] for path in (desk.maildir / "cur").iterdir()) == ["2,FRS", "2,S", "2,S"]
    assert len(desk.take(MaildirSource(desk.maildir, read_too=True)).received) == 2


def test_in_the_order_of_delivery(desk: Desk) -> None:
    """Whatever the names are: an answer comes behind what it answers."""
    for number, name in enumerate(("M99", "M100", "M9")):
        path = desk.maildir / "new" / name
        path.write_bytes(mail(f"{number}"))
        os.utime(path, ns=(number, 10**18 + number))
    assert [event.body["text"] for event in desk.take().received] == ["0", "1", "2"]


def test_a_mail_that_cannot_be_read_stops_no_other(desk: Desk) -> None:
    """Its name is no text, or it has become a link meanwhile: told, and left where it is."""
    strange = os.fsencode(desk.maildir / "new") + b"/\xff\x1b[2J"
    Path(os.fsdecode(strange)).write_bytes(mail("strange name"))
    desk.deliver(mail("one"))
    source = MaildirSource(desk.maildir)
    batch = source.batch()
    turned = desk.maildir / batch[1].key
    turned.rename(desk.folder / "moved")
    turned.symlink_to(desk.folder / "moved")
    taken = desk.take(Batches(source, batch))
    assert [event.body["text"] for event in taken.received] == ["strange name"]
    assert (len(taken.left), taken.exit_status, taken.gone) == (1, 4, 0)
    assert taken.received[0].body["source"] == r"maildir:Maildir/new/\udcff\x1b[2J"


def test_no_maildir_and_no_mbox(desk: Desk) -> None:
    with pytest.raises(BadInput, match="no Maildir"):
        MaildirSource(desk.folder)
    (desk.folder / "text").write_text("x")
    with pytest.raises(BadInput, match="no mbox"):
        MboxSource(desk.folder / "text", desk.folder)
    with pytest.raises(BadInput, match="cannot be read"):
        MboxSource(desk.folder / "nothing", desk.folder)


def test_an_mbox_goes_on_where_it_was(desk: Desk) -> None:
    """It is not written; what is appended is taken; where others rewrite it nothing is doubled, nothing lost."""
    path = desk.folder / "mbox"
    box = mailbox.mbox(path)
    box.add(mail("one\nFrom here nothing goes out.", Message_ID="", Date=""))
    box.flush()
    before = path.read_bytes()
    assert (from_mbox(desk, path), from_mbox(desk, path)) == (1, 0)
    assert path.read_bytes() == before
    box.add(mail("two"))
    box.flush()
    assert (from_mbox(desk, path), from_mbox(desk, path)) == (1, 0)
    message = box[0]
    message.set_flags("RO")
    box[0] = message
    box.add(mail("three"))
    box.flush()
    assert b"\nStatus: RO" in path.read_bytes()
    assert (from_mbox(desk, path), len(desk.events("mail_received"))) == (1, 3)
    del box[0]
    box.flush()
    box.add(mail("four"))
    box.close()
    assert (from_mbox(desk, path), len(desk.events("mail_received"))) == (1, 4)
    path.write_bytes(b"")
    assert from_mbox(desk, path) == 0
    assert len({event.body["text"] for event in desk.events("mail_received")}) == 4


def test_a_locked_mbox_waits(desk: Desk) -> None:
    path = desk.folder / "mbox"
    box = mailbox.mbox(path)
    box.add(mail())
    box.close()
    lock = desk.folder / "mbox.lock"
    lock.touch()
    with pytest.raises(Locked, match="locked by another program"):
        from_mbox(desk, path)
    lock.unlink()
    child = os.fork()
    reader, writer = os.pipe()
    if child == 0:
        with path.open("rb+") as stream:
            fcntl.lockf(stream, fcntl.LOCK_EX)
            os.write(writer, b"x")
            os.read(reader, 0)
            os.kill(os.getpid(), 19)  # stops, and keeps the lock
        os._exit(0)
    os.waitpid(child, os.WUNTRACED)
    try:
        with pytest.raises(Locked):
            from_mbox(desk, path)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert from_mbox(desk, path) == 1
    assert not lock.exists()


def _take(folder: str, way: str) -> int:
    desk = Desk(Path(folder))
    return len(desk.take().received) if way == "maildir" else from_mbox(desk, desk.folder / "mbox")


def test_two_intakes_at_once(desk: Desk) -> None:
    """Of the same Maildir, and of an mbox with the same mails: each is taken in once."""
    box = mailbox.mbox(desk.folder / "mbox")
    for number in range(60):
        raw = mail(f"number {number}", sender=("jane", "ops")[number % 2] + "@acme.example")
        desk.deliver(raw)
        box.add(raw)
    box.close()
    with ProcessPoolExecutor(3, get_context("spawn")) as pool:
        counts = list(pool.map(_take, [str(desk.folder)] * 3, ["maildir", "mbox", "maildir"]))
    assert sum(counts) == 60
    assert len({event.body["text"] for event in desk.events("mail_received")}) == 60
    assert desk.waiting() == 0
