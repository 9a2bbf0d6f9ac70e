"""EdgeRouter: `show nat rules`, three lines a rule at most, and the configuration for what that does not print.

That are disabled rules and the Port Forwarding page (`edgerouter_configuration`). Without the configuration in the
text nothing is ever absent.
"""

from __future__ import annotations

import re
from dataclasses import replace

from access_check.edge.forwards import EVERY_PORT, Forward, Parsed, Ports
from access_check.edge.parsers.edgerouter_configuration import Configuration
from access_check.edge.parsers.reading import Line, one_address, port_list, port_range, protocols, read_lines

_LEGEND = re.compile(
    r"\s*(?:Type Codes: .*|X at the front of rule .*|rule +type +intf +translation|-{2,}(?: +-{2,}){0,5})\s*"
)
_BEGINS = re.compile(r"\s{0,4}(X?)(\d{1,6})\s+(SRC|DST|MASQ)\s+(\S{1,80})\s*(.*)")
_ADDRESS = re.compile(r"daddr (\S{1,80})(?: to (\S{1,80}))?")
_PORTS = re.compile(r"proto-(\S{1,20})(?:\s+dport (\S{1,200})(?: to (\S{1,40}))?)?")
_HIDDEN = "show nat rules does not list what the Port Forwarding page forwards; show configuration commands does"
_WHEN = re.compile(r"when saddr (\S{1,200}), sport (\S{1,200})")


def parse(text: str) -> Parsed:
    """The destination rules in the router's order, then the Port Forwarding page's, then what is switched off.

    `when saddr …` restricts the source.
    """
    read = read_lines(text)
    strange = list(read.too_long)
    rules: list[list[Line]] = []
    configuration = Configuration()
    for line in read.lines:
        if configuration.takes(line):
            continue
        if _LEGEND.fullmatch(line.text):
            continue
        if _BEGINS.fullmatch(line.text):
            rules.append([line])
        elif rules and line.text[:1].isspace() and len(rules[-1]) < 3:
            rules[-1].append(line)
        else:
            strange.append(line.number)
    forwards: list[Forward] = []
    for lines in rules:
        found = _forwards(lines)
        if found is None:
            strange += [line.number for line in lines]
        else:
            forwards += found
    page, off = configuration.port_forwarding(), configuration.disabled_rules()
    strange += configuration.not_understood
    both = [_in_doubt(one, page) for one in forwards] + [_in_doubt(one, forwards) for one in page] + off
    return Parsed(tuple(both), tuple(sorted(strange)), read.cut, "" if configuration.whole else _HIDDEN)


def _in_doubt(forward: Forward, others: list[Forward]) -> Forward:
    """In doubt where both ways of forwarding speak of one port: which comes first, no document says."""
    ports = forward.outside
    rivals = [one.outside for one in others if one.protocol in ("tcp", "any")]
    clash = any(ports.first <= one.last and one.first <= ports.last for one in rivals)
    both = "a destination rule and the Port Forwarding page both speak of this port"
    return replace(forward, doubt=both) if clash else forward


def _forwards(lines: list[Line]) -> list[Forward] | None:
    head = _BEGINS.fullmatch(lines[0].text)
    if head is None:
        return None
    if head[3] != "DST":
        return []
    address = _ADDRESS.fullmatch(head[5].strip())
    ports = _PORTS.fullmatch(" ".join(lines[1].text.split())) if len(lines) > 1 else None
    if head[1] or address is None or ports is None or not address[2]:
        return None  # excluded: what it matches is not translated; without a target: not a forward that we know
    known = protocols(ports[1])
    if known == ():
        return []
    outside = [EVERY_PORT] if ports[2] in (None, "ANY") else port_list(ports[2])
    inside: Ports | None = port_range(ports[3]) if ports[3] else None
    host = one_address(address[2])
    source = _source(lines[2:])
    if known is None or outside is None or not host or source is None or (ports[3] and inside is None):
        return None
    where = one_address(address[1])
    return [Forward(known[0], one, host, inside, lines[0].number, where, source) for one in outside]


def _source(lines: list[Line]) -> str | None:
    """Who alone may use the rule; empty for everybody, None where the line is not understood."""
    if not lines:
        return ""
    when = _WHEN.fullmatch(" ".join(lines[0].text.split()))
    if when is None:
        return None
    parts = [f"saddr {when[1]}" if when[1] != "ANY" else "", f"sport {when[2]}" if when[2] != "ANY" else ""]
    return ", ".join(part for part in parts if part)
