"""Web and SIP servers that misbehave."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

from tests.faults.hostile.peer import CHUNK, Count, Peer

_OK = b"HTTP/1.1 200 OK\r\n"


async def silent_page(peer: Peer) -> None:
    await peer.sit()


async def endless_headers(peer: Peer) -> None:
    await peer.hear()
    await peer.say(_OK)
    await peer.flood(b"X-Flood: \x1b[2J\r\n" * 1000)


async def endless_status_line(peer: Peer) -> None:
    await peer.hear()
    await peer.say(b"HTTP/1.1 200 ")
    await peer.flood(b"O" * CHUNK)


async def headers_a_byte_a_second(peer: Peer) -> None:
    await peer.hear()
    await peer.dribble(_OK)


async def endless_body(peer: Peer) -> None:
    await peer.hear()
    await peer.say(_OK + b"Content-Type: text/html\r\n\r\n")
    await peer.flood(b"<p>\x1b[2J" * 2000)


async def body_shorter_than_promised(peer: Peer) -> None:
    await peer.hear()
    await peer.say(_OK + b"Content-Length: 99999999999999999999\r\n\r\n<html>")
    await peer.sit()


async def redirects_to_itself(peer: Peer) -> None:
    request = await peer.hear()
    host = request.split(b"Host: ", 1)[-1].split(b"\r\n", 1)[0]
    await peer.say(b"HTTP/1.1 302 Found\r\nLocation: http://%b/\x1b[2J\r\nContent-Length: 0\r\n\r\n" % host)


async def continues_for_ever(peer: Peer) -> None:
    await peer.hear()
    await peer.flood(b"HTTP/1.1 100 Continue\r\n\r\n")


async def handshake_stalls(peer: Peer) -> None:
    await peer.hear()
    await peer.say(b"\x16\x03\x03\x00\x7a\x02")
    await peer.sit()


async def handshake_a_byte_a_second(peer: Peer) -> None:
    await peer.hear()
    await peer.say(b"\x16\x03\x03\x40\x00")
    await peer.dribble(b"\x02")


async def records_without_end(peer: Peer) -> None:
    await peer.hear()
    await peer.flood(b"\x16\x03\x03\x00\x04\x00\x00\x00\x00" * 1000)


def over_tls(certificate: Any) -> dict[str, ssl.SSLContext]:
    """Options of a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return {"ssl": context}


class _Telephone(asyncio.DatagramProtocol):
    """Answers each datagram with `answers` of its own."""

    def __init__(self, answer: bytes, times: int, count: Count) -> None:
        self._answer, self._times, self._count = answer, times, count

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire: Any = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._count.connections += 1
        call = next((line for line in data.split(b"\r\n") if line.startswith(b"Call-ID")), b"")
        for _ in range(self._times):
            self._wire.sendto(self._answer.replace(b"{call}", call), addr)
            self._count.sent_bytes += len(self._answer)


async def serve_sip(answer: bytes, times: int, count: Count) -> int:
    """Starts a telephone system that answers nonsense over UDP; its port."""
    loop = asyncio.get_running_loop()
    wire, _ = await loop.create_datagram_endpoint(lambda: _Telephone(answer, times, count), local_addr=("127.0.0.1", 0))
    port: int = wire.get_extra_info("sockname")[1]
    return port
