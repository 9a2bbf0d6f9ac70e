"""Bytes ↔ members: the one form of tar that bundles are made of. Pure; nothing is ever extracted by name.

A member is a header that `tarfile` writes in ustar format with everything at zero (owner, time) and mode
0644, then its bytes, padded to 512. After the last member come two empty blocks. Reading accepts *only the
very bytes that writing makes*: every other tar feature (links, extensions, sparse files, other owners) is
no bundle, so there is nothing to defend against.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable

from callout.errors import BadInput

BLOCK = 512
END = b"\0" * (2 * BLOCK)
MAXIMUM_NAME_BYTES = 100


def write_members(members: Iterable[tuple[str, bytes]]) -> bytes:
    """The archive of `members`, in the order given. Equal members give equal bytes, everywhere."""
    pieces: list[bytes] = []
    for name, content in members:
        pieces += [_header(name, len(content)), content, b"\0" * (-len(content) % BLOCK)]
    return b"".join([*pieces, END])


def read_members(archive: bytes, *, what: str, maximum_members: int) -> dict[str, bytes]:
    """Member name → bytes, in the archive's order.

    `what` names the archive in the message. Raises BadInput, naming the place, for anything that
    `write_members` would not have written, a name that occurs twice, or more members than allowed.
    """
    members: dict[str, bytes] = {}
    place = 0
    while archive[place : place + BLOCK].strip(b"\0"):
        if len(members) >= maximum_members:
            raise _no_bundle(what, f"it has more than {maximum_members} members")
        header = archive[place : place + BLOCK]
        name, size = _name_and_size(header, what, place)
        place += BLOCK
        content = archive[place : place + size]
        padding = archive[place + size : place + size + (-size % BLOCK)]
        if len(content) != size or len(padding) != -size % BLOCK or padding.strip(b"\0"):
            raise _no_bundle(what, f"member {name} is cut short")
        if name in members:
            raise _no_bundle(what, f"member {name} is there twice")
        members[name] = content
        place += size + len(padding)
    if archive[place:] != END:
        raise _no_bundle(what, f"it does not end as it should, at byte {place}")
    return members


def _name_and_size(header: bytes, what: str, place: int) -> tuple[str, int]:
    try:
        name = header[:MAXIMUM_NAME_BYTES].rstrip(b"\0").decode("ascii")
        size = int(header[124:135].decode("ascii"), 8)
        if size >= 0 and _header(name, size) == header:
            return name, size
    except ValueError:
        pass
    raise _no_bundle(what, f"byte {place} is not the start of a member")


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


def _no_bundle(what: str, why: str) -> BadInput:
    return BadInput(f"{what} is no patch bundle: {why}.", "Get it again from where it came, or build it anew.")
