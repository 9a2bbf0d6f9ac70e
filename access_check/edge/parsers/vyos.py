"""VyOS: the `nat destination` part of `show configuration commands`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from access_check.edge.forwards import EVERY_PORT, Forward, Parsed, Ports
from access_check.edge.parsers.reading import (
    is_address,
    one_address,
    port_list,
    port_range,
    protocols,
    read_lines,
    take_setting,
)

_RULE = re.compile(r"set nat destination rule (\d{1,6})(?: (.{1,600}))?")
_MAY_FORWARD = ("set nat destination", "set nat static", "set load-balancing", "set container")
_KNOWN = frozenset(
    {"destination port", "destination address", "source address", "source port", "protocol", "inbound-interface"}
    | {"inbound-interface name", "inbound-interface group", "translation address", "translation port"}
    | {"description", "disable", "exclude", "log", "log enable"}
)


@dataclass(slots=True)
class _Rule:
    line: int
    values: dict[str, str] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    understood: bool = True


def parse(text: str) -> Parsed:
    """The destination rules by their number, which is the order in which VyOS tries them."""
    read = read_lines(text)
    strange = list(read.too_long)
    rules: dict[int, _Rule] = {}
    for line in read.lines:
        bare = " ".join(line.text.split())
        found = _RULE.fullmatch(bare)
        if found is not None:
            rule = rules.setdefault(int(found[1]), _Rule(line.number))
            rule.lines.append(line.number)
            rule.understood = take_setting(found[2] or "", rule.values, _KNOWN) and rule.understood
        elif not bare.startswith("set ") or bare.startswith(_MAY_FORWARD):
            strange.append(line.number)
    forwards: list[Forward] = []
    for number in sorted(rules):
        one = _forwards(rules[number])
        if one is None:
            strange += rules[number].lines
        else:
            forwards += one
    return Parsed(tuple(forwards), tuple(sorted(set(strange))), read.cut)


def _forwards(rule: _Rule) -> list[Forward] | None:
    values = rule.values
    if not rule.understood:
        return None
    enabled = "disable" not in values
    if "exclude" in values:
        # What an excluded rule matches is not translated at all; a disabled one excludes nothing.
        return None if enabled else []
    known = protocols(values.get("protocol", ""))
    if known == ():
        return []
    outside = port_list(values["destination port"]) if "destination port" in values else [EVERY_PORT]
    inside: Ports | None = port_range(values["translation port"]) if "translation port" in values else None
    host = one_address(values.get("translation address", ""))
    if known is None or outside is None or not host or ("translation port" in values and inside is None):
        return None
    source = ", ".join(f"{name} {values[name]}" for name in ("source address", "source port") if name in values)
    if values.get("source address") in ("0.0.0.0/0", "::/0") and "source port" not in values:
        source = ""
    address = values.get("destination address", "")
    doubt = f"it speaks of destination address {address[:80]} only" if address and not is_address(address) else ""
    doubt = doubt if enabled else ""
    return [
        Forward(known[0], ports, host, inside, rule.line, one_address(address), source, enabled, doubt)
        for ports in outside
    ]
