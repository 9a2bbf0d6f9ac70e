"""A person's ssh over a real sshd: as ssh itself on a terminal and between pipes, and what it ends with."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput, TrustRefused, Unreachable
from callout.shell.conversation import Conversation, Outcome, Wanted
from callout.shell.ssh_log import End
from callout.shell.talk import Doors
from callout.shell.terminal import set_size
from tests.unit.shell.conftest import free_port
from tests.unit.shell.person import Person

WHOLE = pytest.mark.faults_whole
PROMPT = b"ready> "
SHELL = f"PS1='{PROMPT.decode()}' exec sh -i"


@dataclass
class Seen:
    """An observer that keeps what it sees."""

    output_bytes: bytearray = field(default_factory=bytearray)
    keys: int = 0
    sizes: list[tuple[int, int]] = field(default_factory=list)

    def output(self, data: bytes) -> None:
        self.output_bytes += data

    def typed(self) -> None:
        self.keys += 1

    def resized(self, columns: int, rows: int) -> None:
        self.sizes.append((columns, rows))


def talk(sshd: Any, doors: Doors, seen: Seen, said: list[str] | None = None, **wanted: Any) -> Outcome:
    said = [] if said is None else said
    return Conversation(sshd.target(), Wanted(**wanted), doors, said.append).hold(seen)


def on_terminal(sshd: Any, person: Person, seen: Seen, command: str = SHELL) -> Outcome:
    return talk(sshd, person.doors, seen, command=(command,), terminal=True)


class Pipes:
    """Standard input from a file's content, output and errors into files."""

    def __init__(self, folder: Path, given: bytes = b"") -> None:
        self._folder = folder
        (folder / "in").write_bytes(given)

    def __enter__(self) -> Doors:
        self._files = [(self._folder / "in").open("rb"), *((self._folder / name).open("wb") for name in ("out", "err"))]
        return Doors(*(file.fileno() for file in self._files))

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()

    def said(self) -> tuple[bytes, bytes]:
        return (self._folder / "out").read_bytes(), (self._folder / "err").read_bytes()


@pytest.mark.parametrize("status", [pytest.param(0, marks=WHOLE), pytest.param(7, marks=WHOLE), 255])
def test_between_pipes_everything_arrives_as_it_is_and_apart(sshd: Any, tmp_path: Path, status: int) -> None:
    """255 of the far side is no broken line of ours."""
    given = bytes(range(256)) * 1000
    seen = Seen()
    with (pipes := Pipes(tmp_path, given)) as doors:
        outcome = talk(sshd, doors, seen, command=(f"cat; echo 'Permission denied' >&2; exit {status}",))
    assert outcome == Outcome(End.EXITED, status)
    assert pipes.said() == (given, b"Permission denied\n")
    assert len(seen.output_bytes) == len(given) + len(b"Permission denied\n")
    assert seen.keys == 0


def test_a_shell_without_a_terminal_reads_standard_input(sshd: Any, tmp_path: Path) -> None:
    with (pipes := Pipes(tmp_path, b"echo $((6 * 7))\nexit 3\n")) as doors:
        outcome = talk(sshd, doors, Seen())
    assert outcome.status == 3
    assert b"42\n" in pipes.said()[0]


def test_a_reader_that_goes_ends_the_far_side_too(sshd: Any) -> None:
    reader, writer = os.pipe()
    gone = threading.Thread(target=lambda: (os.read(reader, 10), os.close(reader)))
    gone.start()
    outcome = talk(sshd, Doors(0, writer, 2), Seen(), command=("yes",))
    gone.join()
    os.close(writer)
    assert outcome.status != 0


def test_on_a_terminal_it_works_like_ssh(sshd: Any) -> None:
    """A terminal there with our size, also when it changes; Ctrl-C, Ctrl-Z and ssh's own escapes; the exit status."""
    seen = Seen()

    def script(person: Person) -> None:
        person.wait_for(PROMPT)
        person.asks(b"stty size; test -t 0 && test -t 2 && echo on a $TERM", b"24 80\r\n")
        set_size(person.master, (132, 50))
        os.kill(os.getpid(), signal.SIGWINCH)
        person.asks(b"sleep 0.3; stty size", b"50 132\r\n")
        person.types(b"sleep 77\n")
        place = person.wait_for(b"sleep 77\r\n")
        time.sleep(0.3)
        person.types(b"\x03")
        person.wait_for(PROMPT, place)
        person.asks(b"echo ended $?", b"ended 130\r\n")
        person.types(b"sleep 78\n")
        place = person.wait_for(b"sleep 78\r\n")
        time.sleep(0.3)
        person.types(b"\x1a")
        person.wait_for(PROMPT, place)
        person.asks(b"jobs", b"Stopped")
        person.asks(b"kill -9 %1; wait; echo kil'led'", b"killed")
        person.types(b"\r~?")
        person.wait_for(b"Supported escape sequences")
        person.types(b"\rexit 9\n")

    with Person(script) as person:
        outcome = on_terminal(sshd, person, seen)
        assert person.terminal() == person.before
    assert outcome == Outcome(End.EXITED, 9)
    assert seen.sizes == [(132, 50)]
    assert seen.keys
    assert b"Supported escape" not in seen.output_bytes  # ssh's own words are no output of the system


