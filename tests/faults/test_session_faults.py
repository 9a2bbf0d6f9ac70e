"""Sessions under fire: killed at every step, ssh or its keeper killed, hostile output, damaged files, a full disk."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput
from callout.ledger.chain import verify_chain
from callout.shell import conversation, on_terminal, talk
from callout.steps import session_end, ssh_session
from callout.worklog import recording
from callout.worklog.asciicast import Header, header_line
from callout.worklog.cast_file import open_cast
from callout.worklog.recording import Recording
from callout.worklog.session import running_session
from callout.worklog.terminal_filter import PlainFilter, TerminalFilter
from tests.faults.kills import killed_at
from tests.unit.backups.practice_site import small_disk
from tests.unit.shell.conftest import sshd  # noqa: F401 - a fixture
from tests.unit.shell.person import Person
from tests.unit.shell.session_site import SHELL, Site, site_in, system_at
from tests.unit.worklog.test_terminal_filter import ALLOWED, HARMFUL, HARMLESS

WRITING = tuple(module.__file__ for module in (ssh_session, session_end, recording, conversation, on_terminal, talk))
# Lines of those files that one short session runs through, at most.
STEPS = 1500


@pytest.fixture(scope="module")
def system(sshd: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: F811 - the fixture above
    return system_at(sshd, tmp_path_factory.mktemp("inventory"))


@pytest.fixture
def site(system: Any, tmp_path: Path) -> Iterator[Site]:
    made = site_in(tmp_path, system)
    yield made
    made.context.ledger.close()


def require_whole(site: Site, far_mark: Path) -> None:
    """Whatever was killed: a sound ledger that knows the start before anything is sent, and lines that are whole."""
    context = site.again().context
    findings = verify_chain(context.ledger.rows(), context.ledger.complaints())
    assert [finding.status for finding in findings] == ["pass"]
    kinds = [event.kind for event in context.ledger.events()]
    assert kinds in ([], ["work_started"], ["work_started", "work_logged"])
    assert kinds or not far_mark.exists()
    if kinds == ["work_started"]:
        assert running_session(context.ledger, "eva@desk", site.context.now()) is not None
    for path in site.recordings():
        content = path.read_bytes()
        assert content == b"" or content.endswith(b"\n")
        for line in content.splitlines():
            json.loads(line)
    context.ledger.close()


@contextmanager
def nothing_left_in(folder: Path) -> Iterator[None]:
    """Temporary files go to that folder; none may be there afterwards."""
    folder.mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
    assert list(folder.iterdir()) == []


def kill_and_look(system: Any, folder: Path, place: int) -> bool:
    """A session that is killed at its `place`-th line; False where it was over before."""
    folder.mkdir()
    site, mark = site_in(folder, system), folder / "over-there"
    site.context.ledger.close()

    def script(person: Person) -> None:
        person.wait_for(b"go> ")
        person.types(b"echo one; exit 3\n")

    with nothing_left_in(folder / "temporary"), Person(script) as person:
        killed = killed_at(place, WRITING, lambda: site.again().hold(person, f"touch {mark}; {SHELL}"))
        for _ in range(200):
            if person.terminal() == person.before:
                break
            time.sleep(0.02)
        assert person.terminal() == person.before
    require_whole(site, mark)
    kinds = site.kinds()
    if kinds == ["work_started"]:
        with Person(lambda _: None) as person, pytest.raises(BadInput, match="its program does not run here"):
            site.again().hold(person, "true")
    elif not killed:
        assert kinds == ["work_started", "work_logged"]
    return killed


@pytest.mark.faults
def test_a_kill_at_some_steps(system: Any, tmp_path: Path) -> None:
    killed = [kill_and_look(system, tmp_path / str(place), place) for place in (20, 130, 260, 420)]
    assert any(killed)


@pytest.mark.faults_whole
def test_a_kill_at_every_sixth_step(system: Any, tmp_path: Path, record_property: Any) -> None:
    places = range(0, STEPS, 6)
    killed = sum(kill_and_look(system, tmp_path / str(place), place) for place in places)
    record_property("kills", killed)
    record_property("runs", len(places))
    assert killed >= 50


@pytest.mark.faults
@pytest.mark.parametrize("victim", ["ssh -E", "keeper.py"])
def test_ssh_or_its_keeper_is_killed(site: Site, victim: str) -> None:
    """The work is logged, and the terminal is as it was."""

    def script(person: Person) -> None:
        person.wait_for(b"go> ")
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
        keeper = next(int(pid) for pid, parent, words in rows if int(parent) == os.getpid() and "keeper.py" in words)
        ssh = next(int(pid) for pid, parent, _ in rows if int(parent) == keeper)
        os.kill(keeper if victim == "keeper.py" else ssh, signal.SIGKILL)

    with Person(script) as person:
        end = site.hold(person, SHELL)
        assert person.terminal() == person.before
    assert (end.event.kind, str(end.outcome.end), end.outcome.status) == ("work_logged", "lost", 137)


@pytest.mark.faults
def test_a_real_disk_that_is_full(site: Site, tmp_path: Path) -> None:
    """The recordings' disk alone: the session goes on, the person is told, the work is logged."""
    with small_disk(tmp_path / "small", "256k") as disk:
        places = dataclasses.replace(site.context.places, data=disk)
        site.context = dataclasses.replace(site.context, places=places)

        def script(person: Person) -> None:
            person.wait_for(b"go> ")
            person.asks(b"head -c 3000000 /dev/zero | tr '\\0' x; echo; echo al'l'", b"all\r\n")
            person.types(b"exit 3\n")

        with Person(script) as person:
            end = site.hold(person, SHELL)
        assert end.outcome.status == 3
        assert end.event.body["recording"]["ended_early"] == "it cannot be written: No space left on device"
        assert len(site.said) == 1
        assert all(json.loads(line) for line in site.recordings()[0].read_bytes().splitlines())


