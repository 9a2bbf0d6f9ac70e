"""One channel, one script, against a real SSH server: facts that come, and servers that cheat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from access_check.findings import Finding, Status
from access_check.profile import access_profile
from access_check.sweep import check_system
from tests.unit.access_check.conftest import plain_shell

TIMEOUT_S = 20.0
# For those that end by our deadline only; long enough for a login on a busy machine.
SHORT_S = 5.0
# Starting the workers is our own time, not the system's; on a busy machine it takes a while.
STARTS_WITHIN_S = 10.0
Handle = Callable[[Any], Awaitable[None]]


def checked(make_target: Any, server: Any, timeout_s: float = TIMEOUT_S) -> dict[str, Finding]:
    shipped = access_profile("pbxware").facts.model_dump()
    target = make_target(server.port, server.known_hosts_line(), profile={"facts": shipped, "asterisk": ("false",)})
    began = time.monotonic()
    report = check_system(target, timeout_s)
    assert time.monotonic() - began <= timeout_s + 1 + STARTS_WITHIN_S
    for finding in report.findings:
        assert finding.seen.isprintable()
        assert len(finding.seen) < 1000
    return {finding.check.partition("@")[0]: finding for finding in report.findings}


def test_facts_come_over_one_channel(ssh_server: Any, make_target: Any) -> None:
    channels = []

    async def counting(process: Any) -> None:
        channels.append(process.command)
        await plain_shell(process)

    found = checked(make_target, ssh_server(counting))
    assert channels == ["exec sh -s"]
    assert found["ssh.shell"].code == "works"
    assert found["facts.disk"].code in ("room", "disk-low", "disk-full")
    assert found["facts.clock"].code == "in-step"
    assert found["facts.tools"].code == "there"
    assert found["facts.load"].code in ("load", "load-high")
    assert (found["facts.calls"].status, found["facts.calls"].code) == (Status.UNKNOWN, "calls-unknown")


async def answered(process: Any) -> str:
    """What a real sh makes of what was sent: the proof, the facts, the end."""
    pipe = asyncio.subprocess.PIPE
    shell = await asyncio.create_subprocess_exec("sh", "-s", stdin=pipe, stdout=pipe)
    out, _ = await shell.communicate((await process.stdin.read()).encode())
    return out.decode()


async def greets_behind(process: Any) -> None:
    process.stdout.write(await answered(process) + "Good bye\n")
    process.exit(0)


async def speaks_between(process: Any) -> None:
    process.stdout.write((await answered(process)).replace("\ntool", "\nYou have mail.\ntool", 1))
    process.exit(0)


async def another_nonce(process: Any) -> None:
    rest = (await answered(process)).partition("\n")[2]
    process.stdout.write(f"0123456789abcdef-42\n{rest}")
    process.exit(0)


async def floods_behind_the_proof(process: Any) -> None:
    process.stdout.write((await answered(process)).partition("\n")[0] + "\n" + "disk x\n" * 1_000_000)
    await process.stdout.drain()
    process.exit(0)


async def floods_on_the_other_stream(process: Any) -> None:
    process.stdout.write(await answered(process))
    process.stderr.write("\x1b[2J" * 1_000_000)
    await process.stdout.drain()
    process.exit(0)


async def stops_in_the_middle(process: Any) -> None:
    process.stdout.write((await answered(process)).partition("\nload")[0])
    process.exit(0)


async def hears_nothing(process: Any) -> None:
    process.exit(0)


async def hears_nothing_and_complains(process: Any) -> None:
    process.stderr.write("\x1b]0;x\x07This account is not available\r\n")
    process.exit(1)


async def hangs_up_without_a_status(process: Any) -> None:
    process.stdout.write(await answered(process))
    await process.stdout.drain()
    process.close()


async def hangs_behind_the_facts(process: Any) -> None:
    process.stdout.write((await answered(process)).partition("\ncomplaint")[0] + "\n")
    await asyncio.sleep(30)


async def sends_half_a_line_for_ever(process: Any) -> None:
    process.stdout.write((await answered(process)).partition("\n")[0][:-1])
    await asyncio.sleep(30)


CASES: list[tuple[Handle, str, Status]] = [
    (greets_behind, "wrong-output", Status.FAIL),
    (speaks_between, "wrong-output", Status.FAIL),
    (another_nonce, "wrong-output", Status.FAIL),
    (floods_behind_the_proof, "flooded", Status.FAIL),
    (floods_on_the_other_stream, "flooded", Status.FAIL),
    (stops_in_the_middle, "wrong-output", Status.FAIL),
    (hears_nothing, "wrong-output", Status.FAIL),
    (hears_nothing_and_complains, "no-shell", Status.FAIL),
    (hangs_up_without_a_status, "works", Status.PASS),
    (hangs_behind_the_facts, "works", Status.PASS),
    (sends_half_a_line_for_ever, "timeout", Status.UNKNOWN),
]


@pytest.mark.parametrize(("handle", "code", "status"), CASES, ids=[case[0].__name__ for case in CASES])
def test_shells_that_cheat(ssh_server: Any, make_target: Any, handle: Handle, code: str, status: Status) -> None:
    hangs = handle in (hangs_behind_the_facts, sends_half_a_line_for_ever)
    found = checked(make_target, ssh_server(handle), SHORT_S if hangs else TIMEOUT_S)
    assert (found["ssh.shell"].code, found["ssh.shell"].status) == (code, status), found["ssh.shell"].seen
    if code != "works":
        assert {finding.code for name, finding in found.items() if name.startswith("facts.")} == {"not-reached"}


def test_what_was_told_before_the_time_was_over_counts(ssh_server: Any, make_target: Any) -> None:
    found = checked(make_target, ssh_server(hangs_behind_the_facts), SHORT_S)
    assert found["facts.clock"].code == "in-step"
    assert found["facts.disk"].code in ("room", "disk-low", "disk-full")
    assert found["facts.calls"].code == "not-reached"


def test_a_shell_that_gets_no_script_says_so(ssh_server: Any, make_target: Any) -> None:
    assert "nothing came back from exec sh -s" in checked(make_target, ssh_server(hears_nothing))["ssh.shell"].seen
