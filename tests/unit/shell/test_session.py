"""The session over a real sshd: what comes back, what is refused, and where it ends."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access_check.trust import fingerprint
from callout.errors import BadInput, TrustRefused, Unreachable
from callout.shell import OpenSSHSession
from callout.shell.options import remote_command

Eventually = Callable[[Callable[[], bool]], bool]
MEBIBYTE = 1024 * 1024


def test_output_both_streams_and_exit_status_come_back(session: OpenSSHSession) -> None:
    """A script's exit status is data, not an error."""
    completed = session.run("echo out; echo err >&2; exit 7")
    assert (completed.rc, completed.stdout, completed.stderr) == (7, b"out\n", b"err\n")


def test_arguments_arrive_as_they_are(session: OpenSSHSession) -> None:
    """Quoting is the library's work: no argument is ever read by a shell."""
    words = ["a b", "$(id)", "it's", '"', "*", "new\nline", "-n", ""]
    completed = session.run('for word in "$@"; do printf "%s\\0" "$word"; done', *words)
    assert completed.text.split("\0")[:-1] == words


@pytest.mark.parametrize("shell", ["dash", "busybox sh"])
def test_standard_input_follows_the_script(session: OpenSSHSession, shell: str) -> None:
    """The far shell reads the script to the byte; what comes after is the script's own."""
    inner = 'read first; echo "$first"; cat'
    words = remote_command(len(inner), ["x"]).replace("exec sh -c", f"exec {shell} -c", 1)
    completed = session.run(words, stdin=inner.encode() + b"line one\nrest\x00\xff")
    assert completed.stdout == b"line one\nrest\x00\xff"


def test_script_in_utf_8_is_counted_in_bytes(session: OpenSSHSession) -> None:
    """A script with letters of more than one byte does not eat its input."""
    assert session.run("# é ü €\ncat", stdin=b"input").stdout == b"input"


def test_big_data_both_ways_at_once(session: OpenSSHSession) -> None:
    """Five MiB there while five MiB come back: neither side waits for the other."""
    data = os.urandom(MEBIBYTE) * 5
    completed = session.run(
        "cat", stdin=(data[at : at + 70_000] for at in range(0, len(data), 70_000)), limit_bytes=2 * len(data)
    )
    assert hashlib.sha256(completed.stdout).digest() == hashlib.sha256(data).digest()


def test_input_that_nobody_reads_is_no_error(session: OpenSSHSession) -> None:
    """A script may end before it has read all that was sent."""
    assert session.run("exit 3", stdin=b"x" * 3 * MEBIBYTE).rc == 3


def test_output_is_cut_at_the_limit(session: OpenSSHSession) -> None:
    """A flood ends the call, and says so."""
    completed = session.run("yes", limit_bytes=100_000, deadline_s=20)
    assert completed.cut
    assert completed.rc != 0
    assert len(completed.stdout) <= 100_000


def test_deadline_ends_a_script_that_does_not(session: OpenSSHSession) -> None:
    """No answer in time is Unreachable, at the deadline and not much later."""
    began = time.monotonic()
    with pytest.raises(Unreachable, match="no answer within 1 s"):
        session.run("sleep 30", deadline_s=1)
    assert time.monotonic() - began < 15  # not the 30 that the script takes


def test_session_works_again_after_a_deadline(session: OpenSSHSession) -> None:
    """What was killed does not stand in the way of the next question."""
    with pytest.raises(Unreachable):
        session.run("sleep 30", deadline_s=0.5)
    assert session.run("echo again").stdout == b"again\n"


def test_second_question_uses_the_same_connection(session: OpenSSHSession, sshd: Any) -> None:
    """One login per system, however many questions."""
    log = sshd.folder / "sshd.log"
    session.run(":")
    logins = log.read_text().count("Accepted publickey")
    for _ in range(3):
        session.run(":")
    assert log.read_text().count("Accepted publickey") == logins


def test_unknown_host_key_is_refused(sshd: Any, tmp_path: Path) -> None:
    """Nothing is learned by itself: exit status 6, and the file stays empty."""
    empty = tmp_path / "known_hosts"
    empty.touch()
    with pytest.raises(TrustRefused, match="host key is unknown") as refusal:
        OpenSSHSession(sshd.target(known_hosts=empty)).run(":")
    assert refusal.value.exit_status == 6
    assert str(empty) in refusal.value.hint
    assert "callout trust show loop-pbx1 --ask" in refusal.value.hint
    assert f"callout trust accept loop-pbx1 --port {sshd.port} --fingerprint FINGERPRINT" in refusal.value.hint
    assert empty.read_text() == ""


def test_changed_host_key_is_refused(sshd: Any, tmp_path: Path) -> None:
    """Another key than the one on file: refused, and named as changed."""
    other = tmp_path / "known_hosts"
    public = (sshd.folder / "id_ed25519.pub").read_text().split()[:2]
    other.write_text(f"[127.0.0.1]:{sshd.port} {' '.join(public)}\n")
    with pytest.raises(TrustRefused, match="has changed") as refusal:
        OpenSSHSession(sshd.target(known_hosts=other)).run(":")
    blob = base64.b64decode((sshd.folder / "host_ed25519.pub").read_text().split()[1])
    assert f"--fingerprint {fingerprint(blob)} --ticket TICKET --replace" in refusal.value.hint


