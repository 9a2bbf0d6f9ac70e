"""Writes bundle files: whole or not at all."""

from __future__ import annotations

from pathlib import Path

from access_check.whole_files import write_whole
from callout.errors import BadInput
from callout.patches.bundle import Container


def write_bundle(path: Path, container: Container) -> None:
    """Puts the bundle at `path` in one step; what was there before stays until then. Raises BadInput."""
    try:
        write_whole(path, container.to_bytes(), mode=0o644)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.", "Name another place.") from None
