"""Our parsers beside the TextFSM templates that come with netmiko: the same reading, where a template reads at all."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ntc_templates.parse import parse_output
from textfsm import TextFSMError

from access_check.edge.forwards import Forward
from access_check.edge.parsers import cisco_asa, edgerouter, mikrotik
from access_check.edge.parsers.reading import port_number
from tests.unit.access_check.test_edge_parsers import text_of

SERVICES = ("", "service tcp www www", "service tcp 22 2020", "service udp 5060 5060", "service tcp ssh 4400")
MAPPED = ("interface", "192.0.2.10")
ENDINGS = ("", "no-proxy-arp route-lookup", "dns", "inactive", "unidirectional", "inactive description for PBX")
HITS = "    translate_hits = 0, untranslate_hits = 4"
Row = dict[str, Any]


def rows_of(platform: str, command: str, text: str) -> list[Row]:
    found: list[Row] = parse_output(platform=platform, command=command, data=text)
    return found


def asa_text() -> str:
    """Every combination of what a rule of `show nat` can carry that both read, one rule each."""
    lines = ["Manual NAT Policies (Section 1)"]
    combinations = itertools.product(MAPPED, SERVICES, ENDINGS)
    for number, (mapped, service, ending) in enumerate(combinations, start=1):
        words = f"192.168.88.{number} {mapped} {service} {ending}".split()
        lines += [f"{number} (inside) to (outside) source static {' '.join(words)}", HITS]
    return "\n".join([*lines, "99 (inside) to (outside) source dynamic LAN interface", HITS, ""])


def test_asa_is_read_as_the_template_reads_it() -> None:
    text = asa_text()
    rows = rows_of("cisco_asa", "show nat", text)
    assert len(rows) == len(MAPPED) * len(SERVICES) * len(ENDINGS) + 1
    ours = {one.inside_host: one for one in cisco_asa.parse(text).forwards}
    assert cisco_asa.parse(text).whole
    makes_reachable = [row for row in rows if row["source_type"] == "static" and not row["unidirectional"]]
    assert sorted(ours) == sorted(row["source_real"] for row in makes_reachable)
    for row in makes_reachable:
        forward = ours[row["source_real"]]
        assert forward.enabled is not bool(row["inactive"])
        assert forward.outside_address == ("" if row["source_mapped"] == "interface" else row["source_mapped"])
        assert forward.protocol == (row["service_protocol"] or "any")
        if row["service_protocol"]:
            assert _ports(forward) == (port_number(row["service_mapped"]), port_number(row["service_real"]))


def _ports(forward: Forward) -> tuple[int, int]:
    return forward.outside.first, forward.inside_port(forward.outside.first)


def test_the_golden_text_of_an_asa_too() -> None:
    text = text_of("cisco-asa").partition("object network")[0]
    rows = rows_of("cisco_asa", "show nat", text)
    static = [row for row in rows if row["source_type"] == "static"]
    assert [bool(row["inactive"]) for row in static] == [not one.enabled for one in cisco_asa.parse(text).forwards]


LOST = {
    "an ASA's details": (
        "cisco_asa",
        "show nat",
        asa_text() + "    Source - Origin: 192.168.88.10/32, Translated: 192.0.2.10/32\n",
        cisco_asa.parse,
    ),
    "an EdgeRouter's rule for any address": (
        "ubiquiti_edgerouter",
        "show nat rules",
        text_of("edgerouter").partition("set firewall")[0],
        edgerouter.parse,
    ),
    "a MikroTik's own chain": (
        "mikrotik_routeros",
        "/ip firewall nat print all without-paging",
        text_of("mikrotik"),
        mikrotik.parse,
    ),
}


@pytest.mark.parametrize("name", LOST)
def test_one_line_that_a_template_does_not_know_loses_it_everything(name: str) -> None:
    """Why there are parsers of our own: they keep what they understood, and say what they did not."""
    platform, command, text, parse = LOST[name]
    with pytest.raises(TextFSMError, match="State Error"):
        rows_of(platform, command, text)
    assert len(parse(text).forwards) >= 4
