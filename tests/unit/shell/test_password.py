"""The password goes over once: never twice, never where others can read it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from callout.errors import Unreachable
from callout.shell import OpenSSHSession
from callout.shell.askpass import password_once

SECRET = "correct horse ü $(id) 'battery'"


@dataclass
class PasswordServer:
    """Counts every password, whichever way it comes; runs in a thread of its own.

    `attempts` holds (method, password) in order; `accepted` is the right one.
    """

    accepted: str
    with_keyboard: bool
    attempts: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0
    public_key: str = ""

    def __enter__(self) -> PasswordServer:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def judge(self, method: str, password: str) -> bool:
        """Counts an attempt and says whether it is right."""
        self.attempts.append((method, password))
        return password == self.accepted

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()

    async def _listen(self) -> None:
        key = asyncssh.generate_private_key("ssh-ed25519")
        self.public_key = key.export_public_key().decode().strip()
        listener = await asyncssh.create_server(
            lambda: _Server(self), "127.0.0.1", 0, server_host_keys=[key], process_factory=_answer
        )
        self.port = listener.get_port()


class _Server(asyncssh.SSHServer):
    def __init__(self, owner: PasswordServer) -> None:
        self._owner = owner

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return self._owner.judge("password", password)

    def kbdint_auth_supported(self) -> bool:
        return self._owner.with_keyboard

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return ("", "", "en", [("Password: ", False)])

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:
        return self._owner.judge("keyboard-interactive", responses[0])


async def _answer(process: Any) -> None:
    process.stdout.write("welcome\n")
    process.exit(0)


@pytest.fixture
def reach(sshd: Any, tmp_path: Path) -> Callable[[PasswordServer, str], OpenSSHSession]:
    """A session with a password to a PasswordServer, whose key is on file."""

    def make(server: PasswordServer, password: str) -> OpenSSHSession:
        known = tmp_path / "known_hosts"
        known.write_text(f"[127.0.0.1]:{server.port} {server.public_key}\n")
        return OpenSSHSession(sshd.target(port=server.port, known_hosts=known, private_key=None, password=password))

    return make


def test_right_password_opens(reach: Callable[[PasswordServer, str], OpenSSHSession]) -> None:
    """A password with blanks, quotes and letters beyond ASCII arrives as it is, in one attempt."""
    with PasswordServer(SECRET, with_keyboard=True) as server:
        session = reach(server, SECRET)
        assert session.run(":").stdout == b"welcome\n"
        session.close()
    assert server.attempts == [("password", SECRET)]


@pytest.mark.parametrize("with_keyboard", [False, True])
def test_wrong_password_is_tried_exactly_once(
    reach: Callable[[PasswordServer, str], OpenSSHSession], with_keyboard: bool
) -> None:
    """A second failure may ban us: not again, not by another method, not with an empty answer."""
    with (
        PasswordServer(SECRET, with_keyboard=with_keyboard) as server,
        pytest.raises(Unreachable, match="login was refused"),
    ):
        reach(server, "wrong").run(":")
    assert server.attempts == [("password", "wrong")]


@pytest.mark.parametrize("question", ["root@192.0.2.7's password: ", "(root@192.0.2.7) Password: "])
def test_askpass_answers_once(question: str) -> None:
    """The first asker gets the password; the second one gets nothing, and is ended."""
    with password_once(SECRET, "root@192.0.2.7") as environment:
        assert _ask(environment, question) == SECRET + "\n"
        assert _ask(environment, question) == "ended"


def test_jump_host_is_not_told_the_password() -> None:
    """Its ssh inherits the askpass program, and asks for another account."""
    with password_once(SECRET, "root@192.0.2.7") as environment:
        assert _ask(environment, "engineer@jump.example's password: ") == "ended"
        assert _ask(environment, "root@192.0.2.7's password: ") == SECRET + "\n"


def _ask(environment: Mapping[str, str], question: str) -> str:
    """What an asker gets; `ended` where it was killed instead."""
    asker = ["sh", "-c", '"$1" "$2"; echo "went on"', "asker", environment["SSH_ASKPASS"], question]
    asked = subprocess.run(asker, capture_output=True, check=False, timeout=60)
    return "ended" if asked.returncode == -15 else asked.stdout.decode().removesuffix("went on\n")


def test_askpass_leaves_nothing_behind() -> None:
    """Pipe, program and folder are gone, asked or not; nobody else can look into the folder meanwhile."""
    with password_once(SECRET, "root@192.0.2.7") as environment:
        folder = Path(environment["SSH_ASKPASS"]).parent
        assert folder.stat().st_mode & 0o777 == 0o700
        assert SECRET not in "".join(environment.values())
        assert all(SECRET.encode() not in path.read_bytes() for path in folder.iterdir() if path.is_file())
    assert not folder.exists()


def test_no_password_is_no_askpass() -> None:
    """Without a password there is nothing to ask for."""
    with password_once(None, "root@192.0.2.7") as environment:
        assert environment == {}


def test_password_is_in_no_process_list(reach: Callable[[PasswordServer, str], OpenSSHSession]) -> None:
    """While a login runs, no argument and no environment of any process here holds it."""
    seen: list[str] = []

    class Watching(PasswordServer):
        def judge(self, method: str, password: str) -> bool:
            seen.extend(_processes_with(SECRET))
            return super().judge(method, password)

    with Watching(SECRET, with_keyboard=False) as server:
        session = reach(server, SECRET)
        session.run(":")
        session.close()
    assert server.attempts == [("password", SECRET)]
    assert seen == []


def _processes_with(secret: str) -> list[str]:
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            for name in ("cmdline", "environ"):
                try:
                    if secret.encode() in (process / name).read_bytes():
                        found.append(f"{process}/{name}")
                except OSError:
                    continue
    return found
