"""Earlier archives as sources: a complete backup to build on, and what interrupted ones have left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from callout.backups.archive import Repository
from callout.backups.listing import Header, ListingRefused, read_listing
from callout.backups.manifest import JOURNAL, LISTING, MANIFEST, OWN, UNFINISHED, Entry, EntryKind, read_manifest
from callout.backups.packing import PIECE_BYTES, Cut, Packer
from callout.backups.spool import private_spool
from callout.backups.tar_reader import StreamRefused, TarReader
from callout.errors import BackupFailed

# The rest of a file whose beginning an archive has: path and how many bytes of it are there.
Rest = Callable[[bytes, int], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Supply:
    """One archive that may give entries. `name` is as stored; `listing` and `manifest` are spools of ours.

    `manifest` has the entries that are whole in it, in the archive's order. `cut` is the file in which its line
    was cut, and `complete` says whether it is a backup.
    """

    name: str
    listing: IO[bytes]
    manifest: IO[bytes]
    cut: Cut | None = None
    complete: bool = True

    def listed(self) -> tuple[Header, Iterator[tuple[bytes, bytes]]]:
        """See listing.read_listing; may be called again."""
        self.listing.seek(0)
        return read_listing(self.listing)

    def entries(self) -> Iterator[Entry]:
        """The entries that are whole in it; may be called again, one after the other."""
        self.manifest.seek(0)
        return read_manifest(self.manifest)


@dataclass
class Given:
    """What an archive gave. What it should have given and could not is in `missing`, with why in `problem`.

    `spoiled` are paths that were packed and are not what they should be: the archive that took them in is no backup.
    """

    files: int = 0
    total_bytes: int = 0
    missing: set[bytes] = field(default_factory=set)
    spoiled: set[bytes] = field(default_factory=set)
    problem: str = ""


def open_supply(repository: Repository, name: str, spool_folder: Path, spools: ExitStack) -> Supply | None:
    """The archive of that stored name as a source; None where it does not describe itself, as older ones do not."""
    listing, manifest = (spools.enter_context(private_spool(spool_folder)) for _ in range(2))
    cut, complete, described = None, False, False
    try:
        with repository.exporting(name, below=OWN.rstrip("/")) as stream:
            reader = TarReader(iter(lambda: stream.read(PIECE_BYTES), b""))
            for member in reader.members():
                complete = member.path == MANIFEST
                if member.path == LISTING:
                    described = True
                elif complete or member.path == UNFINISHED:
                    # It has all, so what a journal told before is not needed.
                    manifest.seek(0)
                    manifest.truncate()
                elif not member.path.startswith(JOURNAL):
                    raise StreamRefused(f"{member.path!r} is not ours")
                into = listing if member.path == LISTING else manifest
                for piece in reader.data():
                    into.write(piece)
                if member.path == UNFINISHED:
                    cut = _take_cut(manifest)
        supply = Supply(name, listing, manifest, cut, complete)
        if not described:
            return None
        supply.listed()
    except (StreamRefused, ListingRefused, BackupFailed):
        # It cannot be built on; whether it is whole as a backup, only verifying it tells.
        return None
    return supply


def _take_cut(manifest: IO[bytes]) -> Cut | None:
    """The cut that the first line of `manifest` tells of; the line is taken away."""
    manifest.seek(0)
    try:
        raw = json.loads(manifest.readline())["cut"]
        rest = manifest.read()
        manifest.seek(0)
        manifest.truncate()
        manifest.write(rest)
        return Cut(Entry.from_line(raw["entry"].encode()), int(raw["valid_bytes"])) if raw else None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StreamRefused("what it says of itself is not understood") from None


def take_over(repository: Repository, supply: Supply, wanted: set[bytes], rest: Rest | None, packer: Packer) -> Given:
    """Packs the `wanted` paths from a supply; and, with `rest`, the file in which it was cut, whose end `rest` brings.

    What an archive cannot give, or gives otherwise than its own manifest says, is told, not raised. Raises
    Unreachable where `rest` does.
    """
    given, left = Given(), set(wanted)
    try:
        with repository.exporting(supply.name, while_importing=True) as stream:
            pieces = iter(lambda: stream.read(PIECE_BYTES), b"")
            reader, entries = TarReader(pieces), supply.entries()
            entry = next(entries, None)
            try:
                for member in reader.members():
                    if entry is not None and member.path == entry.path:
                        here, entry = entry, next(entries, None)
                        if here.live_name in left and (member.kind, member.size) == (here.kind, here.size):
                            left.discard(here.live_name)
                            _pack(here, reader, packer, given)
                    elif rest and supply.cut and member.path == supply.cut.entry.path:
                        _pack_rest(supply.cut, reader, rest, packer, given)
                    for _ in reader.data():
                        continue
            except (StreamRefused, ValueError) as error:
                given.problem = f"{supply.name} cannot be read to its end: {error}"
            # Borg is read to its end in any case: what it says for itself says more.
            for _ in pieces:
                continue
    except BackupFailed as error:
        given.problem = f"{supply.name} cannot be read to its end: {error}"
    if given.problem and packer.cut:
        given.spoiled.add(packer.cut.entry.live_name)
        packer.cut = None
    if left and not given.problem:
        given.problem = f"{supply.name} has not all that it says"
    given.missing = left
    return given


def refer(supply: Supply, wanted: set[bytes], packer: Packer) -> Given:
    """Packs the `wanted` paths as what a supply has: nothing is read, so whether it has them, only Borg tells.

    Call it for a stream that goes to `importing` with `taking`.
    """
    given, left = Given(), set(wanted)
    try:
        for entry in supply.entries():
            if entry.live_name not in left:
                continue
            left.discard(entry.live_name)
            if entry.kind is EntryKind.FILE:
                packer.take(entry, supply.name)
                given.files += 1
                given.total_bytes += entry.size
            else:
                packer.add(entry)
    except ValueError as error:
        given.problem = f"{supply.name} cannot be read to its end: {error}"
    if left and not given.problem:
        given.problem = f"{supply.name} has not all that it says"
    given.missing = left
    return given


def _pack(entry: Entry, reader: TarReader, packer: Packer, given: Given) -> None:
    packed = packer.add(entry, reader.data())
    if packed.sha256 != entry.sha256:
        given.spoiled.add(entry.live_name)
        given.problem = f"the content of {entry.path!r} is not what was stored"
        return
    given.files += entry.kind is EntryKind.FILE
    given.total_bytes += entry.size


def _pack_rest(cut: Cut, reader: TarReader, rest: Rest, packer: Packer, given: Given) -> None:
    def whole() -> Iterator[bytes | memoryview]:
        left = cut.valid_bytes
        for piece in reader.data():
            if left:
                yield piece[:left]
            left -= min(left, len(piece))
        left = cut.entry.size - cut.valid_bytes
        for chunk in rest(cut.entry.live_name, cut.valid_bytes) if left else ():
            yield chunk[:left]
            left -= min(left, len(chunk))
        if left:
            raise StreamRefused("the rest of it is shorter than it was")

    try:
        packer.add(cut.entry, whole())
    except (BackupFailed, StreamRefused):
        # It vanished or shrank meanwhile: the next look at it tells.
        given.spoiled.add(cut.entry.live_name)
        packer.cut = None
