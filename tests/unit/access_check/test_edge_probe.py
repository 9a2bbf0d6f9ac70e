"""Reading a router: a fake one of each kind records every byte that reaches it; nothing but allowed lines may."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from pydantic import SecretStr

from access_check.edge.devices import DEVICES
from access_check.edge.observation import EdgeObservation, Look
from access_check.edge.verdicts import Edge, judge_edge
from access_check.findings import Move, Status
from access_check.observations import HostKey
from access_check.probes.edge import read_router
from access_check.probes.ssh_login import Credentials
from tests.unit.access_check.conftest import PASSWORD
from tests.unit.access_check.test_edge_parsers import TEXTS, findings, text_of

PROMPTS = {
    "mikrotik": "[admin@gw] > ",
    "cisco-ios": "gw#",
    "cisco-xe": "gw-xe>",
    "cisco-asa": "fw/act# ",
    "fortigate": "fw01 (root) # ",
    "vyos": "vyos@gw:~$ ",
    "edgerouter": "ubnt@gw:~$ ",
}
TERMINALS = list(PROMPTS)
# Netmiko is imported at the first router, which is our own time.
STARTS_WITHIN_S = 10.0


def outputs_of(kind: str) -> dict[str, str]:
    """What the fake prints to each allowed command."""
    device = DEVICES[kind]  # type: ignore[index]
    name = {"cisco-xe": "cisco-ios", "opnsense": "pfsense"}.get(kind, kind)
    text = (TEXTS / f"{name}.txt").read_text()
    outputs = dict.fromkeys(device.preparation, "")
    if kind == "cisco-asa":
        before, found, objects = text.partition("object network PBX\n")
        parts = [before, found + objects]
    elif kind == "fortigate":
        before, found, policies = text.partition("config firewall policy\n")
        parts = [before.partition("\n")[2].rpartition("fw01 #")[0], (found + policies).rpartition("fw01 #")[0]]
    elif kind == "edgerouter":
        before, found, configuration = text.partition("set firewall")
        parts = [before, found + configuration]
    elif name == "cisco-ios":
        parts = ["\n".join(text.splitlines()[1:-1]) + "\n"]
    else:
        parts = [text]
    return {**outputs, **dict(zip(device.commands, parts, strict=True))}


@dataclass
class FakeRouter:
    """Answers line by line, echoes as a terminal does, and keeps every byte and the user's name."""

    prompt: str
    outputs: dict[str, str]
    page_lines: int = 0
    received: str = ""
    lines: list[str] = field(default_factory=list)
    terminals: int = 0

    async def __call__(self, process: Any) -> None:
        if process.command is not None:
            self.lines.append(process.command)
            process.stdout.write(self.outputs.get(process.command, ""))
            process.exit(0 if process.command in self.outputs else 127)
            return
        self.terminals += 1
        process.stdout.write(f"\r\nWelcome\r\n\r\n{self.prompt}")
        waiting = ""
        try:
            while data := await process.stdin.read(4096):
                self.received += data
                waiting += data
                while "\n" in waiting:
                    line, _, waiting = waiting.partition("\n")
                    line = line.rstrip("\r")
                    self.lines.append(line)
                    await self.answer(process, line)
        except (asyncssh.Error, OSError):
            return

    async def answer(self, process: Any, line: str) -> None:
        process.stdout.write(f"{line}\r\n")
        said = self.outputs.get(line, "% Unknown command\n").splitlines()
        for place, one in enumerate(said, start=1):
            process.stdout.write(f"{one}\r\n")
            if self.page_lines and place % self.page_lines == 0:
                process.stdout.write("--More-- ")
                self.received += await process.stdin.readexactly(1)
                process.stdout.write("\r         \r")
        process.stdout.write(self.prompt)


