"""One HTTP request to a system, bounded in bytes and in time. It looks and judges nothing."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from dataclasses import dataclass

from access_check.profile import WebPage
from callout.health.observation import Answer
from callout.programs import printable

MAXIMUM_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What came back. `status` is 0 and `body` empty unless `answer` is ANSWERED; `cut` says there was more."""

    answer: Answer
    status: int = 0
    body: bytes = b""
    cut: bool = False
    detail: str = ""


def ask_page(
    address: str, page: WebPage, *, path: str = "", form: bytes | None = None, deadline_s: float = 10
) -> WebAnswer:
    """The answer of `page` at `address`, `path` instead of its own; `form` makes it a POST. Redirects are not followed.

    The whole exchange ends by `deadline_s`, also for a server that sends a byte a second, and no more than
    256 KiB of the body are read. Never raises for what a server or the network does.
    """
    try:
        raw = socket.create_connection((address, page.port), timeout=deadline_s)
    except TimeoutError:
        return WebAnswer(Answer.SILENT, detail="no answer")
    except ConnectionRefusedError:
        return WebAnswer(Answer.REFUSED, detail="the port is closed")
    except OSError as error:
        return WebAnswer(Answer.UNREACHABLE, detail=_said(error))
    # A second handle on the same connection: shutting it down ends every wait, in TLS too.
    began, guard = time.monotonic(), raw.dup()
    timer = threading.Timer(deadline_s, _shut, [guard])
    timer.daemon = True
    timer.start()
    try:
        answer = _exchange(raw, address, page, path or page.path, form)
    except (OSError, http.client.HTTPException, ValueError) as error:
        kind = Answer.TLS_REFUSED if isinstance(error, ssl.SSLError) else Answer.NONSENSE
        answer = WebAnswer(kind, detail=_said(error))
    finally:
        timer.cancel()
        guard.close()
        raw.close()
    if time.monotonic() - began >= deadline_s:
        # Shut in the middle, a header or a body that was cut off looks like a short one.
        return WebAnswer(Answer.SILENT, detail=f"not done within {deadline_s:g} s")
    return answer


def _exchange(raw: socket.socket, address: str, page: WebPage, path: str, form: bytes | None) -> WebAnswer:
    connection = http.client.HTTPConnection(address, page.port)
    connection.sock = _tls(raw, address, page) if page.scheme == "https" else raw
    try:
        headers = {"User-Agent": "callout", "Connection": "close", "Accept-Encoding": "identity"}
        if form is None:
            connection.request("GET", path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", path, body=form, headers=headers)
        response = connection.getresponse()
        body = response.read(MAXIMUM_BYTES + 1)
        return WebAnswer(Answer.ANSWERED, response.status, body[:MAXIMUM_BYTES], cut=len(body) > MAXIMUM_BYTES)
    finally:
        connection.close()


def _tls(raw: socket.socket, address: str, page: WebPage) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    if page.self_signed_tolerated:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(raw, server_hostname=address)


def _shut(guard: socket.socket) -> None:
    try:
        guard.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # It has ended by itself in the meantime.


def _said(error: Exception) -> str:
    return printable(str(error) or type(error).__name__)[:200]
