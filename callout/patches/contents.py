"""Contents of files: read from a system, or found among the originals that are kept here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from callout.patches.images import Observed
from callout.shell.scripts_shelf import script
from callout.shell.session import Session

MAXIMUM_FETCHED_BYTES = 8 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


def read_there(session: Session, files: Sequence[Observed]) -> dict[str, bytes]:
    """Path → bytes of ordinary files as they were seen, in one round trip; reads only.

    One that has changed since it was seen, and what comes after 8 MiB, is left out. Raises Unreachable, TrustRefused.
    """
    wanted = [one for one in files if one.image.kind == "file" and one.size_bytes is not None]
    limit = sum(one.size_bytes or 0 for one in wanted)
    if not wanted:
        return {}
    done = session.run(
        script("patch_common") + script("patch_fetch"),
        stdin="".join(f"{one.path}\n" for one in wanted).encode(),
        deadline_s=120,
        limit_bytes=min(limit, MAXIMUM_FETCHED_BYTES) + 65536,
    )
    found: dict[str, bytes] = {}
    place = 0
    for one in wanted:
        content = done.stdout[place : place + (one.size_bytes or 0)]
        place += len(content)
        if hashlib.sha256(content).hexdigest() == one.image.sha256:
            found[one.path] = content
    return found


def kept_content(originals: Path, accepted: Sequence[str]) -> bytes | None:
    """The first of the `accepted` contents (SHA-256) that some call-out keeps below `originals`; None without one."""
    for sha256 in filter(_SHA256.fullmatch, accepted):
        for path in sorted(originals.glob(f"*/*/{sha256}")):
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == sha256:
                return content
    return None
