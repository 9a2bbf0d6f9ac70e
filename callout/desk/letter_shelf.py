"""Where letters are kept: one private file each, whole or not at all, never written over; named by what is in it."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from access_check.escaping import shown
from access_check.whole_files import drop_drafts, write_whole
from callout.errors import BadInput, CalloutError

SUFFIX = ".eml"
FOLDER = "letters"
NO_CASE = "unregistered"
MAXIMUM_BYTES = 2 * 1024 * 1024


def keep_letter(data: Path, case: str, kind: str, letter: bytes) -> tuple[str, str]:
    """Puts a letter on the shelf; gives back its path, relative to the data folder, and its SHA-256.

    On the disk when this returns; a kill before leaves nothing under that name. Raises CalloutError.
    """
    hashed = hashlib.sha256(letter).hexdigest()
    relative = PurePosixPath(FOLDER, case or NO_CASE, f"{kind}-{hashed[:16]}{SUFFIX}")
    path = data / relative
    try:
        path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        drop_drafts(path.parent, lambda name: name.endswith(SUFFIX))
        write_whole(path, letter, mode=0o600)
    except OSError as error:
        raise CalloutError(f"{path} cannot be written: {error.strerror}.", "Look at the data folder.") from None
    return str(relative), hashed


def read_letter(data: Path, relative: str, hashed: str) -> bytes:
    """The letter as it was written. Raises BadInput where it is gone, or is not what was written."""
    where = PurePosixPath(relative)
    if where.is_absolute() or ".." in where.parts or where.parts[:1] != (FOLDER,):
        raise BadInput(f"{shown(relative)} is no letter on our shelf.", "Write the letter again.")
    path = data / where
    try:
        with path.open("rb") as stream:
            letter = stream.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Write the letter again.") from None
    if hashlib.sha256(letter).hexdigest() != hashed:
        raise BadInput(f"{path} is not the letter that was written: its hash differs.", "Write the letter again.")
    return letter
