"""ssh's own log: let in or not, the far side's word on its end, and what of it is for a person."""

from __future__ import annotations

import pytest

from callout.shell.ssh_log import KEPT_BYTES, LONGEST_LINE_BYTES, End, SshLog

LET_IN = b'Authenticated to 192.0.2.7 ([192.0.2.7]:2020) using "publickey".\r\n'
PROXIED = b'Authenticated to 192.0.2.7 (via proxy) using "password".\r\n'
EXITED = b"debug1: client_input_channel_req: channel 0 rtype exit-status reply 0\r\n"
KILLED = b"debug1: client_input_channel_req: channel 0 rtype exit-signal reply 0\r\n"
CUT = b"Connection to 192.0.2.7 closed by remote host.\r\n"


@pytest.mark.parametrize(
    ("logged", "rc", "end"),
    [
        (LET_IN + EXITED, 0, End.EXITED), (LET_IN + EXITED, 255, End.EXITED), (PROXIED + KILLED, 255, End.EXITED),
        (LET_IN + CUT, 255, End.LOST), (LET_IN, -9, End.LOST), (LET_IN, 0, End.EXITED),
        (b"", 255, End.NOT_REACHED), (b"", -15, End.NOT_REACHED), (b"", 3, End.EXITED),
        (b"ssh: connect to host x port 22: Connection refused\r\n", 255, End.NOT_REACHED),
    ],
)  # fmt: skip
def test_how_it_ended(logged: bytes, rc: int, end: End) -> None:
    for size in (1, 7, 1000):
        log = SshLog()
        for place in range(0, len(logged), size):
            log.lines(logged[place : place + size])
        assert log.end(rc) == end


def test_a_person_is_told_what_ssh_would_tell_and_nothing_of_its_debugging() -> None:
    log = SshLog()
    noise = b"OpenSSH_9.2p1\r\ndebug1: Executing proxy command: exec nc -x u:secret@proxy\r\nTransferred: sent 1\r\n"
    assert log.lines(LET_IN + noise) == []
    assert log.lines(b"channel 3: open failed: connect failed: ") == []
    assert log.lines(b"Connection refused\r\n\r\n") == ["channel 3: open failed: connect failed: Connection refused"]
    assert b"secret" not in log.kept


def test_a_log_without_end_is_not_kept() -> None:
    log = SshLog()
    for _ in range(1000):
        log.lines(b"x" * 1000)
    assert len(log._line) <= LONGEST_LINE_BYTES
    log.lines(b"\n" + b"y\n" * 100_000)
    assert len(log.kept) <= KEPT_BYTES
