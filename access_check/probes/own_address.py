"""From which of our addresses a system is looked at. Sends nothing."""

from __future__ import annotations

import socket


def own_address(address: str, port: int) -> str:
    """Our address on the way to the literal `address`, as this machine knows it; empty where there is no way.

    Behind a router of ours it is not the address that the other side sees.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as unsent:
            unsent.connect((address, port))
            found: str = unsent.getsockname()[0]
            return found
    except OSError:
        return ""  # no way there: the walk says so in its own words