@pytest.fixture
def router(ssh_server: Any, tmp_path: Path) -> Callable[..., tuple[EdgeObservation, Any]]:
    """Starts `handle` as a router and reads it; gives back what was seen and the server."""

    def look(
        kind: str,
        handle: Any,
        *,
        known: bool = True,
        password: str | None = PASSWORD,
        private_key: Path | None = None,
        user_key: Any = None,
        timeout_s: float = 20,
    ) -> tuple[EdgeObservation, Any]:
        server = ssh_server(handle, options={"line_editor": False}, user_key=user_key)
        known_hosts = tmp_path / "known_hosts"
        known_hosts.write_text(server.known_hosts_line() if known else "")
        credentials = Credentials("callout", SecretStr(password) if password else None, private_key)
        device = DEVICES[kind]  # type: ignore[index]
        return read_router(device, "127.0.0.1", server.port, credentials, known_hosts, timeout_s), server

    return look


@pytest.mark.parametrize("kind", TERMINALS)
def test_exactly_the_allowed_lines_and_the_right_reading(kind: str, router: Any, make_target: Any) -> None:
    device = DEVICES[kind]  # type: ignore[index]
    fake = FakeRouter(PROMPTS[kind], outputs_of(kind))
    seen, server = router(kind, fake)
    assert seen.look is Look.READ, seen
    expected = [*device.preparation, *device.commands]
    assert fake.lines == expected
    assert fake.received.replace("\r", "") == "".join(f"{line}\n" for line in expected)
    assert list(seen.sent) == expected
    assert server.passwords == [PASSWORD]
    assert fake.terminals == 1
    name = "cisco-ios" if kind == "cisco-xe" else kind
    read = findings(make_target, kind, seen.text)
    pasted = findings(make_target, kind, text_of(name))
    assert {port: one.code for port, one in read.items()} == {port: one.code for port, one in pasted.items()}


@pytest.mark.parametrize("kind", ["pfsense", "opnsense"])
def test_pf_is_asked_without_a_terminal(kind: str, router: Any, make_target: Any) -> None:
    fake = FakeRouter("", outputs_of(kind))
    seen, server = router(kind, fake)
    assert (seen.look, fake.lines, fake.terminals) == (Look.READ, ["pfctl -sn"], 0)
    assert seen.text == text_of("pfsense")
    assert server.passwords == [PASSWORD]


def test_pf_that_fails_is_not_an_empty_answer(router: Any) -> None:
    seen, _ = router("pfsense", FakeRouter("", {}))
    assert seen.look is Look.COMMAND_FAILED


@pytest.mark.parametrize("kind", ["fortigate", "cisco-ios"])
def test_pages_are_turned_with_a_space_and_nothing_else(kind: str, router: Any, make_target: Any) -> None:
    fake = FakeRouter(PROMPTS[kind], outputs_of(kind), page_lines=3)
    seen, _ = router(kind, fake)
    assert seen.look is Look.READ, seen
    assert fake.received.replace(" ", "").replace("\n", "") == "".join(fake.lines).replace(" ", "")
    assert fake.lines == [*DEVICES[kind].preparation, *DEVICES[kind].commands]  # type: ignore[index]
    codes = {port: one.code for port, one in findings(make_target, kind, seen.text).items()}
    assert codes == {port: one.code for port, one in findings(make_target, kind, text_of(kind)).items()}


@pytest.mark.parametrize("kind", ["mikrotik", "fortigate", "pfsense"])
def test_an_unknown_host_key_gets_no_password(kind: str, router: Any, make_target: Any) -> None:
    fake = FakeRouter("gw#", {})
    seen, server = router(kind, fake, known=False)
    assert seen.look is Look.NOT_LOGGED_IN
    assert seen.ssh is not None and seen.ssh.host_key is not None
    assert seen.ssh.host_key.host_key is HostKey.UNKNOWN
    assert (server.passwords, fake.lines, fake.terminals) == ([], [], 0)
    (finding,) = judge_edge(make_target(), Edge(kind, "192.168.88.10", Move.CUSTOMER), seen)  # type: ignore[arg-type]
    assert finding.status is Status.UNKNOWN
    assert "no password was sent" in finding.seen


