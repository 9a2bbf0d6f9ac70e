"""Gives ssh a password through SSH_ASKPASS: once, over a private pipe that is gone afterwards."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# Where no answer is given, ssh would send an empty password, which counts as an attempt: so it is ended.
ANSWER = """#!/bin/sh
folder=${0%/*}
case "$1" in
    *"$(cat "$folder/account")"*)
        # Asked a second time (the next method, say), the pipe is gone: one attempt, never a retry.
        [ -p "$folder/once" ] && exec cat "$folder/once"
        echo "callout: Permission denied, the password was tried once." >&2
        ;;
    *)
        # A jump host's ssh inherits this program; the system's password is not for it.
        echo "callout: another machine asked for a password, and got none." >&2
        ;;
esac
kill "$PPID"
exit 1
"""


@contextmanager
def password_once(password: str | None, account: str) -> Iterator[Mapping[str, str]]:
    """The environment that lets ssh ask for `password` exactly once; empty where there is none.

    `account` (`root@203.0.113.7`) is who ssh must ask for, so that a jump host is never told the password.

    The password is in no argument, no environment and no file: a thread writes it into a named pipe (0600 in
    a 0700 folder) when the askpass program opens it, and the folder is removed on leaving.
    """
    if password is None:
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="callout-ask-") as folder:
        pipe, program = Path(folder, "once"), Path(folder, "askpass")
        os.mkfifo(pipe, 0o600)
        Path(folder, "account").write_text(account, encoding="utf-8")
        program.write_text(ANSWER, encoding="ascii")
        program.chmod(0o700)
        writer = threading.Thread(target=_answer, args=(pipe, password), daemon=True)
        writer.start()
        try:
            yield {"SSH_ASKPASS": str(program), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": "callout"}
        finally:
            _release(pipe, writer)


def _answer(pipe: Path, password: str) -> None:
    with pipe.open("wb", buffering=0) as stream:
        pipe.unlink(missing_ok=True)
        try:
            stream.write(password.encode() + b"\n")
        except BrokenPipeError:
            return


def _release(pipe: Path, writer: threading.Thread) -> None:
    """Lets the writer go where ssh never asked (a key was enough, or nobody answered)."""
    if not writer.is_alive():
        return
    try:
        descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        writer.join(timeout=2)
        return
    writer.join(timeout=2)
    os.close(descriptor)
