"""Starts other programs (borg, ssh-keygen): the only file that does, besides shell/ which starts ssh."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from callout.errors import CalloutError

# Four times the usual; 64 MiB is what Linux lets one user have in pipes without privileges.
BULK_PIPE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Completed:
    """What a program left behind. `rc` is negative for a signal; `cut` says output was longer than allowed."""

    rc: int
    stdout: bytes
    stderr: bytes
    cut: bool = False

    @property
    def text(self) -> str:
        """Standard output as text, with what is not UTF-8 replaced."""
        return self.stdout.decode("utf-8", "replace")

    @property
    def complaint(self) -> str:
        """The last line of standard error, without control characters, at most 300 characters."""
        lines = [line for line in self.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        return printable(lines[-1])[:300] if lines else f"exit status {self.rc}"


def printable(text: str) -> str:
    """Text without control characters, so that a foreign line can neither move the cursor nor forge one."""
    return "".join(character if character.isprintable() else " " for character in text).strip()


def run_program(
    arguments: Sequence[str],
    *,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
    deadline_s: float = 120,
    folder: str | None = None,
) -> Completed:
    """Runs one program to its end and gives back what it left.

    `environment` is laid over ours. Raises CalloutError where the program is not installed, or did not end
    by its deadline (its whole process group is then killed).
    """
    with start_program(arguments, environment=environment, pass_fds=pass_fds, folder=folder) as process:
        try:
            stdout, stderr = process.communicate(stdin, timeout=deadline_s)
        except subprocess.TimeoutExpired:
            kill_group(process)
            process.communicate()
            raise CalloutError(
                f"{arguments[0]} did not end within {deadline_s:g} s.", "Try again, or look at it."
            ) from None
        except BaseException:
            kill_group(process)
            raise
    return Completed(process.returncode, stdout, stderr)


def start_program(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
    folder: str | None = None,
    stdin: int | IO[bytes] = subprocess.PIPE,
    stdout: int | IO[bytes] = subprocess.PIPE,
    stderr: int | IO[bytes] = subprocess.PIPE,
    pipe_bytes: int = -1,
) -> subprocess.Popen[bytes]:
    """A started program in a process group of its own, with pipes unless told otherwise.

    `pipe_bytes` is what a pipe holds: programs that pass bulk data on wait less for each other with `BULK_PIPE_BYTES`.
    """
    try:
        return subprocess.Popen(
            list(arguments),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env={**os.environ, **(environment or {})},
            pass_fds=tuple(pass_fds),
            cwd=folder,
            start_new_session=True,
            pipesize=pipe_bytes,
        )
    except FileNotFoundError:
        raise CalloutError(
            f"{arguments[0]} is not installed here.", "Install it; see README, What is needed."
        ) from None


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a started program and all that it started; nothing happens if it has ended already."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def secret_pipe(secret: str) -> int:
    """A readable descriptor that yields `secret` once, for programs that take one by number. Close it after."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as stream:
        stream.write(secret.encode())
    return reader