def hostile_piece(chance: random.Random) -> str:
    """Something that a system may say: harmful, harmless, cut short or noise."""
    pieces = [
        *HARMFUL.values(),
        *HARMLESS,
        "\x1b",
        "\x1b[",
        "\x1b]",
        "\x1bP",
        "\x9b",
        "text\r\n",
        "{{7*7}}",
        "=cmd|' /C x'!A0",
    ]
    piece = chance.choice(pieces)
    if chance.random() < 0.2:
        piece = piece[: chance.randrange(1, len(piece) + 1)]
    return piece


def tell_and_play(folder: Path, chance: random.Random) -> None:
    """Hostile bytes, cut anywhere, into a recording and out of it again: nothing harmful, no secret."""
    secret = "hunter22" + str(chance.randrange(1000))
    said = "".join(hostile_piece(chance) for _ in range(40)).encode()
    place = chance.randrange(len(said))
    said = said[:place] + b" \x1b[0m" + secret.encode() + b" " + said[place:] + bytes([chance.randrange(256)])
    path = folder / "x.cast"
    path.unlink(missing_ok=True)
    kept = Recording(path, Header(80, 24), [secret], 1_000_000)
    at = 0
    while at < len(said):
        step = chance.randrange(1, 50)
        kept.output(said[at : at + step], at / 1000)
        at += step
    kept.close(100)
    assert secret.encode() not in path.read_bytes()
    drawn, plain = TerminalFilter(), PlainFilter()
    with open_cast(path) as cast:
        events = [event.text for event in cast.events()]
    assert ALLOWED.fullmatch("".join(map(drawn.text, events)))
    text = "".join(map(plain.text, events))
    assert all(character.isprintable() or character in "\n\t" for character in text)
    assert secret not in text


@pytest.mark.faults
def test_hostile_output_slice(tmp_path: Path) -> None:
    for seed in range(60):
        tell_and_play(tmp_path, random.Random(seed))


@pytest.mark.faults_whole
def test_hostile_output(tmp_path: Path, record_property: Any) -> None:
    for seed in range(3000):
        tell_and_play(tmp_path, random.Random(seed))
    record_property("payloads", 3000 * 40)


def damage_and_read(path: Path, whole: bytes, chance: random.Random) -> bool:
    """A damaged file is played up to its damage, then told by its line; never anything else. True if it was told."""
    spoilt = bytearray(whole)
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(spoilt))
        match chance.randrange(4):
            case 0:
                spoilt[place] = chance.randrange(256)
            case 1:
                del spoilt[place : place + chance.randrange(1, 60)]
            case 2:
                spoilt[place:place] = chance.choice(
                    [b"\n", b"\x00", b"[" * 3000, b"NaN", b"1e999", b'"', b"\xff", b"{}"]
                )
            case _:
                del spoilt[place:]
        if not spoilt:
            break
    path.write_bytes(spoilt)
    told = ""
    try:
        with open_cast(path) as cast:
            assert all(event.at_s >= 0 for event in cast.events())
    except BadInput as complaint:
        told = complaint.message
    assert told == "" or (", line " in told and len(told) < 400)
    return bool(told)


def damaged(folder: Path, count: int) -> int:
    lines = [json.dumps([place / 7, "o", f"line {place} ä \x1b[1m"]).encode() for place in range(30)]
    whole = header_line(Header(80, 24, title="x")) + b"\n".join(lines) + b"\n"
    return sum(damage_and_read(folder / "x.cast", whole, random.Random(seed)) for seed in range(count))


@pytest.mark.faults
def test_damaged_recordings_slice(tmp_path: Path) -> None:
    assert damaged(tmp_path, 200) > 50


@pytest.mark.faults_whole
def test_damaged_recordings(tmp_path: Path, record_property: Any) -> None:
    record_property("files", 5000)
    record_property("told", damaged(tmp_path, 5000))
