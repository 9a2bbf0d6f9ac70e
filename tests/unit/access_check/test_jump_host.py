"""Through a jump host, with real ssh and real sshd on loopback: what is seen of the system, and of the way."""

from __future__ import annotations

import os
import queue
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from access_check.findings import Finding, Move, Status
from access_check.probes.guard import IDENTIFICATION
from access_check.sweep import check_system
from tests.unit.access_check.conftest import PASSWORD, plain_shell
from tests.unit.access_check.sshd import USER, Sshd, public

TIMEOUT_S = 20.0
SSH_CONFIG = """
Host jump
    HostName 127.0.0.1
    Port {port}
    User {user}
    IdentityFile {folder}/id
    IdentitiesOnly yes
    UserKnownHostsFile {folder}/known_jumps
    GlobalKnownHostsFile /dev/null
"""


@pytest.fixture
def jump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sshd]:
    """A jump host, and an engineer whose ssh configuration knows it: ssh finds its own by the account, not by HOME."""
    folder = tmp_path / "jump"
    folder.mkdir()
    with Sshd(folder) as server:
        (folder / "authorized_keys").write_text(public(folder / "id") + "\n")
        (folder / "known_jumps").write_text(server.known_hosts())
        (folder / "config").write_text(SSH_CONFIG.format(port=server.port, user=USER, folder=folder))
        program = folder / "bin" / "ssh"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {folder}/config "$@"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
        yield server


def checked(target: Any, timeout_s: float = TIMEOUT_S) -> dict[str, Finding]:
    return {finding.check.partition("@")[0]: finding for finding in check_system(target, timeout_s).findings}


@pytest.mark.parametrize("words", [("-J", "jump"), ("-o", "ProxyCommand=ssh -o BatchMode=yes -W %h:%p jump")])
def test_login_through_a_jump_host(ssh_server: Any, make_target: Any, jump: Sshd, words: tuple[str, ...]) -> None:
    server = ssh_server()
    found = checked(make_target(server.port, server.known_hosts_line(), connection_arguments=words))
    assert {name: finding.code for name, finding in found.items() if finding.status is not Status.PASS} == {
        "address.resolves": "behind-jump-host",
        "address.public": "behind-jump-host",
        "sip.options": "behind-jump-host",
    }
    assert found["ssh.login"].evidence["method"] == "password"
    assert server.passwords == [PASSWORD]
    assert "password" not in jump.log.lower()


def test_what_is_not_seen_through_it_is_not_looked_at(ssh_server: Any, make_target: Any, jump: Sshd) -> None:
    """SIP may have the number of the SSH port; and for it alone nobody logs in."""
    server = ssh_server()
    options = {"connection_arguments": ("-J", "jump"), "profile": {"sip_port": server.port}}
    target = make_target(server.port, server.known_hosts_line(), **options)
    found = checked(target)
    assert (found["sip.options"].code, found["ssh.login"].code) == ("behind-jump-host", "accepted")
    (alone,) = check_system(target, TIMEOUT_S, only=["sip"]).findings
    assert alone.code == "behind-jump-host"
    assert server.passwords == [PASSWORD]


def only(target: Any, step: str) -> dict[str, Finding]:
    return {finding.check: finding for finding in check_system(target, TIMEOUT_S, only=[step]).findings}


def test_for_the_banner_alone_no_key_exchange_is_begun(serve: Any, make_target: Any, jump: Sshd) -> None:
    heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def says_its_name(connection: socket.socket, closing: threading.Event) -> None:
        connection.sendall(b"SSH-2.0-Tried_1.0\r\n")
        with connection.makefile("rb") as words:
            heard.put(words.read())

    server, other = serve(says_its_name), serve(says_its_name)
    options = {"connection_arguments": ("-J", "jump"), "profile": {"ssh_ports": [2020, other.port], "work_port": 2020}}
    found = only(make_target(server.port, **options), "ssh.banner")
    assert {finding.code for finding in found.values()} == {"ssh"}
    assert set(found) == {f"ssh.banner@{server.port}", f"ssh.banner@{other.port}"}
    for finding in found.values():
        assert "Seen through jump host jump, without a login behind it." in finding.seen
        assert finding.evidence["way"] == "jump host jump"
    # The jump host is left as soon as the banner has come; our own may have got no further than to it.
    assert {heard.get(timeout=60) for _ in range(2)} <= {b"", IDENTIFICATION}


@pytest.mark.parametrize(
    ("step", "users", "commands"),
    [("ssh.host_key", [], 0), ("ssh.certificate", ["root"], 0), ("ssh.login", ["root"], 0), ("ssh.shell", ["root"], 1)],
)
def test_behind_it_we_go_as_far_as_the_step_needs(
    ssh_server: Any, make_target: Any, jump: Sshd, step: str, users: list[str], commands: int
) -> None:
    run: list[str] = []

    async def counted(process: Any) -> None:
        run.append(process.command)
        await plain_shell(process)

    server = ssh_server(counted)
    options = {"connection_arguments": ("-J", "jump"), "profile": {"facts": {"asked": ("disk",)}}}
    if step == "ssh.certificate":
        options["private_key"] = jump.folder / "id"
    found = only(make_target(server.port, server.known_hosts_line(), **options), step)
    (finding,) = found.values()
    assert finding.status is Status.PASS
    assert finding.seen.endswith("without a login behind it.") is not bool(users)
    assert (server.users, len(run)) == (users, commands)
    assert server.passwords == [PASSWORD] * len(users)


