"""Archives that attack whoever unpacks them, by name; each is made with what real tar programs take.

A maker gets the members of a good archive and gives the attack's bytes.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

from callout.patches.archive import BLOCK, END, write_members

Members = dict[str, bytes]
Maker = Callable[[Members], bytes]
OUTSIDE = "/tmp/callout-was-here"
LAST = "../../../../../../../../tmp/callout-was-here"


def attacks() -> dict[str, Maker]:
    """All of them, by name."""
    made: dict[str, Maker] = {}
    for name, values in _TYPES.items():
        made[f"member: {name}"] = lambda members, values=values: _with(members, **values)
    for name in _NAMES:
        made[f"name: {name[:40]!r}"] = lambda members, name=name: _named(members, name)
    for title, values in _PAX.items():
        made[f"pax: {title}"] = lambda members, values=values: _pax(members, values)
    for title, size in _SIZES.items():
        made[f"size: {title}"] = lambda members, size=size: _sized(members, size)
    return made | _SHAPES


_TYPES: dict[str, dict[str, Any]] = {
    "symlink to a file": {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"},
    "symlink to the parent": {"type": tarfile.SYMTYPE, "linkname": ".."},
    "symlink in place of a content": {"name": "files/" + "0" * 64, "type": tarfile.SYMTYPE, "linkname": OUTSIDE},
    "hard link within": {"type": tarfile.LNKTYPE, "linkname": "bundle.json"},
    "hard link outside": {"type": tarfile.LNKTYPE, "linkname": "/etc/shadow"},
    "folder": {"name": "files", "type": tarfile.DIRTYPE, "mode": 0o777},
    "folder outside": {"name": LAST, "type": tarfile.DIRTYPE},
    "character device": {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 1},
    "block device": {"type": tarfile.BLKTYPE, "devmajor": 8, "devminor": 0},
    "fifo": {"type": tarfile.FIFOTYPE},
    "contiguous file": {"type": tarfile.CONTTYPE},
    "unknown kind": {"type": b"Z"},
    "old kind of file": {"type": tarfile.AREGTYPE},
    "GNU sparse file": {"type": tarfile.GNUTYPE_SPARSE},
    "GNU volume": {"type": b"V"},
    "GNU other volume": {"type": b"M"},
    "GNU list of a folder": {"type": b"D"},
    "setuid": {"name": "files/" + "0" * 64, "mode": 0o4755},
    "of root": {"name": "files/" + "0" * 64, "uname": "root", "gname": "root"},
    "of somebody": {"name": "files/" + "0" * 64, "uid": 1000, "gid": 1000},
    "with a time": {"name": "files/" + "0" * 64, "mtime": 1},
}
_NAMES = (
    LAST, OUTSIDE, "files/../../x", "files/../bundle.json", "./bundle.json", "files//x", "files/.", "files/", "/", ".",
    "..", "C:\\x", "files\\..\\x", "files/\x1b[2J", "files/\n", "bundle.json ", "BUNDLE.JSON", "~/x", "-rf", "|reboot",
)  # fmt: skip
_PAX: dict[str, dict[str, str]] = {
    "path outside": {"path": LAST},
    "path absolute": {"path": OUTSIDE},
    "link outside": {"linkpath": "/etc/shadow"},
    "size of its own": {"size": "1"},
    "size beyond all": {"size": "99999999999999999999"},
    "size below nothing": {"size": "-1"},
    "owner": {"uid": "0", "uname": "root"},
    "sparse": {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": LAST, "GNU.sparse.realsize": "9"},
    "other characters": {"hdrcharset": "BINARY", "path": "\udcff"},
    "attributes": {"SCHILY.xattr.security.capability": "x"},
}
_SIZES: dict[str, bytes] = {
    "8 GiB": b"77777777777\0",
    "256 base, huge": b"\x80" + b"\xff" * 11,
    "256 base, below nothing": b"\xff" * 12,
    "spaces": b"          5\0",
    "signed": b"-0000000005\0",
    "underscore": b"0000000_005\0",
    "no octal": b"00000000009\0",
    "nothing": b"\0" * 12,
    "no end": b"000000000050",
}


def _stream(
    members: Members, first: list[tuple[tarfile.TarInfo, bytes]], last: list[tuple[tarfile.TarInfo, bytes]]
) -> bytes:
    plain = []
    for name, content in members.items():
        info = tarfile.TarInfo(name)
        info.size = len(content)
        plain.append((info, content))
    pieces = []
    for info, content in [*first, *plain, *last]:
        pieces += [info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape"), content, b"\0" * (-len(content) % BLOCK)]
    return b"".join([*pieces, END])


def _with(members: Members, name: str = "extra", **values: Any) -> bytes:
    info = tarfile.TarInfo(name)
    for key, value in values.items():
        setattr(info, key, value)
    content = b"evil" if info.isreg() else b""
    info.size = len(content)
    return _stream(members, [], [(info, content)])


def _named(members: Members, name: str) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = 4
    return _stream(members, [], [(info, b"evil")])


def _pax(members: Members, values: dict[str, str]) -> bytes:
    """A header of extensions before the first member."""
    records = b""
    for key, value in values.items():
        told = f" {key}={value}\n".encode("utf-8", "surrogateescape")
        length = len(told) + len(str(len(told) + 2))
        records += str(length).encode() + told
    info = tarfile.TarInfo("PaxHeaders/x")
    info.type, info.size = tarfile.XHDTYPE, len(records)
    return _stream(members, [(info, records)], [])


def _sized(members: Members, size: bytes) -> bytes:
    """The first member's header says another size; its checksum fits."""
    return _header_changed(write_members(members.items()), 124, size)


