"""Pages and files written for a person: whole or not at all, and for that person only."""

from __future__ import annotations

import os
from pathlib import Path

from callout.errors import CalloutError


def write_private(path: Path, text: str) -> None:
    """The text under that name, whole or not at all; 0600, a customer's story is nobody else's business.

    Raises CalloutError where the folder or the file cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(
            os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
        ) as file:
            file.write(text)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise CalloutError(f"{path} cannot be written: {error.strerror}.", "Choose another file.") from None