def test_what_stands_before_the_step_is_not_looked_at_on_other_ports(
    ssh_server: Any, serve: Any, make_target: Any, jump: Sshd
) -> None:
    """For the login the jump host is gone through once, to the port of the login."""
    server, other = ssh_server(), serve(lambda connection, closing: None)
    options = {"connection_arguments": ("-J", "jump"), "profile": {"ssh_ports": [2020, other.port], "work_port": 2020}}
    found = only(make_target(server.port, server.known_hosts_line(), **options), "ssh.login")
    assert [finding.code for finding in found.values()] == ["accepted"]
    assert other.connections == 0


def test_a_host_key_that_is_not_known_is_refused_there_as_well(ssh_server: Any, make_target: Any, jump: Sshd) -> None:
    server = ssh_server()
    found = checked(make_target(server.port, "", connection_arguments=("-J", "jump")))
    assert found["ssh.host_key"].code == "host-key-unknown"
    assert server.passwords == []


def test_a_port_that_is_closed_behind_it(make_target: Any, jump: Sshd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    found = checked(make_target(port, connection_arguments=("-J", "jump")))
    assert (found["tcp"].code, found["tcp"].move) == ("refused", Move.CUSTOMER)


def test_the_jump_host_s_key_has_to_be_known(ssh_server: Any, make_target: Any, jump: Sshd) -> None:
    (jump.folder / "known_jumps").write_text("")
    server = ssh_server()
    found = checked(make_target(server.port, server.known_hosts_line(), connection_arguments=("-J", "jump")))
    assert (found["tcp"].code, found["tcp"].move) == ("jump-host-failed", Move.US)
    assert "Host key verification failed" in found["tcp"].seen
    assert found["ssh.login"].code == "not-reached"


def test_a_jump_host_that_does_not_let_us_in(ssh_server: Any, make_target: Any, jump: Sshd) -> None:
    """Nobody is asked for a password, and the system's own goes nowhere."""
    (jump.folder / "authorized_keys").write_text("")
    server = ssh_server()
    found = checked(make_target(server.port, server.known_hosts_line(), connection_arguments=("-J", "jump")))
    assert found["tcp"].code == "jump-host-failed"
    assert "Permission denied" in found["tcp"].seen
    assert server.passwords == []


def test_silence_behind_it_ends_by_the_deadline(make_target: Any, jump: Sshd, serve: Any) -> None:
    def silent(connection: socket.socket, closing: threading.Event) -> None:
        closing.wait()

    found = checked(make_target(serve(silent).port, connection_arguments=("-J", "jump")), 4)
    assert found["tcp"].code == "timeout"


def test_nothing_is_left_running(ssh_server: Any, make_target: Any, jump: Sshd) -> None:
    server = ssh_server()
    before = set(Path("/proc/self/fd").iterdir())
    command = "ProxyCommand=sh -c 'sleep 4711 & exec ssh -W %h:%p jump'"
    checked(make_target(server.port, server.known_hosts_line(), connection_arguments=("-o", command)))
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [words for words in running if words == b"sleep\x004711\x00"]
    assert len(set(Path("/proc/self/fd").iterdir())) <= len(before) + 1


@pytest.mark.parametrize(
    "command",
    [
        # On standard error, on standard output as if it were a banner, and in a piece of its own.
        "sh -c 'echo cannot sign in as eva:canary-4711@proxy >&2; exit 1'",
        "sh -c 'echo 407 eva:canary-4711@proxy'",
        "no-such-program --secret=canary-4711 canary-4711 %h",
        "sh -c 'echo denied: $0 >&2; exit 3' canary-4711",
        "sh -c 'echo denied: ${0#-p} >&2; exit 3' -pcanary-4711",
    ],
)
def test_a_command_s_own_secrets_come_back_masked(make_target: Any, command: str) -> None:
    target = make_target(2020, connection_arguments=("-o", f"ProxyCommand={command}"))
    findings = check_system(target, TIMEOUT_S).findings
    assert "canary-4711" not in repr(findings)
    assert any(finding.status is Status.FAIL and finding.check.endswith("@2020") for finding in findings)


def test_what_ssh_complains_of_is_told_in_its_words(make_target: Any, jump: Sshd) -> None:
    (jump.folder / "known_jumps").write_text("")
    words = ("-o", "ProxyCommand=ssh -o BatchMode=yes -W %h:%p jump")
    found = checked(make_target(2020, connection_arguments=words))
    assert "Host key verification failed" in found["tcp"].seen
