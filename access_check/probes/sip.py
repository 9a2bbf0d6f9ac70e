"""Sends one SIP OPTIONS over UDP and waits for its answer. Never REGISTER, never a second packet."""

from __future__ import annotations

import re
import secrets
import socket
import time
from collections.abc import Sequence

from access_check.escaping import shown
from access_check.observations import NameObservation, Resolution, Sip, SipObservation
from access_check.probes.deadline import Deadline
from access_check.probes.names import resolve

_DATAGRAM_BYTES = 8192
_STATUS_LINE = re.compile(rb"SIP/2\.0 ([1-6]\d\d)(?: ([^\r\n]*))?")


def sip_options(host: str, port: int, timeout_s: float, addresses: Sequence[str] = ()) -> SipObservation:
    """What `host` answered to one OPTIONS: any SIP/2.0 status means that SIP is alive there.

    `addresses` are those of `host` where they are known already; the first one is asked. Ends within
    `timeout_s`, name lookup included. Datagrams of other conversations are passed over; one
    that answers ours (Call-ID) and is not SIP/2.0 cannot exist, so anything else heard is `not-sip` once the
    time is up.
    """
    deadline, began = Deadline(timeout_s), time.monotonic()
    name = NameObservation(Resolution.RESOLVED, tuple(addresses)) if addresses else resolve(host, deadline)
    if name.resolution is not Resolution.RESOLVED:
        return SipObservation(Sip.RESOLVE_FAILED, reason=shown(name.detail))
    family = socket.AF_INET6 if ":" in name.addresses[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((name.addresses[0], port))
            call_id = secrets.token_hex(12)
            sock.send(_options(host, port, sock.getsockname(), call_id))
            return _answer(sock, call_id.encode(), deadline, began)
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


def _answer(sock: socket.socket, call_id: bytes, deadline: Deadline, began: float) -> SipObservation:
    heard = b""
    while not deadline.passed:
        sock.settimeout(max(0.001, deadline.left_s))
        try:
            datagram = sock.recv(_DATAGRAM_BYTES)
        except TimeoutError:
            break
        status = _STATUS_LINE.match(datagram)
        if status is None or call_id not in datagram:
            heard = heard or datagram
            continue
        return SipObservation(
            Sip.ANSWERED,
            status=int(status[1]),
            reason=shown((status[2] or b"").strip(), 80),
            user_agent=_agent(datagram),
            duration_ms=int((time.monotonic() - began) * 1000),
        )
    if heard:
        return SipObservation(Sip.NOT_SIP, reason=shown(heard.split(b"\n", 1)[0], 80))
    return SipObservation(Sip.SILENT)


def _agent(datagram: bytes) -> str:
    found = re.search(rb"(?im)^(?:server|user-agent)[ \t]*:[ \t]*([^\r\n]*)", datagram)
    return shown(found[1].strip(), 80) if found else ""
