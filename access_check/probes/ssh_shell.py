"""Lets `sh` over there compute and tell its facts: one script, one channel, a drain loop of our own.

Paramiko's exec waits without a timeout and its readers lose theirs above 2 MiB: here the guard ends a
conversation that does not end, and the loop stops at its own byte limit.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import paramiko

from access_check.escaping import shown
from access_check.facts_profile import FactsProfile
from access_check.look_answer import NotOurs, read_look
from access_check.look_script import NONCE_LENGTH, look_script, proof
from access_check.observations import Shell, ShellObservation
from access_check.probes.deadline import Deadline
from access_check.probes.guard import GuardSocket, Trip

AFTER_LOGIN_BYTES = 1024 * 1024
OUTPUT_BYTES = 64 * 1024
_COMMAND = "exec sh -s"
_ENDED: Mapping[Trip | None, Shell] = {Trip.TOO_MUCH: Shell.FLOODED, Trip.DEADLINE: Shell.TIMEOUT}
# How long the exit status may come behind the end of the output.
_STATUS_S = 1.0
# What comes behind the clock is read this often, or at its end: waking for every packet is dear.
_UNRUNG_S = 0.25
ShellLook = Callable[[paramiko.Transport, GuardSocket, Deadline], ShellObservation]


def shell_look(facts: FactsProfile, asterisk: Sequence[str]) -> ShellLook:
    """What is done behind an accepted login: `try_shell` with the questions of a profile."""

    def look(transport: paramiko.Transport, guard: GuardSocket, deadline: Deadline) -> ShellObservation:
        return try_shell(transport, guard, deadline, facts, asterisk)

    return look


def try_shell(
    transport: paramiko.Transport,
    guard: GuardSocket,
    deadline: Deadline,
    facts: FactsProfile | None = None,
    asterisk: Sequence[str] = (),
) -> ShellObservation:
    """Whether a POSIX shell runs what we send and prints nothing of its own around it, and what it tells.

    Without `facts` nothing is asked but the proof that sh computes. Nothing is written over there.
    """
    guard.allow(AFTER_LOGIN_BYTES)
    nonce = secrets.token_hex(NONCE_LENGTH // 2)
    script = look_script(nonce, facts or FactsProfile(asked=()), asterisk).encode()
    answer = _Answer()
    try:
        channel = transport.open_session(window_size=OUTPUT_BYTES, timeout=deadline.left_s)
        bell = answer.listen(channel)
        channel.exec_command(_COMMAND)
        answer.before_ms = _now_ms()
        _send(channel, script, deadline)
        answer.drain(channel, bell, deadline)
    except Exception as error:  # noqa: BLE001 - hostile bytes make Paramiko's thread raise anything at all
        answer.early = answer.early or _ENDED.get(guard.trip) or (Shell.TIMEOUT if deadline.passed else Shell.NO_SHELL)
        answer.trouble = shown(str(error))
    # Where the guard ended it the channel only looks closed: Paramiko's reader has gone.
    answer.early = answer.early or _ENDED.get(guard.trip)
    # The channel is not closed here: that would send, and may fail; it ends with the connection.
    return _judged(nonce, answer)


class _Bell:
    """Rung by both buffers of a channel: each would silence the other's ringing when it has been emptied.

    Paramiko's thread rings for every packet; where `worth_it` says no, nobody is woken for that one.
    """

    def __init__(self, worth_it: Callable[[], bool]) -> None:
        self._rung = threading.Event()
        self._worth_it = worth_it

    def set(self) -> None:
        if self._worth_it():
            self._rung.set()

    def clear(self) -> None:
        """Nothing: only who waits may silence it."""

    def wait(self, timeout_s: float) -> None:
        self._rung.wait(timeout_s)
        self._rung.clear()


@dataclass(slots=True)
class _Answer:
    """Both streams as far as they were read; `early` says why reading ended before they did."""

    out: bytearray = field(default_factory=bytearray)
    err: bytearray = field(default_factory=bytearray)
    early: Shell | None = None
    trouble: str = ""
    status: int = -1
    before_ms: int = 0
    after_ms: int = 0

    def listen(self, channel: paramiko.Channel) -> _Bell:
        """Rings for each packet until the time has been noted, then at the end only."""
        bell = _Bell(lambda: bool(not self.after_ms or channel.eof_received or channel.closed))
        for buffer in (channel.in_buffer, channel.in_stderr_buffer):
            buffer.set_event(cast(Any, bell))
        return bell

    def drain(self, channel: paramiko.Channel, bell: _Bell, deadline: Deadline) -> None:
        """Reads both streams to their end, the limit or the deadline."""
        while True:
            at_end = channel.closed or channel.eof_received
            while channel.recv_ready() and self._length < OUTPUT_BYTES:
                self.out += channel.recv(OUTPUT_BYTES)
                self._note_the_time()
            while channel.recv_stderr_ready() and self._length < OUTPUT_BYTES:
                self.err += channel.recv_stderr(OUTPUT_BYTES)
            if self._length >= OUTPUT_BYTES:
                self.early = Shell.FLOODED
            elif deadline.passed:
                self.early = Shell.TIMEOUT
            elif not at_end:
                bell.wait(min(_UNRUNG_S, deadline.left_s))
                continue
            else:
                channel.status_event.wait(min(_STATUS_S, deadline.left_s))
                self.status = channel.exit_status
            return

    @property
    def _length(self) -> int:
        return len(self.out) + len(self.err)

    def _note_the_time(self) -> None:
        """The clock is the second line: what comes behind it may take its time."""
        if not self.after_ms and self.out.count(b"\n") >= 2:
            self.after_ms = _now_ms()


def _send(channel: paramiko.Channel, script: bytes, deadline: Deadline) -> None:
    channel.settimeout(deadline.left_s)
    try:
        channel.sendall(script)
        channel.shutdown_write()
    except OSError:
        # Who closes without reading has no use for a script: what it said meanwhile tells why.
        if deadline.passed:
            raise


def _judged(nonce: str, answer: _Answer) -> ShellObservation:
    text = bytes(answer.out).decode("utf-8", "backslashreplace")
    said = shown((bytes(answer.out) or bytes(answer.err)).strip()) or answer.trouble
    proved = text.startswith(f"{proof(nonce)}\n")
    if answer.early is not None and not (proved and answer.early is Shell.TIMEOUT):
        return ShellObservation(answer.early, said)
    try:
        # Proved and then out of time: sh works, and what it told until then is told.
        facts = read_look(text, nonce, answer.before_ms, answer.after_ms)
    except NotOurs as error:
        if proof(nonce) not in text and answer.status != 0:
            return ShellObservation(Shell.NO_SHELL, said)
        said = said or f"nothing came back from {_COMMAND}, exit status {answer.status}"
        return ShellObservation(Shell.WRONG_OUTPUT, shown(f"{error}: {said}") if proved else said)
    if not facts.whole and answer.early is None:
        return ShellObservation(Shell.WRONG_OUTPUT, shown(f"the script did not come to its end: {said}"))
    return ShellObservation(Shell.WORKS, facts=facts)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
