"""Starts other programs (ssh-keygen): the only file of access_check that does."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

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
