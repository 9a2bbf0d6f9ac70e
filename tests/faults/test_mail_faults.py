"""5,000 malformed mails, and good ones cut off behind every byte: no traceback, < 1 s, < 128 MB each, each listed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pytest

from callout.desk.mail.judge import Verdict
from callout.inventory.policy import Policy
from tests.faults.mail_samples import Malformed, cut_anywhere, largest
from tests.faults.malformed_mails import malformed_mails
from tests.unit.desk.mail_desk import DESK, Desk

ROOT = Path(__file__).parent.parent.parent
COUNT = 5000
AT_ONCE = 250
# Of the processor: that does not depend on who else works on this machine.
MOST_S = 1.0
MOST_KIB = 128 * 1024
ANY_NUMBER = Policy.model_validate({"desk": {"address": DESK, "mail": {"per_sender_and_hour": 10_000}}})


def read_all(folder: Path, mails: Iterable[Malformed]) -> int:
    """Reads them in a process of its own; how many there were. None may raise, take long, or much memory."""
    rest = iter(mails)
    count = 0
    while some := list(islice(rest, AT_ONCE)):
        place = folder / "mails"
        place.mkdir()
        for number, mail in enumerate(some):
            (place / f"{number:04} {mail.kind}").write_bytes(mail.raw)
        words = [sys.executable, "-m", "tests.faults.mail_reader", str(place)]
        ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=900)
        assert ended.returncode == 0, ended.stderr[-2000:]
        told = [json.loads(line) for line in ended.stdout.splitlines()]
        assert len(told) == len(some)
        bad = [one for one in told if one["said"] or one["took_s"] >= MOST_S or one["most_kib"] >= MOST_KIB]
        assert bad == []
        count += len(some)
        shutil.rmtree(place)
    return count


def list_all(folder: Path, mails: Iterable[Malformed]) -> int:
    """Takes them in through a Maildir, each twice: every one is listed once and on the shelf, none is left."""
    desk = Desk(folder, ANY_NUMBER)
    rest = iter(mails)
    different: set[bytes] = set()
    received = 0
    while some := list(islice(rest, AT_ONCE)):
        for mail in some:
            desk.deliver(mail.raw)
        taken = desk.take()
        for mail in some[::7]:
            desk.deliver(mail.raw)
        assert desk.take().received == ()
        assert desk.waiting() == 0
        received += len(taken.received) + taken.again
        different |= {mail.raw for mail in some}
    events = desk.events("mail_received")
    shelf = {path.stem for path in desk.places.mail.glob("??/*.eml")}
    assert {event.body["mail"] for event in events} <= shelf
    assert len({event.body["mail"] for event in events}) == len(events)
    assert len(shelf) == len(different)
    opened = sum(event.body["verdict"] == Verdict.OPENED for event in events)
    assert len(desk.events("case_opened")) == opened
    return received


@pytest.mark.faults
def test_malformed_mails(tmp_path: Path) -> None:
    assert read_all(tmp_path, malformed_mails(150)) == 150


@pytest.mark.faults
def test_malformed_mails_are_listed(tmp_path: Path) -> None:
    assert list_all(tmp_path, malformed_mails(36, first=1000)) == 36


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_5000_malformed_mails(tmp_path: Path) -> None:
    assert read_all(tmp_path, malformed_mails(COUNT)) == COUNT


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_5000_malformed_mails_are_listed(tmp_path: Path) -> None:
    assert list_all(tmp_path, malformed_mails(COUNT)) == COUNT


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_mails_cut_off_behind_every_byte(tmp_path: Path) -> None:
    assert read_all(tmp_path, cut_anywhere()) > 1500
    (tmp_path / "desk").mkdir()
    assert list_all(tmp_path / "desk", cut_anywhere()) > 1500


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_the_largest_mails(tmp_path: Path) -> None:
    """As large as policy takes them by default."""
    for number, mail in enumerate(largest()):
        (tmp_path / str(number)).mkdir()
        assert read_all(tmp_path / str(number), [mail]) == 1
