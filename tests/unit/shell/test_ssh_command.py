"""`callout ssh` and `callout play` as a person runs them: whole processes at a real terminal, one of them killed."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from callout.ledger import Event, open_ledger
from tests.unit.shell.person import Person
from tests.unit.shell.session_site import now, system_at

CALLOUT = [sys.executable, "-c", "from callout.cli.main import run; run()"]
SHELL = "PS1='go> ' exec sh -i"


class Desk:
    """A workplace with one inventory; `callout` runs there as a process of its own."""

    def __init__(self, folder: Path, sshd: Any) -> None:
        self.folder = folder
        (folder / "inventory").mkdir()
        system_at(sshd, folder / "inventory")
        self.environment = {
            **os.environ, "CALLOUT_DATA": str(folder / "data"), "CALLOUT_ACTOR": "eva@desk", "TERM": "xterm",
            "PYTHONPATH": str(Path(__file__).parents[3]),
        }  # fmt: skip

    def words(self, verb: str, *arguments: str) -> list[str]:
        return [*CALLOUT, *verb.split(), "-i", str(self.folder / "inventory"), *arguments]

    def run(self, verb: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Between pipes, to its end."""
        return subprocess.run(
            self.words(verb, *arguments), input=given, env=self.environment, capture_output=True, text=True, check=False
        )

    def at(self, person: Person, verb: str, *arguments: str) -> subprocess.Popen[bytes]:
        """At the person's terminal, which is its controlling one."""
        words = ["setsid", "--ctty", *self.words(verb, *arguments)]
        slave = person.slave
        process = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave, env=self.environment)
        person.program = process.pid
        return process

    def events(self) -> list[Event]:
        ledger = open_ledger(f"sqlite:///{self.folder}/data/ledger.sqlite", now)
        try:
            return list(ledger.events())
        finally:
            ledger.close()


