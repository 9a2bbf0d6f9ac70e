"""Two folders, before and after → the entries of `files` that lead from one to the other, and what they carry."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from access_check.escaping import shown
from callout.errors import BadInput
from callout.patches.bundle import MAXIMUM_BYTES
from callout.patches.diff_text import diff_between
from callout.patches.manifest import MAXIMUM_FILES
from callout.patches.paths import safe_path, safe_target
from callout.patches.text_diff import DiffError


@dataclass(frozen=True, slots=True)
class Entry:
    """A file with its `content` and `mode` (four octal digits), or a symlink that says `target`."""

    content: bytes = b""
    mode: str = ""
    target: str | None = None

    @property
    def word(self) -> str | dict[str, str]:
        """As `before` in bundle.yml names it."""
        return {"link": self.target} if self.target is not None else hashlib.sha256(self.content).hexdigest()


@dataclass
class TreeDifference:
    """`files` as bundle.yml has them, in order of paths; `carried` are the files of the folder that they name."""

    files: list[dict[str, Any]] = field(default_factory=list)
    carried: dict[str, bytes] = field(default_factory=dict)


def tree_difference(before: Path, after: Path, at: str, *, as_diffs: bool = False) -> TreeDifference:
    """What leads from the tree `before` to the tree `after`, whose top is `at` on the system.

    With `as_diffs` a text that is changed is carried as a diff, and its original lies beside it for the build. Owners
    are not compared: whose a file is here says nothing. Raises BadInput for what a bundle cannot do: a special file,
    a folder in place of a file, a name that no bundle may name, more than 500 changes.
    """
    old, new = dict(_entries(before)), dict(_entries(after))
    difference = TreeDifference()
    for name in sorted({*old, *new}):
        if old.get(name) == new.get(name):
            continue
        try:
            path = safe_path(f"{at.rstrip('/')}/{name}")
        except ValueError as error:
            raise BadInput(f"{error}.", "Rename it, or leave it out of both trees.") from None
        told = _change(difference.carried, name, old.get(name), new.get(name), as_diffs)
        difference.files.append({"path": path, **told})
    if not difference.files:
        raise BadInput(f"{before} and {after} are the same.", "There is nothing to make a bundle of.")
    if len(difference.files) > MAXIMUM_FILES:
        raise BadInput(f"{len(difference.files)} files differ; a bundle has at most {MAXIMUM_FILES}.", "Split it.")
    return difference


def _change(
    carried: dict[str, bytes], name: str, old: Entry | None, new: Entry | None, as_diffs: bool
) -> dict[str, Any]:
    if new is None:
        return {"action": "delete", "before": [old.word if old else ""]}
    if new.target is not None:
        return {"action": "symlink", "target": new.target, "before": [old.word if old else "absent"]}
    if old is None:
        carried[f"files/{name}"] = new.content
        return {"action": "create", "content": f"files/{name}", "mode": new.mode, "owner": "0:0"}
    mode: dict[str, Any] = {} if new.mode == old.mode else {"mode": new.mode}
    if old.target is not None:
        mode = {"mode": new.mode, "owner": "0:0"}
    elif as_diffs and (diff := _diff(old.content, new.content, name)):
        carried |= {f"diffs/{name}": diff, f"originals/{name}": old.content}
        return {"action": "patch", "before": [f"originals/{name}"], "diff": f"diffs/{name}", **mode}
    carried[f"files/{name}"] = new.content
    return {"action": "replace", "before": [old.word], "content": f"files/{name}", **mode}


def _diff(old: bytes, new: bytes, name: str) -> bytes:
    """The diff, or nothing for what has none; such a file is carried whole."""
    try:
        return diff_between(old, new, shown(name))
    except DiffError:
        return b""


def _entries(tree: Path) -> Iterator[tuple[str, Entry]]:
    if not tree.is_dir():
        raise BadInput(f"{tree} is no folder.", "Name the folder that holds the tree.")
    for folder, folders, names in os.walk(tree, onerror=_cannot):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in sorted([*names, *links]):
            path = Path(folder) / name
            yield path.relative_to(tree).as_posix(), _entry(path)


def _entry(path: Path) -> Entry:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        try:
            return Entry(target=safe_target(str(path.readlink())))
        except ValueError as error:
            raise BadInput(f"{shown(str(path))}: {error}.", "Make the symlink otherwise.") from None
    if not stat.S_ISREG(status.st_mode):
        raise BadInput(f"{shown(str(path))} is no ordinary file and no symlink.", "Leave it out of both trees.")
    if status.st_size > MAXIMUM_BYTES:
        raise BadInput(f"{shown(str(path))} is over 64 MiB.", "Split the bundle, or ship it another way.")
    try:
        return Entry(path.read_bytes(), f"{stat.S_IMODE(status.st_mode):04o}")
    except OSError as error:
        raise BadInput(f"{shown(str(path))} cannot be read: {error.strerror}.", "Make it readable.") from None


def _cannot(error: OSError) -> None:
    raise BadInput(f"{shown(str(error.filename))} cannot be read: {error.strerror}.", "Make it readable.") from None