def _header_changed(archive: bytes, at: int, put: bytes, *, checksum: bytes | None = None) -> bytes:
    header = bytearray(archive[:BLOCK])
    header[at : at + len(put)] = put
    header[148:156] = b" " * 8
    header[148:156] = checksum or b"%06o\0 " % sum(header)
    return bytes(header) + archive[BLOCK:]


def _whole(members: Members) -> bytes:
    return write_members(members.items())


def _zipped(members: Members) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(LAST, "evil")
    return stream.getvalue()


def _long_name(members: Members) -> bytes:
    info = tarfile.TarInfo("x" * 60 + "/" + LAST + "/" + "y" * 60)
    return _stream(members, [], [(info, b"")])


def _global(members: Members) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"path": LAST}) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def _doubled(members: Members) -> bytes:
    name = next(iter(members))
    return write_members([*members.items(), (name, b"another")])


_SHAPES: dict[str, Maker] = {
    "name: a zero byte in it": lambda m: _header_changed(_whole(m), 0, next(iter(m)).encode() + b"\0/../../evil"),
    "name: in the prefix field": lambda m: _header_changed(_whole(m), 345, b"../../../tmp"),
    "name: longer than a header": _long_name,
    "header: of GNU": lambda m: _header_changed(_whole(m), 257, b"ustar  \0"),
    "header: of no kind": lambda m: _header_changed(_whole(m), 257, b"\0" * 8),
    "header: junk at its end": lambda m: _header_changed(_whole(m), 500, b"junk"),
    "header: wrong sum": lambda m: _header_changed(_whole(m), 0, b"", checksum=b"000000\0 "),
    "header: sum written otherwise": lambda m: _whole(m)[:148] + b"0" + _whole(m)[148:154] + b"\0" + _whole(m)[156:],
    "pax: for all that follows": _global,
    "shape: the same name twice": _doubled,
    "shape: two archives": lambda m: _whole(m) * 2,
    "shape: one within": lambda m: write_members([("payload.tar", _whole(m))]),
    "shape: no end": lambda m: _whole(m)[: -len(END)],
    "shape: half an end": lambda m: _whole(m)[:-BLOCK],
    "shape: more end": lambda m: _whole(m) + END,
    "shape: junk behind": lambda m: _whole(m) + b"junk",
    "shape: cut": lambda m: _whole(m)[: len(_whole(m)) // 2],
    "shape: junk in the padding": lambda m: _whole(m)[: -len(END) - 1] + b"!" + END,
    "shape: 100,000 members": lambda m: write_members([*m.items(), *((f"x/{n}", b"") for n in range(100_000))]),
    "shape: nothing but an end": lambda m: END,
    "shape: nothing": lambda m: b"",
    "shape: gzip": lambda m: gzip.compress(_whole(m)),
    "shape: bzip2": lambda m: bz2.compress(_whole(m)),
    "shape: xz": lambda m: lzma.compress(_whole(m)),
    "shape: a bomb in gzip": lambda m: gzip.compress(b"\0" * 50_000_000),
    "shape: zip": _zipped,
    "shape: cpio": lambda m: b"070701" + b"0" * 104 + b"TRAILER!!!\0",
    "shape: an empty folder of zeros": lambda m: b"\0" * 10_240,
}
