"""Where a bridge leads: https, or plain http on this machine only. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from callout.errors import BadInput

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Place:
    """`path` is what stands before the paths of the API, without a slash at its end."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As a Host header has it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


def place_of(url: str, key: str) -> Place:
    """The place behind a bridge's url; `key` is where it was written, for complaints.

    Raises BadInput for http to another machine (the token would pass in the clear), and for what is no such url.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise BadInput(f"{key}: it is no address of a ticket system.", "Write it like https://rt.example.org")
    host = parts.hostname
    if parts.scheme == "http" and not _is_this_machine(host):
        raise BadInput(
            f"{key}: {host[:100]} is asked by https only, since the token would pass in the clear.", "Write https://…"
        )
    return Place(parts.scheme, host, port or _PORTS[parts.scheme], parts.path.rstrip("/"))


def _is_this_machine(host: str) -> bool:
    """By its number: what a name leads to is not for us to say, but for `localhost`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
