"""The nursery that is forked beforehand, and the forked process it is: taken or not, it never outlives its context.

Each runs in a process of its own, because a copy is only made of one that has a single thread.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access_check.targets import Target
from tests.unit.access_check.conftest import PASSWORD
from tests.unit.access_check.processes import alive, children, settles
from tests.unit.access_check.sweep_program import started

ROOT = Path(__file__).resolve().parents[3]
BEFORE = """
import os, signal, socket, subprocess, sys, threading, time
from pathlib import Path
from access_check.programs import forked_program
from access_check.workers.ready_made import ready_made_nursery
from tests.unit.access_check.processes import alive, children, settles

def descriptors():
    return {(path.name, os.readlink(path)) for path in Path("/proc/self/fd").iterdir() if path.exists()}

"""


def program(text: str, **more: Any) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    words = [sys.executable, "-c", BEFORE + text]
    return subprocess.Popen(words, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, start_new_session=True, **more)


def said_by(text: str) -> str:
    """What it printed; it had nothing to complain of."""
    with program(text) as process:
        said, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (0, "")
    return said


def test_a_sweep_takes_the_one_that_is_there(ssh_server: Any, make_target: Callable[..., Target]) -> None:
    """sweep_program asserts that it was taken; nothing of it is left when the program has ended."""
    server = ssh_server()
    target = make_target(server.port, server.known_hosts_line())
    with started(server.port, target.known_hosts, ["acme-pbx1"], password=PASSWORD) as sweep:
        settles(lambda: len(children(sweep.pid)) == 1)
        (nursery,) = children(sweep.pid)
        said, complaints = sweep.communicate(timeout=120)
    assert (json.loads(said)["acme-pbx1"]["ssh.shell"], complaints) == ("works", "")
    assert server.passwords == [PASSWORD]
    assert not alive(nursery)


def test_one_that_nobody_took_is_ended_with_the_context() -> None:
    said_by("""
before = descriptors()
with ready_made_nursery() as nursery:
    assert children(os.getpid()) == [nursery.process.pid]
assert not nursery.taken
assert children(os.getpid()) == [] and not Path(f"/proc/{nursery.process.pid}").exists()
assert descriptors() == before
try:
    with ready_made_nursery() as second:
        raise ValueError("in the middle of it")
except ValueError:
    assert not Path(f"/proc/{second.process.pid}").exists()
""")


def test_where_there_is_another_thread_there_is_none() -> None:
    said_by("""
over = threading.Event()
thread = threading.Thread(target=over.wait)
thread.start()
with ready_made_nursery() as nursery:
    assert nursery is None and children(os.getpid()) == []
over.set()
thread.join()
""")


WAITS = """
with ready_made_nursery() as nursery:
    print(nursery.process.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_it_ends_with_whoever_made_it(ending: signal.Signals) -> None:
    """Ctrl-C reaches both, and is told by one of them only."""
    with program(WAITS) as process:
        assert process.stdout is not None
        nursery = int(process.stdout.readline())
        os.killpg(process.pid, ending) if ending is signal.SIGINT else process.kill()
        _, complaints = process.communicate(timeout=60)
        settles(lambda: not alive(nursery))
    assert complaints.count("Traceback") == complaints.count("\nKeyboardInterrupt") == (ending is signal.SIGINT)


def test_a_forked_process_is_waited_for_and_killed_like_any_other() -> None:
    said_by("""
ours, its = socket.socketpair()
with its:
    process = forked_program(lambda: time.sleep(600), its)
began = time.monotonic()
try:
    process.wait(0.3)
except subprocess.TimeoutExpired:
    assert time.monotonic() - began >= 0.3
else:
    sys.exit("it did not wait")
assert alive(process.pid)
process.kill()
process.wait()
process.wait(0.0)
process.kill()
assert not Path(f"/proc/{process.pid}").exists()
with ours:
    assert ours.recv(1) == b""
""")


def test_it_has_the_socket_as_its_standard_input_and_nothing_else_of_ours() -> None:
    said_by("""
def body():
    socket.socket(fileno=0).sendall(repr([sorted(os.listdir("/proc/self/fd")), os.readlink("/proc/self/fd/1"),
        signal.getsignal(signal.SIGINT) is signal.SIG_IGN, signal.pthread_sigmask(signal.SIG_BLOCK, [])]).encode())
    print("nobody hears that", flush=True)

secret = open("/proc/self/status")
before = descriptors()
ours, its = socket.socketpair()
with its:
    process = forked_program(body, its)
assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()
with ours:
    # The fourth descriptor is the folder's own, while it is listed.
    assert eval(ours.recv(4096)) == [["0", "1", "2", "3"], "/dev/null", True, set()]
process.wait(60)
assert descriptors() == before
""")


def test_what_goes_wrong_in_it_does_not_come_back() -> None:
    with program("""
ours, its = socket.socketpair()
process = forked_program(lambda: 1 / 0, its)
process.wait(60)
print("once")
""") as broken:
        said, complaints = broken.communicate(timeout=60)
    assert said == "once\n"
    assert complaints.count("ZeroDivisionError") == 1
    assert broken.returncode == 0


def test_one_that_was_waited_for_by_somebody_else_has_ended() -> None:
    said_by("""
ours, its = socket.socketpair()
process = forked_program(lambda: None, its)
os.waitpid(process.pid, 0)
process.kill()
process.wait(1.0)
process.kill()
""")