@WHOLE
def test_what_is_pasted_arrives_whole_while_output_floods(sshd: Any) -> None:
    lines = 3000

    def script(person: Person) -> None:
        person.wait_for(PROMPT)
        person.types(
            b"stty -echo; n=0; while read l; do [ $l = end ] && break; n=$((n+1)); echo $l$l$l; done; echo got $n\n"
        )
        time.sleep(0.3)
        for _ in range(lines):
            person.types(b"0123456789\n")
        person.types(b"end\n")
        person.wait_for(b"got %d\r\n" % lines)
        person.types(b"exit\n")

    with Person(script) as person:
        assert on_terminal(sshd, person, Seen()).status == 0


def test_ten_megabytes_come_whole_and_keys_go_through_at_once(sshd: Any) -> None:
    seen, echoes = Seen(), []

    def script(person: Person) -> None:
        person.wait_for(PROMPT)
        person.asks(b"head -c 10000000 /dev/zero | tr '\\0' x; echo; echo al'l'", b"all\r\n")
        for _ in range(30):
            place, began = len(person.seen), time.perf_counter()
            person.types(b"y")
            person.wait_for(b"y", place)
            echoes.append(time.perf_counter() - began)
        person.types(b"\x15exit\n")

    with Person(script) as person:
        assert on_terminal(sshd, person, seen).status == 0
    assert seen.output_bytes.count(b"x" * 1000) >= 9_990
    assert statistics.median(echoes) < 0.25  # nobody notices less, on a loaded machine either


def test_the_line_ended_by_the_person_is_told_from_an_exit(sshd: Any) -> None:
    def script(person: Person) -> None:
        person.wait_for(PROMPT)
        person.types(b"\r~.")

    with Person(script) as person:
        outcome = on_terminal(sshd, person, Seen())
        assert person.terminal() == person.before
    assert outcome == Outcome(End.LOST, 255)


@pytest.mark.parametrize("number", [signal.SIGHUP, pytest.param(signal.SIGTERM, marks=WHOLE)])
def test_a_signal_ends_it_and_sets_the_terminal_back(sshd: Any, number: signal.Signals) -> None:
    def script(person: Person) -> None:
        person.wait_for(PROMPT)
        person.asks(b"echo $PPID is the far sshd", b" is the far sshd")
        os.kill(os.getpid(), number)

    # Whoever started us may have it ignored, as nohup does.
    handled = signal.getsignal(number)
    with Person(script) as person:
        outcome = on_terminal(sshd, person, Seen())
        assert person.terminal() == person.before
    assert outcome == Outcome(End.HUNG_UP if number == signal.SIGHUP else End.STOPPED, 128 + number)
    assert signal.getsignal(number) == handled


def test_no_child_is_left(sshd: Any) -> None:
    def script(person: Person) -> None:
        person.wait_for(PROMPT)
        person.types(b"exit\n")

    before = held()
    with Person(script) as person:
        on_terminal(sshd, person, Seen())
    assert held() == before


def held() -> tuple[int, set[str]]:
    """How many descriptors are open, and which children there are."""
    children = {child for task in Path("/proc/self/task").glob("*/children") for child in task.read_text().split()}
    return len(list(Path("/proc/self/fd").iterdir())), children


def test_who_is_refused_and_why(sshd: Any, tmp_path: Path, closed_port: int, new_key: Any) -> None:
    """As everywhere else: the host key before all, then the login; nothing is said to a stranger."""
    unknown, other = tmp_path / "unknown", tmp_path / "other"
    unknown.touch()
    new_key(other)
    changed = tmp_path / "changed"
    changed.write_text(f"[127.0.0.1]:{sshd.port} {' '.join((tmp_path / 'other.pub').read_text().split()[:2])}\n")
    cases: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"known_hosts": unknown}, TrustRefused, "host key is unknown"),
        ({"known_hosts": changed}, TrustRefused, "has changed"),
        ({"port": closed_port}, Unreachable, "the port is closed"),
        ({"private_key": other}, Unreachable, "login was refused"),
        ({"address": None}, BadInput, "no address"),
    ]
    for changes, kind, words in cases:
        with Pipes(tmp_path) as doors, pytest.raises(kind, match=words):
            Conversation(sshd.target(**changes), Wanted(("echo in",)), doors, print).hold(Seen())
    with Person(lambda _: None) as person:
        with pytest.raises(TrustRefused, match="host key is unknown"):
            Conversation(sshd.target(known_hosts=unknown), Wanted(), person.doors, print).hold(Seen())
        assert person.terminal() == person.before


def test_forwards_without_a_shell(sshd: Any, tmp_path: Path) -> None:
    """A port here to the far sshd itself; ended by a signal, as nobody else ends it."""
    answers: list[bytes] = []
    port = free_port()

    def knock() -> None:
        while not answers:
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as line:
                    answers.append(line.recv(4))
            except OSError:
                time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    knocking = threading.Thread(target=knock, daemon=True)
    knocking.start()
    with Pipes(tmp_path) as doors:
        forwards = ("-L", f"127.0.0.1:{port}:127.0.0.1:{sshd.port}")
        outcome = talk(sshd, doors, Seen(), forwards=forwards, far_side=False)
    assert answers == [b"SSH-"]
    assert outcome == Outcome(End.STOPPED, 128 + signal.SIGTERM)


@pytest.fixture(autouse=True)
def _no_wakeup_left() -> Iterator[None]:
    yield
    assert signal.set_wakeup_fd(-1) == -1
