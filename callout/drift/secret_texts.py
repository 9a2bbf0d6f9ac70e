"""Pure: secrets as salted hashes, and long texts as hashes: only that they changed can be told, not what they are."""

from __future__ import annotations

import hmac
import re

LONGEST_VALUE = 16 * 1024
# `password=…` and the like, in a line of cron, a setting, a boot command line; what is quoted is one word.
_NAMED = re.compile(
    r"(?i)((?:(?:pass(?:word|phrase)?|secret|token|api[_-]?key)[\"']?[ \t]*[=:]|passwd[ \t]*=)[ \t]*)"
    r"(\"[^\"\n]*\"|'[^'\n]*'|[^\s,;&\"']+)"
)
_IN_ADDRESS = re.compile(r"(://)([^/@\s]+)(?=@)")
_OF_CLIENT = re.compile(r"(\bmysql\w*[ \t](?:[^|;\n]*[ \t])?-p)([^\s-]\S*)")
_WORTH_LOOKING = re.compile(r"(?i)pass|secret|token|api[_-]?key|://[^/\s]*@|mysql")


def salted(salt: bytes, secret: str) -> str:
    """`sha256:` and an HMAC under the system's salt: equal for equal secrets, and nothing to try words against."""
    return "sha256:" + hmac.digest(salt, secret.encode("utf-8", "surrogateescape"), "sha256").hex()


def bounded(salt: bytes, text: str) -> str:
    """The text; one that is longer than a report could bear is its hash."""
    return text if len(text) <= LONGEST_VALUE else salted(salt, text)


def masked(salt: bytes, text: str) -> str:
    """A text of any lines, with whatever is named a password, a token or the like as its hash."""
    if not _WORTH_LOOKING.search(text):
        return text
    for pattern in (_NAMED, _OF_CLIENT, _IN_ADDRESS):
        text = pattern.sub(lambda found: found[1] + salted(salt, found[2]), text)
    return text


def without_secrets(salt: bytes, line: str) -> str:
    """A line, masked and bounded."""
    return bounded(salt, masked(salt, line))
