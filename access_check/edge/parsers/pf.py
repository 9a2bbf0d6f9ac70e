"""pfSense and OPNsense: what `pfctl -sn` prints. Rules that are switched off are not loaded, and so not in it."""

from __future__ import annotations

from access_check.edge.forwards import EVERY_PORT, LAST_PORT, Forward, Parsed, Ports
from access_check.edge.parsers.reading import one_address, port_number, port_range, protocols, read_lines

# Anchors that both systems always load; what stands in them comes and goes with proxies, and is none of ours.
_USUAL_ANCHORS = ('"tftp-proxy/*"', '"natearly/*"', '"natrules/*"', '"miniupnpd"', '"ftp-proxy/*"')


def parse(text: str) -> Parsed:
    """The redirections (`rdr`, `binat`), in the order in which pf looks at them: the first that fits decides."""
    read = read_lines(text)
    forwards: list[Forward] = []
    strange = list(read.too_long)
    for line in read.lines:
        words = line.text.split()
        kind = words[0]
        if kind in ("nat", "nat-anchor", "binat-anchor") or words[:2] in (["no", "nat"], ["no", "binat"]):
            continue
        if words[:2] == ["no", "rdr"] and protocols(_after("proto", words)) == ():
            continue
        if kind == "rdr-anchor" and len(words) > 1 and words[1] in _USUAL_ANCHORS:
            continue
        found = _rule(words, line.number) if kind in ("rdr", "binat") else None
        if found is None:
            strange.append(line.number)
        else:
            forwards += [found] if found.protocol else []
    return Parsed(tuple(forwards), tuple(sorted(strange)), read.cut)


def _after(word: str, words: list[str]) -> str:
    """The word behind `word`; empty where it is not there."""
    return words[words.index(word) + 1] if word in words[:-1] else ""


def _rule(words: list[str], number: int) -> Forward | None:
    if "->" not in words or "from" not in words or "to" not in words:
        return None
    arrow = words.index("->")
    start = words.index("from")
    middle = words.index("to")
    if not start < middle < arrow:
        return None
    protocol = _protocol(words[1:start])
    if protocol is None:
        return None
    source, destination, target = words[start + 1 : middle], words[middle + 1 : arrow], words[arrow + 1 :]
    if words[0] == "binat":
        return _one_to_one(protocol, source, destination, target, number)
    outside_address, outside = _address_and_ports(destination)
    host = one_address(target[0]) if target else ""
    if outside is None or not host:
        return None
    inside = _inside(target[1:], outside)
    if inside is None:
        return None
    who = "" if source == ["any"] else " ".join(source)
    arriving = None if target[1:2] != ["port"] else inside
    return Forward(protocol, outside, host, arriving, number, outside_address, who)


def _protocol(words: list[str]) -> str | None:
    """`tcp`, `udp`, `any`; empty for one without TCP, None where a word is not understood."""
    protocol = ""
    rest = [word for word in words if word not in ("pass", "log", "inet", "inet6", "quick")]
    while rest:
        word = rest.pop(0)
        if word == "on" and rest:
            rest.pop(0)
        elif word == "proto" and rest:
            protocol = rest.pop(0)
        else:
            return None
    known = protocols(protocol)
    if known is None:
        return None
    return known[0] if known else ""


def _one_to_one(
    protocol: str, inside: list[str], destination: list[str], outside: list[str], number: int
) -> Forward | None:
    if len(inside) != 1 or len(outside) != 1 or not one_address(inside[0]):
        return None
    who = "" if destination == ["any"] else " ".join(destination)
    return Forward(protocol, EVERY_PORT, one_address(inside[0]), None, number, one_address(outside[0]), who)


def _address_and_ports(words: list[str]) -> tuple[str, Ports | None]:
    """The address (empty: any, an interface or a table) and the ports; None for ports that are not understood."""
    if not words or words[0] == "!":
        return "", None
    address = one_address(words[0])
    rest = words[1:]
    if not rest:
        return address, EVERY_PORT
    if rest[0] != "port":
        return address, None
    if len(rest) == 3 and rest[1] == "=":
        return address, port_range(rest[2])
    return address, port_range(rest[1], ":") if len(rest) == 2 else None


def _inside(words: list[str], outside: Ports) -> Ports | None:
    if not words:
        return outside
    if words[0] != "port" or len(words) != 2:
        # `round-robin` and the like: several hosts take turns.
        return None
    first, star, rest = words[1].partition(":")
    if star and rest == "*":
        begins = port_number(first)
        ends = (begins or 0) + outside.last - outside.first
        return Ports(begins, ends) if begins is not None and ends <= LAST_PORT else None
    return port_range(words[1], ":")