def test_revoked_host_key_is_refused(sshd: Any, tmp_path: Path) -> None:
    """A withdrawn key is named as such, and no command that would accept it."""
    store = tmp_path / "known_hosts"
    line = (sshd.folder / "known_hosts").read_text()
    store.write_text(f"{line}@revoked * {line.split(' ', 1)[1]}")
    with pytest.raises(TrustRefused, match="is revoked") as refusal:
        OpenSSHSession(sshd.target(known_hosts=store)).run(":")
    assert "Do not log in" in refusal.value.hint
    assert "accept" not in refusal.value.hint


def test_host_key_of_another_port_does_not_count(sshd: Any, tmp_path: Path) -> None:
    """Two machines may stand behind one address: keys go by address and port."""
    other = tmp_path / "known_hosts"
    key = (sshd.folder / "known_hosts").read_text().split(" ", 1)[1]
    other.write_text(f"[127.0.0.1]:{sshd.port + 1} {key}")
    with pytest.raises(TrustRefused):
        OpenSSHSession(sshd.target(known_hosts=other)).run(":")


def test_closed_port_is_named(sshd: Any, closed_port: int) -> None:
    """A refused connection is one sentence with the port in it."""
    with pytest.raises(Unreachable, match=f"port {closed_port}.*the port is closed"):
        OpenSSHSession(sshd.target(port=closed_port)).run(":")


def test_key_that_is_not_accepted_is_a_refused_login(sshd: Any, tmp_path: Path, new_key: Callable[[Path], str]) -> None:
    """A key that the system does not know is refused in words; nothing else is tried."""
    new_key(tmp_path / "other")
    with pytest.raises(Unreachable, match="login was refused"):
        OpenSSHSession(sshd.target(private_key=tmp_path / "other")).run(":")


def test_system_without_address_is_bad_input(sshd: Any) -> None:
    """No address on file: nothing is started."""
    with pytest.raises(BadInput, match="no address"):
        OpenSSHSession(sshd.target(address=None)).run(":")


def test_far_exit_status_255_is_not_a_broken_line(session: OpenSSHSession) -> None:
    """A script that exits with 255 must at least not be read as success."""
    with pytest.raises(Unreachable):
        session.run("exit 255")


def test_stream_gives_all_bytes_and_the_exit_status(session: OpenSSHSession) -> None:
    """Bulk data come in pieces; `finish` tells how the script ended, and what it complained of."""
    with session.stream("head -c 3000000 /dev/zero; echo oops >&2; exit 4") as stream:
        total = sum(len(piece) for piece in stream.chunks())
        completed = stream.finish()
    assert total == 3_000_000
    assert (completed.rc, completed.stderr, completed.stdout) == (4, b"oops\n", b"")


@pytest.mark.parametrize("connected_before", [False, True])
def test_leaving_a_stream_early_ends_the_script_there(
    session: OpenSSHSession, tmp_path: Path, eventually: Eventually, connected_before: bool
) -> None:
    """Nothing goes on writing over there once nobody listens, on a new connection and on a shared one."""
    note = tmp_path / "pid"
    if connected_before:
        session.run(":")
    with session.stream('echo $$ >"$1"; exec yes', str(note)) as stream:
        next(stream.chunks())
    process = Path("/proc", note.read_text().strip())
    assert eventually(lambda: not process.exists())


def test_stream_that_does_not_end_is_left_at_its_deadline(session: OpenSSHSession) -> None:
    """A stream that stands still is Unreachable."""
    with pytest.raises(Unreachable, match="in time"), session.stream("sleep 30", deadline_s=1) as stream:
        list(stream.chunks())


def test_what_is_sent_and_what_comes_do_not_wait_for_each_other(session: OpenSSHSession) -> None:
    """More than any pipe holds goes both ways at once, and arrives whole."""
    sent = [bytes([number]) * 100_000 for number in range(40)]
    with session.stream("head -c 2000000 /dev/zero; cat; head -c 2000000 /dev/zero", stdin=iter(sent)) as stream:
        came = b"".join(stream.chunks())
        assert stream.finish().rc == 0
    assert came == bytes(2_000_000) + b"".join(sent) + bytes(2_000_000)


def test_a_script_that_does_not_want_its_input_is_no_failure(session: OpenSSHSession) -> None:
    """What nobody reads over there is not sent to its end."""
    with session.stream("exec <&-; echo done", stdin=(bytes(100_000) for _ in range(100))) as stream:
        assert b"".join(stream.chunks()) == b"done\n"
        assert stream.finish().rc == 0


def test_a_line_on_which_nothing_moves_counts_as_cut(session: OpenSSHSession) -> None:
    """Long before the deadline of the whole."""
    with pytest.raises(Unreachable, match="in time"), session.stream("sleep 30", silence_s=1) as stream:
        list(stream.chunks())


def test_large_script_is_streamed_too(session: OpenSSHSession) -> None:
    """A script longer than any pipe's buffer arrives whole."""
    with session.stream("# " + "x" * 300_000 + "\necho done") as stream:
        assert b"".join(stream.chunks()) == b"done\n"


def test_close_may_be_called_twice(session: OpenSSHSession) -> None:
    """Closing what is closed is fine."""
    session.run(":")
    session.close()
    session.close()
    assert session.run("echo back").stdout == b"back\n"
