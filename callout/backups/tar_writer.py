"""Entries → our own tar stream for `borg import-tar`: Borg never sees a header that a system wrote."""

from __future__ import annotations

import tarfile

from callout.backups.manifest import Entry, EntryKind

TYPES = {
    EntryKind.FILE: tarfile.REGTYPE,
    EntryKind.FOLDER: tarfile.DIRTYPE,
    EntryKind.SYMLINK: tarfile.SYMTYPE,
    EntryKind.HARD_LINK: tarfile.LNKTYPE,
    EntryKind.FIFO: tarfile.FIFOTYPE,
    EntryKind.CHARACTER_DEVICE: tarfile.CHRTYPE,
    EntryKind.BLOCK_DEVICE: tarfile.BLKTYPE,
}
END = bytes(2 * tarfile.BLOCKSIZE)


def header(entry: Entry) -> bytes:
    """The pax header of an entry; its `size` bytes of data and `padding(size)` follow."""
    info = tarfile.TarInfo(entry.path)
    info.type = TYPES[entry.kind]
    info.size, info.mode = entry.size, entry.mode
    info.uid, info.gid = entry.uid, entry.gid
    info.linkname = entry.target
    info.devmajor, info.devminor = entry.device
    info.mtime = max(0, entry.mtime_ns // 10**9)
    if entry.mtime_ns % 10**9 or entry.mtime_ns < 0:
        sign, (seconds, rest) = ("-" if entry.mtime_ns < 0 else ""), divmod(abs(entry.mtime_ns), 10**9)
        info.pax_headers = {"mtime": f"{sign}{seconds}.{rest:09d}"}
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def padding(size: int) -> bytes:
    """What fills the last block of so many bytes of data."""
    return bytes(-size % tarfile.BLOCKSIZE)
