"""Servers that know our secrets and say them back wherever a server can say anything."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncssh

from tests.faults.hostile.peer import Count, Peer, serve_raw

WAYS = ("command", "question", "disconnect", "banner", "refusal")
_PROMPT = "[admin@gw] > "


@dataclass
class Parrots:
    """One server for each way of saying secrets back, in a thread of its own; ports by way.

    `passwords` came over SSH, `forms` are the requests by which somebody signed in at a page.
    """

    secrets: Sequence[str]
    ssh_password: str
    edge_password: str
    ports: dict[str, int] = field(default_factory=dict)
    passwords: list[str] = field(default_factory=list)
    forms: list[bytes] = field(default_factory=list)

    def __enter__(self) -> Parrots:
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @property
    def words(self) -> str:
        """All of them, and half of one where a limit may cut."""
        return " and ".join(self.secrets)

    def known_hosts(self) -> str:
        """Our key for every port."""
        kind, blob = self.key.export_public_key().decode().split()[:2]
        return "".join(f"[127.0.0.1]:{port} {kind} {blob}\n" for port in self.ports.values())

    async def _start(self) -> None:
        for way in WAYS[:3]:
            self.ports[way] = await self._ssh(way)
        self.ports["banner"] = await serve_raw(self._banner, Count())
        self.ports["refusal"] = await self._ssh("refusal")
        self.ports["web"] = await serve_raw(self._page, Count())
        self.ports["no web"] = await serve_raw(self._banner, Count())
        self.ports["edge"] = await self._ssh("edge", process_factory=self._router, line_editor=False)

    async def _ssh(self, way: str, **options: Any) -> int:
        usual: dict[str, Any] = {"process_factory": self._command, "server_version": f"OpenSSH_{self.ssh_password}"}
        acceptor = await asyncssh.create_server(
            lambda: _Door(self, way), "127.0.0.1", 0, server_host_keys=[self.key], **{**usual, **options}
        )
        port: int = acceptor.get_port()
        return port

    async def _command(self, process: Any) -> None:
        process.stdout.write(f"Your password {self.words}\n")
        process.stderr.write(self.words)
        process.exit(0)

    async def _router(self, process: Any) -> None:
        words = f"{self.words} and {self.edge_password}"
        process.stdout.write(f"\r\nHello {words}\r\n{_PROMPT}")
        while line := await process.stdin.readline():
            rule = f" 0 ;;; {words}\n   chain=dstnat action=dst-nat to-addresses=10.9.8.7 comment={words}\n"
            process.stdout.write(f"{line.strip()}\r\n{rule.replace(chr(10), chr(13) + chr(10))}{_PROMPT}")

    async def _banner(self, peer: Peer) -> None:
        await peer.say(f"{self.ssh_password} {self.words}\r\n".encode())

    async def _page(self, peer: Peer) -> None:
        """Says back what is asked, with every secret in every header, in the form and in the page."""
        request = await peer.hear()
        if request.startswith(b"POST "):
            self.forms.append(request)
        words = self.words.encode()
        body = b"<html><title>" + words + b"</title><form method=post><input name=user><input name=pass type=password "
        body += b"value='" + words + b"'></form><pre>" + request + b"</pre>" + b'{"message": "' + words + b'"}</html>'
        head = b"HTTP/1.1 200 " + words + b"\r\nServer: " + words + b"\r\nLocation: /?password=" + words
        head += b"\r\nSet-Cookie: session=" + words + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
        await peer.say(head + body)


class _Door(asyncssh.SSHServer):
    def __init__(self, parrots: Parrots, way: str) -> None:
        self._parrots, self._way = parrots, way

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        self._connection.send_auth_banner(self._parrots.words)
        return True

    def password_auth_supported(self) -> bool:
        return self._way != "question"

    def validate_password(self, username: str, password: str) -> bool:
        self._parrots.passwords.append(password)
        if self._way == "disconnect":
            raise asyncssh.DisconnectError(asyncssh.DISC_BY_APPLICATION, self._parrots.words)
        return self._way != "refusal"

    def kbdint_auth_supported(self) -> bool:
        return self._way == "question"

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return self._parrots.words, self._parrots.words, "", [(f"{self._parrots.words}: ", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> Any:
        self._parrots.passwords.extend(responses)
        return self._parrots.words, responses[0], "", [(f"{responses[0]}? ", False), (self._parrots.words, True)]
