"""Where looks are kept on our side: one private file each, compressed, whole or not at all; and each system's salt."""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from access_check.escaping import shown
from access_check.whole_files import drop_drafts, write_whole
from callout.drift.look import Look, LookFile
from callout.drift.look_record import LOOK_ID, LookRefused, look_text, read_entries, read_head
from callout.errors import BadInput, CalloutError

SUFFIX = ".look"
SALT_BYTES = 32
PIECE_BYTES = 256 * 1024
# Quickly, not tightly: a look of 119,000 files is 7 MB.
LEVEL = 1
MAXIMUM_FILE_BYTES = 512 * 1024 * 1024
MAXIMUM_TEXT_BYTES = 2 * 1024 * 1024 * 1024


def salt_of(folder: Path, fresh: bytes) -> bytes:
    """The salt of the system whose looks are in `folder`; `fresh` random bytes become it where there is none yet.

    It never leaves this machine: whoever has a look, but not the salt, cannot try passwords against its hashes.
    """
    if len(fresh) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    kept = _private(folder) / "salt"
    with suppress(FileExistsError):
        write_whole(kept, fresh, mode=0o600, once=True)
    salt = kept.read_bytes()
    if len(salt) != SALT_BYTES:
        raise CalloutError(f"{kept} is no salt of ours.", "Restore it; without it secrets cannot be compared.")
    return salt


def write_look(folder: Path, look: Look, files: Iterable[tuple[bytes, bytes]]) -> tuple[Path, str]:
    """Keeps a look under its id in `folder`; gives its path and SHA-256. One that is there already stays: BadInput.

    `files` are paths and records, sorted. On the disk when this returns; a kill before leaves nothing under that name.
    """
    if not LOOK_ID.fullmatch(look.id):
        raise BadInput(f"{shown(look.id)} is no id of a look.", "Letters, digits and hyphens, at most 64.")
    packer = zlib.compressobj(LEVEL, wbits=16 + zlib.MAX_WBITS)
    packed = bytearray()
    for piece in look_text(look, files):
        packed += packer.compress(piece)
    packed += packer.flush()
    path = _private(folder) / (look.id + SUFFIX)
    drop_drafts(folder, lambda name: name.endswith(SUFFIX))
    try:
        write_whole(path, bytes(packed), mode=0o600, once=True)
    except FileExistsError:
        raise BadInput(f"{path} is there already.", "Look again: each look has an id of its own.") from None
    return path, hashlib.sha256(packed).hexdigest()


def open_look(path: Path, sha256: str) -> LookFile:
    """A look that was kept. Refuses another file than the one with that hash, and one that is not whole: BadInput.

    Its files are read anew, and held against the hash anew, each time that they are asked for.
    """
    with _refusing(path):
        look, _ = read_head(_unpacked(path, sha256))
    return LookFile(look, lambda: _entries(path, sha256))


def _entries(path: Path, sha256: str) -> Iterator[tuple[bytes, bytes]]:
    with _refusing(path):
        _, rest = read_head(_unpacked(path, sha256))
        yield from read_entries(rest)


def _unpacked(path: Path, sha256: str) -> Iterator[bytes]:
    """Its text. The file is read once before: a look is believed as a whole or not at all."""
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
        if not hmac.compare_digest(found, sha256.lower()):
            raise LookRefused(f"its SHA-256 is {found}, not {shown(sha256)} as was recorded")
        if stream.tell() > MAXIMUM_FILE_BYTES:
            raise LookRefused(f"it has more than {MAXIMUM_FILE_BYTES} bytes")
        stream.seek(0)
        unpacker, left = zlib.decompressobj(16 + zlib.MAX_WBITS), MAXIMUM_TEXT_BYTES
        while packed := stream.read(PIECE_BYTES):
            while packed:
                piece = unpacker.decompress(packed, PIECE_BYTES)
                left -= len(piece)
                if left < 0:
                    raise LookRefused(f"it unpacks to more than {MAXIMUM_TEXT_BYTES} bytes")
                yield piece
                packed = unpacker.unconsumed_tail
        if not unpacker.eof:
            raise LookRefused("it ends in the middle")


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    remedy = "Restore it from where callout's data are backed up, or record a baseline anew."
    try:
        yield
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", remedy) from None
    except (LookRefused, zlib.error) as error:
        raise BadInput(f"{path} is not the look that was recorded: {error}.", remedy) from None


def _private(folder: Path) -> Path:
    """The folder, made if need be, for nobody but us."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        raise CalloutError(f"{folder} is not private to you.", f"Run chmod 700 {folder}, then run again.")
    return folder
