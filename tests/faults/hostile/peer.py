"""The wire as a hostile server sees it: what it said is counted, and whoever it harmed may hang up at any time."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

BANNER = b"SSH-2.0-OpenSSH_9.9\r\n"
CHUNK = 16 * 1024
_BUFFERED = 64 * 1024


@dataclass
class Count:
    """What reached one hostile server, and how many bytes it got rid of (kernel buffers included)."""

    connections: int = 0
    sent_bytes: int = 0
    passwords: int = 0

    def __sub__(self, before: Count) -> Count:
        """What came since then."""
        more = (self.connections - before.connections, self.sent_bytes - before.sent_bytes)
        return Count(*more, self.passwords - before.passwords)


@dataclass
class Peer:
    """One connection. Every method ends with ConnectionError once the other side has hung up."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    count: Count = field(default_factory=Count)

    async def say(self, data: bytes) -> None:
        """Sends, and waits until most of it is gone."""
        self.writer.write(data)
        await self.writer.drain()
        self.count.sent_bytes += len(data)

    async def hear(self) -> bytes:
        """Some bytes of what comes next."""
        heard = await self.reader.read(65536)
        if not heard:
            raise ConnectionResetError
        return heard

    async def sit(self) -> None:
        """Says nothing more, and stays until the other side goes."""
        while True:
            await self.hear()

    async def dribble(self, data: bytes, pause_s: float = 1.0) -> None:
        """A byte at a time, over and over again."""
        while True:
            for byte in data:
                await self.say(bytes([byte]))
                await asyncio.sleep(pause_s)

    async def flood(self, data: bytes, most_bytes: int = 2**40) -> None:
        """The same again and again, up to `most_bytes`; then silence."""
        left = most_bytes
        while left > 0:
            await self.say(data)
            left -= len(data)
        await self.sit()


Behaviour = Callable[[Peer], Awaitable[None]]


async def serve_raw(behaviour: Behaviour, count: Count, **options: Any) -> int:
    """Starts a server that treats every connection like this; its port."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count.connections += 1
        writer.transport.set_write_buffer_limits(high=_BUFFERED)
        try:
            await behaviour(Peer(reader, writer, count))
        except (OSError, asyncio.CancelledError):
            return  # hung up on, which is what it is there for; or all servers end
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=_BUFFERED, **options)
    port: int = server.sockets[0].getsockname()[1]
    return port


def packet(payload: bytes) -> bytes:
    """An SSH packet before encryption (RFC 4253, 6)."""
    padding = 8 - (5 + len(payload)) % 8
    padding += 8 if padding < 4 else 0
    return struct.pack(">IB", 1 + len(payload) + padding, padding) + payload + bytes(padding)


def string(data: bytes) -> bytes:
    """A string as SSH writes it."""
    return struct.pack(">I", len(data)) + data


def key_exchange_init(lists: dict[int, bytes] | None = None) -> bytes:
    """A KEXINIT packet; `lists` replaces name-lists by their place."""
    names = [b"curve25519-sha256,diffie-hellman-group14-sha256", b"ssh-ed25519,rsa-sha2-256"]
    names += [b"aes128-ctr,aes256-ctr"] * 2 + [b"hmac-sha2-256"] * 2 + [b"none"] * 2 + [b""] * 2
    for place, given in (lists or {}).items():
        names[place] = given
    return packet(b"\x14" + bytes(16) + b"".join(map(string, names)) + bytes(5))
