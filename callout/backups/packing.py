"""Writes a backup's one tar stream towards Borg, hashing as it goes, and its manifest beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import IO

from callout.backups.manifest import MANIFEST, Entry, EntryKind, Tally
from callout.backups.tar_writer import END, header, padding

PIECE_BYTES = 1024 * 1024


class Packer:
    """Entries go in one after the other; `finish` puts the manifest behind them and ends the stream.

    `sink` takes the tar stream, `manifest` (a private temporary file, read and write) one line per entry.
    """

    def __init__(self, sink: IO[bytes], manifest: IO[bytes]) -> None:
        self._sink, self._manifest = sink, manifest
        self.tally = Tally()

    def add(self, entry: Entry, pieces: Iterable[bytes | memoryview] = ()) -> Entry:
        """Packs one entry whose data are `pieces`, together exactly `entry.size` bytes; back with its hash."""
        self._sink.write(header(entry))
        if entry.kind is EntryKind.FILE:
            hashed = hashlib.sha256()
            for piece in pieces:
                hashed.update(piece)
                self._sink.write(piece)
            self._sink.write(padding(entry.size))
            entry = replace(entry, sha256=hashed.hexdigest())
        self._manifest.write(self.tally.add(entry))
        return entry

    def finish(self) -> None:
        """Ends the stream. The manifest comes last: only then all of it is known."""
        size = self._manifest.tell()
        self._manifest.seek(0)
        self._sink.write(header(Entry(MANIFEST, EntryKind.FILE, size, 0o600, 0, 0, 0)))
        while piece := self._manifest.read(PIECE_BYTES):
            self._sink.write(piece)
        self._sink.write(padding(size) + END)
        self._manifest.seek(0)
