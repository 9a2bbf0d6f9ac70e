"""Writes bundle files: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from callout.errors import BadInput
from callout.patches.bundle import Container


def write_bundle(path: Path, container: Container) -> None:
    """Puts the bundle at `path` in one step; what was there before stays until then. Raises BadInput."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        draft.write_bytes(container.to_bytes())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise BadInput(f"{path} cannot be written: {error.strerror}.", "Name another place.") from None
