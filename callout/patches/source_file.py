"""One entry of `files` in bundle.yml → the same as the manifest says it, with hashes for names."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from access_check.escaping import shown
from callout.errors import BadInput
from callout.patches.file_change import ABSENT_WORD, LINK_WORD, MAXIMUM_BEFORE, text_sha256
from callout.patches.paths import safe_target
from callout.patches.source_folder import HINT, SourceFolder
from callout.patches.text_diff import DiffError, apply_hunks, read_diff

_SHA256 = re.compile(r"[0-9a-f]{64}")


def file_values(source: SourceFolder, raw: dict[str, Any]) -> dict[str, Any]:
    """The values of a FileChange. Contents and diffs go into `source`. Raises BadInput naming file and key."""
    values = dict(raw)
    before = values.get("before", [ABSENT_WORD] if values.get("action") == "symlink" else [])
    if not isinstance(before, list) or len(before) > MAXIMUM_BEFORE:
        raise BadInput(
            f"{source.file}: before: is a list of at most {MAXIMUM_BEFORE} SHA-256, or files in the folder.", HINT
        )
    if "content" in values:
        content = source.read(values.pop("content"))
        values["after"], values["size"] = source.carry(content), len(content)
    if values.get("action") == "patch" and "diff" in values:
        values |= _patched(source, values, before)
    values["before"] = sorted({_before(source, one) for one in before})
    if values.get("action") == "create":
        values = {"mode": "0644", "owner": "0:0", **values}
    return values


def _patched(source: SourceFolder, values: dict[str, Any], before: list[Any]) -> dict[str, Any]:
    """`diff`, `after` and `size`. The original must lie in the folder: a diff that was never applied is no patch."""
    where = f"{source.file}: the diff for {_path(values)}"
    if len(before) != 1 or not isinstance(before[0], str) or _SHA256.fullmatch(before[0]):
        raise BadInput(f"{where}: before: names one file of the folder, the original it is made from.", HINT)
    raw, original = source.read(values["diff"]), source.read(before[0])
    try:
        content = apply_hunks(original, read_diff(raw))
    except DiffError as error:
        raise BadInput(f"{where}: {error}.", f"Make it anew: LC_ALL=C diff -u {before[0]} NEW.") from None
    return {"diff": source.carry(raw), "after": hashlib.sha256(content).hexdigest(), "size": len(content)}


def _before(source: SourceFolder, named: Any) -> str:
    if isinstance(named, dict) and list(named) == ["link"] and isinstance(named["link"], str):
        try:
            return LINK_WORD + text_sha256(safe_target(named["link"]))
        except ValueError as error:
            raise BadInput(f"{source.file}: before: link: {error}.", HINT) from None
    if isinstance(named, str) and (named == ABSENT_WORD or _SHA256.fullmatch(named)):
        return named
    return hashlib.sha256(source.read(named)).hexdigest()


def _path(values: dict[str, Any]) -> str:
    path = values.get("path")
    return shown(path, 80) if isinstance(path, str) else "an entry without a path"
