"""Pure: stable stand-ins for what would tell whose system it is. The same value has the same stand-in, by the key.

A stand-in for an address is an address of the same kind, so that every verdict stays what it was. Public IPv4 ones
come from 192.88.99.0/24 (6to4 relays, given up by RFC 7526) and public IPv6 ones from 3ffe::/16 (6bone, given back by
RFC 3701): nobody's, and yet public. An address that is not public says nothing of its owner and stays.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from dataclasses import dataclass, field

from access_check.addresses import PUBLIC, address_kind, is_literal

_IPV4 = int(ipaddress.IPv4Address("192.88.99.0"))
_IPV6 = int(ipaddress.IPv6Address("3ffe::"))
_WELL_KNOWN_USERS = frozenset({"root", "admin", "administrator"})
_HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})+\.?")
# Programs whose name says nothing of their owner, with a version behind it or without one.
_PROGRAMS = (
    "SSH-[12].[0-9]{1,2}-|OpenSSH|dropbear|ROSSSH|libssh|AsyncSSH|paramiko|mod_sftp|Cisco|Debian|Ubuntu|CentOS|"
    "nginx|Apache|lighttpd|PHP|OpenSSL|Asterisk|FreePBX|PBXware|SERVERware|Linux|Gentoo|GNU|tar|bsdtar|libarchive|"
    "BusyBox|busybox"
)
_PROGRAM = re.compile(rf"\(?(?:{_PROGRAMS}){{1,2}}(?:[/_-]?[0-9][0-9A-Za-z.+~_-]{{0,30}})?\)?")
_VERSION = re.compile(r"v?[0-9][0-9A-Za-z.+~_-]{0,30}")


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Stand-ins by one secret `key` (32 bytes); without it none can be led back by trying out values.

    `name` tells keys apart and says nothing of them: facts can be compared between two looks that have the same.
    """

    key: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Eight hexadecimal digits."""
        return self._digest("name of the key").hex()[:8]

    def address(self, said: str) -> str:
        """For an address one of the same kind, for every other name a host name that cannot exist."""
        if not said:
            return said
        if not is_literal(said):
            return f"host-{self._digest(said.lower().rstrip('.')).hex()[:8]}.invalid"
        if address_kind(said) != PUBLIC:
            return said
        address = ipaddress.ip_address(said.partition("%")[0])
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        digest = self._digest(str(mapped or address))
        if mapped is not None or address.version == 4:
            stand_in = str(ipaddress.IPv4Address(_IPV4 + 1 + int.from_bytes(digest[:8]) % 254))
            return f"::ffff:{stand_in}" if mapped is not None else stand_in
        return str(ipaddress.IPv6Address(_IPV6 + int.from_bytes(digest[:8])))

    def system(self, name: str) -> str:
        """The inventory's own name, unless it is an address or a host name of theirs."""
        if is_literal(name) or _HOST_NAME.fullmatch(name):
            return f"system-{self._digest(name.lower()).hex()[:8]}"
        return name

    def user(self, name: str) -> str:
        """The names that every system has, and a stand-in for others."""
        return name if not name or name in _WELL_KNOWN_USERS else f"user-{self._digest(name).hex()[:8]}"

    def fingerprint(self, said: str) -> str:
        """A stand-in: fingerprints of keys can be looked up in public scans of the Internet."""
        return f"SHA256:stand-in-{self._digest(said).hex()[:16]}" if said else said

    def cut(self, said: str) -> str:
        """Nothing of the text, but whether it is still the same one."""
        return f"[cut {self._digest(said).hex()[:8]}]" if said else said

    def software(self, said: str) -> str:
        """Programs that are known, and versions; the rest of the text is cut."""
        words = said.split()
        kept = [word for word in words if _PROGRAM.fullmatch(word) or _is_version(word)]
        return " ".join(kept + ([self.cut(said)] if len(kept) < len(words) else []))

    def _digest(self, said: str) -> bytes:
        return hmac.digest(self.key, said.encode("utf-8", "surrogatepass"), "sha256")


def _is_version(word: str) -> bool:
    return _VERSION.fullmatch(word) is not None and not is_literal(word)
