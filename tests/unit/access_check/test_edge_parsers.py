"""Each device's own words → findings (golden), and what no parser may do: raise, or take long over any text."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access_check.edge.devices import DEVICES
from access_check.edge.forwards import Parsed
from access_check.edge.observation import EdgeObservation, Look
from access_check.edge.verdicts import Edge, judge_edge
from access_check.findings import Move

TEXTS = Path(__file__).parent / "edge_texts"
KINDS = ["mikrotik", "cisco-ios", "cisco-asa", "fortigate", "vyos", "edgerouter", "pfsense"]
PORTS = [80, 81, 443, 2020, 2222, 5061]
# What the six ports are in every text, and what the device's own command cannot show (see devices.py).
CODES = ["right", "restricted", "wrong-host", "wrong-port", "disabled", "absent"]
DIFFERENT = {
    "cisco-ios": {2222: "absent"},  # knows no disabled lines
    "pfsense": {2222: "absent"},  # does not load what is switched off
}


def text_of(kind: str, odd: bool = False) -> str:
    text = (TEXTS / f"{kind}.txt").read_text()
    return text + (TEXTS / f"{kind}-odd.txt").read_text() if odd else text


def findings(make_target: Callable[..., Any], kind: str, text: str, **fields: Any) -> dict[int, Any]:
    target = make_target(
        port=2020, address="192.0.2.10", profile={"tcp_ports": PORTS, "ssh_ports": [2020, 2222]}, **fields
    )
    edge = Edge(kind, "192.168.88.10", Move.CUSTOMER)  # type: ignore[arg-type]
    judged = judge_edge(target, edge, EdgeObservation(Look.READ, text))
    return {int(finding.check.partition("@")[2]): finding for finding in judged}


@pytest.mark.parametrize("kind", KINDS)
def test_verdict_of_each_port(kind: str, make_target: Any, golden: Any) -> None:
    found = findings(make_target, kind, text_of(kind))
    expected = {**dict(zip(PORTS, CODES, strict=True)), **DIFFERENT.get(kind, {})}
    assert {port: finding.code for port, finding in found.items()} == expected
    golden(f"edge/{kind}.json", json.dumps([one.as_dict() for one in found.values()], indent=2) + "\n")


@pytest.mark.parametrize("kind", KINDS)
def test_an_odd_line_makes_absent_unknown_and_leaves_the_rest(kind: str, make_target: Any) -> None:
    plain = findings(make_target, kind, text_of(kind))
    odd = findings(make_target, kind, text_of(kind, odd=True))
    assert odd[5061].code == "unknown"
    assert "line" in odd[5061].seen
    for port in (80, 81, 443, 2020):
        assert odd[port].code == plain[port].code
    assert odd[2222].code == "unknown"


@pytest.mark.parametrize("kind", [*KINDS, "cisco-xe", "opnsense"])
@pytest.mark.parametrize("text", ["nonsense\n", "% Invalid input detected\n", "Permission denied\n", "x" * 3000])
def test_what_is_no_answer_is_never_absent(kind: str, text: str, make_target: Any) -> None:
    assert {finding.code for finding in findings(make_target, kind, text).values()} == {"unknown"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_cut_of_an_answer_is_read(kind: str) -> None:
    text = text_of(kind)
    for end in range(0, len(text), 7):
        assert isinstance(DEVICES[kind].parse(text[:end]), Parsed)  # type: ignore[index]


def test_a_rule_for_another_public_address_is_not_ours(make_target: Any) -> None:
    line = "ip nat inside source static tcp 192.168.88.10 80 8.8.8.8 80 extendable\n"
    assert findings(make_target, "cisco-ios", line)[80].code == "absent"


def test_the_sites_own_ssh_port_leads_to_the_products(make_target: Any) -> None:
    line = "ip nat inside source static tcp 192.168.88.10 2020 interface Dialer1 4400\n"
    target = make_target(port=2020, address="192.0.2.10").model_copy(update={"port": 4400})
    edge = Edge("cisco-ios", "192.168.88.10", Move.NETWORK_PROVIDER)
    judged = {one.check: one for one in judge_edge(target, edge, EdgeObservation(Look.READ, line))}
    assert judged["edge.forward@4400"].code == "right"


def test_asa_without_its_objects_is_unknown(make_target: Any) -> None:
    text = text_of("cisco-asa").partition("object network")[0]
    found = findings(make_target, "cisco-asa", text)
    assert found[80].code == "unknown"
    assert "service objects" in found[80].seen


def test_edgerouter_without_its_configuration_is_never_absent(make_target: Any) -> None:
    text = text_of("edgerouter").partition("set firewall")[0]
    found = findings(make_target, "edgerouter", text)
    assert {port: found[port].code for port in (80, 2222, 5061)} == {80: "right", 2222: "unknown", 5061: "unknown"}
    assert "show configuration commands does" in found[5061].seen


PAGE = "".join(
    f"set port-forward rule 2 {line}\n"
    for line in ("forward-to address 192.168.88.10", "forward-to port 2222", "original-port 5061", "protocol tcp_udp")
)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (("", ""), {5061: "wrong-port", 80: "right"}),
        (("port 2222", "port 5061"), {5061: "right"}),
        (("set port-forward rule 2 forward-to port 2222\n", ""), {5061: "right"}),
        (("88.10", "88.11"), {5061: "wrong-host"}),
        (("original-port 5061", "original-port 5060-5070"), {5061: "wrong-port", 80: "right"}),
        (("original-port 5061", "original-port 5061,80"), {5061: "wrong-port", 80: "unknown"}),  # and a rule for 80
        (("protocol tcp_udp", "protocol udp"), {5061: "absent"}),
        (
            (
                "original-port 5061\nset port-forward rule 2 protocol tcp_udp",
                "original-port 80\nset port-forward rule 2 protocol udp",
            ),
            {80: "right"},
        ),
        (("protocol tcp_udp", "source address 10.0.0.1"), {5061: "unknown"}),
        (("original-port 5061", "original-port pbx"), {5061: "unknown", 80: "right"}),
    ],
)
def test_edgerouter_port_forwarding_page(make_target: Any, change: tuple[str, str], codes: dict[int, str]) -> None:
    found = findings(make_target, "edgerouter", text_of("edgerouter") + PAGE.replace(*change))
    assert {port: found[port].code for port in codes} == codes


def test_fortigate_without_its_policies_is_unknown(make_target: Any) -> None:
    text = text_of("fortigate").partition("fw01 # show firewall policy")[0]
    assert findings(make_target, "fortigate", text)[80].code == "unknown"


def test_fortigate_group_in_a_policy_is_unknown(make_target: Any) -> None:
    text = text_of("fortigate").replace('set dstaddr "pbx-80" "camera" "pbx-ssh"', 'set dstaddr "telephones"')
    assert findings(make_target, "fortigate", text)[80].code == "unknown"


def test_mikrotik_chain_without_a_jump_takes_no_effect(make_target: Any) -> None:
    text = text_of("mikrotik").replace(" 2    chain=dstnat action=jump", " 2 X  chain=dstnat action=jump")
    assert findings(make_target, "mikrotik", text)[443].code == "disabled"


def test_mikrotik_accept_before_a_rule_is_not_passed_over(make_target: Any) -> None:
    text = text_of("mikrotik") + " 9    chain=dstnat action=accept protocol=tcp dst-port=5061 \n"
    assert findings(make_target, "mikrotik", text)[5061].code == "unknown"


def test_mikrotik_accept_speaks_of_its_own_port_only(make_target: Any) -> None:
    accept = " 0    chain=dstnat action=accept protocol=tcp dst-port=80 \n"
    found = findings(make_target, "mikrotik", accept + text_of("mikrotik"))
    assert (found[80].code, found[5061].code) == ("unknown", "absent")


def test_every_rule_that_is_named_is_understood_by_its_own_parser(make_target: Any) -> None:
    """What we tell the customer to add is, once added, what we call right."""
    for kind in ("mikrotik", "cisco-ios", "vyos"):
        rule = findings(make_target, kind, text_of(kind))[5061].evidence["rule"]
        said = "\n".join(rule).replace("/ip firewall nat add", " 9   ") + "\n"
        assert findings(make_target, kind, text_of(kind) + said)[5061].code == "right", kind


WORDS = sorted({word for kind in KINDS for word in text_of(kind, odd=True).split()})
PIECES = st.lists(
    st.one_of(st.sampled_from(WORDS), st.sampled_from(["\n", "\n ", "\r\n", '"', "'"]), st.text(max_size=8))
)


@settings(max_examples=150, deadline=2000)
@given(kind=st.sampled_from(KINDS), pieces=PIECES)
def test_no_text_makes_a_parser_raise(kind: Any, pieces: list[str]) -> None:
    parsed = DEVICES[kind].parse(" ".join(pieces))
    assert all(0 <= one.outside.first <= one.outside.last <= 65535 for one in parsed.forwards)
    assert all(one.inside_port(one.outside.last) >= 0 for one in parsed.forwards)


SLOW = ['"' * 1900, "x=" * 900, "- " * 900, "-" * 1900, "set a " + "'" * 1800, " " * 1900 + "x", "1 " * 900]


@pytest.mark.parametrize("kind", KINDS)
def test_time_grows_with_the_text_and_no_faster(kind: Any) -> None:
    body = text_of(kind, odd=True)
    for line in [*SLOW, body]:
        small, large = (line + "\n") * 10, (line + "\n") * 100
        began = time.process_time()
        DEVICES[kind].parse(small)
        middle = time.process_time()
        DEVICES[kind].parse(large)
        assert time.process_time() - middle < 25 * max(middle - began, 0.02)


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_beyond_the_limit_is_cut_and_says_so(kind: Any) -> None:
    assert DEVICES[kind].parse(text_of(kind) + "\n" * 1_100_000).cut