@pytest.fixture(scope="module")
def desk(sshd: Any, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"), sshd)


def sits(desk: Desk, person: Person, *arguments: str) -> int:
    with desk.at(person, *arguments) as process:
        return process.wait(60)


def test_between_pipes_the_far_side_s_status_and_streams_come_back(desk: Desk) -> None:
    """130 of the far side is no interrupt of ours; an own error says so in a line and has its usual status."""
    done = desk.run(
        "ssh", "loop-pbx1", "--ticket", "T-1", "--note", "Read", "--", "cat; echo err >&2; exit 130", given="in"
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "in", "err\n")
    assert desk.events()[-1].body["command"] == "cat; echo err >&2; exit 130"
    refused = desk.run("ssh", "nosuch", "--ticket", "T-1")
    assert refused.returncode == 2
    assert refused.stderr.startswith("callout: There is no system 'nosuch'")
    known = desk.folder / "inventory" / "known_hosts"
    kept = known.read_bytes()
    known.write_bytes(b"")
    stranger = desk.run("ssh", "loop-pbx1", "--ticket", "T-1")
    known.write_bytes(kept)
    assert stranger.returncode == 6
    assert "callout trust accept loop-pbx1" in stranger.stderr


def test_a_person_is_asked_at_the_end_and_plays_it_again(desk: Desk) -> None:
    def works(person: Person) -> None:
        person.wait_for(b"loop-pbx1 of Globex: support contract.")
        person.wait_for(b"go> ")
        person.asks(b"printf '\\033[31mred\\033[0m \\033]0;ow''ned\\007\\033[6n'; sleep 0.2; echo do'ne'", b"done")
        person.types(b"exit 4\n")
        person.wait_for(b"What was done")
        person.types(b"Looked around\n")
        person.wait_for(b"See it again with: callout play ")

    with Person(works) as person:
        assert sits(desk, person, "ssh", "loop-pbx1", "--ticket", "T-1", "-t", "--", SHELL) == 4
        assert person.terminal() == person.before
    event = desk.events()[-1]
    assert (event.kind, event.body["note"]) == ("work_logged", "Looked around")

    with Person(lambda _: None) as person:
        assert sits(desk, person, "play", event.id[:8], "--speed", "50") == 0
        assert b"\x1b[31mred\x1b[0m" in person.seen
        assert b"owned" not in person.seen
        assert b"\x1b[6n" not in person.seen

    def leaves(person: Person) -> None:
        person.wait_for(b"go> ")
        person.types(b"\x03")

    with Person(leaves) as person:
        assert sits(desk, person, "play", event.id, "--speed", "0.05") == 130
        assert b"\x1b[0m" in person.seen
        assert person.terminal() == person.before
    plain = desk.run("play", event.id[:8], "--plain")
    assert plain.returncode == 0
    assert "red " in plain.stdout
    assert "\x1b" not in plain.stdout
    told = json.loads(desk.run("play", event.id[:8], "--json").stdout)
    assert (told["sha256"], told["work"]) == (event.body["recording"]["sha256"], event.id)
    path = Path(told["file"])
    path.write_bytes(path.read_bytes().replace(b"red", b"rid"))
    tampered = desk.run("play", event.id[:8])
    assert tampered.returncode == 6
    assert "is not what was recorded" in tampered.stderr
    assert desk.run("play", str(path), "--plain").returncode == 0
    path.write_bytes(path.read_bytes() + b"[1, ")
    cut = desk.run("play", str(path))
    assert cut.returncode == 2
    assert "it is cut off" in cut.stderr
    assert "rid" in cut.stdout


def test_a_kill_leaves_the_start_a_playable_recording_and_a_sane_terminal(desk: Desk) -> None:
    """Nothing of ours is left to clean up after itself; the next command says what there is to say."""

    def works(person: Person) -> None:
        person.wait_for(b"go> ")
        person.asks(b"echo be'fore'", b"before")
        person.asks(b"echo is $PPID", b"go> ")
        process.kill()

    with Person(works) as person:
        process = desk.at(person, "ssh", "loop-pbx1", "--ticket", "T-7", "-t", "--", SHELL)
        assert process.wait(60) == -signal.SIGKILL
        for _ in range(100):
            if person.terminal() == person.before:
                break
            person.look(0.05)
        assert person.terminal() == person.before
    started = desk.events()[-1]
    assert (started.kind, started.body["ticket"]) == ("work_started", "T-7")
    recording = desk.folder / "data" / "recordings" / started.body["recording"]
    played = desk.run("play", str(recording), "--plain")
    assert played.returncode == 0
    assert "before" in played.stdout
    refused = desk.run("ssh", "loop-pbx1", "--ticket", "T-7", "--", "true")
    assert refused.returncode == 2
    assert "its program does not run here" in refused.stderr
    at = refused.stderr.rpartition("--at ")[2].strip()
    stopped = desk.run("time stop", "--at", at)
    assert stopped.returncode == 0, stopped.stderr
    assert desk.events()[-1].body["session"] == started.id


@pytest.mark.faults_whole
def test_stopped_under_a_shell_it_gives_the_terminal_back_and_goes_on(desk: Desk) -> None:
    """`~^Z`, then `fg`: as ssh under an interactive shell."""
    words = shlex.join(
        desk.words("ssh", "loop-pbx1", "--ticket", "T-9", "--note", "n", "-t", "--", "PS1='f''ar> ' exec sh -i")
    )

    def works(person: Person) -> None:
        person.wait_for(b"near> ")
        place = len(person.seen)
        person.types(f"{words}\n".encode())
        place = person.wait_for(b"far> ", place)
        person.types(b"\r")
        place = person.wait_for(b"far> ", place)
        person.types(b"~\x1a")
        place = person.wait_for(b"near> ", place)
        place = person.asks(b"stty -a | grep -w icanon", b"near> ")
        person.types(b"fg\n")
        place = person.wait_for(b"exec sh -i", place)
        person.types(b"\n")
        place = person.wait_for(b"far> ", place)
        person.asks(b"echo ag'ain'", b"again")
        person.types(b"exit 0\n")
        person.wait_for(b"Logged", place)
        person.types(b"exit 0\n")

    with Person(works) as person:
        bash = subprocess.Popen(
            ["setsid", "--ctty", "bash", "--norc", "--noprofile", "-i"],
            stdin=person.slave, stdout=person.slave, stderr=person.slave, env={**desk.environment, "PS1": "near> "},
        )  # fmt: skip
        person.program = bash.pid
        assert bash.wait(250) == 0
