"""The access step: looks, and records the evidence where a call-out asks for it. Only loopback is contacted."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from access_check.findings import Finding, Status
from callout.errors import BadInput
from callout.inventory import System
from callout.steps.access import check_access, last_open
from callout.steps.context import Context
from callout.steps.record import close_callout, open_callout
from tests.unit.steps.conftest import Clock

SECRET = "canary-0815"


@pytest.fixture
def closed_system(system: System, tmp_path: Path) -> System:
    """A system on loopback with one port, and nothing behind it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    ports = {"work_port": port, "ssh_ports": (port,), "tcp_ports": (port,), "web": {}}
    own = {"address": "127.0.0.1", "port": port, "password": SecretStr(SECRET), "known_hosts": tmp_path / "known_hosts"}
    target = system.target.model_copy(update={**own, "profile": system.target.profile.model_copy(update=ports)})
    return system.model_copy(update={"target": target})


def test_evidence_is_recorded_whatever_was_found(context: Context, closed_system: System) -> None:
    callout = open_callout(context, closed_system, "T-1", "look").callout
    findings = check_access(context, closed_system, callout)
    (event,) = context.ledger.events(kind="access_checked")
    assert (event.callout, event.system) == (callout, closed_system.name)
    assert event.body["worst"] == "fail"
    assert event.body["work_port"] == closed_system.target.port
    assert event.body["findings"] == [json.loads(json.dumps(finding.as_dict())) for finding in findings]
    assert SECRET not in event.body_text


def test_without_a_call_out_nothing_is_recorded(context: Context, closed_system: System) -> None:
    findings = check_access(context, closed_system)
    assert any(finding.status is Status.FAIL and finding.code == "refused" for finding in findings)
    assert list(context.ledger.events()) == []


def test_an_unknown_or_closed_call_out_is_refused_before_anything_is_looked_at(
    context: Context, system: System
) -> None:
    with pytest.raises(BadInput):
        check_access(context, system, "CO-0099")
    callout = open_callout(context, system, "T-1", "look").callout
    close_callout(context, callout, "satisfied")
    with pytest.raises(BadInput, match="is closed"):
        check_access(context, system, callout)


@pytest.fixture
def silent_system(closed_system: System) -> Iterator[System]:
    """The same port, whose listener's queue is full: what comes is dropped, as behind a firewall."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", closed_system.target.port))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield closed_system
        for filler in fillers:
            filler.close()


def looked_before(context: Context, system: System, code: str) -> None:
    """An access check of that moment, in the ledger."""
    finding = Finding(f"tcp@{system.target.port}", Status.PASS if code == "open" else Status.FAIL, code, "x")
    context.record("access_checked", system, "CO-0001", {"findings": [finding.as_dict()], "worst": "fail"})


def test_silence_after_the_ledger_has_seen_it_open_reads_as_a_ban(
    context: Context, clock: Clock, silent_system: System
) -> None:
    looked_before(context, silent_system, "open")
    clock.forward(days=2)
    looked_before(context, silent_system, "timeout")
    (finding,) = [one for one in check_access(context, silent_system, timeout_s=1) if one.check.startswith("tcp@")]
    assert finding.code == "banned"
    assert "2026-03-03 10:00 UTC" in finding.seen


def test_silence_long_after_it_was_open_is_silence(context: Context, clock: Clock, silent_system: System) -> None:
    assert last_open(context, silent_system) is None
    looked_before(context, silent_system, "open")
    clock.forward(days=93)
    assert last_open(context, silent_system) is None


def test_only_the_newest_looks_are_searched(context: Context, silent_system: System) -> None:
    looked_before(context, silent_system, "open")
    for _ in range(19):
        looked_before(context, silent_system, "timeout")
    assert last_open(context, silent_system) is not None
    looked_before(context, silent_system, "timeout")
    assert last_open(context, silent_system) is None
