"""How much there is to take: one script sums up the folders of the scope, with the very prunes of the capture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callout.backups.probe import probe
from callout.backups.scope import KERNEL_FOLDERS, Reason, Scope
from callout.errors import BackupFailed
from callout.inventory.operation import Database
from callout.shell import Session, script

DEADLINE_S = 900
LIMIT_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Size:
    """What lies below a path. `whole` is False where something there could not be read: it is at least so much."""

    files: int
    bytes: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Sized:
    """One path of the scope. `size` is None where nothing was measured: kernel folders, patterns, what is absent."""

    path: str
    why: Reason
    size: Size | None = None
    absent: bool = False

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        size = self.size
        measured = {"files": size.files, "bytes": size.bytes, "whole": size.whole} if size else {}
        return {
            "path": self.path,
            "why": str(self.why),
            "asked_by": self.why.asked_by,
            "absent": self.absent,
            **measured,
        }


@dataclass(frozen=True, slots=True)
class MeasuredScope:
    """The scope as the system is now. `taken` holds no recordings, they are a class of their own."""

    taken: tuple[Sized, ...]
    left_out: tuple[Sized, ...]
    recordings: tuple[Sized, ...]
    recordings_taken: bool
    database: str

    @property
    def total(self) -> Size:
        """Of all that would be taken, without the database's dump: how large that gets nobody knows before."""
        counted = [one.size for one in (*self.taken, *(self.recordings if self.recordings_taken else ())) if one.size]
        whole = all(size.whole for size in counted)
        return Size(sum(size.files for size in counted), sum(size.bytes for size in counted), whole)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        total = self.total
        return {
            "taken": [one.as_dict() for one in self.taken],
            "left_out": [one.as_dict() for one in self.left_out],
            "recordings": [one.as_dict() for one in self.recordings],
            "recordings_taken": self.recordings_taken,
            "database": self.database,
            "total": {"files": total.files, "bytes": total.bytes, "whole": total.whole},
        }


def measure(session: Session, scope: Scope, database: Database | None) -> MeasuredScope:
    """Looks at the system as a backup does, then measures in one round trip; reads no file's content.

    Raises BackupFailed where the system could not be backed up, and why; Unreachable after 15 minutes.
    """
    why_out = scope.left_out.get(scope.recordings[0]) if scope.recordings else None
    without = {**scope.left_out, **dict.fromkeys(scope.recordings, Reason.RECORDINGS_OUT)}
    abilities, plan = probe(session, replace(scope, left_out=without), database)
    apart = [*scope.recordings, *(path for path, why in plan.left_out.items() if _measurable(path, why, scope))]
    folders = [*plan.roots, *apart]
    arguments = (abilities.calm, str(len(plan.roots)), str(len(apart)), *folders)
    tests = plan.find_arguments()[len(plan.roots) :]
    completed = session.run(script("backup_sizes"), *arguments, *tests, deadline_s=DEADLINE_S, limit_bytes=LIMIT_BYTES)
    sizes = read_sizes(session.name, completed.text, folders)
    links = set(plan.roots) - set(scope.taken)
    taken = [
        *(_sized(path, why, sizes, absent=path in plan.absent) for path, why in scope.taken.items()),
        *(_sized(path, Reason.LINKED, sizes) for path in plan.roots if path in links),
    ]
    left_out = [_sized(path, why, sizes) for path, why in plan.left_out.items() if why is not Reason.RECORDINGS_OUT]
    left_out += [Sized(path, Reason.REPLACED) for path in scope.replaced]
    recordings = [_sized(path, why_out or Reason.PROFILE, sizes) for path in scope.recordings]
    name = database.name if database else ""
    return MeasuredScope(tuple(taken), tuple(left_out), tuple(recordings), scope.recordings_taken, name)


def read_sizes(name: str, text: str, folders: Sequence[str]) -> Mapping[str, Size | None]:
    """What the script said, by folder; None for one that is not there. Raises BackupFailed for half an answer."""
    lines = [line.split("\t") for line in text.splitlines()]
    if missing := [line[1] for line in lines if line[0] == "missing" and len(line) == 2]:
        raise BackupFailed(f"{name}: sizes cannot be told without {missing[0]}.", "Add --no-sizes.")
    found: dict[str, Size | None] = {}
    for line in lines:
        numbers = [int(word) if word.isascii() and word.isdigit() and len(word) < 19 else -1 for word in line]
        place = numbers[0]
        if not 1 <= place <= len(folders):
            continue
        if line[1:] == ["absent"]:
            found[folders[place - 1]] = None
        elif len(numbers) == 4 and min(numbers) >= 0:
            found[folders[place - 1]] = Size(numbers[1], numbers[2], whole=numbers[3] == 0)
    if lines[-1:] != [["end"]] or len(found) != len(set(folders)):
        raise BackupFailed(f"{name}: the look at its sizes gave no whole answer.", "Run it again, or add --no-sizes.")
    return found


def _measurable(path: str, why: Reason, scope: Scope) -> bool:
    """Neither a pattern nor the kernel's, and not a recording, which is measured in any case."""
    kernel = why is Reason.KERNEL_MOUNT or path.rpartition("/")[2] in KERNEL_FOLDERS
    return not path.startswith("*") and not kernel and why is not Reason.RECORDINGS_OUT and path not in scope.recordings


def _sized(path: str, why: Reason, sizes: Mapping[str, Size | None], *, absent: bool = False) -> Sized:
    size = sizes.get(path)
    return Sized(path, why, None if absent else size, absent or (path in sizes and size is None))
