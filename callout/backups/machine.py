"""The scratch machine of a drill: a container whose root is a restored tree. No network, no room but its own.

What runs in it is hostile: it is given nothing of this machine, its output is bounded, its time, memory and number of
processes are limited. Its first process reads a pipe of ours: when we are gone, however, it ends and all of it with it.
"""

from __future__ import annotations

import selectors
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from callout.backups.drill_rules import Obstacle
from callout.errors import CalloutError
from callout.programs import Completed, kill_group, printable, run_program, start_program

ENGINE = "podman"
READY = b"callout-drill-ready\n"
# A shell that waits for the end of its input: with builtins alone, whatever else the tree holds.
FIRST_PROCESS = "echo callout-drill-ready; while read -r line; do :; done"
LONGEST_OUTPUT = 4 * 1024 * 1024
START_S, STOP_S = 120, 20
MEMORY, PROCESSES, LIFE_S = "2g", 1024, 2 * 3600
# What a service needs to leave root behind, and nothing that reaches out of the container.
CAPABILITIES = ("chown", "dac_override", "fowner", "kill", "setgid", "setuid")


class NoMachine(Exception):
    """There is no machine; `obstacle` says why. It goes no further than the drill."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.seen)
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True)
class Machine:
    """A running scratch machine."""

    name: str

    def run(self, text: str, *arguments: str, deadline_s: float) -> Completed:
        """A POSIX script of ours, run inside. `cut` where it said too much or did not end by its deadline."""
        with tempfile.TemporaryFile() as script:
            script.write(text.encode())
            script.seek(0)
            return self._executed(["/bin/sh", "-s", "--", *arguments], script, deadline_s)

    def feed(self, command: tuple[str, ...], source: IO[bytes], *, deadline_s: float) -> Completed:
        """A program inside whose standard input is `source`, by way of a pipe."""
        return self._executed(list(command), source, deadline_s)

    def _executed(self, command: list[str], stdin: IO[bytes], deadline_s: float) -> Completed:
        process = start_program([ENGINE, "exec", "--interactive", self.name, *command], stdin=stdin)
        try:
            return gathered(process, deadline_s)
        finally:
            # Interrupted: what runs inside ends with the machine.
            kill_group(process)
            ended(process)


@contextmanager
def scratch_machine(name: str, rootfs: Path) -> Iterator[Machine]:
    """A machine called `name` whose root is `rootfs`, for as long as the block lasts. Raises NoMachine."""
    if not shutil.which(ENGINE):
        raise NoMachine(
            Obstacle(
                "podman is not installed here: nothing of the backup could be started.",
                "Install podman, or run the drill where it is.",
            )
        )
    process = start_program(_words(name, rootfs))
    try:
        said = gathered(process, START_S, until=READY)
        if READY not in said.stdout:
            raise NoMachine(
                Obstacle(
                    f"podman starts no container from the restored tree: {said.complaint.rstrip('.')}.",
                    "See whether podman run works here at all, and whether its root holds /bin/sh.",
                )
            )
        yield Machine(name)
    finally:
        ended(process)
        remove_machine(name)


def remove_machine(name: str) -> None:
    """Ends a machine, also one that a killed drill left, and all that podman keeps of it. Raises CalloutError."""
    if not shutil.which(ENGINE):
        return
    removed = run_program([ENGINE, "rm", "--force", "--time", "0", "--ignore", "--volumes", name])
    if removed.rc != 0 and run_program([ENGINE, "container", "exists", name]).rc != 1:
        raise CalloutError(
            f"The drill's container {name} could not be removed: {removed.complaint}.",
            f"Remove it by hand: podman rm --force {name}",
        )


def _words(name: str, rootfs: Path) -> list[str]:
    keep = [word for capability in CAPABILITIES for word in ("--cap-add", capability)]
    return [
        ENGINE, "run", "--rm", "--interactive", "--name", name, "--label", "callout.drill=1",
        "--network", "none", "--no-hosts", "--hostname", "drill", "--log-driver", "none", "--passwd=false",
        "--memory", MEMORY, "--pids-limit", str(PROCESSES), "--timeout", str(LIFE_S),
        "--security-opt", "no-new-privileges", "--cap-drop", "all", *keep,
        "--user", "0:0", "--workdir", "/", "--env", "LC_ALL=C",
        "--rootfs", str(rootfs), "/bin/sh", "-c", FIRST_PROCESS,
    ]  # fmt: skip


def ended(process: subprocess.Popen[bytes]) -> None:
    """Closes its standard input, which tells it to end, and sees to it that it does."""
    if process.stdin and not process.stdin.closed:
        process.stdin.close()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        kill_group(process)
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


def gathered(process: subprocess.Popen[bytes], deadline_s: float, until: bytes = b"") -> Completed:
    """What it says until it ends, or has said `until` (then it goes on running). Both streams are bounded."""
    said = {"stdout": bytearray(), "stderr": bytearray()}
    end, cut = time.monotonic() + deadline_s, False
    with selectors.DefaultSelector() as selector:
        for name in said:
            selector.register(getattr(process, name), selectors.EVENT_READ, name)
        while selector.get_map() and not (until and until in said["stdout"]):
            left = end - time.monotonic()
            ready = selector.select(max(0.0, left))
            for key, _ in ready:
                piece = key.fileobj.read1(65536)  # type: ignore[union-attr]  # both are buffered readers
                said[key.data] += piece
                if not piece:
                    selector.unregister(key.fileobj)
            cut = left <= 0 or any(len(one) > LONGEST_OUTPUT for one in said.values())
            if cut:
                break
    if cut:
        kill_group(process)
    if cut or not until or until not in said["stdout"]:
        try:
            process.wait(max(1.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            cut = True
            kill_group(process)
            process.wait()
    stderr = bytes(said["stderr"]) or (b"it did not end in time, or said too much" if cut else b"")
    return Completed(process.returncode if process.returncode is not None else 0, bytes(said["stdout"]), stderr, cut)


def last_line(text: str) -> str:
    """The last line that says something, printable, at most 200 characters."""
    lines = [line for line in text.splitlines() if line.strip()]
    return printable(lines[-1])[:200] if lines else ""
