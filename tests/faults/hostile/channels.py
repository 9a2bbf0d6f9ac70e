"""SSH servers that let us in and misbehave behind the login: channels, commands, rekeying (RFC 4253, 4254)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.faults.hostile.bent import Answer, Bent, Connection, String, UInt32
from tests.faults.hostile.logins import WORDS

_NEWKEYS, _GLOBAL_REQUEST, _OPEN, _OPENED, _OPEN_FAILED, _ADJUST, _DATA, _EXTENDED = 21, 80, 90, 91, 92, 93, 94, 95
_EOF, _CLOSE, _REQUEST, _SUCCESS = 96, 97, 98, 99
_WINDOW = 2**20
_PIECE = 16 * 1024
AtCommand = Callable[[Connection, bytes], Awaitable[None]]


def _opens(window: int = _WINDOW) -> Answer:
    """Opens every channel that is asked for; its number over there is kept with the connection."""

    def answer(connection: Connection, packet: Any) -> None:
        packet.get_string()
        connection.inner.theirs = packet.get_uint32()
        connection.send(_OPENED, UInt32(connection.inner.theirs), UInt32(0), UInt32(window), UInt32(32768))

    return answer


def _at_command(behave: AtCommand, window: int = _WINDOW) -> Bent:
    """Behaves as told once a command is asked for; every other request is granted."""

    def requested(connection: Connection, packet: Any) -> None:
        kind = packet.get_string()
        if packet.get_boolean():
            connection.send(_SUCCESS, _to(connection))
        if kind == b"exec":
            connection.start(behave(connection, packet.get_string()))

    ignored = dict.fromkeys((_ADJUST, _DATA, _EOF, _CLOSE), lambda connection, packet: None)
    return Bent({_OPEN: _opens(window), _REQUEST: requested, **ignored})


def _to(connection: Connection) -> bytes:
    return UInt32(connection.inner.theirs)


def _says(connection: Connection, data: bytes) -> None:
    connection.send(_DATA, _to(connection), String(data))


def _complains(connection: Connection, data: bytes) -> None:
    connection.send(_EXTENDED, _to(connection), UInt32(1), String(data))


def _status(connection: Connection, status: int) -> None:
    connection.send(_REQUEST, _to(connection), String("exit-status"), b"\0", UInt32(status))


async def _never(connection: Connection, command: bytes) -> None:
    return


async def _right_answer(command: bytes) -> bytes:
    shell = await asyncio.create_subprocess_shell(command.decode(), stdin=asyncio.subprocess.DEVNULL, stdout=-1)
    out, _ = await shell.communicate()
    return out


async def _both_streams(connection: Connection, command: bytes) -> None:
    """Far above 2 MiB on both; no window is waited for."""

    def send() -> None:
        _says(connection, b"x" * _PIECE)
        _complains(connection, b"y" * _PIECE)

    connection.flood(send)


async def _error_stream(connection: Connection, command: bytes) -> None:
    connection.flood(lambda: _complains(connection, b"y" * _PIECE))


async def _slowly(connection: Connection, command: bytes) -> None:
    while connection.alive:
        _says(connection, b"\x1b")
        await asyncio.sleep(1)


async def _empty_pieces(connection: Connection, command: bytes) -> None:
    connection.flood(lambda: _says(connection, b""))


async def _no_exit_status(connection: Connection, command: bytes) -> None:
    connection.send(_EOF, _to(connection))
    connection.send(_CLOSE, _to(connection))


async def _answer_but_no_end(connection: Connection, command: bytes) -> None:
    _says(connection, await _right_answer(command))


async def _status_but_no_end(connection: Connection, command: bytes) -> None:
    _status(connection, 0)


async def _escape_sequences(connection: Connection, command: bytes) -> None:
    _says(connection, WORDS * 100)
    _complains(connection, WORDS * 100)
    _status(connection, 0)
    await _no_exit_status(connection, command)


async def _requests(connection: Connection, command: bytes) -> None:
    connection.flood(lambda: connection.send(_GLOBAL_REQUEST, String("hostkeys-00@openssh.com"), b"\0", b"k" * 500))


def _refuses(connection: Connection, packet: Any) -> None:
    packet.get_string()
    connection.send(_OPEN_FAILED, UInt32(packet.get_uint32()), UInt32(1), String(WORDS * 200), String(""))


def _never_opens(connection: Connection, packet: Any) -> None:
    return


def _wrong_channel(connection: Connection, packet: Any) -> None:
    connection.send(_DATA, UInt32(4711), String(b"for nobody"))


async def _rekeys(connection: Connection, command: bytes) -> None:
    """New keys as soon as the last ones are in use, for ever."""
    while connection.alive:
        if connection.inner._kex_complete:
            connection.inner._send_kexinit()
            connection.inner._kexinit_sent = True
        await asyncio.sleep(0.001)


async def _half_a_rekey(connection: Connection, command: bytes) -> None:
    connection.inner._recv_handler = lambda: False  # nothing that comes is looked at any more
    connection.inner._send_kexinit()


CHANNELS = {
    "channel never opened": Bent({_OPEN: _never_opens}),
    "channel refused with escape sequences": Bent({_OPEN: _refuses}),
    "data for another channel": Bent({_OPEN: _wrong_channel}),
    "command never ends": _at_command(_never),
    "command never ends, no window": _at_command(_never, window=0),
    "output a byte a second": _at_command(_slowly),
    "output without end on both streams": _at_command(_both_streams),
    "errors without end": _at_command(_error_stream),
    "empty output without end": _at_command(_empty_pieces),
    "no output and no exit status": _at_command(_no_exit_status),
    "right output that never ends": _at_command(_answer_but_no_end),
    "exit status but no end": _at_command(_status_but_no_end),
    "escape sequences in the output": _at_command(_escape_sequences),
    "requests without end": _at_command(_requests),
    "new keys without end": _at_command(_rekeys),
    "key exchange begun and left": _at_command(_half_a_rekey),
}
