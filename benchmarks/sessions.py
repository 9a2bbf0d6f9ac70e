"""Claim: nobody notices that a session is recorded: output and keys take little longer than with ssh alone.

`python -m benchmarks.sessions FOLDER` is what is measured: a person's ssh to the practice system, recorded there.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from access_check.masking import secrets_in
from benchmarks.pairs import Ratio
from callout.inventory import System, load_inventory
from callout.places import find_places
from callout.shell.conversation import Conversation, Wanted
from callout.shell.options import conversation_arguments
from callout.shell.talk import Doors
from callout.worklog.asciicast import Header
from callout.worklog.recording import Recording

SYSTEM = "globex-sw1"
SHELL = "PS1='go> ' exec sh -i"
FLOOD_BYTES = 10_000_000
KEYS = 100
ROUNDS = 5


def measure() -> list[Ratio]:
    """10 MB of output on a terminal, and a key's way to the far side and back, against ssh without us."""
    words = conversation_arguments(_system().target, ["-t"], log=Path("/dev/null"), batch=True)
    with tempfile.TemporaryDirectory() as folder:
        ours = [sys.executable, "-m", "benchmarks.sessions", folder]
        rounds = [(_driven(ours), _driven([*words, SHELL])) for _ in range(ROUNDS)]
    flood, peer_flood, key, peer_key = (
        statistics.median(pair[whose][what] for pair in rounds) for what in (0, 1) for whose in (0, 1)
    )
    return [
        Ratio("10 MB of output, recorded / ssh alone", "wall", flood, peer_flood, 4),
        Ratio("a key and its echo, recorded / ssh alone", "wall", key, peer_key, 3),
    ]


def _driven(words: Sequence[str]) -> tuple[float, float]:
    """Milliseconds for the flood, and the median of those for a key's echo."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(words[0], list(words))
    _until(terminal, b"go> ")
    began = time.perf_counter()
    os.write(terminal, f"head -c {FLOOD_BYTES} /dev/zero | tr '\\0' x; echo al'l'\n".encode())
    _until(terminal, b"all\r\ngo> ")
    flood_ms = 1000 * (time.perf_counter() - began)
    echoes = []
    for _ in range(KEYS):
        began = time.perf_counter()
        os.write(terminal, b"y")
        _until(terminal, b"y")
        echoes.append(1000 * (time.perf_counter() - began))
        time.sleep(0.01)
    _ended(child)
    os.close(terminal)
    return flood_ms, statistics.median(echoes)


def _ended(child: int) -> None:
    """Hung up, as by closing a window; ssh that waits for a system which is gone does not notice and is killed."""
    os.kill(child, signal.SIGHUP)
    until = time.monotonic() + 10
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.01)


def _until(terminal: int, words: bytes) -> None:
    seen = b""
    while words not in seen:
        assert select.select([terminal], [], [], 60)[0], f"{words!r} never came"
        seen = seen[-len(words) :] + os.read(terminal, 1 << 20)


def _system() -> System:
    return load_inventory(find_places(Path("inventory/lab"), os.environ, Path.cwd())).system(SYSTEM)


class _Recorder:
    """What `callout ssh` does with what passes, without its ledger."""

    def __init__(self, system: System, folder: Path) -> None:
        self._began = time.monotonic()
        secrets = secrets_in(system)
        self._kept = Recording(folder / f"{os.getpid()}.cast", Header(80, 24), secrets, 50_000_000)

    def output(self, data: bytes) -> None:
        """Written down."""
        self._kept.output(data, time.monotonic() - self._began)

    def typed(self) -> None:
        """Of no interest here."""

    def resized(self, columns: int, rows: int) -> None:
        """Never here."""


if __name__ == "__main__":
    one = _system()
    Conversation(one.target, Wanted((SHELL,), terminal=True), Doors(), print).hold(_Recorder(one, Path(sys.argv[1])))
