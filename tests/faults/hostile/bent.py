"""A real SSH server (asyncssh) some of whose answers are bent: real keys and encryption, then malice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import asyncssh
from asyncssh.packet import Boolean, Byte, String, UInt32

from tests.faults.hostile.peer import Count

PASSWORD = "correct horse battery"
_BUFFERED = 256 * 1024
Answer = Callable[["Connection", Any], None]


@dataclass
class Bent:
    """Which messages of ours are answered otherwise (by number), and what a good server's shell does."""

    answers: dict[int, Answer] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    at_password: str = "accept"


class Connection:
    """One connection of a bent server; what it sends is encrypted as it should be."""

    def __init__(self, inner: Any, count: Count) -> None:
        self.inner = inner
        self.count = count
        self.rounds = 0

    def send(self, kind: int, *parts: bytes) -> None:
        """One message, at once."""
        if self.alive:
            self.inner.send_packet(kind, *parts)

    @property
    def alive(self) -> bool:
        """False once the other side has hung up."""
        wire = self.inner._transport
        return wire is not None and not wire.is_closing()

    def flood(self, send: Callable[[], None]) -> None:
        """Sends without end, as fast as it is read."""
        self.start(self._flood(send))

    def start(self, work: Any) -> None:
        """Does something while the connection is served."""
        self.inner.create_task(work)

    async def _flood(self, send: Callable[[], None]) -> None:
        while self.alive:
            for _ in range(16):
                send()
            await asyncio.sleep(0 if self.inner._transport.get_write_buffer_size() < _BUFFERED else 0.01)

    def failure(self, methods: bytes = b"password,keyboard-interactive,publickey", *, partly: bool = False) -> None:
        """The answer to a login that is no success."""
        self.send(51, String(methods), Boolean(partly))

    def accept_login(self) -> None:
        """The answer to a login that is one."""
        self.start(self.inner.send_userauth_success())


class _Passing:
    """Takes the messages of a login or of a channel to where all others go."""

    def __init__(self, process: Callable[..., Any]) -> None:
        self.process_packet = process

    def __getitem__(self, _: object) -> _Passing:
        return self

    def __contains__(self, _: object) -> bool:
        return False

    def __iter__(self) -> Any:
        return iter(())

    def values(self) -> list[Any]:
        return []

    def log_received_packet(self, *_: object) -> None:
        return

    def cancel(self) -> None:
        return


class _Door(asyncssh.SSHServer):
    def __init__(self, bent: Bent, count: Count) -> None:
        self._bent = bent
        self._count = count

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        inner: Any = conn
        self._count.connections += 1
        wrapped = Connection(inner, self._count)
        usual, send = inner.process_packet, inner._send

        def process(kind: int, number: int, packet: Any) -> Any:
            if kind not in self._bent.answers:
                return usual(kind, number, packet)
            self._bent.answers[kind](wrapped, packet)
            return True

        def counted(data: bytes) -> None:
            self._count.sent_bytes += len(data)
            send(data)

        inner.process_packet, inner._send = process, counted
        if any(60 <= kind < 80 for kind in self._bent.answers):
            inner._auth = _Passing(process)
        if 90 in self._bent.answers:
            inner._channels = _Passing(process)
        self.connection = conn

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        self._count.passwords += 1
        if self._bent.at_password == "stall":
            await self.connection.wait_closed()
        if self._bent.at_password == "hang up":
            self.connection.abort()
        return password == PASSWORD


async def plain_shell(process: Any) -> None:
    """Runs what it is asked to with the real sh, its standard input included."""
    shell = await asyncio.create_subprocess_shell(process.command or "exec sh", stdin=-1, stdout=-1, stderr=-1)
    feeding = asyncio.create_task(_feed(process.stdin, shell.stdin))
    out, err = await asyncio.gather(shell.stdout.read(), shell.stderr.read())
    feeding.cancel()
    process.stdout.write(out)
    process.stderr.write(err)
    process.exit(await shell.wait())


async def _feed(source: Any, sink: Any) -> None:
    while piece := await source.read(4096):
        sink.write(piece)
    sink.close()


async def serve_bent(bent: Bent, count: Count, key: asyncssh.SSHKey) -> int:
    """Starts the server; its port."""
    options: dict[str, Any] = {"server_host_keys": [key], "process_factory": plain_shell, "encoding": None}
    acceptor = await asyncssh.create_server(lambda: _Door(bent, count), "127.0.0.1", 0, **{**options, **bent.options})
    port: int = acceptor.get_port()
    return port


__all__ = ["PASSWORD", "Bent", "Boolean", "Byte", "Connection", "String", "UInt32", "serve_bent"]
