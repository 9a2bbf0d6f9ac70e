"""Pure: the files in a mail, listed: names made harmless, types by content, sizes and hashes, bounded by policy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from callout.desk.mail.charsets import one_line
from callout.desk.mail.file_types import LOOKED_AT_BYTES, runs, type_of
from callout.desk.mail.limits import LISTED_ATTACHMENTS, NAME_CHARACTERS, AttachmentLimits
from callout.desk.mail.structure import Part, content

# Separators of any system, what shells and Windows read, and marks that turn the reading direction round.
_HARMFUL = re.compile('[/\\\\:*?"<>|`$;&\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]+')


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file. `size_bytes` and `sha256` are of its decoded content; `is_kept` is False beyond policy's bounds.

    `name` is for reading, never a path. `part` is its place among the mail's parts, from 0. One that `can_run` is
    kept like all others, and flagged.
    """

    name: str
    type: str
    size_bytes: int
    sha256: str
    is_kept: bool
    can_run: bool
    part: int

    def as_dict(self) -> dict[str, Any]:
        """As events hold it."""
        return {
            "name": self.name, "type": self.type, "bytes": self.size_bytes, "sha256": self.sha256,
            "kept": self.is_kept, "can_run": self.can_run,
        }  # fmt: skip


def harmless_name(said: str, number: int) -> str:
    """A name to show and to offer: no folder, no leading dot or dash, nothing that turns it round; never empty."""
    last = one_line(said.replace("\\", "/").rpartition("/")[2] or said, 4 * NAME_CHARACTERS)
    name = one_line(_HARMFUL.sub("_", last), 4 * NAME_CHARACTERS).strip(" ._-")
    if len(name) > NAME_CHARACTERS:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: NAME_CHARACTERS - 22]}….{ending[:20]}" if dot and stem else name[:NAME_CHARACTERS]
    return name or f"attachment-{number}"


def attachments_of(raw: bytes, parts: Iterable[tuple[int, Part]], bounds: AttachmentLimits) -> list[Attachment]:
    """Those parts as files, in order, at most `LISTED_ATTACHMENTS`."""
    found: list[Attachment] = []
    for place, part in parts:
        if len(found) == LISTED_ATTACHMENTS:
            break
        digest, size, start = hashlib.sha256(), 0, b""
        for piece in content(raw, part):
            if len(start) < LOOKED_AT_BYTES:
                start = (start + piece)[:LOOKED_AT_BYTES]
            digest.update(piece)
            size += len(piece)
        kind = "message/rfc822" if part.kind == "message/rfc822" else type_of(start)
        name = harmless_name(part.name or ("mail.eml" if kind == "message/rfc822" else ""), len(found) + 1)
        is_kept = sum(one.is_kept for one in found) < bounds.count and size <= bounds.size_bytes
        found.append(Attachment(name, kind, size, digest.hexdigest(), is_kept, runs(kind, name), place))
    return found
