"""Ports of full operation are a site's own list, asked for by name only."""

from __future__ import annotations

from typing import Any

import pytest

from access_check.errors import InventoryError
from access_check.extent import Extent, NoList, to_extent
from access_check.findings import Finding, Status
from access_check.observations import Observations, Reach, TcpObservation
from access_check.profile import access_profile
from access_check.requirements import tcp_ports
from access_check.verdicts import judge

LIST = [
    {"port": 5061, "purpose": "SIP over TLS", "source": "mail of 2026-05-04"},
    {"port": 8443, "purpose": "apps"},
    {"port": 443, "purpose": "apps"},
]


def target_with(make_target: Any, listed: list[dict[str, Any]]) -> Any:
    return make_target(2020, profile=access_profile("pbxware", {"operational": listed}).model_dump())


def tcp(target: Any, port: int) -> Finding:
    seen = Observations(tcp={port: TcpObservation(port, Reach.REFUSED)})
    return next(finding for finding in judge(target, seen) if finding.check == f"tcp@{port}")


def test_none_is_shipped_and_none_is_asked_for_by_itself(make_target: Any) -> None:
    assert access_profile("pbxware").operational == access_profile("serverware").operational == ()
    target = target_with(make_target, LIST)
    assert to_extent([target], Extent.ACCESS) == [target]
    assert tcp_ports(target) == (80, 81, 443, 2020)


def test_the_ports_join_the_walk_and_say_whose_list_it_is(make_target: Any) -> None:
    bare = target_with(make_target, [])
    target, other = to_extent([target_with(make_target, LIST), bare], Extent.OPERATIONAL)
    assert tcp_ports(target) == (80, 81, 443, 2020, 5061, 8443)
    assert other == bare
    named, unnamed = tcp(target, 5061), tcp(target, 8443)
    assert named.status is Status.FAIL
    assert "TCP port 5061 (SIP over TLS)" in named.seen
    assert "(mail of 2026-05-04)" in named.seen
    assert "is not stated" in unnamed.seen
    assert "full operation" not in tcp(target, 81).seen


def test_without_any_list_it_is_one_sentence(make_target: Any) -> None:
    with pytest.raises(NoList) as refused:
        to_extent([target_with(make_target, [])], Extent.OPERATIONAL)
    assert "callout_system.access.operational" in refused.value.hint


@pytest.mark.parametrize(
    "entry", [{"port": 5061}, {"port": 0, "purpose": "x"}, {"port": 1, "purpose": "x", "udp": True}]
)
def test_a_wrong_entry_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(InventoryError):
        access_profile("pbxware", {"operational": [entry]})
