"""Pure: secrets as salted hashes, and long texts as hashes: only that they changed can be told, not what they are."""

from __future__ import annotations

import hmac
import re

LONGEST_VALUE = 16 * 1024
# `password=…` and the like in a line of cron, a boot command line, a repository's address.
_NAMED = re.compile(
    r"(?i)((?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key)\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&]+)"
)
_IN_ADDRESS = re.compile(r"(://)([^/@\s]+)(@)")
_OPTION = re.compile(r"(\s(?:--password|-p)(?==?\S)=?)(\S+)")


def salted(salt: bytes, secret: str) -> str:
    """`sha256:` and an HMAC under the system's salt: equal for equal secrets, and nothing to try words against."""
    return "sha256:" + hmac.digest(salt, secret.encode("utf-8", "surrogateescape"), "sha256").hex()


def bounded(salt: bytes, text: str) -> str:
    """The text; one that is longer than a report could bear is its hash."""
    return text if len(text) <= LONGEST_VALUE else salted(salt, text)


def without_secrets(salt: bytes, line: str) -> str:
    """A line, with what is named a password, a token or the like as its hash; bounded."""
    for pattern in (_NAMED, _OPTION):
        line = pattern.sub(lambda found: found[1] + salted(salt, found[2]), line)
    line = _IN_ADDRESS.sub(lambda found: found[1] + salted(salt, found[2]) + found[3], line)
    return bounded(salt, line)
