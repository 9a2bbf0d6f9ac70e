"""Routers that can be read: how each is spoken to, and the exact commands; nothing else can be sent to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from access_check.edge.forwards import Parsed
from access_check.edge.parsers import cisco_asa, cisco_ios, edgerouter, fortigate, mikrotik, pf, vyos

Kind = Literal[
    "mikrotik", "cisco-ios", "cisco-xe", "cisco-asa", "fortigate", "vyos", "edgerouter", "pfsense", "opnsense"
]


@dataclass(frozen=True, slots=True)
class Device:
    """One kind of router. `netmiko_type` is empty where the commands are run without a terminal.

    `preparation` are commands of the session alone, that leave nothing behind on the device; `commands` are
    the ones whose output `parse` reads, joined in that order. `prompt` is matched against the end of what
    came. `login_suffix` goes behind the user's name.
    """

    name: str
    netmiko_type: str
    commands: tuple[str, ...]
    parse: Callable[[str], Parsed]
    prompt: str = ""
    preparation: tuple[str, ...] = ()
    login_suffix: str = ""


_CISCO = r"(?:^|\n)[\w.()/:-]{1,80}[>#] ?$"
_FORTIGATE = r"(?:^|\n)[\w.-]{1,80}(?: \([\w.-]{1,40}\))? [#$] ?$"
_VYATTA = r"(?:^|\n)[\w.-]{1,40}@[\w.-]{1,80}:[^\n]{1,40}[$#] ?$"
_MIKROTIK = r"(?:^|\n)\[[^\]\n]{1,80}\] [^\n]{0,40}> ?$"
_IOS_COMMAND = "show running-config | include ip nat inside source static"

DEVICES: dict[Kind, Device] = {
    "mikrotik": Device(
        "MikroTik router",
        "mikrotik_routeros",
        ("/ip firewall nat print all without-paging",),
        mikrotik.parse,
        _MIKROTIK,
        # No colours, no detection of the terminal, 511 columns, 4098 rows: asked for in the user's name.
        login_suffix="+ct511w4098h",
    ),
    "cisco-ios": Device(
        "Cisco IOS router", "cisco_ios", (_IOS_COMMAND,), cisco_ios.parse, _CISCO, ("terminal length 0",)
    ),
    "cisco-xe": Device(
        "Cisco IOS XE router", "cisco_xe", (_IOS_COMMAND,), cisco_ios.parse, _CISCO, ("terminal length 0",)
    ),
    "cisco-asa": Device(
        "Cisco ASA",
        "cisco_asa",
        ("show nat", "show running-config object"),
        cisco_asa.parse,
        _CISCO,
        ("terminal pager 0",),
    ),
    # FortiOS has no paging that ends with the session; its pager is answered with a space instead.
    "fortigate": Device(
        "FortiGate", "fortinet", ("show firewall vip", "show firewall policy"), fortigate.parse, _FORTIGATE
    ),
    "vyos": Device("VyOS router", "vyos", ("show configuration commands | no-more",), vyos.parse, _VYATTA),
    "edgerouter": Device(
        "EdgeRouter",
        "ubiquiti_edgerouter",
        # The second one for the Port Forwarding page and for disabled rules, which the first one does not print.
        ("show nat rules | no-more", "show configuration commands | no-more"),
        edgerouter.parse,
        _VYATTA,
    ),
    "pfsense": Device("pfSense", "", ("pfctl -sn",), pf.parse),
    "opnsense": Device("OPNsense", "", ("pfctl -sn",), pf.parse),
}
