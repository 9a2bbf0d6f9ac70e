"""Pure: when a system was last open, and whether its silence now reads as a ban of our address.

Source: "was open, now every port times out, only from us" reads as a ban, not as an outage. It is no proof: we
see one address's side only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from access_check.findings import Finding, Move, Status
from access_check.observations import Observations, Reach
from access_check.requirements import PRODUCT_NAMES, tcp_ports
from access_check.targets import Target

# After a quarter of a year a system may have moved, and its silence says nothing of us any more.
COUNTS_FOR = dt.timedelta(days=92)


@dataclass(frozen=True, slots=True)
class LastSeen:
    """When (aware) a system was last open to us, and the TCP ports that were, ascending."""

    at: dt.datetime
    ports: tuple[int, ...]


def last_seen(looks: Iterable[tuple[dt.datetime, Sequence[Finding]]], now: dt.datetime) -> LastSeen | None:
    """The first of `looks` (newest first, times aware) in which a port was open; None where none was lately."""
    for at, findings in looks:
        ports = (finding.check.removeprefix("tcp@") for finding in findings if finding.code == "open")
        opened = tuple(sorted(int(port) for port in ports if port.isdecimal() and len(port) < 6))
        if opened:
            return LastSeen(at, opened) if dt.timedelta(0) <= now - at <= COUNTS_FOR else None
    return None


def banned(target: Target, seen: Observations, before: LastSeen | None) -> Finding | None:
    """What to say in place of the first silent port's finding; None where silence does not read as a ban.

    It does where every port that must be open was knocked at and timed out, and one of them was open before.
    """
    wanted = tcp_ports(target)
    knocked = [seen.tcp.get(port) for port in wanted]
    if before is None or not all(port is not None and port.reach is Reach.TIMEOUT for port in knocked):
        return None
    were_open = [port for port in before.ports if port in wanted]
    if not were_open:
        return None
    moment = before.at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    product = PRODUCT_NAMES[target.product]
    said = f"No port of {target.address} answers us, and on {moment} {_ports(were_open)}. "
    said += "This reads as a ban of our address rather than as an outage; from here we cannot prove it."
    remedy = f"Please look whether our address is blocked on the {product} system (fail2ban, sipPROT, firewall) and "
    remedy += f"unblock it: since {moment} no port of {target.address} answers us any more. If it is not blocked, "
    remedy += "please check that the system is up."
    evidence = {"reach": str(Reach.TIMEOUT), "last_open": moment, "ports": were_open}
    return Finding("", Status.FAIL, "banned", said, Move.CUSTOMER, remedy, evidence)


def _ports(ports: Sequence[int]) -> str:
    listed = " and ".join([*([", ".join(str(port) for port in ports[:-1])] if len(ports) > 1 else []), str(ports[-1])])
    return f"port{'s' if len(ports) > 1 else ''} {listed} {'were' if len(ports) > 1 else 'was'} open"
