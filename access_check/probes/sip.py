"""Sends one SIP OPTIONS over UDP and waits for its answer. Never REGISTER, never a second packet."""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
import time
from collections.abc import Sequence

from access_check.escaping import shown
from access_check.observations import Resolution, Sip, SipObservation
from access_check.probes.deadline import Deadline
from access_check.probes.names import resolve

_DATAGRAM_BYTES = 8192
_STATUS_LINE = re.compile(rb"SIP/2\.0 ([1-6]\d\d)(?: ([^\r\n]*))?")


def sip_options(host: str, port: int, timeout_s: float) -> SipObservation:
    """What `host` answered to one OPTIONS: see `ask_options`. Ends within `timeout_s`, name lookup included.

    Not for a thread with a running event loop.
    """
    deadline = Deadline(timeout_s)
    name = resolve(host, deadline)
    if name.resolution is not Resolution.RESOLVED:
        return SipObservation(Sip.RESOLVE_FAILED, reason=shown(name.detail))
    return asyncio.run(ask_options(host, port, name.addresses, deadline.left_s))


async def ask_options(host: str, port: int, addresses: Sequence[str], timeout_s: float) -> SipObservation:
    """What the first of `addresses` answered to one OPTIONS: any SIP/2.0 status means that SIP is alive there.

    Datagrams of other conversations are passed over; one that answers ours (Call-ID) and is not SIP/2.0
    cannot exist, so anything else heard is `not-sip` once the time is up.
    """
    family = socket.AF_INET6 if ":" in addresses[0] else socket.AF_INET
    heard: list[bytes] = []
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        try:
            sock.connect((addresses[0], port))
            call_id = secrets.token_hex(12)
            sock.send(_options(host, port, sock.getsockname(), call_id))
            async with asyncio.timeout(timeout_s):
                return await _answer(sock, call_id.encode(), heard)
        except TimeoutError:
            if heard:
                return SipObservation(Sip.NOT_SIP, reason=shown(heard[0].split(b"\n", 1)[0], 80))
            return SipObservation(Sip.SILENT)
        except ConnectionRefusedError:
            return SipObservation(Sip.REFUSED)
        except OSError as error:
            return SipObservation(Sip.UNREACHABLE, reason=error.strerror or str(error))


def _options(host: str, port: int, local: tuple[str, int], call_id: str) -> bytes:
    here = f"[{local[0]}]:{local[1]}" if ":" in local[0] else f"{local[0]}:{local[1]}"
    there = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = (
        f"OPTIONS sip:{there} SIP/2.0",
        f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{secrets.token_hex(8)};rport",
        "Max-Forwards: 70",
        f"From: <sip:access-check@{here}>;tag={secrets.token_hex(6)}",
        f"To: <sip:{there}>",
        f"Call-ID: {call_id}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:access-check@{here}>",
        "Accept: application/sdp",
        "User-Agent: access-check",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii", "replace")


async def _answer(sock: socket.socket, call_id: bytes, heard: list[bytes]) -> SipObservation:
    """The answer to our request; the first of all that is none is put into `heard`."""
    loop, began = asyncio.get_running_loop(), time.monotonic()
    while True:
        datagram = await loop.sock_recv(sock, _DATAGRAM_BYTES)
        status = _STATUS_LINE.match(datagram)
        if status is None or call_id not in datagram:
            if not heard:
                heard.append(datagram)
            # A flood of datagrams must not keep the loop: everybody else's turn comes first.
            await asyncio.sleep(0)
            continue
        return SipObservation(
            Sip.ANSWERED,
            status=int(status[1]),
            reason=shown((status[2] or b"").strip(), 80),
            user_agent=_agent(datagram),
            duration_ms=int((time.monotonic() - began) * 1000),
        )


def _agent(datagram: bytes) -> str:
    found = re.search(rb"(?im)^(?:server|user-agent)[ \t]*:[ \t]*([^\r\n]*)", datagram)
    return shown(found[1].strip(), 80) if found else ""
