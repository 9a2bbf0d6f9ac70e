"""An mbox: one file with mail behind mail. It is locked as mail programs lock it, read, and never written."""

from __future__ import annotations

import hashlib
import io
import json
import mailbox
import os
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from access_check.escaping import shown
from access_check.whole_files import write_whole
from callout.desk.sources.waiting import BATCH_BYTES, BATCH_MAILS, Waiting
from callout.errors import BadInput, CalloutError, Locked

LONGEST_WAIT_S = 20.0
_BEGINS = b"From "
_LINE_BYTES = 64 * 1024
# How much at both ends of what was read tells that it is the same file still.
_ENDS_BYTES = 64 * 1024
# What mail programs write into mails that lie in an mbox; it is not the sender's.
_LOCAL = re.compile(
    rb"^(?:Status|X-Status|X-Keywords|X-UID|X-IMAP|X-IMAPbase|Content-Length):[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)


class MboxSource:
    """The mbox at `path`, from where the last run ended; `memory` is the folder in which that is remembered.

    Locked from one batch to the next, by fcntl and by a dot-lock. Raises BadInput for what is no mbox, Locked where
    another program keeps it for `longest_wait_s`.
    """

    def __init__(self, path: Path, memory: Path, *, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._path, self._wait_s = path.absolute(), longest_wait_s
        self._memory = memory / f"{hashlib.sha256(bytes(self._path)).hexdigest()[:32]}.json"
        self._box: mailbox.mbox | None = None
        self._stream: BinaryIO | None = None
        self._next = 0
        try:
            with self._path.open("rb") as stream:
                start = stream.read(len(_BEGINS))
        except OSError as error:
            raise BadInput(f"{path} cannot be read: {error.strerror}.", "Name the mbox that mail comes to.") from None
        if start not in (b"", _BEGINS):
            raise BadInput(f"{path} is no mbox: it does not begin with 'From '.", "One mail alone goes in by -.")
        self._end_taken = self._remembered()

    @property
    def name(self) -> str:
        """See `Source`."""
        return f"mbox {self._path}"

    def batch(self) -> Sequence[Waiting]:
        """See `Source`."""
        self._unlock()
        self._lock()
        assert self._stream is not None
        at = self._next = max(self._next, self._end_taken)
        if not self._begins_at(at):
            at = self._end_taken = 0  # somebody has rewritten it; what was taken already is known by its hash
        some: list[Waiting] = []
        size = 0
        while len(some) < BATCH_MAILS and size < BATCH_BYTES:
            start, end, following = self._mail_at(at)
            if following == at:
                break
            if end > start:
                some.append(self._waiting(start, end, following))
            size += end - start
            at = following
        self._next = at
        return some

    def taken(self, mails: Sequence[Waiting]) -> None:
        """See `Source`. What is remembered is how far it was read, and a hash that tells whether it is that still."""
        if not mails or self._stream is None:
            return
        self._end_taken = max(self._end_taken, *(int(mail.key) for mail in mails))
        self._taken_hash = self._hash_until(self._end_taken)
        said = {"path": str(self._path), "bytes": self._end_taken, "sha256": self._taken_hash}
        try:
            self._memory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._memory, json.dumps(said).encode(), mode=0o600)
        except OSError as error:
            said_why = f"{self._memory} cannot be written: {error.strerror}; the mails are taken."
            raise CalloutError(said_why, "Make room; until then that mbox is read from its beginning.") from None

    def close(self) -> None:
        """Unlocks it."""
        self._unlock()

    def _mail_at(self, at: int) -> tuple[int, int, int]:
        """Where the mail behind the `From ` line at `at` begins and ends, and where the next such line is."""
        assert self._stream is not None
        self._stream.seek(at)
        start = end = at
        is_line_start, is_after_blank = True, True
        while line := self._stream.readline(_LINE_BYTES):
            if is_line_start and is_after_blank and line.startswith(_BEGINS):
                if start > at:
                    return start, end, self._stream.tell() - len(line)
                start = end = self._stream.tell()
                is_after_blank = False
                is_line_start = line.endswith(b"\n")
                continue
            is_after_blank = is_line_start and line in (b"\n", b"\r\n")
            is_line_start = line.endswith(b"\n")
            if not is_after_blank:
                end = self._stream.tell()
        return start, end, self._stream.tell()

    def _waiting(self, start: int, end: int, following: int) -> Waiting:
        stream = self._stream
        assert stream is not None

        def opened() -> BinaryIO:
            stream.seek(start)
            if end - start > BATCH_BYTES:
                return io.BufferedReader(_Span(stream, end - start))
            raw = stream.read(end - start)
            headers, blank, rest = raw.partition(b"\n\n")
            return io.BytesIO(_LOCAL.sub(b"", headers + b"\n")[:-1] + blank + rest)

        return Waiting(shown(f"mbox:{self._path.name}"), str(following), end - start, None, opened)

    def _lock(self) -> None:
        ends_at = time.monotonic() + self._wait_s
        try:
            self._box = mailbox.mbox(self._path, create=False)
            while True:
                try:
                    self._box.lock()
                    break
                except mailbox.ExternalClashError:
                    if time.monotonic() > ends_at:
                        said = f"{self._path} is locked by another program."
                        raise Locked(said, f"Find who with: fuser -v {self._path}; see {self._path}.lock") from None
                    time.sleep(0.1)
            self._stream = self._path.open("rb")
        except (OSError, mailbox.NoSuchMailboxError) as error:
            self._unlock()
            said = f"{self._path} cannot be locked: {getattr(error, 'strerror', None) or 'it is gone'}."
            raise BadInput(said, "Make the file, and its folder, writable for you.") from None
        except BaseException:
            self._unlock()
            raise

    def _unlock(self) -> None:
        stream, self._stream = self._stream, None
        box, self._box = self._box, None
        if stream is not None:
            stream.close()
        if box is not None:
            with suppress(mailbox.ExternalClashError):
                box.unlock()
            box.close()

    def _begins_at(self, at: int) -> bool:
        """Whether the file still has a mail's beginning, or its end, there; and is what was read until there."""
        assert self._stream is not None
        size = os.fstat(self._stream.fileno()).st_size
        if at > size:
            return False
        self._stream.seek(at)
        is_beginning = at == size or self._stream.read(len(_BEGINS)) == _BEGINS
        return is_beginning and (at == 0 or self._hash_until(self._end_taken) == self._taken_hash)

    def _hash_until(self, end: int) -> str:
        """Of the first and the last bytes before `end`."""
        assert self._stream is not None
        self._stream.seek(0)
        digest = hashlib.sha256(self._stream.read(min(end, _ENDS_BYTES)))
        self._stream.seek(max(0, end - _ENDS_BYTES))
        digest.update(self._stream.read(min(end, _ENDS_BYTES)))
        return digest.hexdigest()

    def _remembered(self) -> int:
        self._taken_hash = ""
        try:
            said = json.loads(self._memory.read_bytes())
            end, self._taken_hash = int(said["bytes"]), str(said["sha256"])
        except (OSError, ValueError, KeyError, TypeError):  # none yet: it is read from its beginning
            return 0
        return end


class _Span(io.RawIOBase):
    """A part of a file, as a stream of its own; closing it leaves the file open."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        super().__init__()
        self._stream, self._left = stream, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._stream.read(min(len(buffer), self._left))
        self._left -= len(piece)
        buffer[: len(piece)] = piece
        return len(piece)
