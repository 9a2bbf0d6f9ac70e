"""Tar streams that a hostile store could hold, and a folder that they must not leave."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

from callout.backups.extraction import Extracted, extract_stream

Fill = Callable[[tarfile.TarFile], None]
UNTOUCHED = "outside, as it was"


def member(name: str, kind: bytes = tarfile.REGTYPE, content: bytes = b"", **fields: object) -> Fill:
    """One entry; `fields` are laid over the header."""

    def fill(archive: tarfile.TarFile) -> None:
        info = tarfile.TarInfo(name)
        info.type, info.size, info.mode, info.mtime = kind, len(content), 0o644, 1_600_000_000
        for field, value in fields.items():
            setattr(info, field, value)
        archive.addfile(info, io.BytesIO(content))

    return fill


def stream_of(*members: Fill) -> io.BytesIO:
    """The entries as one tar stream."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for fill in members:
            fill(archive)
    stream.seek(0)
    return stream


def extracted(home: Path, *members: Fill) -> tuple[Extracted, Path]:
    """What extraction tells, and the folder that it filled; beside it lies one that is none of its business."""
    (home / "outside").mkdir(exist_ok=True)
    (home / "outside/file").write_text(UNTOUCHED)
    tree = home / "tree"
    tree.mkdir(mode=0o700)
    return extract_stream(stream_of(*members), tree), tree


def outside_is_untouched(home: Path) -> bool:
    """True where nothing was written, linked or changed beside the tree."""
    there = sorted(path.name for path in (home / "outside").iterdir())
    file = home / "outside/file"
    return there == ["file"] and file.read_text() == UNTOUCHED and file.stat().st_nlink == 1
