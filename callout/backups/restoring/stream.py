"""The archive → one tar stream for one room: our own headers, the archive's bytes, nothing that was not planned."""

from __future__ import annotations

import tarfile
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace

from callout.backups.archive import Repository
from callout.backups.manifest import FILES, Entry, EntryKind
from callout.backups.restoring.plan import Act, Planned, Room
from callout.backups.restoring.seen import Seen
from callout.backups.restoring.selection import Wanted, parents
from callout.backups.tar_reader import StreamRefused, TarReader
from callout.backups.tar_writer import END, TYPES, header, padding
from callout.errors import BackupFailed

PIECE_BYTES = 1024 * 1024
# So many names are asked of the archive one by one; for more all of it is read.
MAXIMUM_ASKED = 100


@dataclass(frozen=True, slots=True)
class Sending:
    """What goes into one room. `texts` are contents made here, by live path, in place of the archive's."""

    wanted: Wanted
    planned: Mapping[str, Planned]
    seen: Mapping[str, Seen | None]
    room: Room
    texts: Mapping[str, bytes]
    busybox: bool

    def folders(self) -> list[Entry]:
        """Every folder on the way, the outermost first: as the backup has it, else as it is there now."""
        names = {above for name in self.room.names for above in parents(name)}
        names |= {name for name in self.room.names if self.planned[name].entry.kind is EntryKind.FOLDER}
        return [self._folder(name) for name in [".", *sorted(names, key=lambda name: (name.count("/"), name))]]

    def entries(self) -> dict[str, Entry]:
        """All else, by live path."""
        return {
            name: self.planned[name].entry
            for name in self.planned
            if name in self.room.names and self.planned[name].entry.kind is not EntryKind.FOLDER
        }

    def _folder(self, name: str) -> Entry:
        there, one = self.seen.get(name), self.planned.get(name)
        if one is not None and (name not in self.wanted.ways or one.act is Act.CREATE):
            return replace(one.entry, path=name)
        if there is None or there.kind is not EntryKind.FOLDER:
            # Above all that the backup holds, and not there: as an installer makes it.
            return Entry(name, EntryKind.FOLDER, 0, 0o755, 0, 0, 0)
        return Entry(name, EntryKind.FOLDER, 0, there.mode, there.uid, there.gid, there.mtime_s * 10**9)


def tar_of(sending: Sending, repository: Repository, archive: str) -> Generator[bytes, None, None]:
    """The stream, in pieces. Raises BackupFailed where the archive does not hold what its manifest says."""
    for folder in sending.folders():
        yield _header(folder, sending.busybox)
    entries = sending.entries()
    for name, text in sending.texts.items():
        if name in entries:
            yield _header(replace(entries.pop(name), path=name, size=len(text)), sending.busybox)
            yield text + padding(len(text))
    if entries:
        with closing(_from_archive(sending, entries, repository, archive)) as pieces:
            yield from pieces
    if sending.busybox:
        # It sets a folder's time at once, and the files that follow change it.
        for folder in reversed(sending.folders()):
            yield _header(folder, busybox=True)
    yield END


def _from_archive(
    sending: Sending, entries: dict[str, Entry], repository: Repository, archive: str
) -> Generator[bytes, None, None]:
    names = {sending.wanted.source.get(name, FILES + name): name for name in entries}
    asked = sorted(names) if len(names) <= MAXIMUM_ASKED else []
    try:
        with repository.exporting(archive, asked) as stream:
            reader = TarReader(iter(lambda: stream.read(PIECE_BYTES), b""))
            for member in reader.members():
                name = names.pop(member.path, None)
                if name is None:
                    for _ in reader.data():
                        continue
                    continue
                entry = entries[name]
                if member.size != entry.size or (member.kind is not entry.kind):
                    raise StreamRefused(f"{name!r} is not what the manifest says")
                yield _header(replace(entry, path=name, target=_target(entry)), sending.busybox)
                for piece in reader.data():
                    yield bytes(piece)
                yield padding(entry.size)
    except StreamRefused as error:
        raise BackupFailed(f"{archive}: {error}; nothing was restored.", "Verify the backup.") from None
    if names:
        raise BackupFailed(f"{archive}: {min(names)!r} is not in it; nothing was restored.", "Verify the backup.")


def _target(entry: Entry) -> str:
    return entry.target.removeprefix(FILES) if entry.kind is EntryKind.HARD_LINK else entry.target


def _header(entry: Entry, busybox: bool) -> bytes:
    """As our writer makes it for GNU tar; for busybox, which reads no pax names, in GNU's own format."""
    if not busybox:
        return header(entry)
    info = tarfile.TarInfo(entry.path)
    info.type, info.size, info.mode = TYPES[entry.kind], entry.size, entry.mode
    info.uid, info.gid, info.linkname = entry.uid, entry.gid, entry.target
    info.devmajor, info.devminor = entry.device
    info.mtime = max(0, entry.mtime_ns // 10**9)
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
