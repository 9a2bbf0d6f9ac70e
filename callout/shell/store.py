"""Pure: how Borg reaches a store at an `ssh://` address: strictly by our own trust store, and without a question."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import urlsplit

from callout.errors import BadInput
from callout.shell.options import as_path

SCHEME = "ssh://"
CONNECT_TIMEOUT_S = 15


def is_remote(location: str) -> bool:
    """True for an address that Borg itself reaches, False for a folder."""
    return location.startswith(SCHEME)


def remote_shell(location: str, known_hosts: Path) -> str:
    """The command (BORG_RSH, quoted as a shell would) that reaches the store's host; empty for a folder.

    An unknown or changed host key is refused, whatever the engineer's own known_hosts says; nobody is asked for
    anything, and the store's host gets no agent. Raises BadInput for an address that is none.
    """
    if not is_remote(location):
        return ""
    host, port = _host_and_port(location)
    options = {
        "BatchMode": "yes",
        "UserKnownHostsFile": as_path(known_hosts),
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "UpdateHostKeys": "no",
        # Without an alias a key on file for the address without its port would do.
        "HostKeyAlias": host if port == 22 else f"[{host}]:{port}",
        "ConnectTimeout": str(CONNECT_TIMEOUT_S),
        "ServerAliveInterval": "10",
        "ServerAliveCountMax": "3",
        "ForwardAgent": "no",
        "ForwardX11": "no",
        "PermitLocalCommand": "no",
        "ControlMaster": "no",
        "ControlPath": "none",
    }
    words = ["ssh", "-T", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
    return shlex.join(words)


def _host_and_port(location: str) -> tuple[str, int]:
    try:
        parts = urlsplit(location)
        host, port = parts.hostname or "", parts.port or 22
    except ValueError:
        host, port = "", 0
    if not host or host.startswith("-") or parts.password is not None:
        raise BadInput(
            "callout_policy.backups.root is no address that a store can be at.",
            "Write it like ssh://user@host:22/folder, without a password; ssh logs in by key.",
        )
    return host, port
