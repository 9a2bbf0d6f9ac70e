"""Where raw mails are kept: one private file each, named by its SHA-256, whole or not at all, and never changed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from access_check.whole_files import drop_drafts, write_whole
from callout.errors import BadInput, CalloutError

SUFFIX = ".eml"
PIECE_BYTES = 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")


class Readable(Protocol):
    """What can be read to its end."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`; empty at the end."""
        ...


class MailShelf:
    """The shelf in `folder` (0700); a mail of hash `ab…` is `ab/ab….eml` (0600)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._changed: set[Path] = set()
        self._tidy: set[Path] = set()

    def path(self, mail: str) -> Path:
        """Where the mail of that hash is, or would be. Raises BadInput for what is no hash."""
        if not _HASH.fullmatch(mail):
            raise BadInput(f"{mail[:80]!r} is no SHA-256 of a mail.", "callout case mail list shows those there are.")
        return self.folder / mail[:2] / (mail + SUFFIX)

    def put(self, raw: bytes) -> str:
        """Keeps a mail and gives its hash; one that is there stays. On the disk after `settle`. Raises CalloutError."""
        mail = hashlib.sha256(raw).hexdigest()
        path = self.path(mail)
        if not self._is_there(path, len(raw)):
            with _told(path), suppress(FileExistsError):
                write_whole(path, raw, mode=0o600, once=True)
        return mail

    def put_stream(self, stream: Readable) -> tuple[str, int]:
        """The same for a mail that is too large to be held; its hash and its bytes."""
        with _told(self.folder):
            _private(self.folder)
            drop_drafts(self.folder, lambda name: name == f"large{SUFFIX}")
            descriptor, draft = tempfile.mkstemp(dir=self.folder, prefix=f".large{SUFFIX}.", suffix=".new")
            digest, size = hashlib.sha256(), 0
            try:
                with os.fdopen(descriptor, "wb") as target:
                    fcntl.flock(target, fcntl.LOCK_EX)
                    while piece := stream.read(PIECE_BYTES):
                        digest.update(piece)
                        size += len(piece)
                        target.write(piece)
                    target.flush()
                    os.fsync(target.fileno())
                    path = self.path(digest.hexdigest())
                    if not self._is_there(path, size):
                        with suppress(FileExistsError):
                            os.link(draft, path)
            finally:
                Path(draft).unlink(missing_ok=True)
        return digest.hexdigest(), size

    def settle(self) -> None:
        """Returns when all that was put is on the disk under its name."""
        with _told(self.folder):
            for folder in sorted(self._changed):
                _sync(folder)
            self._changed.clear()

    def read(self, mail: str, most: int) -> bytes:
        """At most that many bytes of a mail. Raises BadInput where it is not there, or no longer what it was."""
        path = self.path(mail)
        try:
            with path.open("rb") as stream:
                raw = stream.read(most)
                digest = hashlib.sha256(raw)
                while piece := stream.read(PIECE_BYTES):
                    digest.update(piece)
        except OSError as error:
            raise BadInput(f"{path} cannot be read: {error.strerror}.", "Restore it from a backup.") from None
        if digest.hexdigest() != mail:
            raise BadInput(f"{path} is not the mail that was received.", "Restore it from a backup.")
        return raw

    def _is_there(self, path: Path, size: int) -> bool:
        """Whether it is kept already. Its folder is made where it is not, and settled in either case."""
        with _told(path):
            if path.parent not in self._changed:
                _private(self.folder)
                path.parent.mkdir(mode=0o700, exist_ok=True)
                if path.parent not in self._tidy:
                    drop_drafts(path.parent, lambda name: name.endswith(SUFFIX))
                    self._tidy.add(path.parent)
                # Also where it was there before: who made it may have been killed before it was settled.
                self._changed |= {self.folder, path.parent}
            try:
                found = path.stat().st_size
            except FileNotFoundError:
                return False
        if found != size:
            raise CalloutError(f"{path} is not the mail that was received.", "Restore it from a backup, or move it.")
        return True


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turns OSError into a sentence: nothing was recorded of what this is about."""
    try:
        yield
    except OSError as error:
        said = f"{path} cannot be written: {error.strerror}; the mail stays where it is."
        raise CalloutError(said, "Make room, or make the folder yours, and run the same again.") from None


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        raise CalloutError(f"{folder} is not private to you.", f"Run chmod 700 {folder}, then run again.")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
