"""Lets `sh` over there compute one line, through a drain loop of our own.

Paramiko's exec waits without a timeout and its readers lose theirs above 2 MiB: here the guard ends a
conversation that does not end, and the loop stops at its own byte limit.
"""

from __future__ import annotations

import secrets
import time

import paramiko

from access_check.escaping import shown
from access_check.observations import Shell, ShellObservation
from access_check.probes.deadline import Deadline
from access_check.probes.guard import GuardSocket

AFTER_LOGIN_BYTES = 1024 * 1024
OUTPUT_BYTES = 64 * 1024
_POLL_S = 0.01


def try_shell(transport: paramiko.Transport, guard: GuardSocket, deadline: Deadline) -> ShellObservation:
    """Whether a POSIX shell runs what we send and prints nothing of its own around it."""
    guard.allow(AFTER_LOGIN_BYTES)
    nonce = secrets.token_hex(8)
    # The sum proves that sh computed: a forced command that repeats our words does not know it.
    expected = f"{nonce}-42".encode()
    try:
        channel = transport.open_session(window_size=OUTPUT_BYTES, timeout=deadline.left_s)
        channel.exec_command(f"exec sh -c 'echo {nonce}-$((17+25))'")
        drained = _drained(channel, deadline)
    except Exception as error:  # noqa: BLE001 - hostile bytes make Paramiko's thread raise anything at all
        shell = Shell.TIMEOUT if deadline.passed else Shell.NO_SHELL
        return ShellObservation(shell, shown(str(error)))
    # The channel is not closed here: that would send, and may fail; it ends with the connection.
    return _judged(expected, *drained)


def _drained(channel: paramiko.Channel, deadline: Deadline) -> tuple[Shell | None, bytes, bytes, int]:
    """Why reading ended early (None: the stream ended), both streams, and the exit status, -1 for none."""
    out, err = bytearray(), bytearray()
    while True:
        at_end = channel.closed or channel.eof_received
        while channel.recv_ready() and len(out) + len(err) < OUTPUT_BYTES:
            out += channel.recv(4096)
        while channel.recv_stderr_ready() and len(out) + len(err) < OUTPUT_BYTES:
            err += channel.recv_stderr(4096)
        if len(out) + len(err) >= OUTPUT_BYTES:
            return Shell.FLOODED, bytes(out), bytes(err), -1
        if deadline.passed:
            return Shell.TIMEOUT, bytes(out), bytes(err), -1
        if at_end:
            return None, bytes(out), bytes(err), channel.exit_status
        time.sleep(_POLL_S)


def _judged(expected: bytes, early: Shell | None, out: bytes, err: bytes, status: int) -> ShellObservation:
    said = shown((out or err).strip())
    if early is not None:
        return ShellObservation(early, said)
    if out.strip() == expected:
        return ShellObservation(Shell.WORKS)
    if expected not in out and status != 0:
        return ShellObservation(Shell.NO_SHELL, said)
    return ShellObservation(Shell.WRONG_OUTPUT, said)
