"""Pure: what no report may show of a backup's contents, by the profile's rule and by what it looks like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from callout.inventory.models import System
from callout.inventory.operation import shipped_scope

# A file may hold a password though no rule names it: of such a line only the name is shown.
ASSIGNMENT = re.compile(
    r"(?<![\w.\"'-])(?P<name>[\w.\"'-]*(?:pass|pwd|secret|token|api_?key|credential|private_?key)[\w.\"'-]*"
    r"(?:\s*(?:=>?|[:|>,])\s*|\s+))"
    r"(?P<value>\S.*)",
    re.IGNORECASE,
)
IN_ADDRESS = re.compile(
    r"(?<![a-z0-9+.-])(?P<name>[a-z][a-z0-9+.-]*://[^\s:/@]*:)(?P<value>[^\s/@]+)(?=@)", re.IGNORECASE
)
KEY_BLOCK = b"PRIVATE KEY-----"
NOT_SHOWN = "(not shown)"


def secret_patterns(system: System) -> tuple[str, ...]:
    """The profile's patterns, the system's and the customer's: none of them takes another's away."""
    backup, customer = system.operation.backup, system.customer.backup
    lists = (
        shipped_scope(system.product).secret_files,
        backup.secret_files,
        backup.also.secret_files,
        customer.also.secret_files,
    )
    return tuple(dict.fromkeys(pattern for patterns in lists for pattern in patterns))


def is_secret_path(path: str, patterns: Sequence[str]) -> bool:
    """True for a path (as on the system) that a pattern names; `*` is anything, also `/`."""
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def holds_a_key(content: bytes) -> bool:
    """True for a private key in PEM or OpenSSH form, wherever it stands."""
    return KEY_BLOCK in content


def redacted(line: str) -> str:
    """The line without the value of anything that is called a password, secret, token or key."""
    for pattern in (ASSIGNMENT, IN_ADDRESS):
        line = pattern.sub(lambda found: found["name"] + NOT_SHOWN, line)
    return line
