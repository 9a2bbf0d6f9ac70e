"""Files that appear under their name whole or not at all."""

from __future__ import annotations

import fcntl
import os
import re
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_LONGEST_NAME_BYTES = 200
_DRAFT = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8}\.new", re.ASCII | re.DOTALL)


def write_whole(
    path: Path, content: bytes, *, mode: int, owner: tuple[int, int] | None = None, once: bool = False
) -> None:
    """Puts `content` at `path` in one step, on the disk when this returns; what was there stays until then.

    `owner` is user and group by number, for root to keep; without it the file is ours. With `once` a file that is
    there stays: FileExistsError. The draft beside it has a name that nobody can have prepared, and is gone if this
    fails; what a kill leaves is for `drop_drafts`. Raises OSError.
    """
    descriptor, draft = _locked_draft(path)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            if owner is not None:
                os.fchown(stream.fileno(), *owner)
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
            # Still locked: nobody takes it for one that a dead run has left.
            if once:
                os.link(draft, path)
                draft.unlink()
            else:
                draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def drop_drafts(folder: Path, of: Callable[[str], bool]) -> None:
    """Removes the drafts in `folder` that runs which are no more have left, of files whose names `of` accepts.

    Whatever somebody writes at this moment stays, and whatever `write_whole` would not have made: other names,
    other people's files, anything but plain files. Raises OSError.
    """
    for path in sorted(folder.iterdir()):
        match = _DRAFT.fullmatch(path.name)
        if match and of(match["name"]):
            with suppress(FileNotFoundError):  # its run has finished it, or another one was faster than we
                _drop_left(path)


def _drop_left(draft: Path) -> None:
    seen = draft.lstat()
    if not stat.S_ISREG(seen.st_mode) or seen.st_uid != os.geteuid():
        return
    descriptor = os.open(draft, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return  # somebody writes it, or nobody can tell because there are no locks here
    else:
        draft.unlink()
    finally:
        os.close(descriptor)


def _locked_draft(path: Path) -> tuple[int, Path]:
    """A new file beside `path`, locked for as long as its descriptor is open."""
    start = os.fsdecode(os.fsencode(path.name)[:_LONGEST_NAME_BYTES])
    while True:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{start}.", suffix=".new")
        with suppress(OSError):  # a file system without locks, on which nobody drops a draft either
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor, Path(name)
        os.close(descriptor)  # dropped before it was locked
