"""Pure: one file of a bundle, beside what is at its path: what would be done, or why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callout.patches.file_change import ABSENT_WORD, LINK_WORD, FileChange
from callout.patches.images import ABSENT, Image, Observed


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file's verdict: the action of its change, already-in, or blocked with the reason's code.

    `target` is what a new symlink will say, empty for all others.
    """

    path: str
    verdict: str
    before: Image
    after: Image
    code: str = ""
    accepted: tuple[str, ...] = ()
    target: str = ""

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        told: dict[str, Any] = {"path": self.path, "verdict": self.verdict}
        told |= {"before": self.before.as_dict(), "after": self.after.as_dict()}
        told |= {"target": self.target} if self.target else {}
        return told | ({"code": self.code, "accepted": list(self.accepted)} if self.code else {})


def planned_file(change: FileChange, seen: Observed) -> PlannedFile:
    """The verdict on one file. `seen` is what is at the change's path."""
    now = seen.image
    after = _after(change, now)
    target = change.target or ""
    if seen.way == "ok" and _same(now, after):
        return PlannedFile(change.path, "already-in", now, after, target=target)
    code = _obstacle(change, seen)
    if code:
        accepted = change.before or (ABSENT_WORD,)
        return PlannedFile(change.path, "blocked", now, after, code, accepted, target)
    return PlannedFile(change.path, change.action, now, after, target=target)


def _after(change: FileChange, now: Image) -> Image:
    if change.action == "delete":
        return ABSENT
    if change.action == "symlink":
        return Image("symlink", change.target_sha256)
    mode = now.mode or "0644" if change.mode == "keep" else change.mode
    uid, _, gid = (f"{now.uid}:{now.gid}" if change.owner == "keep" else change.owner).partition(":")
    return Image("file", change.after or "", mode, int(uid), int(gid))


def _same(now: Image, after: Image) -> bool:
    """Symlinks are the same where they say the same; whose they are is of no account."""
    if now.kind == after.kind == "symlink":
        return now.sha256 == after.sha256
    return now == after


def _obstacle(change: FileChange, seen: Observed) -> str:
    """Why this file cannot be changed, as one word, or nothing."""
    now = seen.image
    if seen.way != "ok":
        return f"way-{seen.way}"
    if now.kind == "symlink":
        if now.sha256 and LINK_WORD + now.sha256 in change.before:
            return ""
        return "other-link" if now.sha256 and any(one.startswith(LINK_WORD) for one in change.before) else "symlink"
    if now.kind not in ("file", "absent"):
        return now.kind
    if change.action == "create":
        # Our own content with another mode or owner may be put right; anything else there is somebody's.
        return "" if now.kind == "absent" or now.sha256 == change.after else "exists"
    if now.kind == "absent":
        return "" if ABSENT_WORD in change.before else "missing"
    if now.sha256 not in (*change.before, change.after):
        # A symlink that takes no file at all finds one: nothing was modified, there is simply one.
        takes_files = any(one != ABSENT_WORD and not one.startswith(LINK_WORD) for one in change.before)
        return "modified" if takes_files else "exists"
    return "hard-links" if seen.links != 1 else ""
