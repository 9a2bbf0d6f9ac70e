"""A Session that runs the scripts on this machine, under dash or under busybox sh with busybox's own tools.

It sends the script the way the real session does (the very command line of `remote_command`), so that what passes
here has been read by the far shell's `dd` and `eval` too.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from callout.errors import Unreachable
from callout.programs import Completed, kill_group, start_program
from callout.shell.options import remote_command

DASH = ("dash",)
BUSYBOX = ("busybox", "sh")


@dataclass
class LocalShellSession:
    """Implements callout.shell.session.Session on this machine.

    `tools` is a folder of the test's own; links to the shell (and, for busybox, to every applet, and nothing else
    on PATH) are put in it, so a test takes a tool away by unlinking it, or plants its own by writing it there.
    `cut_after_bytes` kills the script and raises Unreachable after so many bytes of a stream. `scripts` holds
    every script that was run, with its arguments, in order.
    """

    tools: Path
    shell: Sequence[str] = DASH
    name: str = "local"
    cut_after_bytes: int | None = None
    scripts: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tools.mkdir(exist_ok=True)
        program = shutil.which(self.shell[0])
        assert program, f"{self.shell[0]} is not installed"
        applets = ["sh"]
        if self.shell[0] == "busybox":
            listed = subprocess.run([program, "--list"], check=True, capture_output=True, text=True).stdout.split()
            applets = [name for name in listed if "/" not in name]
        for applet in applets:
            link = self.tools / applet
            if not link.is_symlink() and not link.exists():
                link.symlink_to(program)

    @property
    def path(self) -> str:
        """PATH as the scripts see it."""
        return str(self.tools) if self.shell[0] == "busybox" else f"{self.tools}:/usr/sbin:/usr/bin:/sbin:/bin"

    def run(
        self,
        script: str,
        *arguments: str,
        stdin: bytes | Iterable[bytes] = b"",
        deadline_s: float = 60,
        limit_bytes: int = 4 * 1024 * 1024,
    ) -> Completed:
        """See Session.run."""
        rest = stdin if isinstance(stdin, bytes) else b"".join(stdin)
        with self._started(script, arguments) as process:
            try:
                stdout, stderr = process.communicate(script.encode() + rest, timeout=deadline_s)
            except subprocess.TimeoutExpired:
                raise Unreachable(f"{self.name}: no answer within {deadline_s:g} s.", "") from None
        if len(stdout) + len(stderr) > limit_bytes:
            return Completed(-9, stdout[:limit_bytes], stderr[:limit_bytes], cut=True)
        return Completed(process.returncode, stdout, stderr)

    @contextmanager
    def stream(
        self,
        script: str,
        *arguments: str,
        stdin: bytes | Iterable[bytes] = b"",
        deadline_s: float = 3600,
        silence_s: float = 300,
    ) -> Iterator[LocalStream]:
        """See Session.stream."""
        with self._started(script, arguments) as process:
            feeder = threading.Thread(target=_feed, args=(process, script, stdin), daemon=True)
            feeder.start()
            try:
                yield LocalStream(self, process, time.monotonic() + deadline_s)
            finally:
                kill_group(process)
                feeder.join()

    def close(self) -> None:
        """Nothing is held between calls."""

    @contextmanager
    def _started(self, script: str, arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        self.scripts.append((script, tuple(arguments)))
        command = remote_command(len(script.encode()), arguments)
        words = [str(self.tools / "sh"), "-c", command]
        with start_program(words, environment={"PATH": self.path}) as process:
            try:
                yield process
            finally:
                kill_group(process)


def _feed(process: subprocess.Popen[bytes], script: str, stdin: bytes | Iterable[bytes]) -> None:
    assert process.stdin
    pieces = (script.encode(), *([stdin] if isinstance(stdin, bytes) else stdin))
    with suppress(BrokenPipeError):
        for piece in pieces:
            process.stdin.write(piece)
    with suppress(BrokenPipeError):
        process.stdin.close()


@dataclass
class LocalStream:
    """See callout.shell.session.Stream. Standard error is read when the output has ended: keep it under 64 KiB."""

    session: LocalShellSession
    process: subprocess.Popen[bytes]
    ends_at: float

    def chunks(self) -> Iterator[bytes]:
        """See Stream.chunks."""
        assert self.process.stdout
        left = self.session.cut_after_bytes
        while piece := self.process.stdout.read1(1024 * 1024):  # type: ignore[attr-defined]
            if left is not None:
                if left <= len(piece):
                    yield piece[:left]
                    kill_group(self.process)
                    raise Unreachable(f"{self.session.name}: the line was cut.", "Check the line.")
                left -= len(piece)
            yield piece

    def finish(self) -> Completed:
        """See Stream.finish."""
        assert self.process.stderr
        stderr = self.process.stderr.read()[-65536:]
        try:
            rc = self.process.wait(timeout=max(1.0, self.ends_at - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Unreachable(f"{self.session.name}: the stream did not end in time.", "Check the line.") from None
        return Completed(rc, b"", stderr)