@pytest.mark.parametrize("kind", ["cisco-asa", "pfsense"])
def test_a_wrong_password_is_tried_once(kind: str, router: Any) -> None:
    seen, server = router(kind, FakeRouter("gw#", {}), password="wrong-0815")
    assert seen.look is Look.NOT_LOGGED_IN
    assert server.passwords == ["wrong-0815"]


@pytest.fixture
def own_key(tmp_path: Path) -> tuple[Any, Path]:
    key = asyncssh.generate_private_key("ssh-ed25519")
    path = tmp_path / "id_ed25519"
    path.write_bytes(key.export_private_key())
    return key, path


@pytest.mark.parametrize("kind", ["mikrotik", "pfsense"])
def test_a_key_logs_in_without_any_password(kind: str, router: Any, own_key: Any) -> None:
    key, path = own_key
    fake = FakeRouter(PROMPTS.get(kind, ""), outputs_of(kind))
    seen, server = router(kind, fake, password=None, private_key=path, user_key=key)
    assert (seen.look, fake.lines) == (Look.READ, list(DEVICES[kind].commands))  # type: ignore[index]
    assert (server.passwords, server.key_attempts > 0) == ([], True)


def test_a_refused_key_is_followed_by_the_password_once(router: Any, own_key: Any) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519")
    fake = FakeRouter("", outputs_of("pfsense"))
    seen, server = router("pfsense", fake, private_key=own_key[1], user_key=other)
    assert (seen.look, server.passwords) == (Look.READ, [PASSWORD])


@pytest.mark.parametrize("there", [True, False])
def test_a_key_alone_that_does_not_let_us_in_is_told(
    there: bool, router: Any, own_key: Any, make_target: Any, tmp_path: Path
) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519")
    path = own_key[1] if there else tmp_path / "nothing"
    seen, server = router("pfsense", FakeRouter("", {}), password=None, private_key=path, user_key=other)
    (finding,) = judge_edge(make_target(), Edge("pfsense", "192.168.88.10", Move.CUSTOMER), seen)
    assert (seen.look, server.passwords) == (Look.NOT_LOGGED_IN, [])
    assert finding.move is (Move.CUSTOMER if there else Move.US)
    assert ("the key was tried once" if there else "our private key cannot be used") in finding.seen


async def endless(process: Any) -> None:
    try:
        process.stdout.write("gw#" if process.command is None else "")
        if process.command is None:
            await process.stdin.read(100)
        while True:
            process.stdout.write("ip nat inside source static tcp 192.0.2.1 80 192.0.2.2 80\r\n" * 200)
            await process.stdout.drain()
    except (asyncssh.Error, OSError):
        return


@pytest.mark.parametrize("kind", ["cisco-ios", "pfsense"])
def test_endless_output_is_bounded(kind: str, router: Any) -> None:
    began = time.monotonic()
    seen, _ = router(kind, endless, timeout_s=15)
    assert time.monotonic() - began < 15 + 1 + STARTS_WITHIN_S
    assert seen.look in (Look.TOO_MUCH, Look.CLOSED), seen.look
    assert seen.text == ""
    assert seen.ssh is not None and seen.ssh.received_bytes < 2 * 1024 * 1024


async def silent(process: Any) -> None:
    await process.channel.wait_closed()


@pytest.mark.parametrize("kind", ["vyos", "pfsense"])
def test_silence_ends_at_the_deadline(kind: str, router: Any) -> None:
    began = time.monotonic()
    seen, _ = router(kind, silent, timeout_s=4)
    assert time.monotonic() - began < 4 + 1 + STARTS_WITHIN_S
    assert seen.look in (Look.NO_PROMPT, Look.TIMEOUT)


def test_a_question_at_the_login_is_left_alone(router: Any) -> None:
    async def asks(process: Any) -> None:
        process.stdout.write("Do you want to see the software license? [Y/n]: ")
        received.append(await process.stdin.read(100))

    received: list[str] = []
    seen, _ = router("mikrotik", asks, timeout_s=4)
    assert seen.look is Look.NO_PROMPT
    assert "license" in seen.detail
    assert [one for one in received if one] == []
