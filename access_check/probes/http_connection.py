"""Asks one web port, over one connection as long as the server keeps it; bounded in bytes and time.

No redirect is followed, nothing is asked twice, and nothing is sent before the certificate has been looked at.
"""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.request import Request

from access_check.escaping import shown
from access_check.probes.bounded_stream import BoundedSocket, TooMuch
from access_check.probes.deadline import Deadline
from access_check.probes.tls import NoAnswer, secure
from access_check.probes.tls_stream import TlsStream
from access_check.profile import WebPage
from access_check.web_observation import Certificate, Page, PresentedCertificate

HEADER_BYTES = 64 * 1024
BODY_BYTES = 256 * 1024
_STANDARD_PORTS = {"http": 80, "https": 443}
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What came back. `status` is 0 and `body` empty unless `page` is ANSWERED; `cut` says that there was more.

    `detail` is escaped; where a secret was sent it may hold it, because servers repeat what they get.
    """

    page: Page
    status: int = 0
    headers: http.client.HTTPMessage | None = None
    body: bytes = b""
    cut: bool = False
    detail: str = ""

    def header(self, name: str) -> str:
        """The first header of that name as it came, or nothing."""
        return str(self.headers.get(name, "")) if self.headers is not None else ""

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")


class WebConnection:
    """One web port of one system. `connect` opens a TCP connection, None where that does not come about.

    `certificate` and `presented` are those of the first connection; a later one must be as good, or it is dropped.
    Use it as a context manager: it closes all that it opened.
    """

    def __init__(
        self, connect: Callable[[], socket.socket | None], host: str, page: WebPage, deadline: Deadline
    ) -> None:
        self._connect = connect
        self._host = host
        self._page = page
        self._deadline = deadline
        self._http: http.client.HTTPConnection | None = None
        self._sock: BoundedSocket | None = None
        self._opened = False
        self._fresh = False
        self.certificate = Certificate.NONE
        self.presented: PresentedCertificate | None = None
        self.certificate_detail = ""

    def __enter__(self) -> WebConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    @property
    def may_have_secrets(self) -> bool:
        """Whether a secret may be sent: over TLS, behind a certificate that is trusted, pinned, or tolerated."""
        tolerated = self.certificate is Certificate.SELF_SIGNED and self._page.self_signed_tolerated
        return tolerated or self.certificate in (Certificate.TRUSTED, Certificate.PINNED)

    def url(self, path: str) -> str:
        """The address of `path` here, as a browser shows it."""
        return f"{self._page.scheme}://{self._authority()}{path}"

    def open(self) -> WebAnswer | None:
        """Opens the connection where there is none; what became of it where it does not open, else None."""
        try:
            self._ready()
        except NoAnswer as nothing:
            return WebAnswer(nothing.page, detail=nothing.detail)
        return None

    def ask(
        self, path: str, form: Mapping[str, str] | None = None, *, cookies: str = "", whole: bool = True
    ) -> WebAnswer:
        """The answer to one GET of `path`, or to one POST where there is a `form`; sent once, never again.

        At most 64 KiB of headers and 256 KiB of body are read, and no body unless `whole`. Never raises for what
        a server does.
        """
        try:
            return self._exchange(self._ready(), path, form, cookies, whole)
        except NoAnswer as nothing:
            self._hang_up()
            return WebAnswer(nothing.page, detail=nothing.detail)

    def _ready(self) -> http.client.HTTPConnection:
        # A fresh one is not asked: TLS 1.3 sends tickets unasked, and a read of the first answer takes them in.
        if self._http is not None and self._sock is not None and (self._fresh or self._sock.is_quiet()):
            return self._http
        self._hang_up()
        self._sock = BoundedSocket(self._secured() if self._page.scheme == "https" else self._tcp(), self._deadline)
        self._opened = self._fresh = True
        connection = http.client.HTTPConnection(self._host, self._page.port)
        connection.auto_open = 0  # it would open a second one by itself, unbounded and without TLS
        connection.sock = self._sock
        self._http = connection
        return connection

    def _tcp(self) -> socket.socket:
        sock = self._connect()
        if sock is None:
            raise NoAnswer(Page.REFUSED, "the next connection did not come about")
        return sock

    def _secured(self) -> TlsStream:
        secured = secure(self._tcp, self._host, self._page, self._deadline)
        if not self._opened:
            self.certificate, self.presented = secured.certificate, secured.presented
            self.certificate_detail = secured.detail
            return secured.sock
        known, now = self.presented, secured.presented
        same = known is not None and now is not None and known.fingerprint == now.fingerprint
        if secured.certificate is self.certificate and (same or secured.certificate is Certificate.TRUSTED):
            return secured.sock
        secured.sock.close()
        raise NoAnswer(Page.TLS_FAILED, "the next connection showed another certificate")

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        path: str,
        form: Mapping[str, str] | None,
        cookies: str,
        whole: bool,
    ) -> WebAnswer:
        assert self._sock is not None
        fields = {
            "Host": self._authority(),
            "User-Agent": "access-check",
            "Accept": "text/html, */*",
            "Accept-Encoding": "identity",
            **({"Cookie": cookies} if cookies else {}),
            **({"Content-Type": _FORM} if form is not None else {}),
        }
        body = None if form is None else urlencode(form).encode()
        try:
            self._fresh = False
            self._sock.allow(HEADER_BYTES)
            connection.request("GET" if body is None else "POST", path, body=body, headers=fields)
            response = connection.getresponse()
            if not 100 <= response.status <= 599:
                raise NoAnswer(Page.NOT_HTTP, f"status {response.status}")
            content, cut = self._body(response, self._sock) if whole else (b"", True)
            response.close()
        except http.client.HTTPException as error:
            raise _not_understood(error) from None
        except TooMuch:
            raise NoAnswer(Page.TOO_MUCH, "headers above 64 KiB") from None
        except TimeoutError:
            raise NoAnswer(Page.TIMEOUT, "the answer did not come in time") from None
        except (OSError, ValueError) as error:
            raise NoAnswer(Page.RESET, shown(getattr(error, "strerror", None) or str(error))) from None
        if cut or response.will_close:
            self._hang_up()
        return WebAnswer(Page.ANSWERED, response.status, response.headers, content, cut)

    def _body(self, response: http.client.HTTPResponse, sock: BoundedSocket) -> tuple[bytes, bool]:
        """What came of the body and whether that is not all of it: too long, too slow, or cut off."""
        sock.allow(BODY_BYTES + HEADER_BYTES)
        content = bytearray()
        try:
            while len(content) <= BODY_BYTES:
                piece = response.read1(BODY_BYTES + 1 - len(content))
                if not piece:
                    return bytes(content), bool(response.length)
                content += piece
        except (OSError, http.client.HTTPException, ValueError):
            return bytes(content), True  # the headers are an answer; that the rest is missing is said by `cut`
        return bytes(content[:BODY_BYTES]), True

    def _authority(self) -> str:
        name = f"[{self._host}]" if ":" in self._host else self._host
        return name if self._page.port == _STANDARD_PORTS[self._page.scheme] else f"{name}:{self._page.port}"

    def _hang_up(self) -> None:
        if self._sock is not None:
            self._sock.hang_up()
        self._http, self._sock = None, None

    def cookie_request(self, path: str) -> Request:
        """`path` here as http.cookiejar wants to have it; it is never opened."""
        return Request(self.url(path))  # noqa: S310 - not opened


def _not_understood(error: http.client.HTTPException) -> NoAnswer:
    if isinstance(error, http.client.RemoteDisconnected):
        return NoAnswer(Page.RESET, "closed without an answer")
    if isinstance(error, http.client.BadStatusLine):
        return NoAnswer(Page.NOT_HTTP, shown(str(error).strip(), 120))
    if isinstance(error, http.client.LineTooLong):
        return NoAnswer(Page.TOO_MUCH, "a header line above 64 KiB")
    if "headers" in str(error):
        return NoAnswer(Page.TOO_MUCH, "more than 100 headers")
    return NoAnswer(Page.NOT_HTTP, shown(str(error) or type(error).__name__, 120))
