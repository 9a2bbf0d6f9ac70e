"""TLS with an end: one deadline, and a limit on what a server may say without saying anything.

`SSLContext.wrap_socket` has no bound of its own: OpenSSL reads handshake messages as long as they come, deaf to
any timeout, and a server that never stops keeps a whole core busy. Here it is fed by the piece.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

from access_check.probes.deadline import Deadline

SILENT_BYTES = 64 * 1024
_PIECE_BYTES = 16 * 1024


class TooMuchTls(OSError):
    """64 KiB came without completing the handshake, or without a byte of content."""


class TlsStream:
    """What a web client needs of an `ssl.SSLSocket`, over a connected socket that it closes with itself.

    The handshake happens in the constructor. Raises TimeoutError at the deadline, TooMuchTls at the limit,
    ssl.SSLError (with its verification error) as OpenSSL does, and then has closed the socket.
    """

    def __init__(self, sock: socket.socket, context: ssl.SSLContext, host: str, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._timeout_s: float | None = None
        try:
            self._tls = context.wrap_bio(self._in, self._out, server_hostname=host)
            self._driven(self._tls.do_handshake)
        except BaseException:
            sock.close()
            raise

    def settimeout(self, timeout_s: float | None) -> None:
        """The longest wait of one read or write; the deadline cuts it as well."""
        self._timeout_s = timeout_s

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes of content, empty at the end."""
        try:
            received: bytes = self._driven(lambda: self._tls.read(size))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""  # whether the end was announced is for the length of the answer to say
        return received

    def recv_into(self, buffer: memoryview) -> int:
        """How many bytes of content came, 0 at the end."""
        received = self.recv(len(buffer)) if len(buffer) else b""
        buffer[: len(received)] = received
        return len(received)

    def sendall(self, data: bytes) -> None:
        """Sends all of it."""
        self._driven(lambda: self._tls.write(data))
        self._flush()

    def getpeercert(self, binary_form: bool = False) -> Any:
        """As of an SSLSocket."""
        return self._tls.getpeercert(binary_form)

    def version(self) -> str | None:
        """The protocol that was agreed upon."""
        return self._tls.version()

    def get_unverified_chain(self) -> list[bytes]:
        """As of an SSLSocket; empty before Python 3.13."""
        chain = getattr(self._tls, "get_unverified_chain", None)
        return list(chain()) if chain is not None else []

    def fileno(self) -> int:
        """Of the socket below; -1 once it is closed."""
        return self._sock.fileno()

    def close(self) -> None:
        """Closes the socket below without a goodbye; may be called twice."""
        self._sock.close()

    def _driven(self, step: Callable[[], Any]) -> Any:
        """What `step` gives back, once OpenSSL has been fed what it needs for it."""
        fed = 0
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._flush()
                if fed >= SILENT_BYTES:
                    raise TooMuchTls("64 KiB of TLS without content") from None
                fed += self._feed(min(_PIECE_BYTES, SILENT_BYTES - fed))
            except ssl.SSLError:
                with contextlib.suppress(OSError):
                    self._flush()  # the alert that says why; who has hung up needs none
                raise
            else:
                return result

    def _feed(self, size: int) -> int:
        self._set_timeout()
        piece = self._sock.recv(size)
        if piece:
            self._in.write(piece)
        else:
            self._in.write_eof()
        return len(piece) or size

    def _flush(self) -> None:
        if waiting := self._out.read():
            self._set_timeout()
            self._sock.sendall(waiting)

    def _set_timeout(self) -> None:
        if self._deadline.passed:
            raise TimeoutError("the deadline has passed")
        left_s = self._deadline.left_s if self._timeout_s is None else min(self._timeout_s, self._deadline.left_s)
        self._sock.settimeout(max(0.001, left_s))
