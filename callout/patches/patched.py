"""Pure: the new contents of the files that a bundle changes by a diff, made on our side from the originals."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from callout.errors import CalloutError
from callout.patches.bundle import Bundle
from callout.patches.text_diff import DiffError, apply_hunks, read_diff


def patched_contents(bundle: Bundle, originals: Mapping[str, bytes]) -> dict[str, bytes]:
    """SHA-256 → new bytes of every file with action patch that is among `originals` (by path).

    An original that is the new content already (only its mode or owner is to change) stays as it is. Raises
    CalloutError where a diff does not fit, or makes anything but the content that the manifest promises.
    """
    made: dict[str, bytes] = {}
    for one in bundle.manifest.files:
        original = originals.get(one.path)
        if one.diff is None or one.after is None or original is None:
            continue
        content = original
        if hashlib.sha256(original).hexdigest() != one.after:
            try:
                content = apply_hunks(original, read_diff(bundle.diffs[one.diff]))
            except DiffError as error:
                raise _does_not_fit(bundle, one.path, str(error)) from None
        if hashlib.sha256(content).hexdigest() != one.after:
            raise _does_not_fit(bundle, one.path, "what it makes is not what the manifest promises")
        made[one.after] = content
    return made


def _does_not_fit(bundle: Bundle, path: str, why: str) -> CalloutError:
    return CalloutError(
        f"{bundle.manifest.id}: the diff for {path} cannot be applied: {why}.", "Have the bundle built anew."
    )
