"""Reads the trust store: once for a whole sweep, and again when the file has changed.

Never Paramiko's reader: it drops a whole file for one `@revoked` line and matches no wildcards. The answers
are those of `ssh-keygen -F` (tests/faults hold them against it), without a process for each port.
"""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

from access_check.programs import CannotLook
from access_check.trust import KeyOnFile, known_hosts_name
from access_check.trust_index import TrustIndex

MAXIMUM_BYTES = 64 * 1024 * 1024
_MAXIMUM_FILES = 8
_Version = tuple[int, int, int, int]
_lock = threading.Lock()
_indexes: dict[Path, tuple[_Version, TrustIndex]] = {}


def known_keys(host: str, port: int, known_hosts: Path, alias: str = "") -> list[KeyOnFile]:
    """The keys on file for a host and port, or for ssh's HostKeyAlias instead; none where the file is not there.

    Raises CannotLook for a file that cannot be read or is longer than 64 MiB.
    """
    index = _index(known_hosts)
    return [] if index is None else index.keys_for(alias or known_hosts_name(host, port))


def _index(known_hosts: Path) -> TrustIndex | None:
    try:
        with _lock, known_hosts.open("rb") as file:
            status = os.fstat(file.fileno())
            version = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
            kept = _indexes.get(known_hosts)
            if kept is not None and kept[0] == version and stat.S_ISREG(status.st_mode):
                return kept[1]
            content = file.read(MAXIMUM_BYTES + 1)
            if len(content) > MAXIMUM_BYTES:
                raise CannotLook(f"{known_hosts} is longer than {MAXIMUM_BYTES} bytes.", "Mend that file.")
            if len(_indexes) >= _MAXIMUM_FILES:
                _indexes.clear()
            _indexes[known_hosts] = (version, TrustIndex(content))
            return _indexes[known_hosts][1]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotLook(f"{known_hosts} cannot be read: {error.strerror}.", "Mend that file.") from None
