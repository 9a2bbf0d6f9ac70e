"""Cisco ASA: `show nat`, with `show running-config object` for the addresses and services that it only names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from access_check.edge.forwards import EVERY_PORT, Forward, Parsed, Ports
from access_check.edge.parsers.reading import Line, one_address, port_number, port_range, read_lines

_SECTION = re.compile(r"(Manual|Auto) NAT Policies(?: Implicit)? \(Section [0-3]\)")
_HITS = re.compile(r"translate_hits = \d+, untranslate_hits = \d+")
_RULE = re.compile(r"\d{1,6} \(\S{1,80}\) to \(\S{1,80}\) source (static|dynamic) (.{1,600})")
_ENDINGS = frozenset({"extended", "flat", "include-reserve", "net-to-net", "dns", "unidirectional"}) | {
    "no-proxy-arp",
    "route-lookup",
}


@dataclass(slots=True)
class _Objects:
    """What the named objects stand for. A service is its protocol and the port of its source."""

    hosts: dict[str, str] = field(default_factory=dict)
    services: dict[str, tuple[str, Ports]] = field(default_factory=dict)
    name: str = ""
    kind: str = ""


def parse(text: str) -> Parsed:
    """The static rules in the device's order. A rule whose object's address is not in the text is in doubt."""
    read = read_lines(text)
    strange = list(read.too_long)
    objects = _Objects()
    rules: list[Line] = []
    for line in read.lines:
        bare = " ".join(line.text.split())
        if _RULE.fullmatch(bare):
            rules.append(Line(line.number, bare))
        elif not (_SECTION.fullmatch(bare) or _HITS.fullmatch(bare) or _object(bare.split(), objects)):
            strange.append(line.number)
    forwards: list[Forward] = []
    for line in rules:
        found = _forward(line, objects)
        if found is None:
            strange.append(line.number)
        elif found.protocol:
            forwards.append(found)
    return Parsed(tuple(forwards), tuple(sorted(strange)), read.cut)


def _object(words: list[str], objects: _Objects) -> bool:
    """Takes in one line of an object; whether it was one."""
    if words[0] == "object" and len(words) == 3 and words[1] in ("network", "service"):
        objects.kind, objects.name = words[1], words[2]
        return True
    if not objects.kind:
        return False
    if words[0] == "host" and len(words) == 2 and objects.kind == "network":
        objects.hosts[objects.name] = one_address(words[1])
        return True
    if words[0] == "service" and objects.kind == "service" and len(words) >= 2:
        if len(words) == 5 and words[2:4] == ["source", "eq"] and words[1] in ("tcp", "udp"):
            port = port_number(words[4])
            if port is not None:
                objects.services[objects.name] = (words[1], Ports(port, port))
        elif len(words) == 6 and words[2:4] == ["source", "range"] and words[1] in ("tcp", "udp"):
            ports = port_range(f"{words[4]}-{words[5]}")
            if ports is not None:
                objects.services[objects.name] = (words[1], ports)
        return True
    return words[0] in ("subnet", "range", "fqdn", "description", "nat")


def _forward(line: Line, objects: _Objects) -> Forward | None:
    """One rule; protocol empty where it makes nothing reachable, None where it is not understood."""
    rule = _RULE.fullmatch(line.text)
    if rule is None:
        return None
    words = rule[2].split(" description ")[0].split()
    if rule[1] == "dynamic" or "unidirectional" in words:
        return Forward("", EVERY_PORT, "", None, line.number)
    if len(words) < 2:
        return None
    real, mapped, rest = words[0], words[1], words[2:]
    source, enabled = "", True
    service: tuple[str, Ports, Ports | None] | None = ("any", EVERY_PORT, None)
    doubt = ""
    while rest:
        word = rest.pop(0)
        if word == "inactive":
            enabled = False
        elif word == "destination" and len(rest) >= 3 and rest[0] == "static":
            source, rest = ("" if rest[1] == "any" else f"object {rest[1]}"), rest[3:]
        elif word == "service" and len(rest) >= 3 and rest[0] in ("tcp", "udp"):
            service, rest = _numbers(*rest[:3]), rest[3:]
        elif word == "service" and len(rest) >= 2:
            service, rest = _named(rest[0], rest[1], objects), rest[2:]
            doubt = "" if service else "the text does not tell the ports of its service objects"
            service = service or ("any", EVERY_PORT, None)
        elif word not in _ENDINGS and not (word == "ipv6" and mapped == "interface"):
            return None
    if service is None:
        return None
    host = one_address(real) or objects.hosts.get(real, "")
    if not host and not doubt:
        doubt = f"the text does not tell the address of object {real}"
    protocol, outside, inside = service
    address = one_address(mapped) or objects.hosts.get(mapped, "")
    if host and host == address and not source:
        return Forward("", EVERY_PORT, "", None, line.number)  # identity: nothing is translated
    return Forward(protocol, outside, host or real, inside, line.number, address, source, enabled, doubt)


def _numbers(protocol: str, real: str, mapped: str) -> tuple[str, Ports, Ports | None] | None:
    inside, outside = port_range(real), port_range(mapped)
    return None if inside is None or outside is None else (protocol, outside, inside)


def _named(real: str, mapped: str, objects: _Objects) -> tuple[str, Ports, Ports | None] | None:
    """Of a `source static` rule the first service object is the inside one, the second what outside sees."""
    inside, outside = objects.services.get(real), objects.services.get(mapped)
    if inside is None or outside is None or inside[0] != outside[0]:
        return None
    return outside[0], outside[1], inside[1]
