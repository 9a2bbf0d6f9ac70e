"""Pure: one needed port → the rule that forwards it, in the device's own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from access_check.edge.devices import Kind

_EDGEOS_LAST_DESTINATION_RULE = 4999


@dataclass(frozen=True, slots=True)
class Rule:
    """What must be forwarded. `public_address` is empty where only a name is on file."""

    port: int
    inside_host: str
    inside_port: int
    public_address: str = ""


def rule_lines(kind: Kind, rule: Rule) -> list[str]:
    """The lines to type, or the fields to fill in. Words in capitals stand for names that only the owner knows."""
    return _LINES[kind](rule)


def _mikrotik(rule: Rule) -> list[str]:
    where = f"dst-address={rule.public_address}" if rule.public_address else "in-interface-list=WAN"
    match = f"chain=dstnat protocol=tcp {where} dst-port={rule.port}"
    to = f"action=dst-nat to-addresses={rule.inside_host} to-ports={rule.inside_port}"
    return [f"/ip firewall nat add {match} {to}"]


def _ios(rule: Rule) -> list[str]:
    outside = rule.public_address or "interface OUTSIDE-INTERFACE"
    ending = " extendable" if rule.public_address else ""
    return [f"ip nat inside source static tcp {rule.inside_host} {rule.inside_port} {outside} {rule.port}{ending}"]


def _asa(rule: Rule) -> list[str]:
    return [
        f"object network PBX-TCP-{rule.port}",
        f"host {rule.inside_host}",
        f"nat (inside,outside) static interface service tcp {rule.inside_port} {rule.port}",
        f"access-list OUTSIDE-IN extended permit tcp any host {rule.inside_host} eq {rule.inside_port}",
    ]


def _fortigate(rule: Rule) -> list[str]:
    name = f'"PBX-TCP-{rule.port}"'
    return [
        "config firewall vip",
        f"edit {name}",
        f"set extip {rule.public_address or 'OUTSIDE-ADDRESS'}",
        'set extintf "OUTSIDE-INTERFACE"',
        "set portforward enable",
        f'set mappedip "{rule.inside_host}"',
        f"set extport {rule.port}",
        f"set mappedport {rule.inside_port}",
        "next",
        "end",
        "config firewall policy",
        "edit 0",
        f"set name {name}",
        'set srcintf "OUTSIDE-INTERFACE"',
        'set dstintf "INSIDE-INTERFACE"',
        'set srcaddr "all"',
        f"set dstaddr {name}",
        "set action accept",
        'set schedule "always"',
        'set service "ALL"',
        "next",
        "end",
    ]


def _vyos(rule: Rule) -> list[str]:
    begin = f"set nat destination rule {rule.port}"
    return [
        f"{begin} inbound-interface name OUTSIDE-INTERFACE",
        f"{begin} protocol tcp",
        f"{begin} destination port {rule.port}",
        f"{begin} translation address {rule.inside_host}",
        f"{begin} translation port {rule.inside_port}",
    ]


def _edgerouter(rule: Rule) -> list[str]:
    number = rule.port if rule.port <= _EDGEOS_LAST_DESTINATION_RULE else 4000 + rule.port % 1000
    begin = f"set service nat rule {number}"
    return [
        f"{begin} type destination",
        f"{begin} inbound-interface OUTSIDE-INTERFACE",
        f"{begin} protocol tcp",
        f"{begin} destination port {rule.port}",
        f"{begin} inside-address address {rule.inside_host}",
        f"{begin} inside-address port {rule.inside_port}",
    ]


def _pf(rule: Rule) -> list[str]:
    return [
        "Firewall > NAT > Port Forward > Add",
        "Interface: WAN",
        "Protocol: TCP",
        f"Destination: {rule.public_address or 'WAN address'}",
        f"Destination port range: {rule.port} to {rule.port}",
        f"Redirect target IP: {rule.inside_host}",
        f"Redirect target port: {rule.inside_port}",
        "Filter rule association: add associated filter rule",
    ]


_LINES: dict[Kind, Callable[[Rule], list[str]]] = {
    "mikrotik": _mikrotik,
    "cisco-ios": _ios,
    "cisco-xe": _ios,
    "cisco-asa": _asa,
    "fortigate": _fortigate,
    "vyos": _vyos,
    "edgerouter": _edgerouter,
    "pfsense": _pf,
    "opnsense": _pf,
}
