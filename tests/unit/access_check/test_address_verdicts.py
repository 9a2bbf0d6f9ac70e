"""A name's addresses: which are public, which is tried, which is broken."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from access_check.findings import Finding, Move, Status
from access_check.observations import NameObservation, Observations, Reach, Resolution, TcpObservation
from access_check.probes.deadline import Deadline
from access_check.probes.tcp import connect
from access_check.verdicts import judge

V4, V6, HOME4, HOME6, CGNAT = "8.8.8.8", "2a00:1450::1", "10.0.0.1", "fd00::1", "100.64.0.1"


def found(make_target: Any, addresses: tuple[str, ...], *ports: TcpObservation) -> Finding:
    target = make_target(2020, address="pbx.acme.example", waivers={})
    name = NameObservation(Resolution.RESOLVED, addresses)
    findings = judge(target, Observations(name=name, tcp={port.port: port for port in ports}))
    return next(finding for finding in findings if finding.check == "address.public")


CASES: list[tuple[tuple[str, ...], Status, str, Move, list[str]]] = [
    ((V4,), Status.PASS, "public", Move.NOBODY, ["8.8.8.8 is public."]),
    ((V6, V4), Status.PASS, "public", Move.NOBODY, [f"in this order: {V6} (AAAA), {V4} (A)"]),
    ((HOME4,), Status.FAIL, "private", Move.CUSTOMER, ["10.0.0.1 is a private address."]),
    ((HOME6, V4), Status.FAIL, "private", Move.CUSTOMER, [f"{HOME6} (AAAA)", f"({V4} (A))", "tried first"]),
    ((V6, HOME4), Status.FAIL, "private", Move.CUSTOMER, [f"{HOME4} (A)", f"({V6} (AAAA))"]),
    ((V6, CGNAT), Status.FAIL, "carrier-grade-nat", Move.NETWORK_PROVIDER, [f"{CGNAT} (A)"]),
    ((HOME6, HOME4), Status.FAIL, "private", Move.CUSTOMER, [f"{HOME6} (AAAA) is a private address."]),
]


@pytest.mark.parametrize(("addresses", "status", "code", "move", "says"), CASES)
def test_kinds(
    make_target: Any, addresses: tuple[str, ...], status: Status, code: str, move: Move, says: list[str]
) -> None:
    finding = found(make_target, addresses)
    assert (finding.status, finding.code, finding.move) == (status, code, move)
    assert all(words in finding.seen for words in says)
    assert finding.evidence["tried"] == list(addresses)


def test_one_of_two_is_broken(make_target: Any) -> None:
    opened = [TcpObservation(port, Reach.OPEN, address=V4, failed_before=(V6,)) for port in (80, 2020)]
    finding = found(make_target, (V6, V4), *opened)
    assert (finding.status, finding.code, finding.move) == (Status.WARN, "address-broken", Move.CUSTOMER)
    assert f"{V6} (AAAA) does not let us in, while {V4} (A) does" in finding.seen


def test_a_port_that_only_one_address_has_does_not_make_it_broken(make_target: Any) -> None:
    ports = [TcpObservation(80, Reach.OPEN, address=V6), TcpObservation(2020, Reach.OPEN, "", V4, (V6,))]
    assert found(make_target, (V6, V4), *ports).code == "public"


def test_the_knock_tells_where_it_came_in() -> None:
    """On loopback: nobody listens at the first address, and somebody at the second."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        seen, sock = connect(["127.0.0.2", "127.0.0.1"], port, Deadline(5))
        assert sock is not None
        sock.close()
    assert (seen.reach, seen.address, seen.failed_before) == (Reach.OPEN, "127.0.0.1", ("127.0.0.2",))
