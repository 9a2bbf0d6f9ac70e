"""Reads files of evidence and reports from anybody: bounded, plain files only, one sentence for nonsense."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from access_check.evidence.record import KIND, LIMIT_BYTES, Evidence, NoEvidence, decode, parsed

_MOST_FILES = 100_000


def read_evidence(named: Sequence[Path]) -> list[Evidence]:
    """The looks in the named files, in their order; of a folder the newest look at each system, by its name.

    Raises NoEvidence for what cannot be read or is no evidence.
    """
    found: list[Evidence] = []
    for path in named:
        found += newest_looks(path) if path.is_dir() else [decode(read_json(path), str(path))]
    return found


def newest_looks(folder: Path) -> list[Evidence]:
    """The newest look at each system in `folder`, by the systems' names. Raises NoEvidence, also for an empty folder.

    Every file `*.json` in it must be evidence: what is not is named and not passed over.
    """
    newest: dict[str, Evidence] = {}
    for place, path in enumerate(sorted(folder.glob("[!.]*.json"))):
        if place >= _MOST_FILES:
            raise NoEvidence(f"{folder} holds more than {_MOST_FILES} files.", "Name the files to be read.")
        one = decode(read_json(path), str(path))
        last = newest.get(one.target.name)
        if last is None or last.looked_at <= one.looked_at:
            newest[one.target.name] = one
    if not newest:
        raise NoEvidence(f"{folder} holds no evidence.", "Name a folder that --evidence has written into.")
    return [newest[name] for name in sorted(newest)]


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a plain file. Raises NoEvidence."""
    try:
        # A pipe or a device would keep us waiting, or never end.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise NoEvidence(f"{path} is no plain file.", "Name a file that --evidence has written.")
            return parsed(file.read(LIMIT_BYTES + 1), str(path))
    except OSError as error:
        raise NoEvidence(f"{path} cannot be read: {error.strerror}.", "Name a file or folder of evidence.") from None


def is_evidence(raw: dict[str, Any]) -> bool:
    """Whether it says of itself that it is evidence."""
    return raw.get("kind") == KIND
