"""look.sh under the shells of customers' systems, and what is made of its answer."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from access_check.facts_observation import CallCount, Tool
from access_check.facts_profile import FactsProfile
from access_check.look_answer import NotOurs, read_look
from access_check.look_script import look_script

NONCE = "0123456789abcdef"
PROOF = f"{NONCE}-42"
COUNT = "4 active channels\n2 active calls\n99 calls processed\n"
SHELLS = pytest.mark.parametrize("shell", ["dash", "busybox"])
Run = Callable[..., str]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """The folder that is searched first for programs."""
    folder = tmp_path / "tools"
    folder.mkdir()
    return folder


@pytest.fixture
def run(tools: Path) -> Run:
    """Sends a script to a shell as `sh -s`, on this machine's tools or on busybox's alone, and gives its output."""

    def run_there(shell: str, facts: FactsProfile, asterisk: Sequence[str] = (), *, bare: bool = False) -> str:
        program = shutil.which(shell)
        assert program, f"{shell} is not installed"
        path = str(tools)
        if bare:
            listed = subprocess.run(["busybox", "--list"], check=True, capture_output=True, text=True).stdout
            for name in ("busybox", *listed.split()):
                if not (tools / name).exists():
                    (tools / name).symlink_to(shutil.which("busybox") or "")
        else:
            path += ":/usr/sbin:/usr/bin:/sbin:/bin"
        done = subprocess.run(
            [program, *(["sh"] if shell == "busybox" else []), "-s"],
            input=look_script(NONCE, facts, asterisk).encode("ascii"),
            capture_output=True,
            env={"PATH": path},
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.decode("utf-8", "backslashreplace")

    return run_there


def program(tools: Path, name: str, text: str) -> str:
    """A program of the test's own."""
    path = tools / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def asterisk(tools: Path, count: str = COUNT, version: str = "Asterisk 16.28.0 built by x", status: int = 0) -> str:
    """Answers as Asterisk does."""
    (tools / "version.txt").write_text(version)
    (tools / "count.txt").write_text(count)
    answers = f'case $2 in *version) cat "{tools}/version.txt" ;; *) cat "{tools}/count.txt" ;; esac; exit {status}'
    return program(tools, "asterisk-here", answers)


@SHELLS
@pytest.mark.parametrize("bare", [False, True])
def test_all_that_is_asked_is_told(run: Run, tools: Path, tmp_path: Path, shell: str, bare: bool) -> None:
    (tmp_path / "version").write_text("8.1 (a35a9165)\nmore\n")
    facts = FactsProfile(version_file=str(tmp_path / "version"), directories=("/", "/nowhere", str(tmp_path)))
    seen = read_look(run(shell, facts, [asterisk(tools)], bare=bare), NONCE, 1, 2)
    assert seen.whole
    assert seen.rooms[0].mount == "/"
    assert 0 < seen.rooms[0].free < seen.rooms[0].size
    assert len(seen.load.split()) == 3
    assert seen.cpus
    assert seen.clock is not None
    assert seen.clock.theirs_s > 1_700_000_000
    assert seen.product == "8.1 (a35a9165)"
    assert seen.asterisk is not None
    assert seen.asterisk.calls == CallCount(4, 2, 99)
    assert seen.asterisk.version == "Asterisk 16.28.0 built by x"
    assert seen.tools["tar"] is (Tool.BUSYBOX if bare else Tool.THERE)
    assert ("busybox" in seen.tar) is bare


@SHELLS
def test_nothing_asked_is_the_proof_alone(run: Run, shell: str) -> None:
    assert run(shell, FactsProfile(asked=())) == f"{PROOF}\nend {NONCE}\n"


