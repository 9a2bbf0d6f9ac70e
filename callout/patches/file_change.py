"""What a bundle does to one path. Pure; `docs/reference/bundle-format.md` describes it for people."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field, model_validator

from access_check.validation import Strict
from callout.patches.words import Before, LinkTarget, Sha256, SystemPath

ABSENT_WORD = "absent"
LINK_WORD = "link:"
MAXIMUM_BEFORE = 50
# No bundle is larger (patches.bundle).
MAXIMUM_SIZE = 64 * 1024 * 1024


class FileChange(Strict):
    """What happens to one path.

    `before` is all that may be there (empty for `create`: nothing may): SHA-256 of a file's content; from
    format 2 on also `link:` and the SHA-256 of what a symlink says, and for `symlink` the word `absent`.
    `after` and `size` (bytes) describe the new content, which is in the bundle for create and replace. For
    `patch` it is made by applying the unified diff with the SHA-256 `diff` to the one content of `before`.
    `target` is what a new symlink says. `mode` is four octal digits, `owner` is `uid:gid` in numbers;
    `keep` means as the replaced file had it; a symlink belongs to whoever applies, and has neither.
    """

    path: SystemPath
    action: Literal["create", "replace", "delete", "symlink", "patch"]
    before: tuple[Before, ...] = Field(default=(), max_length=MAXIMUM_BEFORE)
    after: Sha256 | None = None
    size: Annotated[int, Field(ge=0, le=MAXIMUM_SIZE, strict=True)] | None = None
    mode: Annotated[str, Field(pattern=r"^(keep|[0-7]{4})$")] = "keep"
    owner: Annotated[str, Field(pattern=r"^(keep|[0-9]{1,9}:[0-9]{1,9})$")] = "keep"
    target: LinkTarget | None = None
    diff: Sha256 | None = None

    @property
    def content(self) -> str:
        """SHA-256 of the new content where the bundle carries it; empty where it carries none."""
        return (self.after or "") if self.action in ("create", "replace") else ""

    @property
    def target_sha256(self) -> str:
        """SHA-256 of what the new symlink says; empty where it is none."""
        return text_sha256(self.target) if self.target is not None else ""

    @model_validator(mode="after")
    def _whole(self) -> FileChange:
        has_content = self.action in ("create", "replace", "patch")
        if (self.action == "create") != (not self.before):
            raise ValueError(f"{self.action} {'takes no' if self.before else 'needs at least one'} 'before'")
        if has_content != (self.after is not None):
            raise ValueError(f"{self.action} {'takes no' if self.after else 'needs'} new content")
        if (self.after is None) != (self.size is None):
            raise ValueError("'after' and 'size' go together")
        if (self.action == "symlink") != (self.target is not None):
            raise ValueError(f"{self.action} {'takes no' if self.target else 'needs a'} 'target'")
        if (self.action == "patch") != (self.diff is not None):
            raise ValueError(f"{self.action} {'takes no' if self.diff else 'needs a'} 'diff'")
        if self.action == "create" and "keep" in (self.mode, self.owner):
            raise ValueError("create needs 'mode' and 'owner': there is nothing to keep them from")
        if not has_content and (self.mode, self.owner) != ("keep", "keep"):
            raise ValueError(f"{self.action} takes no 'mode' and no 'owner'")
        return self

    @model_validator(mode="after")
    def _takes(self) -> FileChange:
        """What `before` may hold depends on the action."""
        links = any(one.startswith(LINK_WORD) for one in self.before)
        if ABSENT_WORD in self.before and self.action != "symlink":
            raise ValueError(f"{self.action} does not take absent; use create, or symlink")
        if self.action == "patch" and (links or len(self.before) != 1):
            raise ValueError("patch takes exactly one 'before': one diff leads from one content to one other")
        if self.action == "replace" and links and "keep" in (self.mode, self.owner):
            raise ValueError("replace of a symlink needs 'mode' and 'owner': a symlink has none to keep")
        return self


def text_sha256(text: str) -> str:
    """SHA-256 (hex) of a text in UTF-8: how what a symlink says is named."""
    return hashlib.sha256(text.encode()).hexdigest()
