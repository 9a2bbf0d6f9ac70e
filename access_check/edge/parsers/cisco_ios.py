"""Cisco IOS and IOS XE: `ip nat inside source static …` lines of the running configuration."""

from __future__ import annotations

from access_check.edge.forwards import EVERY_PORT, Forward, Parsed, Ports
from access_check.edge.parsers.reading import is_address, one_address, port_number, read_lines

_STATIC = ("ip", "nat", "inside", "source", "static")
_PLAIN_ENDINGS = frozenset({"extendable", "no-alias", "no-payload", "forced"})
# Other NAT lines make no port reachable from outside: overloads, pools, timeouts, marks of an interface.
_IRRELEVANT = (
    "ip nat inside source list ",
    "ip nat pool ",
    "ip nat translation ",
    "ip nat log ",
    "ip nat service ",
    "!",
    "Building configuration",
    "Current configuration",
)
_NAMED_ENDINGS = frozenset({"vrf", "redundancy", "mapping-id"})


def parse(text: str) -> Parsed:
    """The static translations, in the order of the configuration. IOS has none that are disabled.

    A `route-map` decides who may use the line and stands in `source`; `network` lines are not understood.
    """
    read = read_lines(text)
    forwards: list[Forward] = []
    strange = list(read.too_long)
    for line in read.lines:
        words = line.text.split()
        if words[:5] != [*_STATIC]:
            bare = " ".join(words)
            if not bare.startswith(_IRRELEVANT) and bare not in ("ip nat inside", "ip nat outside", "end"):
                strange.append(line.number)
            continue
        found = _translation(words[5:], line.number)
        if found is None:
            strange.append(line.number)
        elif found.protocol:
            forwards.append(found)
    return Parsed(tuple(forwards), tuple(sorted(strange)), read.cut)


def _translation(words: list[str], number: int) -> Forward | None:
    """One line behind `static`; protocol empty where it has nothing to do with TCP; None if not understood."""
    if not words:
        return None
    if words[0] in ("esp", "gre"):
        return Forward("", EVERY_PORT, "", None, number)
    protocol = "any"
    if words[0] in ("tcp", "udp"):
        protocol, words = words[0], words[1:]
    if not words or not is_address(words[0]):
        return None
    host, words = one_address(words[0]), words[1:]
    inside = outside = None
    if protocol != "any":
        inside = port_number(words[0]) if words else None
        if inside is None:
            return None
        words = words[1:]
    address, words = _outside_address(words)
    if address is None:
        return None
    if protocol != "any":
        outside = port_number(words[0]) if words else None
        if outside is None:
            return None
        words = words[1:]
    source = _endings(words)
    if source is None:
        return None
    taken = EVERY_PORT if outside is None else Ports(outside, outside)
    arriving = None if inside is None else Ports(inside, inside)
    return Forward(protocol, taken, host, arriving, number, address, source)


def _outside_address(words: list[str]) -> tuple[str | None, list[str]]:
    if words[:1] == ["interface"] and len(words) >= 2:
        # `interface GigabitEthernet0/0`, and as some print it `interface Dialer 1`.
        rest = words[3:] if len(words) >= 4 and words[1].isalpha() and port_number(words[3]) else words[2:]
        return "", rest
    if words and is_address(words[0]):
        return one_address(words[0]), words[1:]
    return None, words


def _endings(words: list[str]) -> str | None:
    source = ""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in _PLAIN_ENDINGS:
            continue
        if word in _NAMED_ENDINGS and rest:
            rest.pop(0)
        elif word == "route-map" and rest:
            source = f"route-map {rest.pop(0)}"
        else:
            return None
    return source
