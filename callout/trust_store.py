"""The one writer of known_hosts files: one at a time, and each sees either the old file or the new one."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from access_check.whole_files import write_whole
from callout.errors import CalloutError, Locked

WAIT_S = 30.0
_POLL_S = 0.02
_NEW_FILE_MODE = 0o644


class TrustStore:
    """A known_hosts file while its lock is held. `content` is what stands in it, empty where there is no file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.content = read_store(path)

    def replace(self, content: bytes) -> None:
        """Puts `content` in its place: written beside it, forced to the disk, then renamed over it; mode kept.

        A kill or a full disk at any point leaves the old file whole. Raises CalloutError where it cannot be written.
        """
        if content == self.content:
            return
        try:
            self._replace(content)
        except OSError as error:
            raise _cannot(self._path, error) from None
        self.content = content

    def _replace(self, content: bytes) -> None:
        for left_by_a_kill in self._path.parent.glob(f".{self._path.name}.*.new"):
            left_by_a_kill.unlink(missing_ok=True)  # whoever holds the lock is the only writer
        if self._path.exists():
            old = self._path.stat()
            owner = (old.st_uid, old.st_gid) if os.geteuid() == 0 else None
            write_whole(self._path, content, mode=old.st_mode & 0o7777, owner=owner)
        else:
            write_whole(self._path, content, mode=_NEW_FILE_MODE)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def locked_store(path: Path, wait_s: float = WAIT_S) -> Iterator[TrustStore]:
    """The file, for this process alone until the end of the block; a link is followed.

    The lock is a file of its own beside it (`.known_hosts.lock`), since the file itself is replaced; the kernel
    lets go of it when its holder dies. Raises Locked after `wait_s`, and CalloutError where the file or its
    folder cannot be read or written.
    """
    path = path.resolve()
    lock = path.with_name(f".{path.name}.lock")
    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, _NEW_FILE_MODE)
    except OSError as error:
        raise _cannot(path, error) from None
    try:
        _wait_for(descriptor, path, wait_s)
        yield TrustStore(path)
    finally:
        os.close(descriptor)


def read_store(path: Path) -> bytes:
    """What stands in the file now, empty where there is none; needs no lock. Raises CalloutError if unreadable."""
    try:
        return path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise _cannot(path, error) from None


def _wait_for(descriptor: int, path: Path, wait_s: float) -> None:
    ends_at = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends_at:
                raise Locked(f"Somebody else is changing {path}.", "Run the same command again.") from None
            time.sleep(_POLL_S)
        else:
            return


def _cannot(path: Path, error: OSError) -> CalloutError:
    return CalloutError(
        f"{path} cannot be read or written: {error.strerror}.", "Mend the folder, the file or the disk, and try again."
    )