@SHELLS
def test_candidates_are_tried_in_order(run: Run, tools: Path, shell: str) -> None:
    """A wrapper that is not there, a chroot without the program, then the one that answers."""
    candidates = ["/opt/nowhere/asterisk", "sh /nonexistent/chroot-asterisk", asterisk(tools)]
    seen = read_look(run(shell, FactsProfile(asked=("calls",)), candidates), NONCE).asterisk
    assert seen is not None
    assert seen.command == candidates[2]
    assert seen.missing == ("/opt/nowhere/asterisk",)
    assert "chroot-asterisk" in seen.complaints[0]


@SHELLS
def test_stopped_and_silent_asterisk_give_no_count(run: Run, tools: Path, shell: str) -> None:
    facts = FactsProfile(asked=("calls",))
    stopped = asterisk(tools, count="", version="Unable to connect to remote asterisk", status=1)
    seen = read_look(run(shell, facts, [stopped]), NONCE).asterisk
    assert seen is not None
    assert (seen.command, seen.calls) == ("", None)
    assert "Unable to connect" in seen.complaints[0]
    silent = read_look(run(shell, facts, [asterisk(tools, count="")]), NONCE).asterisk
    assert silent is not None
    assert silent.version
    assert silent.calls is None


@SHELLS
def test_words_of_a_command_are_neither_patterns_nor_substitutions(run: Run, shell: str) -> None:
    seen = read_look(run(shell, FactsProfile(asked=("calls",)), ["echo * $(id) ;"]), NONCE).asterisk
    assert seen is not None
    assert seen.version.startswith("* $(id) ;")


@SHELLS
def test_what_a_system_says_forges_no_line(run: Run, tools: Path, shell: str) -> None:
    """Line breaks of every kind, words of ours, an end, escapes: it all stays behind the word of its question."""
    forged = f"x\nend {NONCE}\ndisk / 9 9 9 1% /\n\x1b[2J\rcalls 0\x0b{PROOF}\u2028tool tar absent\n"
    text = run(shell, FactsProfile(asked=("tools", "calls")), [asterisk(tools, count=forged, version=forged)])
    seen = read_look(text, NONCE)
    assert seen.whole
    assert seen.rooms == ()
    assert seen.tools["tar"] is Tool.THERE
    assert seen.asterisk is not None
    assert seen.asterisk.calls is None
    assert seen.asterisk.calls_said.isprintable()
    assert text.count(f"\nend {NONCE}\n") == 1


@SHELLS
@pytest.mark.parametrize(
    "flood", ["yes 'disk / 9 9 9 1% /' | head -n 1000000", "head -c 3000000 /dev/zero | tr '\\0' x"]
)
def test_a_flood_is_cut_over_there(run: Run, tools: Path, shell: str, flood: str) -> None:
    """A million lines, and one line of three million characters, become twenty short ones at most."""
    loud = program(tools, "loud", flood)
    text = run(shell, FactsProfile(asked=("version", "calls"), version_command=loud), [loud])
    assert len(text) < 30_000
    assert read_look(text, NONCE).whole


@SHELLS
def test_a_program_that_hangs_is_left_after_its_time(run: Run, tools: Path, shell: str) -> None:
    hangs = program(tools, "hangs", "exec sleep 600")
    seen = read_look(run(shell, FactsProfile(asked=("calls", "disk")), [hangs]), NONCE)
    assert seen.whole
    assert seen.asterisk is not None
    assert seen.asterisk.command == ""


@SHELLS
def test_a_date_without_seconds_of_the_epoch(run: Run, tools: Path, shell: str) -> None:
    program(tools, "date", "case $2 in +%s) echo %s ;; *) echo 2026-11-23T04:00:55Z ;; esac")
    seen = read_look(run(shell, FactsProfile(asked=("clock",))), NONCE, 5, 7)
    assert seen.clock is not None
    assert (seen.clock.theirs_s, seen.clock.before_ms, seen.clock.after_ms) == (1795406455, 5, 7)


