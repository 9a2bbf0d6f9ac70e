"""Writes a backup's one tar stream towards Borg, hashing as it goes, and its manifest beside it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import IO

from callout.backups.manifest import JOURNAL, LISTING, MANIFEST, UNFINISHED, Entry, EntryKind, Tally
from callout.backups.tar_reader import StreamRefused
from callout.backups.tar_writer import END, header, header_taken, padding
from callout.backups.write_behind import Sink
from callout.errors import CalloutError

PIECE_BYTES = 1024 * 1024
# How often the manifest so far goes into the stream: what Borg has committed when we are killed tells of itself.
JOURNAL_S = 45.0


@dataclass(frozen=True, slots=True)
class Cut:
    """A member whose source ended in the middle. Of its `entry.size` bytes the first `valid_bytes` are true."""

    entry: Entry
    valid_bytes: int


class Packer:
    """Entries go in one after the other; `finish` puts the manifest behind them and ends the stream.

    `sink` takes the tar stream, `manifest` (a private temporary file, read and write) one line per entry. What
    an archive that was not finished holds is told by its journal, or by what `stop` writes: see `cut`.
    """

    def __init__(
        self,
        sink: Sink,
        manifest: IO[bytes],
        *,
        journal_s: float = JOURNAL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sink, self._manifest = sink, manifest
        self._journal_s, self._clock = journal_s, clock
        self._journal_due = clock() + journal_s
        self._journals = self._journaled_bytes = 0
        self.tally = Tally()
        self.cut: Cut | None = None

    def add(self, entry: Entry, pieces: Iterable[bytes | memoryview] = ()) -> Entry:
        """Packs one entry whose data are `pieces`, together exactly `entry.size` bytes; back with its hash.

        Where `pieces` break off with an error of ours, the member is filled up with zeros, `cut` tells of it, and
        the error is raised again: `stop` can then end the stream as one that Borg takes in.
        """
        self._sink.write(header(entry))
        if entry.kind is EntryKind.FILE:
            hashed = hashlib.sha256()
            written = 0
            try:
                for piece in pieces:
                    hashed.update(piece)
                    self._sink.write(piece)
                    written += len(piece)
            except (CalloutError, StreamRefused):
                self.cut = Cut(entry, written)
                self._fill(entry.size - written)
                self._sink.write(padding(entry.size))
                raise
            self._sink.write(padding(entry.size))
            entry = replace(entry, sha256=hashed.hexdigest())
        self._added(entry)
        return entry

    def take(self, entry: Entry, archive: str) -> None:
        """Packs a file whose content the archive of that stored name has: nothing of it is read or sent."""
        self._sink.write(header_taken(entry, archive))
        self._added(entry)

    def describe(self, listing: IO[bytes]) -> None:
        """Puts the listing in; call it first, so that whatever becomes of the archive begins with it."""
        self._own(LISTING, listing)

    def finish(self) -> None:
        """Ends the stream. The manifest comes last: only then all of it is known."""
        self._own(MANIFEST, self._manifest)
        self._sink.write(END)
        self._manifest.seek(0)

    def stop(self, unfinished: IO[bytes]) -> None:
        """Ends the stream of an archive that is not whole, and says in it what is. `unfinished` is an empty spool."""
        cut = {"entry": self.cut.entry.line().decode(), "valid_bytes": self.cut.valid_bytes} if self.cut else None
        unfinished.write(json.dumps({"version": 1, "cut": cut}).encode("ascii") + b"\n")
        for piece in _pieces(self._manifest):
            unfinished.write(piece)
        self._own(UNFINISHED, unfinished)
        self._sink.write(END)
        self._manifest.seek(0)

    def _added(self, entry: Entry) -> None:
        self._manifest.write(self.tally.add(entry))
        if self._clock() >= self._journal_due:
            self._write_journal()

    def _write_journal(self) -> None:
        size = self._manifest.tell() - self._journaled_bytes
        self._manifest.seek(self._journaled_bytes)
        self._sink.write(header(Entry(f"{JOURNAL}{self._journals:06}", EntryKind.FILE, size, 0o600, 0, 0, 0)))
        while piece := self._manifest.read(PIECE_BYTES):
            self._sink.write(piece)
        self._sink.write(padding(size))
        self._journals, self._journaled_bytes = self._journals + 1, self._journaled_bytes + size
        self._journal_due = self._clock() + self._journal_s

    def _own(self, name: str, source: IO[bytes]) -> None:
        source.seek(0, 2)
        size = source.tell()
        self._sink.write(header(Entry(name, EntryKind.FILE, size, 0o600, 0, 0, 0)))
        for piece in _pieces(source):
            self._sink.write(piece)
        self._sink.write(padding(size))

    def _fill(self, count: int) -> None:
        zeros = bytes(PIECE_BYTES)
        while count > 0:
            self._sink.write(zeros[:count])
            count -= PIECE_BYTES


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    source.seek(0)
    while piece := source.read(PIECE_BYTES):
        yield piece
