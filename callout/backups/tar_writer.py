"""Entries → a tar stream of our own: Borg and a restored system never see a header that a system wrote."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from dataclasses import replace

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
# What a header tells of a file whose content is another archive's; and how callout.backups.borg_taking ends without it.
TAKE_FROM, TAKE_SIZE = "CALLOUT.take.from", "CALLOUT.take.size"
NOT_TAKEN = 98


def header(entry: Entry) -> bytes:
    """The pax header of an entry; its `size` bytes of data and `padding(size)` follow.

    Without its attributes: `borg import-tar` (1.4) keeps none, the manifest does.
    """
    return _pax(entry, {})


def header_taken(entry: Entry, archive: str) -> bytes:
    """The header of a file whose content the archive of that stored name has; no data follow.

    Only callout.backups.borg_taking understands it.
    """
    return _pax(replace(entry, size=0), {TAKE_FROM: archive, TAKE_SIZE: str(entry.size)})


def header_with_attributes(entry: Entry) -> bytes:
    """The same, with extended attributes and ACLs, for GNU `tar --extract --xattrs --xattrs-include=*` on a system."""
    return _pax(entry, {key: value.decode("utf-8", "surrogateescape") for key, value in entry.attributes})


def header_for_busybox(entry: Entry) -> bytes:
    """An entry's header in GNU's older format, which busybox tar understands; times are whole seconds, from 1970 on."""
    return _info(entry).tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def padding(size: int) -> bytes:
    """What fills the last block of so many bytes of data."""
    return bytes(-size % tarfile.BLOCKSIZE)


def _pax(entry: Entry, records: Mapping[str, str]) -> bytes:
    info, records = _info(entry), dict(records)
    if entry.mtime_ns % 10**9 or entry.mtime_ns < 0:
        sign, (seconds, rest) = ("-" if entry.mtime_ns < 0 else ""), divmod(abs(entry.mtime_ns), 10**9)
        records["mtime"] = f"{sign}{seconds}.{rest:09d}"
    info.pax_headers = records
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _info(entry: Entry) -> tarfile.TarInfo:
    info = tarfile.TarInfo(entry.path)
    info.type = TYPES[entry.kind]
    info.size, info.mode = entry.size, entry.mode
    info.uid, info.gid = entry.uid, entry.gid
    info.linkname = entry.target
    info.devmajor, info.devminor = entry.device
    info.mtime = max(0, entry.mtime_ns // 10**9)
    return info
