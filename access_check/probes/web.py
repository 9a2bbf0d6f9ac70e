"""Asks a web page for its headers: one GET, bounded in bytes and time, no redirect is ever followed."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from access_check.escaping import shown
from access_check.observations import Certificate, Page, PageObservation
from access_check.probes.deadline import Deadline
from access_check.probes.tls_stream import TlsStream, TooMuchTls
from access_check.profile import WebPage

HEADER_BYTES = 64 * 1024
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)(?: |\r|\n|$)")
# OpenSSL's X509_V_ERR_* numbers.
_CERTIFICATES = {
    10: Certificate.EXPIRED,
    18: Certificate.SELF_SIGNED,
    19: Certificate.SELF_SIGNED,
    62: Certificate.WRONG_NAME,
    64: Certificate.WRONG_NAME,
}


@dataclass(frozen=True, slots=True)
class _NoPage(Exception):
    seen: PageObservation


def look_at_page(
    sock: socket.socket, host: str, page: WebPage, deadline: Deadline, again: Callable[[], socket.socket | None]
) -> PageObservation:
    """How the page answered. Closes `sock`, on all paths.

    `again` opens a second connection: a certificate that our trust store refuses is named first, and then
    the page is looked at all the same; nothing but the GET is sent.
    """
    certificate, detail = Certificate.NONE, ""
    stream: socket.socket | TlsStream = sock
    try:
        if page.scheme == "https":
            try:
                stream = _over_tls(sock, host, deadline, ssl.create_default_context())
                certificate = Certificate.TRUSTED
            except ssl.SSLCertVerificationError as error:
                certificate = _CERTIFICATES.get(error.verify_code, Certificate.UNTRUSTED)
                detail = shown(error.verify_message)
                stream = _over_tls(_reconnected(again), host, deadline, _unverified())
        head = _headers(stream, host, page, deadline)
    except _NoPage as nothing:
        seen = nothing.seen
        return PageObservation(seen.page, certificate=certificate, detail=seen.detail or detail)
    finally:
        stream.close()
        sock.close()
    return _understood(head, certificate, detail)


def _reconnected(again: Callable[[], socket.socket | None]) -> socket.socket:
    sock = again()
    if sock is None:
        raise _NoPage(PageObservation(Page.REFUSED, detail="the second connection did not come about"))
    return sock


def _unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _over_tls(sock: socket.socket, host: str, deadline: Deadline, context: ssl.SSLContext) -> TlsStream:
    """The socket behind TLS; the handshake as a whole has what is left of the deadline, and 64 KiB."""
    try:
        return TlsStream(sock, context, host, deadline)
    except ssl.SSLCertVerificationError:
        raise
    except TimeoutError:
        raise _NoPage(PageObservation(Page.TIMEOUT, detail="TLS handshake")) from None
    except TooMuchTls as error:
        raise _NoPage(PageObservation(Page.TOO_MUCH, detail=str(error))) from None
    except ssl.SSLError as error:
        raise _NoPage(PageObservation(Page.TLS_FAILED, detail=shown(error.reason or "no TLS"))) from None
    except (OSError, ValueError) as error:
        raise _NoPage(PageObservation(Page.RESET, detail=shown(str(error)))) from None


def _headers(sock: socket.socket | TlsStream, host: str, page: WebPage, deadline: Deadline) -> bytes:
    """All up to the blank line, or the end of what came; at most 64 KiB."""
    standard = page.port == (443 if page.scheme == "https" else 80)
    name = f"[{host}]" if ":" in host else host
    request = (
        f"GET {page.path} HTTP/1.1\r\nHost: {name if standard else f'{name}:{page.port}'}\r\n"
        "User-Agent: access-check\r\nAccept: text/html, */*\r\nConnection: close\r\n\r\n"
    )
    head = bytearray()
    try:
        sock.settimeout(max(0.001, deadline.left_s))
        sock.sendall(request.encode("ascii", "replace"))
        while b"\r\n\r\n" not in head and b"\n\n" not in head:
            if deadline.passed:
                raise TimeoutError
            sock.settimeout(max(0.001, deadline.left_s))
            piece = sock.recv(4096)
            if not piece:
                break
            head += piece
            if len(head) >= HEADER_BYTES:
                raise _NoPage(PageObservation(Page.TOO_MUCH, detail="headers above 64 KiB"))
    except TimeoutError:
        detail = shown(bytes(head[:80])) if head else ""
        raise _NoPage(PageObservation(Page.TIMEOUT, detail=detail)) from None
    except OSError as error:
        raise _NoPage(PageObservation(Page.RESET, detail=shown(error.strerror or str(error)))) from None
    return bytes(head)


def _understood(head: bytes, certificate: Certificate, detail: str) -> PageObservation:
    found = _STATUS_LINE.match(head)
    if found is None:
        if not head:
            return PageObservation(Page.RESET, certificate=certificate, detail="closed without an answer")
        return PageObservation(Page.NOT_HTTP, certificate=certificate, detail=shown(head.split(b"\n", 1)[0], 120))
    fields: dict[str, str] = {}
    for line in head.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0].split(b"\n")[1:]:
        name, _, value = line.partition(b":")
        fields.setdefault(name.strip().lower().decode("latin-1"), shown(value.strip()))
    return PageObservation(
        Page.ANSWERED,
        status=int(found[1]),
        server=fields.get("server", ""),
        location=fields.get("location", ""),
        certificate=certificate,
        detail=detail,
    )
