"""EdgeRouter: what `show configuration commands` tells of forwards that `show nat rules` does not print."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from access_check.edge.forwards import EVERY_PORT, Forward
from access_check.edge.parsers.reading import Line, one_address, port_list, port_range, protocols, take_setting

_PAGE = re.compile(r"set port-forward rule (\d{1,6})(?: (.{1,600}))?")
_PAGE_ITSELF = re.compile(r"set port-forward (?:auto-firewall|hairpin-nat|lan-interface|wan-interface) \S{1,80}")
_RULE = re.compile(r"set service nat rule (\d{1,6})(?: (.{1,600}))?")
# Every EdgeRouter has these, printed in this order: where the last one is there, what stands between them was printed.
_ALWAYS_THERE = ("set interfaces ", "set system ")
_OF_THE_PAGE = frozenset({"description", "forward-to address", "forward-to port", "original-port", "protocol"})
_OF_A_RULE = ("type", "disable", "protocol", "destination port", "inside-address address", "inside-address port")


@dataclass(slots=True)
class _Rule:
    line: int
    values: dict[str, str] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    understood: bool = True


@dataclass(slots=True)
class Configuration:
    """Takes in the lines of a configuration one by one.

    `not_understood` are lines that may forward something, complete after `port_forwarding` was asked.
    """

    not_understood: list[int] = field(default_factory=list)
    _page: dict[int, _Rule] = field(default_factory=dict)
    _rules: dict[int, _Rule] = field(default_factory=dict)
    _always_there: set[str] = field(default_factory=set)

    @property
    def whole(self) -> bool:
        """Whether a configuration was in the text, so that what is not in it is not there."""
        return len(self._always_there) == len(_ALWAYS_THERE)

    def takes(self, line: Line) -> bool:
        """Whether the line is one of a configuration."""
        bare = " ".join(line.text.split())
        if not bare.startswith("set "):
            return False
        self._always_there |= {start for start in _ALWAYS_THERE if bare.startswith(start)}
        if page := _PAGE.fullmatch(bare):
            rule = self._page.setdefault(int(page[1]), _Rule(line.number))
            rule.lines.append(line.number)
            rule.understood = take_setting(page[2] or "", rule.values, _OF_THE_PAGE) and rule.understood
        elif found := _RULE.fullmatch(bare):
            # Enabled rules are read from `show nat rules`: here only those that are switched off matter.
            rule = self._rules.setdefault(int(found[1]), _Rule(line.number))
            take_setting(found[2] or "", rule.values, frozenset(_OF_A_RULE))
        elif bare.startswith("set port-forward") and not _PAGE_ITSELF.fullmatch(bare):
            self.not_understood.append(line.number)
        return True

    def port_forwarding(self) -> list[Forward]:
        """What the Port Forwarding page forwards, by its rules' numbers; for every sender."""
        forwards: list[Forward] = []
        for number in sorted(self._page):
            rule = self._page[number]
            found = _of_the_page(rule)
            if found is None:
                self.not_understood += rule.lines
            else:
                forwards += found
        return forwards

    def disabled_rules(self) -> list[Forward]:
        """Destination rules that are switched off; one that is not understood forwards nothing either way."""
        forwards: list[Forward] = []
        for number in sorted(self._rules):
            rule = self._rules[number]
            if "disable" not in rule.values or rule.values.get("type") != "destination":
                continue
            known = protocols(rule.values.get("protocol", ""))
            outside = port_list(rule.values["destination port"]) if "destination port" in rule.values else None
            inside = port_range(rule.values.get("inside-address port", ""))
            host = one_address(rule.values.get("inside-address address", ""))
            if known and outside and host:
                forwards += [Forward(known[0], one, host, inside, rule.line, enabled=False) for one in outside]
        return forwards


def _of_the_page(rule: _Rule) -> list[Forward] | None:
    values = rule.values
    known = protocols(values.get("protocol", ""))
    if known == () and rule.understood:
        return []
    outside = port_list(values["original-port"]) if "original-port" in values else [EVERY_PORT]
    inside = port_range(values["forward-to port"]) if "forward-to port" in values else None
    host = one_address(values.get("forward-to address", ""))
    wrong = not rule.understood or not known or not outside or not host
    if wrong or known is None or outside is None or ("forward-to port" in values and inside is None):
        return None
    return [Forward(known[0], one, host, inside, rule.line) for one in outside]
