"""Room on our own disk for what is on its way: a private file without a name."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from callout.errors import BackupFailed


@contextmanager
def private_spool(folder: Path) -> Iterator[IO[bytes]]:
    """A private file without a name, so that nothing is left of it, however we end. Says a full disk in a sentence."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryFile(dir=folder) as spool:
            yield spool
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise BackupFailed(f"{folder}: the disk is full; no backup was stored.", "Make room, then run again.") from None
