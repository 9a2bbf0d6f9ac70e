"""Asks another ticket system over HTTPS: one connection for each question, bounded in bytes and time. Judges no ticket.

No redirect is followed, nothing is asked twice, and the token goes nowhere but into the one header, behind a
certificate that is trusted. What a server repeats of it is not in our complaints: those never quote an answer's body.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlencode

from pydantic import SecretStr

from access_check.escaping import shown
from access_check.probes.bounded_stream import BoundedSocket, TooMuch
from access_check.probes.deadline import Deadline
from access_check.probes.names import resolve
from access_check.probes.tcp import connect
from access_check.probes.tls_stream import TlsStream, TooMuchTls
from callout.desk.bridges.address import Place
from callout.desk.bridges.foreign import Forbidden, NotThere, loaded
from callout.desk.bridges.records import Request
from callout.errors import BadInput, TrustRefused, Unreachable

HEADER_BYTES = 64 * 1024
BODY_BYTES = 4 * 1024 * 1024
_AGAIN = "Run it again: what was taken stays taken, and nothing is doubled."


class BridgeConnection:
    """`ask` gives back the JSON of an answer. `name` is the bridge's (rt, zammad), for complaints."""

    def __init__(
        self, name: str, place: Place, authorization: SecretStr, *, timeout_s: float, ca_file: Path | None = None
    ) -> None:
        self._name = name
        self._place = place
        self._authorization = authorization
        self._timeout_s = timeout_s
        self._tls = _context(name, ca_file) if place.scheme == "https" else None

    def ask(self, request: Request) -> Any:
        """The answer's JSON; the whole exchange ends by the bridge's timeout, with at most 4 MiB.

        Raises Unreachable where no whole and good answer came, TrustRefused for a certificate that is not trusted,
        BadInput where the token is refused.
        """
        deadline = Deadline(self._timeout_s)
        sock = BoundedSocket(self._opened(deadline), deadline)
        try:
            status, headers, content = self._exchanged(sock, request)
        except http.client.HTTPException as error:
            self._fail(f"its answer is no HTTP ({type(error).__name__})")
        except TooMuch:
            self._fail("its answer has more than 4 MiB")
        except TimeoutError:
            self._fail(f"the answer did not come within {self._timeout_s:g} s")
        except (OSError, ValueError) as error:
            self._fail(f"the line was cut ({shown(getattr(error, 'strerror', None) or type(error).__name__, 80)})")
        finally:
            sock.hang_up()
        self._judge(status, headers)
        return loaded(content, f"{self._name} {request.method} {request.path}")

    def _opened(self, deadline: Deadline) -> socket.socket | TlsStream:
        found = resolve(self._place.host, deadline)
        seen, sock = connect(found.addresses, self._place.port, deadline)
        if sock is None:
            self._fail(found.detail or seen.detail or str(seen.reach))
        if self._tls is None:
            return sock
        try:
            return TlsStream(sock, self._tls, self._place.host, deadline)
        except ssl.SSLCertVerificationError as error:
            raise TrustRefused(
                f"{self._name}: the certificate of {self._place.authority} is not trusted: "
                f"{shown(error.verify_message, 120)}.",
                f"Nothing was sent. Name the authority: callout_policy.desk.bridges.{self._name}.ca_file",
            ) from None
        except TimeoutError:
            self._fail(f"TLS did not come about within {self._timeout_s:g} s")
        except (TooMuchTls, ssl.SSLError, OSError, ValueError):
            self._fail("TLS did not come about")

    def _exchanged(self, sock: BoundedSocket, request: Request) -> tuple[int, http.client.HTTPMessage, bytes]:
        place = self._place
        line = place.path + request.path + (f"?{urlencode(request.query)}" if request.query else "")
        fields = {
            "Host": place.authority,
            "User-Agent": "callout",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
            "Authorization": self._authorization.get_secret_value(),
        }
        body = None
        if request.body is not None:
            body = json.dumps(request.body).encode()
            fields["Content-Type"] = "application/json"
        client = http.client.HTTPConnection(place.host, place.port)
        client.auto_open = 0  # it would open a second one by itself, unbounded and without TLS
        client.sock = sock
        sock.allow(HEADER_BYTES)
        client.request(request.method, line, body=body, headers=fields)
        response = client.getresponse()
        sock.allow(BODY_BYTES + HEADER_BYTES)
        content = response.read(BODY_BYTES + 1)
        if len(content) > BODY_BYTES:
            raise TooMuch("more than 4 MiB")
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return response.status, response.headers, content

    def _judge(self, status: int, headers: http.client.HTTPMessage) -> None:
        if status in (401, 403):
            raise (BadInput if status == 401 else Forbidden)(
                f"{self._name} refuses the token, or what it may do ({status}).",
                f"Look at callout_policy.desk.bridges.{self._name}.token, and at the rights of its user over there.",
            )
        if status == 429:
            after = headers.get("Retry-After", "")
            wait = f"in {after} seconds" if after.isascii() and after.isdigit() and len(after) < 7 else "later"
            raise Unreachable(f"{self._name} says that we ask too often (429).", f"Run it again {wait}.")
        if 300 <= status <= 399:
            raise Unreachable(
                f"{self._name} sends us elsewhere ({status}), and no redirect is followed: the token would go along.",
                f"If it is right to go there, write that address into callout_policy.desk.bridges.{self._name}.url.",
            )
        if status == 404:
            raise NotThere(
                f"{self._name} does not have it (404).", "Look at the bridge's url, and whether the ticket is there."
            )
        if not 200 <= status <= 299:
            raise Unreachable(f"{self._name} answers with {status}.", _AGAIN)
        kind = headers.get_content_type()
        if kind != "application/json":
            raise Unreachable(
                f"{self._name} answers with {shown(kind, 60)} and not with JSON.",
                "Look whether the bridge's url leads to the API, and not to a page.",
            )

    def _fail(self, why: str) -> NoReturn:
        raise Unreachable(f"{self._name} at {shown(self._place.authority, 120)}: {why}.", _AGAIN)


def _context(name: str, ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError):
        raise BadInput(
            f"callout_policy.desk.bridges.{name}.ca_file: {ca_file} cannot be read as certificates.", "Give a PEM file."
        ) from None
