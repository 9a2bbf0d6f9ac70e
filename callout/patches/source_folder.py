"""A bundle's source folder: its YAML, the files it names, and what of them the bundle will carry."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from access_check.escaping import shown
from callout.errors import BadInput
from callout.patches.bundle import MAXIMUM_BYTES

HINT = "See docs/reference/bundle-format.md, The source folder."
MAXIMUM_SOURCE_BYTES = 1024 * 1024


@dataclass
class SourceFolder:
    """`folder` and its `file` (bundle.yml). `contents` collects what the bundle carries, by SHA-256."""

    folder: Path
    file: Path
    contents: dict[str, bytes] = field(default_factory=dict)

    def carry(self, content: bytes) -> str:
        """Puts `content` into the bundle and gives its SHA-256 (hex)."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.contents[sha256] = content
        return sha256

    def read(self, named: Any) -> bytes:
        """The bytes of a file of the folder. Raises BadInput for one that is not there, outside, or over 64 MiB."""
        if not isinstance(named, str) or not named or not named.isprintable():
            # Of anything but a text not even the look is told: it may be of any size.
            told = shown(named, 80) if isinstance(named, str) else f"a {type(named).__name__}"
            raise BadInput(f"{self.file}: {told!r} is no file name.", HINT)
        try:
            path = (self.folder / named).resolve()
            if not path.is_relative_to(self.folder.resolve()):
                raise BadInput(f"{self.file}: {named} is outside the folder.", "Put the file into the bundle's folder.")
            if path.stat().st_size > MAXIMUM_BYTES:
                raise BadInput(f"{path} is over 64 MiB.", "Split it, or ship it another way.")
            return path.read_bytes()
        except OSError as error:
            raise BadInput(f"{self.file}: {named} cannot be read: {error.strerror}.", HINT) from None

    def yaml(self) -> dict[str, Any]:
        """What `file` says, top level. Raises BadInput for what is no mapping of keys to values."""
        from callout.patches.plain_yaml import NotPlain, read_plain

        try:
            with self.file.open("rb") as stream:
                raw = stream.read(MAXIMUM_SOURCE_BYTES + 1)
            if len(raw) > MAXIMUM_SOURCE_BYTES:
                raise BadInput(f"{self.file} is over 1 MiB.", "Split the bundle.")
            loaded = read_plain(raw)
        except OSError as error:
            raise BadInput(f"{self.file} cannot be read: {error.strerror}.", HINT) from None
        except NotPlain as error:
            said = f"{self.file} is no plain YAML: {shown(str(error))}."
            raise BadInput(said, "Mend it; strings with digits only need quotes.") from None
        if not isinstance(loaded, dict) or not all(isinstance(key, str) for key in loaded):
            raise BadInput(f"{self.file} is no mapping of keys to values.", HINT)
        return loaded
