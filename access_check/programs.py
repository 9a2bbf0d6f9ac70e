"""Starts other programs (ssh-keygen, our own workers): the only file of access_check that does."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from access_check.errors import AccessCheckError


class CannotLook(AccessCheckError):
    """Something on our own side keeps us from looking."""

    exit_status = 1


@dataclass(frozen=True, slots=True)
class Ended:
    """What a program left behind."""

    rc: int
    stdout: bytes
    stderr: bytes


def run_program(arguments: Sequence[str], *, deadline_s: float) -> Ended:
    """Runs one program to its end, without a shell and without standard input.

    Raises CannotLook where it is not installed or did not end by its deadline (it is then killed).
    """
    try:
        done = subprocess.run(
            list(arguments), stdin=subprocess.DEVNULL, capture_output=True, timeout=deadline_s, check=False
        )
    except FileNotFoundError:
        raise CannotLook(f"{arguments[0]} is not installed here.", "Install the OpenSSH client.") from None
    except subprocess.TimeoutExpired:
        raise CannotLook(f"{arguments[0]} did not end within {deadline_s:.1f} s.", "Try again.") from None
    return Ended(done.returncode, done.stdout, done.stderr)


def start_python(module: str, sock: socket.socket) -> subprocess.Popen[bytes]:
    """Starts `python -m module` with `sock` as its standard input and nothing on its standard output.

    It finds the same packages as we do, and none in the folder that we happen to stand in. Raises CannotLook.
    """
    home = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=sock.fileno(),
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
    except OSError as error:
        why = error.strerror or str(error)
        raise CannotLook(f"No worker process can be started: {why}.", "Free some memory, then check again.") from None


def forked(body: Callable[[], None]) -> int:
    """The process id of a copy of this process that runs `body` and ends. For a process with one thread only."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        body()
        status = 0
    except BrokenPipeError:
        pass  # whoever asked for it is gone, and so are we
    except BaseException:  # noqa: BLE001 - nothing may come back into the copy's callers
        traceback.print_exc()
    finally:
        os._exit(status)