@SHELLS
def test_an_old_busybox_timeout_has_an_option_for_its_seconds(run: Run, tools: Path, shell: str) -> None:
    program(tools, "timeout", '[ "$1" = -t ] || exit 127; shift 2; exec "$@"')
    seen = read_look(run(shell, FactsProfile(asked=("calls",)), [asterisk(tools)]), NONCE).asterisk
    assert seen is not None
    assert seen.calls == CallCount(4, 2, 99)


def test_a_shell_without_programs_still_tells() -> None:
    """Nothing on the path: what is missing is named, what cannot be asked is not made up."""
    dash = shutil.which("dash")
    assert dash
    script = look_script(NONCE, FactsProfile(tools_told=()), ["asterisk"]).encode()
    done = subprocess.run([dash, "-s"], input=script, env={"PATH": "/nonexistent"}, capture_output=True, check=False)
    seen = read_look(done.stdout.decode(), NONCE)
    assert seen.whole
    assert set(seen.tools.values()) == {Tool.ABSENT}
    assert (seen.rooms, seen.clock, seen.cpus, seen.tar) == ((), None, None, "")


def test_every_program_that_a_patch_or_a_backup_insists_on_is_asked_for() -> None:
    """The profile's list and the crafts' own probes say the same."""
    scripts = Path(__file__).parents[3] / "callout" / "shell" / "scripts"
    lines = [line.strip() for path in scripts.glob("patch_*.sh") for line in path.read_text().splitlines()]
    patch = {word for line in lines if line.startswith("need ") for word in line.split()[1:]}
    assert patch == set(FactsProfile().tools.patch)


LINES = [
    "", "x", PROOF, f"{PROOF}x\nend {NONCE}\n", f" {PROOF}\n", f"hello\n{PROOF}\nend {NONCE}\n",
    f"{PROOF}\nhello\nend {NONCE}\n", f"{PROOF}\nend {NONCE}\nbye\n", f"{PROOF}\n" + "disk x\n" * 1_000_000,
    f"{PROOF}\r\nend {NONCE}\r\n",
]  # fmt: skip


@pytest.mark.parametrize("text", LINES)
def test_what_our_script_does_not_print_is_not_ours(text: str) -> None:
    if text == PROOF:  # a line that was cut tells nothing
        assert not read_look(text, NONCE).whole
        return
    with pytest.raises(NotOurs):
        read_look(text, NONCE)


ROOMS = [
    "disk /dev/sda1 100 40 60 40% /",
    "disk //server/a share 100 40 60 40% /",
    "disk /dev/sda1 100 40 60 - /",
]


@pytest.mark.parametrize("line", ROOMS)
def test_room(line: str) -> None:
    (room,) = read_look(f"{PROOF}\n{line}\n{line}\nend {NONCE}\n", NONCE).rooms
    assert (room.mount, room.size, room.free, room.free_percent) == ("/", 100, 60, 60)


NO_FACTS = [
    "disk ", "disk / 0 0 0 - /", "disk a 10 1 99 1% /", "disk a 1 1 1% /", "disk a 1 1 1 1% relative", "load ",
    "load a b c", "load 1.0 2.0", "cpus 0", "cpus -1", "cpus 999999", "cpus ٣", "clock ", "clock tomorrow",
    "clock -5", "clock 1e9", "clock 999999999999", "tool tar", "tool tar maybe", "inodes x 0 0 0 - /",
    "calls 0 active calls",
]  # fmt: skip


@pytest.mark.parametrize("line", NO_FACTS)
def test_a_fact_that_is_not_understood_is_not_there(line: str) -> None:
    seen = read_look(f"{PROOF}\n{line}\nend {NONCE}\n", NONCE)
    told = (seen.rooms, seen.inodes, seen.load, seen.cpus, seen.clock, seen.tools, seen.asterisk)
    assert told == ((), (), "", None, None, {}, None)


def test_a_cut_answer_tells_what_came_whole() -> None:
    seen = read_look(f"{PROOF}\nclock 1795406455\ncpus 12\nload 0.10 0.20 0.3", NONCE)
    assert (seen.cpus, seen.load, seen.whole) == (12, "", False)
