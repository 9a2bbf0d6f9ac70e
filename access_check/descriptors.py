"""How many sockets this process may have open at once."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

_KEPT_BACK = 128
_UNLIMITED = 1_000_000


@contextmanager
def descriptors(wanted: int) -> Iterator[int]:
    """How many of `wanted` descriptors there may be; the soft limit is raised meanwhile where it is in the way."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = wanted + _KEPT_BACK
    most = _UNLIMITED if hard == resource.RLIM_INFINITY else hard
    if soft == resource.RLIM_INFINITY or soft >= enough or soft >= most:
        yield max(1, min(wanted, (_UNLIMITED if soft == resource.RLIM_INFINITY else soft) - _KEPT_BACK))
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(enough, most), hard))
    except (OSError, ValueError):
        yield max(1, soft - _KEPT_BACK)  # the system has a limit of its own below the hard one
        return
    try:
        yield max(1, min(enough, most) - _KEPT_BACK)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
