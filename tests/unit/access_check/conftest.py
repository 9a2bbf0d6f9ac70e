"""Servers on loopback that behave as told, and targets that point at them."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from access_check.profile import AccessProfile
from access_check.targets import Target

Behaviour = Callable[[socket.socket], None]
PASSWORD = "correct horse"
STRONG = ["curve25519-sha256", "ecdh-sha2-nistp256", "diffie-hellman-group16-sha512"]


@dataclass
class HostileServer:
    """A TCP server whose every connection is handed to `behaviour` in a thread; `closing` is set at the end."""

    behaviour: Callable[[socket.socket, threading.Event], None]
    connections: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> HostileServer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                self.behaviour(connection, self.closing)
            except OSError:
                return  # the client has hung up, which is what it is there for


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A TCP port of 127.0.0.1 that refuses connections: held without listening, so that nobody else can get it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def serve() -> Iterator[Callable[..., HostileServer]]:
    """Starts a HostileServer with the given behaviour; all are stopped after the test."""
    with ExitStack() as stack:
        yield lambda behaviour: stack.enter_context(HostileServer(behaviour))


@dataclass
class SshServer:
    """A real SSH server (asyncssh) that counts what reaches it."""

    handle: Callable[[Any], Any]
    user_key: asyncssh.SSHKey | None = None
    options: dict[str, Any] = field(default_factory=dict)
    interactive: bool = False
    open_door: bool = False
    at_password: str = "judge"
    host_key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    users: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    key_attempts: int = 0
    port: int = 0

    async def start(self) -> None:
        options: dict[str, Any] = {"server_host_keys": [self.host_key], "process_factory": self.handle}
        options["kex_algs"] = STRONG
        self._acceptor = await asyncssh.create_server(
            lambda: _Door(self), "127.0.0.1", 0, **{**options, **self.options}
        )
        self.port = self._acceptor.get_port()

    async def stop(self) -> None:
        self._acceptor.close()

    def known_hosts_line(self, marker: str = "", host: str = "127.0.0.1") -> str:
        kind, blob = self.host_key.export_public_key().decode().split()[:2]
        return f"{marker}[{host}]:{self.port} {kind} {blob}\n"


class _Door(asyncssh.SSHServer):
    def __init__(self, server: SshServer) -> None:
        self.server = server

    def begin_auth(self, username: str) -> bool:
        self.server.users.append(username)
        return not self.server.open_door

    def password_auth_supported(self) -> bool:
        return not self.server.interactive

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn

    async def validate_password(self, username: str, password: str) -> bool:
        self.server.passwords.append(password)
        if self.server.at_password == "stall":
            await self.connection.wait_closed()
        if self.server.at_password == "hang up":
            self.connection.abort()
        return password == PASSWORD

    def public_key_auth_supported(self) -> bool:
        return self.server.user_key is not None

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self.server.key_attempts += 1
        return self.server.user_key is not None and key == self.server.user_key.convert_to_public()

    def kbdint_auth_supported(self) -> bool:
        return self.server.interactive

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username: str, responses: list[str]) -> Any:
        self.server.passwords.append(responses[0])
        if responses[0] == PASSWORD:
            return True
        return "", "", "", [("Password: ", False)]  # asks again, like a PAM that lets one try three times


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread of its own, for the asyncssh servers."""
    running = asyncio.new_event_loop()
    thread = threading.Thread(target=running.run_forever, daemon=True)
    thread.start()
    yield running
    asyncio.run_coroutine_threadsafe(_end_of_all_tasks(), running).result(10)
    running.call_soon_threadsafe(running.stop)
    thread.join()
    running.close()


async def _end_of_all_tasks() -> None:
    """What a server still waits for when the last test is over is ended, not left to be found by the interpreter."""
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def plain_shell(process: Any) -> None:
    """Runs what it is asked to with the real sh, which reads what is sent."""
    pipe = asyncio.subprocess.PIPE
    shell = await asyncio.create_subprocess_shell(process.command or "", stdin=pipe, stdout=pipe, stderr=pipe)
    out, err = await shell.communicate((await process.stdin.read()).encode())
    process.stdout.write(out.decode())
    process.stderr.write(err.decode())
    process.exit(shell.returncode or 0)


@pytest.fixture
def ssh_server(loop: asyncio.AbstractEventLoop) -> Iterator[Callable[..., SshServer]]:
    """Starts an SshServer; all are stopped after the test."""
    started: list[SshServer] = []

    def start(handle: Any = plain_shell, **options: Any) -> SshServer:
        server = SshServer(handle, **options)
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
        started.append(server)
        return server

    yield start
    for server in started:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)


@pytest.fixture
def make_target(tmp_path: Path) -> Callable[..., Target]:
    """A Target with one SSH port on loopback and no web pages; any field can be given."""

    def make(port: int = 2020, known_hosts: str = "", **fields: Any) -> Target:
        trust = tmp_path / "known_hosts"
        trust.write_text(known_hosts)
        profile = {"product": "pbxware", "work_port": port, "ssh_ports": [port], "tcp_ports": [port], "web": {}}
        profile |= {"facts": {"asked": ()}}
        values: dict[str, Any] = {
            "name": "acme-pbx1",
            "product": "pbxware",
            "address": "127.0.0.1",
            "port": port,
            "user": "root",
            "password": PASSWORD,
            "private_key": None,
            "connection_arguments": (),
            "known_hosts": trust,
            "gui": {"user": "admin", "password": "secret"},
            "wizard": None,
            "api": None,
            "waivers": {"address.public": "on loopback", "sip.options": "no SIP on loopback"},
            "profile": AccessProfile.model_validate({**profile, **fields.pop("profile", {})}),
        }
        return Target.model_validate({**values, **fields})

    return make
