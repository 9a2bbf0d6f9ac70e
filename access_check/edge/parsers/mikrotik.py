"""MikroTik RouterOS: `/ip firewall nat print all without-paging`, custom chains and `dst-address-type` included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from access_check.edge.forwards import EVERY_PORT, Forward, Parsed, Ports
from access_check.edge.parsers.reading import Line, one_address, port_list, port_range, protocols, read_lines

_BEGINS = re.compile(r"\s{0,8}(\d{1,6})(?:\s+([XIDxid]{1,3}))?(?:\s+(.*))?$")
_WORD = re.compile(r'([a-z][a-z0-9-]*)=("(?:[^"\\]|\\.)*"|\S*)(?:\s+|$)')
_LEGEND = re.compile(r"(Flags|Columns): .*", re.IGNORECASE)
_JUMPS = 8
# Words that do not narrow who comes in on a port, or that only say where from the outside it comes in.
_HARMLESS = frozenset(
    {"chain", "action", "to-addresses", "to-ports", "protocol", "dst-port", "dst-address", "log", "log-prefix"}
    | {"in-interface", "in-interface-list", "dst-address-type", "comment", "jump-target", "disabled"}
)
_FORWARDS_NOTHING = ("jump", "masquerade", "src-nat", "log", "passthrough", "add-src-to-address-list")
_LEADS = {"dst-nat": "", "netmap": "", "redirect": "the router itself"}
# They end the search for what they match: what stands behind them may not count.
_ENDS = {"accept": "nowhere", "return": "nowhere"}
_SOURCES = ("src-address", "src-address-list", "src-mac-address")


@dataclass(frozen=True, slots=True)
class _Rule:
    words: Mapping[str, str]
    enabled: bool
    line: int


@dataclass(frozen=True, slots=True)
class _Way:
    """How packets come into a chain: always, or through a jump with matchers of its own."""

    enabled: bool
    words: Mapping[str, str]


def parse(text: str) -> Parsed:
    """The dst-nat rules in the router's order; one Forward per range of ports.

    A rule in a custom chain counts as far as an enabled jump leads there, with the jump's own conditions.
    """
    read = read_lines(text)
    strange = list(read.too_long)
    rules = []
    for lines in _items(list(read.lines), strange):
        rule = _rule(lines)
        if rule is None:
            strange += [line.number for line in lines]
        else:
            rules.append(rule)
    ways = _ways(rules)
    forwards: list[Forward] = []
    for rule in rules:
        found = _forwards(rule, ways)
        if found is None:
            strange.append(rule.line)
        else:
            forwards += found
    return Parsed(tuple(forwards), tuple(sorted(set(strange))), read.cut)


def _items(lines: list[Line], strange: list[int]) -> list[list[Line]]:
    items: list[list[Line]] = []
    for line in lines:
        if _LEGEND.fullmatch(line.text.strip()):
            continue
        if _BEGINS.match(line.text):
            items.append([line])
        elif items and line.text[:1].isspace() and len(items[-1]) < 16:
            items[-1].append(line)
        elif not items and re.fullmatch(r"\s*[XID] - .{1,80}", line.text):
            continue
        else:
            strange.append(line.number)
    return items


def _rule(lines: list[Line]) -> _Rule | None:
    begins = _BEGINS.match(lines[0].text)
    if begins is None:
        return None
    flags, rest = (begins[2] or "").upper(), begins[3] or ""
    # A comment stands behind `;;;` up to the end of its line; the words begin on the next one.
    parts = [part.strip() for part in [rest, *(line.text for line in lines[1:])]]
    body = " ".join(part for part in parts if part and not part.startswith(";;;"))
    words: dict[str, str] = {}
    place = 0
    while place < len(body):
        word = _WORD.match(body, place)
        if word is None:
            return None
        words[word[1]] = word[2].strip('"')
        place = word.end()
    if "chain" not in words or "action" not in words:
        return None
    off = "X" in flags or "I" in flags or words.get("disabled") == "yes"
    return _Rule(words, not off, lines[0].number)


def _ways(rules: list[_Rule]) -> dict[str, list[_Way]]:
    """Every chain that packets from outside can come into, and how; jumps are followed eight deep."""
    ways: dict[str, list[_Way]] = {"dstnat": [_Way(True, {})]}
    jumps = [rule for rule in rules if rule.words["action"] == "jump"][:256]
    for _ in range(_JUMPS):
        known = {chain: list(several) for chain, several in ways.items()}
        for jump in jumps:
            target = jump.words.get("jump-target", "")
            if target == "dstnat" or target in known:
                continue
            for way in known.get(jump.words["chain"], [])[:4]:
                both = {**way.words, **_matchers(jump.words)}
                ways.setdefault(target, []).append(_Way(way.enabled and jump.enabled, both))
    return ways


def _matchers(words: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in words.items() if name not in ("chain", "action", "jump-target", "comment")}


def _forwards(rule: _Rule, ways: Mapping[str, list[_Way]]) -> list[Forward] | None:
    """The rule's forwards, one per range and way; None where it is not understood."""
    words, action = rule.words, rule.words["action"]
    if words["chain"] == "srcnat" or action in _FORWARDS_NOTHING:
        return []
    if action not in (*_LEADS, *_ENDS):
        return [] if not rule.enabled or words["chain"] not in ways else None
    if action in _ENDS and not (rule.enabled and any(way.enabled for way in ways.get(words["chain"], []))):
        return []
    several = [way for way in ways.get(words["chain"], []) if way.enabled] or [_Way(False, {})]
    found: list[Forward] = []
    for way in several[:4]:
        one = _through(rule, {**way.words, **words}, rule.enabled and way.enabled, way)
        if one is None:
            return None
        found += one
    return found


def _through(rule: _Rule, words: Mapping[str, str], enabled: bool, way: _Way) -> list[Forward] | None:
    known = protocols(words.get("protocol", ""))
    if known == ():
        return []
    outside = port_list(words["dst-port"]) if "dst-port" in words else [EVERY_PORT]
    own = way.words.get("dst-port")
    narrowed = port_list(own) if own is not None and "dst-port" in rule.words else [EVERY_PORT]
    action = words["action"]
    host = _LEADS.get(action) or _ENDS.get(action) or one_address(words.get("to-addresses", ""))
    inside: Ports | None = port_range(words["to-ports"]) if words.get("to-ports") else None
    unread = set(words) - _HARMLESS - {*_SOURCES}
    if known is None or outside is None or narrowed is None or not host or (words.get("to-ports") and inside is None):
        return None
    both = [ports for ports in outside if any(ports.first in wide and ports.last in wide for wide in narrowed)]
    if (len(both) < len(outside) and own is not None) or words.get("dst-address-type", "local") != "local":
        return None
    source = ", ".join(f"{name}={words[name]}" for name in _SOURCES if words.get(name))
    doubt = f"it also asks for {', '.join(sorted(unread))[:200]}" if unread else ""
    if action in _ENDS:
        doubt = f"action={action} takes the port out of what follows"
    address = one_address(words.get("dst-address", ""))
    return [
        Forward(known[0], ports, host, inside, rule.line, address, source, enabled, doubt if enabled else "")
        for ports in both
    ]
