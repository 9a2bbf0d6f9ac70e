"""Pure: a known_hosts file read once, then asked for many names. Its answers are those of `trust_lines.lines_for`."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections import defaultdict

from access_check.trust import KeyOnFile
from access_check.trust_lines import LONGEST_PATTERN, HostLine, lines_with_keys, speaks_for

_NO_PLAIN_NAME = frozenset(b"*?!")
_SHA1_BYTES = 20


class TrustIndex:
    """The keys of one known_hosts file, by the names that they speak for.

    Plain names are looked up at once; patterns and hashed names have to be tried one by one, a hashed one at
    the price of one HMAC-SHA1 (some 2 µs).
    """

    def __init__(self, content: bytes) -> None:
        self._plain: dict[bytes, list[HostLine]] = defaultdict(list)
        self._patterns: list[HostLine] = []
        self._hashed: list[tuple[bytes, bytes, HostLine]] = []
        for line in lines_with_keys(content):
            self._take_in(line)

    def keys_for(self, name: str) -> list[KeyOnFile]:
        """The keys that speak for `name` (see `known_hosts_name`), in the file's order."""
        wanted = name.lower().encode()
        found = list(self._plain.get(wanted, ()))
        found += [line for line in self._patterns if speaks_for(line.hosts, name)]
        found += [line for salt, digest, line in self._hashed if digest == hmac.digest(salt, wanted, "sha1")]
        return [line.key for line in sorted(found, key=lambda line: line.number)]

    def _take_in(self, line: HostLine) -> None:
        if line.hosts.startswith(b"|"):
            if (hashed := _salt_and_digest(line.hosts)) is not None:
                self._hashed.append((*hashed, line))
            return
        names = line.hosts.lower().split(b",")
        if _NO_PLAIN_NAME.isdisjoint(line.hosts) and all(len(name) <= LONGEST_PATTERN for name in names):
            for name in dict.fromkeys(names):
                self._plain[name].append(line)
        else:
            self._patterns.append(line)


def _salt_and_digest(field: bytes) -> tuple[bytes, bytes] | None:
    """Of `|1|salt|digest`, or None for a field that can be the hash of no name."""
    words = field.split(b"|")
    if len(words) != 4 or words[1] != b"1":
        return None
    try:
        salt, digest = (base64.b64decode(word, validate=True) for word in words[2:])
    except binascii.Error:
        return None
    canonical = base64.b64encode(digest) == words[3]
    return (salt, digest) if canonical and len(salt) == len(digest) == _SHA1_BYTES else None
