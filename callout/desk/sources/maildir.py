"""A Maildir: mails in `new`, and in `cur` those that nobody has read; a taken one goes to `cur`, marked as read."""

from __future__ import annotations

import datetime as dt
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from access_check.escaping import shown
from callout.desk.sources.waiting import BATCH_BYTES, BATCH_MAILS, Unopened, Waiting
from callout.errors import BadInput, CalloutError

SEEN = "S"


class MaildirSource:
    """The Maildir at `path`. With `read_too` also mails in `cur` that are marked as read. Raises BadInput."""

    def __init__(self, path: Path, *, read_too: bool = False) -> None:
        if not all((path / name).is_dir() for name in ("new", "cur")):
            raise BadInput(f"{path} is no Maildir: it has no folders new and cur.", "Name the one that mail comes to.")
        self._path, self._read_too = path, read_too
        self._found = self._listed()

    @property
    def name(self) -> str:
        """See `Source`."""
        return f"maildir {self._path}"

    def batch(self) -> Sequence[Waiting]:
        """See `Source`."""
        some: list[Waiting] = []
        size = 0
        for mail in self._found:
            some.append(mail)
            size += mail.size_bytes
            if len(some) == BATCH_MAILS or size >= BATCH_BYTES:
                break
        return some

    def taken(self, mails: Sequence[Waiting]) -> None:
        """See `Source`."""
        for mail in mails:
            old = self._path / mail.key
            base, _, flags = old.name.partition(":2,")
            new = self._path / "cur" / f"{base}:2,{''.join(sorted(set(flags) | {SEEN}))}"
            if new != old:
                try:
                    with suppress(FileNotFoundError):  # another intake, or a person, was faster
                        old.rename(new)
                except OSError as error:
                    said = f"{shown(mail.key)} is taken, and cannot be marked so: {error.strerror}."
                    raise CalloutError(said, "Make the Maildir yours; until then it is looked at each time.") from None

    def close(self) -> None:
        """Nothing is held."""

    def _listed(self) -> Iterator[Waiting]:
        """By the time of delivery: an answer behind what it answers. Names tell that in whole seconds only."""
        found: list[tuple[int, str, os.stat_result]] = []
        for folder in ("new", "cur"):
            try:
                names = [path.name for path in (self._path / folder).iterdir()]
            except OSError as error:
                raise BadInput(f"{self._path / folder} cannot be read: {error.strerror}.", "Make it yours.") from None
            for name in names:
                is_read = folder == "cur" and SEEN in name.partition(":2,")[2]
                if name.startswith(".") or (is_read and not self._read_too):
                    continue
                with suppress(FileNotFoundError):
                    seen = (self._path / folder / name).lstat()
                    if stat.S_ISREG(seen.st_mode):
                        found.append((seen.st_mtime_ns, f"{folder}/{name}", seen))
        for _, key, seen in sorted(found, key=lambda one: one[:2]):
            yield self._waiting(key, seen)

    def _waiting(self, key: str, seen: os.stat_result) -> Waiting:
        def opened() -> BinaryIO:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            try:
                return os.fdopen(os.open(self._path / key, flags), "rb")
            except FileNotFoundError:
                raise
            except OSError as error:
                raise Unopened(f"{shown(key)} cannot be read: {error.strerror}.", "Make it yours.") from None

        arrived_at = dt.datetime.fromtimestamp(seen.st_mtime, dt.UTC)
        return Waiting(shown(f"maildir:{self._path.name}/{key}"), key, seen.st_size, arrived_at, opened)
