"""Knocks on one TCP port in the sweep's event loop, and on an SSH port listens for the server's first words.

A silent port costs one socket and one timer here, no thread and no process. The open socket is handed on
with what was read from it: one connection per port, not one per question.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from access_check.observations import Banner, Reach, SshObservation, TcpObservation
from access_check.probes.deadline import Deadline
from access_check.probes.first_words import ENDED, banner_seen, worth_a_login
from access_check.probes.guard import BEFORE_LOGIN_BYTES, IDENTIFICATION, KEPT_BYTES, Trip
from access_check.probes.tcp import no_address, no_time, refusal

_PIECE_BYTES = 16 * 1024
_UNDER_WAY = (0, errno.EINPROGRESS)


class Listen(Enum):
    """What is waited for on an open port."""

    NOT_AT_ALL = auto()
    BANNER = auto()
    FIRST_PACKET = auto()


@dataclass(slots=True)
class Knocked:
    """What came of it: an open socket to go on with (whoever has this closes it), or all that there was to see.

    `already` was read from the socket of an SSH port, after our own identification was sent; it is None on
    other ports. `ssh` is set where there is nothing to go on with.
    """

    tcp: TcpObservation
    sock: socket.socket | None = None
    already: bytes | None = None
    ssh: SshObservation | None = None


class Knock:
    """One port, from the first connection to `result`, which is there at the deadline at the latest.

    Addresses are tried in order until one opens; what the first one did is told if none does. A silent one
    has its equal share of the time that is left.
    """

    def __init__(self, addresses: Sequence[str], port: int, deadline: Deadline, listen: Listen) -> None:
        self._loop = asyncio.get_running_loop()
        self.result: asyncio.Future[Knocked] = self._loop.create_future()
        self._addresses = list(addresses)
        self._port = port
        self._deadline = deadline
        self._listen = listen
        self._tried: list[str] = []
        self._first: TcpObservation | None = None
        self._sock: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._head = bytearray()
        self._received_bytes = 0
        self._next_address()

    def close(self) -> None:
        """Gives the socket back where the result was not waited for."""
        self._let_go()
        if self._sock is not None:
            self._sock.close()
            self._sock = None
        if self.result.done() and not self.result.cancelled() and (sock := self.result.result().sock) is not None:
            sock.close()
        self.result.cancel()

    def _next_address(self) -> None:
        while self._addresses:
            share_s = self._deadline.shared_by(len(self._addresses))
            address = self._addresses.pop(0)
            self._tried.append(address)
            if share_s <= 0:
                self._first = self._first or no_time(self._port)
                continue
            number = self._begin(address)
            if number in _UNDER_WAY and self._sock is not None:
                self._timer = self._loop.call_later(share_s, self._refused, TcpObservation(self._port, Reach.TIMEOUT))
                self._loop.add_writer(self._sock.fileno(), self._connected)
                return
            self._forget(refusal(self._port, number))
        self._done(Knocked(self._first or no_address(self._port)))

    def _begin(self, address: str) -> int:
        """The errno of a connection that was begun and not waited for."""
        try:
            found = socket.getaddrinfo(address, self._port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
            family, kind, protocol, _, place = found[0]
            self._sock = socket.socket(family, kind, protocol)
            self._sock.setblocking(False)
            return self._sock.connect_ex(place)
        except OSError as error:
            return error.errno or errno.EADDRNOTAVAIL

    def _connected(self) -> None:
        if self._sock is None:
            return
        number = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self._refused(refusal(self._port, number))
            return
        self._let_go()
        if self._listen is Listen.NOT_AT_ALL:
            self._done(Knocked(self._open(), self._sock))
            return
        try:
            self._sock.send(IDENTIFICATION)
        except OSError:
            self._heard(Trip.RESET)
            return
        self._timer = self._loop.call_later(self._deadline.left_s, self._heard, Trip.DEADLINE)
        self._loop.add_reader(self._sock.fileno(), self._readable)

    def _readable(self) -> None:
        if self._sock is None:
            return
        try:
            piece = self._sock.recv(min(_PIECE_BYTES, BEFORE_LOGIN_BYTES - self._received_bytes))
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._heard(Trip.RESET)
            return
        self._received_bytes += len(piece)
        self._head += piece
        if not piece:
            self._heard(Trip.CLOSED)
        elif worth_a_login(bytes(self._head)) or (self._listen is Listen.BANNER and self._has_banner()):
            self._heard(None)
        elif self._received_bytes >= BEFORE_LOGIN_BYTES:
            self._heard(Trip.TOO_MUCH)

    def _open(self) -> TcpObservation:
        *before, address = self._tried
        return TcpObservation(self._port, Reach.OPEN, address=address, failed_before=tuple(before))

    def _has_banner(self) -> bool:
        return banner_seen(bytes(self._head), None)[0] is Banner.SSH

    def _heard(self, trip: Trip | None) -> None:
        """Listening is over: the server said enough (no trip), or something ended it."""
        tcp, head = self._open(), bytes(self._head)
        if trip is None and self._listen is Listen.FIRST_PACKET:
            self._let_go()
            self._done(Knocked(tcp, self._sock, head))
            return
        banner, text = banner_seen(head[:KEPT_BYTES], trip)
        handshake = ENDED[trip] if banner is Banner.SSH and trip is not None else None
        ssh = SshObservation(self._port, banner, text, handshake, received_bytes=self._received_bytes)
        self._forget(tcp)
        self._done(Knocked(tcp, ssh=ssh))

    def _refused(self, seen: TcpObservation) -> None:
        self._forget(seen)
        self._next_address()

    def _forget(self, seen: TcpObservation) -> None:
        self._first = self._first or seen
        self._let_go()
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def _let_go(self) -> None:
        """The loop no longer looks at the socket."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._sock is not None:
            self._loop.remove_writer(self._sock.fileno())
            self._loop.remove_reader(self._sock.fileno())

    def _done(self, knocked: Knocked) -> None:
        self._sock = None
        self._head.clear()
        if self.result.done():
            if knocked.sock is not None:
                knocked.sock.close()
            return
        self.result.set_result(knocked)
