"""The intake killed at every line that it runs, and a disk that fails at every call: no mail lost, none doubled."""

from __future__ import annotations

import errno
import mailbox
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from access_check import whole_files
from callout.desk import mail_index, mail_shelf
from callout.desk.sources import imap, maildir, mbox
from callout.desk.sources.imap import ImapSource
from callout.desk.sources.mbox import MboxSource
from callout.inventory.desk import Imap
from callout.ledger import sqlite
from callout.ledger.chain import verify_chain
from callout.steps import intake
from tests.faults.kills import killed_at
from tests.imap_server import PASSWORD, USER, ImapServer
from tests.unit.desk.mail_desk import Desk, mail
from tests.unit.desk.sources.imap_box import box, fill

ROOT = Path(__file__).parent.parent.parent
WRITING = tuple(
    one.__file__ for one in (intake, mail_shelf, mail_index, maildir, mbox, sqlite, whole_files)
)  # fmt: skip
# A first word, an answer to it, the first one once more by another way, one to be set aside.
FIRST = mail("No calls.", Message_ID="<first@acme.example>")
MAILS = (
    FIRST,
    mail("Still none.", In_Reply_To="<first@acme.example>"),
    b"Received: from b by c; Tue, 24 Nov 2026 09:14:00 +0000\n" + FIRST,
    mail("Buy this.", "eve@evil.example"),
)
NEVER = 1 << 40
VICTIM = """
import sys
from pathlib import Path
from callout.errors import CalloutError
from tests.unit.desk.mail_desk import Desk
try:
    print("taken", len(Desk(Path(sys.argv[1])).take().received))
except CalloutError as error:
    print("told", error.exit_status, error.message)
"""
Way = Callable[[Desk], object]


def by_maildir(desk: Desk) -> object:
    return desk.take()


def by_mbox(desk: Desk) -> object:
    return desk.take(MboxSource(desk.folder / "box/mail", desk.places.mail / "positions", longest_wait_s=0.5))


def new_desk(folder: Path) -> Desk:
    """A desk for which all of them wait, in a Maildir and in an mbox."""
    folder.mkdir(parents=True)
    desk = Desk(folder)
    (folder / "box").mkdir()
    box = mailbox.mbox(folder / "box/mail")
    for raw in MAILS:
        desk.deliver(raw)
        box.add(raw)
    box.close()
    return desk


def require_all_once(desk: Desk, way: Way, waiting: int = 0) -> None:
    """Run once more, everything is there once: one case with one answer, one set aside, all of them on the shelf."""
    before = len(desk.events("mail_received")) if (desk.folder / "ledger.sqlite").exists() else 0
    assert before in (0, 3)
    (desk.folder / "box/mail.lock").unlink(missing_ok=True)  # a dead program's: the next one is told of it
    way(desk)
    way(desk)
    ledger = desk.ledger()
    assert [one for one in verify_chain(ledger.rows()) if one.blocks] == []
    ledger.close()
    kinds = sorted(event.kind for event in desk.events())
    assert kinds == ["case_heard", "case_opened", "mail_received", "mail_received", "mail_received"]
    assert {event.body["case"] for event in desk.events("case_heard", "case_opened")} == {"CS-000001"}
    kept = [path.read_bytes().replace(b"\r\n", b"\n") for path in desk.places.mail.glob("??/*.eml")]
    assert all(any(one.strip() == raw.strip() for one in kept) for raw in (MAILS[0], MAILS[1], MAILS[3]))
    assert list(desk.places.mail.rglob("*.new")) == []
    assert way is by_mbox or desk.waiting() == waiting


def kills(folder: Path, way: Way, step: int) -> int:
    """How often it was killed, one line (or `step` lines) further each time, until it ended by itself."""
    place = count = 0
    while True:
        desk = new_desk(folder / str(place))
        killed = killed_at(place, WRITING, lambda desk=desk: way(desk))
        require_all_once(desk, way)
        shutil.rmtree(desk.folder)
        if not killed:
            return count
        place, count = place + step, count + 1


@pytest.mark.faults
@pytest.mark.parametrize(("way", "step"), [(by_maildir, 173), (by_mbox, 211)])
def test_a_kill_loses_and_doubles_no_mail(tmp_path: Path, way: Way, step: int) -> None:
    assert kills(tmp_path, way, step) > 3


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("way", [by_maildir, by_mbox])
def test_a_kill_at_every_line_loses_and_doubles_no_mail(tmp_path: Path, way: Way) -> None:
    assert kills(tmp_path, way, 1) > 300


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_a_kill_loses_and_doubles_no_mail_of_a_server(tmp_path: Path) -> None:
    """A real IMAP server; every seventh line, each with a mailbox that is filled anew."""
    server = ImapServer()
    account = Imap.model_validate({
        "host": "localhost", "port": server.tls_port, "user": USER, "password": PASSWORD,
        "ca_file": str(server.authority), "move_to": "Taken",
    })  # fmt: skip

    def by_imap(desk: Desk) -> object:
        return desk.take(ImapSource(account, desk.folder))

    try:
        count, killed = 0, True
        while killed:
            fill(server, *MAILS)
            desk = new_desk(tmp_path / str(count))
            killed = killed_at(7 * count, (*WRITING, imap.__file__), lambda desk=desk: by_imap(desk))
            require_all_once(desk, by_imap, waiting=len(MAILS))
            with box(server) as client:
                assert client.search(None, "ALL")[1] == [b""]
            shutil.rmtree(desk.folder)
            count += 1
    finally:
        server.remove()
    assert count > 50


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that lets a call fail, made here."""
    compiler = shutil.which("cc") or pytest.skip("no C compiler here")
    made = tmp_path_factory.mktemp("shim") / "failing_disk.so"
    source = Path(__file__).with_name("failing_disk.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", str(made), str(source), "-ldl"], check=True)
    return made


def failed_at(shim: Path, desk: Desk, place: int, what: int) -> tuple[str, int]:
    """How an intake ended whose `place`-th call fails with `what`, and how many there were."""
    count = desk.folder.parent / "count"
    count.write_bytes(bytes(8))
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "LD_PRELOAD": str(shim), "CALLOUT_FAIL_BELOW": str(desk.folder),
        "CALLOUT_FAIL_COUNT": str(count), "CALLOUT_FAIL_AT": str(place), "CALLOUT_FAIL_WITH": str(what),
    }  # fmt: skip
    words = [sys.executable, "-c", VICTIM, str(desk.folder)]
    ended = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-2000:]
    return ended.stdout.strip(), int.from_bytes(count.read_bytes(), sys.byteorder)


def failures(shim: Path, folder: Path, step: int, what: int) -> int:
    """How many calls there are; each of them (or each `step`th) failed once, and nobody saw a traceback."""
    desk = new_desk(folder / "counted")
    said, calls = failed_at(shim, desk, NEVER, what)
    assert said == "taken 3"
    for place in range(1, calls + 1, step):
        desk = new_desk(folder / str(place))
        said, _ = failed_at(shim, desk, place, what)
        assert said.startswith(("taken", "told 1 ", "told 2 ")), (place, said)
        require_all_once(desk, by_maildir)
        shutil.rmtree(desk.folder)
    return calls


@pytest.mark.faults
def test_a_full_disk_loses_no_mail(tmp_path: Path, shim: Path) -> None:
    assert failures(shim, tmp_path, 83, errno.ENOSPC) > 30


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("what", [errno.ENOSPC, errno.EIO])
def test_a_failing_call_loses_no_mail(tmp_path: Path, shim: Path, what: int) -> None:
    assert failures(shim, tmp_path, 1, what) > 30
