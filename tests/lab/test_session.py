"""The session on the practice systems: password login, once, without a trace of the password."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from access_check.targets import Target
from callout.errors import TrustRefused, Unreachable
from callout.inventory import load_inventory
from callout.places import Places
from callout.shell import OpenSSHSession

pytestmark = pytest.mark.lab
SYSTEMS = pytest.mark.parametrize("name", ["acme-pbx1", "globex-sw1"])
FAILURES = "grep -c 'Failed password' /var/log/sshd.log || :"
Targets = Callable[[str], Target]


@pytest.fixture(scope="module")
def target_of(lab: Path) -> Targets:
    """A practice system's Target, from the practice inventory."""
    folder = lab.parent / "inventory" / "lab"
    inventory = load_inventory(Places(inventory=folder, data=folder / ".callout", ledger=""))
    return lambda name: inventory.system(name).target


@pytest.fixture
def session_to(target_of: Targets) -> Iterator[Callable[[str], OpenSSHSession]]:
    """Sessions that are closed afterwards."""
    opened: list[OpenSSHSession] = []

    def connect(name: str) -> OpenSSHSession:
        opened.append(OpenSSHSession(target_of(name)))
        return opened[-1]

    yield connect
    for session in opened:
        session.close()


@SYSTEMS
def test_password_login_without_python_over_there(session_to: Callable[[str], OpenSSHSession], name: str) -> None:
    """Root, by the password on file, on a system that has no Python."""
    told = session_to(name).run("id -u; command -v python3 python || echo none")
    assert told.stdout == b"0\nnone\n"


@SYSTEMS
def test_nothing_is_left_behind(session_to: Callable[[str], OpenSSHSession], name: str) -> None:
    """A script leaves no file of ours, and stands in no process list."""
    session = session_to(name)
    listed = session.run('# a-mark-of-ours\ncat /proc/[0-9]*/cmdline | tr "\\0" " "; ls -a /tmp /root', stdin=b"x")
    assert b"a-mark-of-ours" not in listed.stdout
    assert b"callout-" not in listed.stdout


def test_unknown_host_key(target_of: Targets, tmp_path: Path) -> None:
    """An empty trust store: refused before a password is asked for."""
    stranger = target_of("acme-pbx1").model_copy(update={"known_hosts": tmp_path / "known_hosts"})
    with pytest.raises(TrustRefused, match="is unknown"):
        OpenSSHSession(stranger).run(":")


def test_wrong_password_counts_once(target_of: Targets, session_to: Callable[[str], OpenSSHSession]) -> None:
    """The system's own log tells of one failure, not of two."""
    watching = session_to("acme-pbx1")
    before = int(watching.run(FAILURES).text)
    wrong = target_of("acme-pbx1").model_copy(update={"password": SecretStr("surely-not-this-one")})
    with pytest.raises(Unreachable, match="login was refused"):
        OpenSSHSession(wrong).run(":")
    assert int(watching.run(FAILURES).text) == before + 1


def test_password_stands_in_no_process(target_of: Targets) -> None:
    """Neither in an argument nor in an environment, here or there, while we log in and work."""
    target = target_of("acme-pbx1")
    assert target.password
    secret = target.password.get_secret_value().encode()
    look = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null; sleep 1"
    session = OpenSSHSession(target)
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(session.run, look)
        seen_here = []
        while not working.done():
            seen_here += _processes_with(secret)
            time.sleep(0.02)
    assert secret not in working.result().stdout
    assert seen_here == []
    session.close()


def _processes_with(secret: bytes) -> list[str]:
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            for name in ("cmdline", "environ"):
                try:
                    if secret in (process / name).read_bytes():
                        found.append(f"{process}/{name}")
                except OSError:
                    continue
    return found
