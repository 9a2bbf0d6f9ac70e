"""Host keys, logins and shells against a real SSH server on loopback that counts the attempts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from access_check.findings import Finding, Move, Status
from access_check.sweep import check_system
from tests.unit.access_check.conftest import plain_shell

TIMEOUT_S = 5.0


def checked(target: Any, timeout_s: float = TIMEOUT_S) -> dict[str, Finding]:
    began = time.monotonic()
    report = check_system(target, timeout_s)
    assert time.monotonic() - began <= timeout_s + 1
    return {finding.check.partition("@")[0]: finding for finding in report.findings}


@pytest.fixture
def user_key(tmp_path: Path) -> tuple[asyncssh.SSHKey, Path]:
    key = asyncssh.generate_private_key("ssh-ed25519")
    path = tmp_path / "id"
    path.write_bytes(key.export_private_key())
    return key, path


def test_password_login_and_shell(ssh_server: Any, make_target: Any) -> None:
    server = ssh_server()
    found = checked(make_target(server.port, server.known_hosts_line()))
    assert {name: finding.status for name, finding in found.items() if finding.status is not Status.PASS} == {
        "address.public": Status.WAIVED
    }
    assert found["ssh.login"].evidence["method"] == "password"
    assert len(server.passwords) == 1


def test_wrong_password_is_tried_exactly_once(ssh_server: Any, make_target: Any) -> None:
    server = ssh_server()
    found = checked(make_target(server.port, server.known_hosts_line(), password="wrong"))
    assert found["ssh.login"].code == "refused"
    assert found["ssh.login"].move is Move.CUSTOMER
    assert found["ssh.shell"].code == "not-reached"
    assert server.passwords == ["wrong"]
    assert "wrong" not in repr(found["ssh.login"].as_dict())


@pytest.mark.parametrize(("password", "code"), [("wrong", "refused"), ("correct horse", "accepted")])
def test_interactive_question_is_answered_once(ssh_server: Any, make_target: Any, password: str, code: str) -> None:
    server = ssh_server(interactive=True)
    found = checked(make_target(server.port, server.known_hosts_line(), password=password))
    assert found["ssh.login"].code == code
    assert server.passwords == [password]


def test_key_login(ssh_server: Any, make_target: Any, user_key: Any) -> None:
    key, path = user_key
    server = ssh_server(user_key=key)
    found = checked(make_target(server.port, server.known_hosts_line(), password=None, private_key=path))
    assert found["ssh.login"].evidence["method"] == "key"
    assert found["ssh.shell"].code == "works"
    assert server.passwords == []
    assert found["details.wizard_password"].code == "missing"


def test_refused_key_then_the_password_once(ssh_server: Any, make_target: Any, user_key: Any) -> None:
    server = ssh_server(user_key=asyncssh.generate_private_key("ssh-ed25519"))
    found = checked(make_target(server.port, server.known_hosts_line(), private_key=user_key[1]))
    assert found["ssh.login"].code == "accepted"
    assert found["ssh.login"].evidence["key_refused"]
    assert server.key_attempts == 1
    assert len(server.passwords) == 1


@pytest.mark.parametrize("content", [None, b"", b"no key at all", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"])
def test_unusable_key_is_our_move(
    ssh_server: Any, make_target: Any, user_key: Any, tmp_path: Path, content: bytes | None
) -> None:
    server = ssh_server(user_key=user_key[0])
    path = tmp_path / "broken"
    if content is not None:
        path.write_bytes(content)
    found = checked(make_target(server.port, server.known_hosts_line(), password=None, private_key=path))
    assert (found["ssh.login"].code, found["ssh.login"].status) == ("key-unusable", Status.UNKNOWN)
    assert found["ssh.login"].move is Move.US


def test_key_with_a_passphrase_is_unusable(ssh_server: Any, make_target: Any, tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    path = tmp_path / "locked"
    path.write_bytes(key.export_private_key(passphrase="x"))
    server = ssh_server(user_key=key)
    found = checked(make_target(server.port, server.known_hosts_line(), password=None, private_key=path))
    assert found["ssh.login"].code == "key-unusable"


def test_server_without_our_method(ssh_server: Any, make_target: Any, user_key: Any) -> None:
    server = ssh_server(user_key=user_key[0], options={"password_auth": False, "kbdint_auth": False})
    found = checked(make_target(server.port, server.known_hosts_line()))
    assert found["ssh.login"].code == "no-common-method"
    assert found["ssh.login"].evidence["offered"] == ["publickey"]
    assert server.passwords == []


def test_open_door_is_a_warning(ssh_server: Any, make_target: Any) -> None:
    server = ssh_server(open_door=True)
    found = checked(make_target(server.port, server.known_hosts_line()))
    assert (found["ssh.login"].code, found["ssh.login"].status) == ("no-password-needed", Status.WARN)


@pytest.mark.parametrize(
    ("at_password", "code", "status"), [("stall", "timeout", Status.UNKNOWN), ("hang up", "closed", Status.FAIL)]
)
def test_a_login_that_does_not_end_is_not_tried_again(
    ssh_server: Any, make_target: Any, at_password: str, code: str, status: Status
) -> None:
    server = ssh_server(at_password=at_password)
    found = checked(make_target(server.port, server.known_hosts_line()), 1.5)
    assert (found["ssh.login"].code, found["ssh.login"].status) == (code, status)
    assert len(server.passwords) == 1


HOST_KEYS: list[tuple[str, str, Callable[[Any, Any], str]]] = [
    ("nothing on file", "host-key-unknown", lambda server, other: ""),
    ("another port", "host-key-unknown", lambda server, other: f"[127.0.0.1]:22 {_key(server)}"),
    ("another key", "host-key-changed", lambda server, other: f"[127.0.0.1]:{server.port} {_key(other)}"),
    ("revoked", "host-key-revoked", lambda server, other: server.known_hosts_line("@revoked ")),
    ("revoked and known", "host-key-revoked",
     lambda server, other: server.known_hosts_line() + server.known_hosts_line("@revoked ", "127.0.0.*")),
    ("authority only", "host-key-unknown", lambda server, other: server.known_hosts_line("@cert-authority ")),
]  # fmt: skip


def _key(server: Any) -> str:
    return " ".join(server.host_key.export_public_key().decode().split()[:2]) + "\n"


@pytest.mark.parametrize(("case", "code", "line"), HOST_KEYS, ids=[case[0] for case in HOST_KEYS])
def test_nothing_is_sent_to_a_host_key_that_is_not_known(
    ssh_server: Any, make_target: Any, case: str, code: str, line: Any
) -> None:
    server, other = ssh_server(), ssh_server()
    found = checked(make_target(server.port, line(server, other)))
    assert (found["ssh.host_key"].code, found["ssh.host_key"].status) == (code, Status.FAIL)
    assert found["ssh.host_key"].move is Move.US
    assert found["ssh.host_key"].evidence["fingerprint"] == server.host_key.get_fingerprint()
    assert found["ssh.login"].code == "not-reached"
    assert server.passwords == []


@pytest.mark.parametrize("pattern", ["127.0.0.*", "127.0.0.?"])
def test_wildcards_and_a_revoked_stranger_do_not_hide_a_known_key(
    ssh_server: Any, make_target: Any, pattern: str
) -> None:
    server, other = ssh_server(), ssh_server()
    lines = f"@revoked * {_key(other)}" + server.known_hosts_line(host=pattern)
    assert checked(make_target(server.port, lines))["ssh.host_key"].code == "known"


def test_a_server_with_two_kinds_of_key_is_asked_for_the_kind_on_file(ssh_server: Any, make_target: Any) -> None:
    second = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    server = ssh_server(host_key=asyncssh.generate_private_key("ssh-ed25519"))
    server = ssh_server(host_key=second, options={"server_host_keys": [server.host_key, second]})
    assert checked(make_target(server.port, server.known_hosts_line()))["ssh.host_key"].code == "known"


def test_no_common_algorithm_is_named(ssh_server: Any, make_target: Any) -> None:
    server = ssh_server(options={"kex_algs": ["diffie-hellman-group14-sha1"]})
    finding = checked(make_target(server.port))["ssh.handshake"]
    assert (finding.code, finding.move) == ("no-common-algorithm", Move.US)
    assert "diffie-hellman-group14-sha1" in finding.seen
    assert "diffie-hellman-group14-sha1" in finding.evidence["offer"]["key_exchange"]


async def no_shell(process: Any) -> None:
    process.stdout.write("This account is currently not available.\n")
    process.exit(1)


async def menu(process: Any) -> None:
    process.stdout.write("1) Restart\x1b[5m\n")
    process.exit(0)


async def chatty(process: Any) -> None:
    process.stdout.write("Welcome!\n")
    await plain_shell(process)


async def parrot(process: Any) -> None:
    process.stdout.write(process.command + await process.stdin.read())
    process.exit(0)


async def flood(process: Any) -> None:
    for _ in range(64):
        process.stdout.write("x" * 32768)
        process.stderr.write("y" * 32768)
    await process.stdout.drain()
    process.exit(0)


async def never_ends(process: Any) -> None:
    await asyncio.sleep(10)


SHELLS = [
    (no_shell, "no-shell", Status.FAIL),
    (menu, "wrong-output", Status.FAIL),
    (chatty, "wrong-output", Status.FAIL),
    (parrot, "wrong-output", Status.FAIL),
    (flood, "flooded", Status.FAIL),
    (never_ends, "timeout", Status.UNKNOWN),
]


@pytest.mark.parametrize(("handle", "code", "status"), SHELLS, ids=[case[0].__name__ for case in SHELLS])
def test_shells(ssh_server: Any, make_target: Any, handle: Any, code: str, status: Status) -> None:
    server = ssh_server(handle)
    finding = checked(make_target(server.port, server.known_hosts_line()), 1.5)["ssh.shell"]
    assert (finding.code, finding.status) == (code, status)
    assert finding.seen.isprintable()
    assert len(finding.seen) < 400
