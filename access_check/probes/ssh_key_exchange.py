"""What we ask for in a key exchange, where Paramiko's own wishes keep us out or cost more than they need to."""

from __future__ import annotations

from typing import Any

import paramiko

_OLD, _STANDARD = "curve25519-sha256@libssh.org", "curve25519-sha256"  # one method: RFC 8731, 1
_PARAMIKO: Any = paramiko.Transport
_HAS_CURVE = _OLD in _PARAMIKO._kex_info


class KeyExchangeTransport(paramiko.Transport):
    """A transport that also offers curve25519-sha256 by its standard name, and asks for AES-GCM first.

    Paramiko knows the key exchange by its old name only: a server that has but the standard one looked
    incompatible. GCM does without a MAC, which Paramiko compares byte by byte: a quarter of what a packet costs.
    """

    _kex_info = {**_PARAMIKO._kex_info, **({_STANDARD: _PARAMIKO._kex_info[_OLD]} if _HAS_CURVE else {})}  # noqa: RUF012
    _preferred_kex = (*((_STANDARD,) if _HAS_CURVE else ()), *_PARAMIKO._preferred_kex)
    _preferred_ciphers = tuple(sorted(_PARAMIKO._preferred_ciphers, key=lambda name: "-gcm" not in name))

    def _parse_debug(self, m: paramiko.Message) -> None:
        """Nothing: what a server says to those who look for faults is read by nobody here."""
