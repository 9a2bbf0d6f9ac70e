"""Paramiko knows curve25519-sha256 by its old name only: a server that has but the standard one looked incompatible."""

from __future__ import annotations

from typing import Any

import paramiko

_OLD, _STANDARD = "curve25519-sha256@libssh.org", "curve25519-sha256"  # one method: RFC 8731, 1
_PARAMIKO: Any = paramiko.Transport
_HAS_CURVE = _OLD in _PARAMIKO._kex_info


class KeyExchangeTransport(paramiko.Transport):
    """A transport that also offers the key exchange by its standard name."""

    _kex_info = {**_PARAMIKO._kex_info, **({_STANDARD: _PARAMIKO._kex_info[_OLD]} if _HAS_CURVE else {})}  # noqa: RUF012
    _preferred_kex = (*((_STANDARD,) if _HAS_CURVE else ()), *_PARAMIKO._preferred_kex)
