"""Room on our own disk for what is on its way: a private file without a name."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from callout.errors import BackupFailed

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def private_spool(folder: Path) -> Iterator[IO[bytes]]:
    """A private file without a name, so that nothing is left of it, however we end.

    Raises BackupFailed for a disk that is full, or broken.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryFile(dir=folder) as spool:
            yield spool
    except OSError as error:
        if error.errno in NO_ROOM:
            seen, remedy = "the disk is full", "Make room, then run again."
        elif error.errno == errno.EIO:
            seen, remedy = "the disk can neither be read nor written", "Look at the disk (dmesg), then run again."
        else:
            raise
        raise BackupFailed(f"{folder}: {seen}; no backup was stored.", remedy) from None
