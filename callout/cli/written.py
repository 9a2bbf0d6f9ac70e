"""Pages and files written for a person: whole or not at all, and for that person only."""

from __future__ import annotations

from pathlib import Path

from access_check.whole_files import write_whole
from callout.errors import CalloutError


def write_private(path: Path, text: str | bytes) -> None:
    """The text or bytes under that name, whole or not at all; 0600, a customer's story is nobody else's business.

    Raises CalloutError where the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
        write_whole(path, content, mode=0o600)
    except OSError as error:
        raise CalloutError(f"{path} cannot be written: {error.strerror}.", "Choose another file.") from None
