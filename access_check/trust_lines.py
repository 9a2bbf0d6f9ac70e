"""Pure: which lines of a known_hosts file speak for a host and port, as OpenSSH reads them (hostfile.c, match.c).

For whoever has to change such a file and therefore needs the lines, not only the keys. The answers are held
against `ssh-keygen -F` by generated cases.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass

from access_check.trust import KeyOnFile

_MARKERS = (b"@revoked", b"@cert-authority")
_SALT_BYTES = 20
LONGEST_PATTERN = 1023
_BLANKS = b" \t"


@dataclass(frozen=True, slots=True)
class HostLine:
    """One line with a key. `number` counts from 1; `hosts` is the field with names, patterns or a hash.

    `before` and `after` are what stands around that field, line end included, so that
    `before + hosts + after` is the line byte for byte.
    """

    number: int
    before: bytes
    hosts: bytes
    after: bytes
    key: KeyOnFile


def lines_with_keys(content: bytes) -> Iterator[HostLine]:
    """Every line that OpenSSH would take a key from, in order; comments, blanks and broken lines are left out."""
    for number, line in enumerate(content.split(b"\n"), start=1):
        found = _parsed(number, line)
        if found is not None:
            yield found


def lines_for(content: bytes, name: str) -> list[HostLine]:
    """The lines that speak for `name` (see `known_hosts_name`), in the file's order."""
    return [line for line in lines_with_keys(content) if speaks_for(line.hosts, name)]


def speaks_for(hosts: bytes, name: str) -> bool:
    """Whether a host field means `name`: a hash of it, or a list in which a pattern fits and no `!pattern` does."""
    wanted = name.lower().encode()
    if hosts.startswith(b"|"):
        return _is_hash_of(hosts, wanted)
    fits = False
    for raw in hosts.lower().split(b","):
        negated, pattern = raw.startswith(b"!"), raw.removeprefix(b"!")
        if len(pattern) > LONGEST_PATTERN:
            return False
        if _fits(pattern, wanted):
            if negated:
                return False
            fits = True
    return fits


def silenced_for(hosts: bytes, name: str) -> bytes:
    """The field that no longer means `name` and means all others that it meant; empty where nobody is left.

    A name that is listed is taken out; where a pattern still fits, `!name` is added.
    """
    wanted = name.lower().encode()
    if hosts.startswith(b"|"):
        return b""
    left = [pattern for pattern in hosts.split(b",") if pattern.lower() != wanted]
    if not any(pattern and not pattern.startswith(b"!") for pattern in left):
        return b""
    rest = b",".join(left)
    return rest + b",!" + wanted if speaks_for(rest, name) else rest


def _parsed(number: int, line: bytes) -> HostLine | None:
    readable = line.split(b"\0", 1)[0]
    start = len(readable) - len(readable.lstrip(_BLANKS))
    if readable[start : start + 1] in (b"", b"#"):
        return None
    marker = b""
    if readable[start : start + 1] == b"@":
        end = readable.find(b" ", start)
        end = end if end >= 0 else readable.find(b"\t", start)
        marker = readable[start:end] if end >= 0 else b""
        if marker not in _MARKERS:
            return None
        start = end + len(readable[end:]) - len(readable[end:].lstrip(_BLANKS))
        if readable[start : start + 1] == b"@":
            return None
    end = start + len(re.split(rb"[ \t]", readable[start:], maxsplit=1)[0])
    words = re.split(rb"[ \t]+", readable[end:].strip(b" \t\r"))
    key = _key(marker.decode(), *words[:2]) if len(words) >= 2 else None
    return None if key is None else HostLine(number, line[:start], line[start:end], line[end:], key)


def _key(marker: str, kind: bytes, encoded: bytes) -> KeyOnFile | None:
    try:
        return KeyOnFile(marker, kind.decode(), base64.b64decode(encoded, validate=True))
    except (binascii.Error, UnicodeDecodeError):
        return None


def _is_hash_of(field: bytes, name: bytes) -> bool:
    """`|1|salt|HMAC-SHA1(salt, name)`, both in base64."""
    words = field.split(b"|")
    if len(words) != 4 or words[1] != b"1":
        return False
    try:
        salt = base64.b64decode(words[2], validate=True)
    except binascii.Error:
        return False
    made = base64.b64encode(hmac.new(salt, name, hashlib.sha1).digest())
    return len(salt) == _SALT_BYTES and hmac.compare_digest(made, words[3])


def _fits(pattern: bytes, name: bytes) -> bool:
    """`*` is any run, `?` any one character; every other character is itself."""
    place = text = 0
    star, resume = -1, 0
    while text < len(name):
        if place < len(pattern) and pattern[place : place + 1] == b"*":
            star, resume = place, text
            place += 1
        elif place < len(pattern) and pattern[place : place + 1] in (b"?", name[text : text + 1]):
            place, text = place + 1, text + 1
        elif star >= 0:
            resume += 1
            place, text = star + 1, resume
        else:
            return False
    return not pattern[place:].strip(b"*")
