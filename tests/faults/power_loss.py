"""What a loss of power may leave of what scripts have done: legal states of a disk, made of what was asked of it.

The model is harsher than any file system with a journal: of all names that were changed in folders that were not
synced since, and of all contents and attributes of files that were not synced since, any part may be lost, in any
order. A rename is one change, also between two folders. What `fsync` was told of, and all at a `sync`, is there.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Operation:
    """One change, or a sync. `names` are (folder, name, inode or None); what is of an inode alone is in `inode`."""

    kind: str
    names: tuple[tuple[int, str, int | None], ...] = ()
    inode: int = 0
    value: Any = None


@dataclass
class Inode:
    """A file, a folder or a symlink, with what is on the disk of it."""

    kind: str
    content: bytes = b""
    mode: int = 0
    uid: int = 0
    gid: int = 0
    names: dict[str, int] = field(default_factory=dict)


@dataclass
class Disk:
    """The tree below `root` as inodes; number 1 is `root` itself."""

    root: Path
    inodes: dict[int, Inode] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path) -> Disk:
        """The tree as it is now. Hard links stay what they are."""
        disk, numbers = cls(root), {}

        def take(path: Path) -> int:
            status = path.lstat()
            key = (status.st_dev, status.st_ino)
            if key in numbers:
                return int(numbers[key])
            number = numbers[key] = len(numbers) + 1
            kind = "link" if path.is_symlink() else "folder" if path.is_dir() else "file"
            content = os.fsencode(path.readlink()) if kind == "link" else path.read_bytes() if kind == "file" else b""
            node = disk.inodes[number] = Inode(kind, content, status.st_mode & 0o7777, status.st_uid, status.st_gid)
            if kind == "folder":
                node.names = {one.name: take(one) for one in sorted(path.iterdir())}
            return number

        take(root)
        return disk

    def copy(self) -> Disk:
        """One that may be changed."""
        return Disk(self.root, {n: Inode(**{**vars(i), "names": dict(i.names)}) for n, i in self.inodes.items()})

    def find(self, path: str) -> int | None:
        """The inode at an absolute path below the root; no symlink is followed."""
        here = 1
        for name in Path(path).relative_to(self.root).parts:
            found = self.inodes[here].names.get(name)
            if found is None:
                return None
            here = found
        return here

    def apply(self, operation: Operation) -> None:
        """Does a change."""
        for folder, name, inode in operation.names:
            if inode is None:
                self.inodes[folder].names.pop(name, None)
            else:
                self.inodes[folder].names[name] = inode
        node = self.inodes.get(operation.inode)
        if operation.kind == "write" and node:
            node.content = operation.value
        elif operation.kind == "mode" and node:
            node.mode = operation.value
        elif operation.kind == "owner" and node:
            node.uid, node.gid = operation.value

    def tree(self) -> list[tuple[str, int]]:
        """Every path with its inode, folders first."""
        found: list[tuple[str, int]] = []

        def walk(path: str, number: int, above: frozenset[int]) -> None:
            for name, inode in sorted(self.inodes[number].names.items()):
                found.append((f"{path}/{name}", inode))
                if self.inodes[inode].kind == "folder" and inode not in above:
                    walk(f"{path}/{name}", inode, above | {inode})

        walk("", 1, frozenset({1}))
        return found

    @property
    def state(self) -> tuple[Any, ...]:
        """Equal for equal trees."""
        told = ((path, self.inodes[number]) for path, number in self.tree())
        return tuple((path, one.kind, one.content, one.mode, one.uid, one.gid) for path, one in told)

    def write(self) -> None:
        """Makes the tree below the root what the disk says."""
        shutil.rmtree(self.root)
        self.root.mkdir()
        made: dict[int, Path] = {}
        for name, number in self.tree():
            one, path = self.inodes[number], self.root / name[1:]
            if number in made and one.kind != "folder":
                os.link(made[number], path, follow_symlinks=False)
                continue
            made[number] = path
            if one.kind == "folder":
                path.mkdir()
            elif one.kind == "link":
                path.symlink_to(os.fsdecode(one.content))
            else:
                path.write_bytes(one.content)
            os.chown(path, one.uid, one.gid, follow_symlinks=False)
            if one.kind != "link":
                path.chmod(one.mode)
        top = self.inodes[1]
        os.chown(self.root, top.uid, top.gid)
        self.root.chmod(top.mode)


def after_power_loss(disk: Disk, operations: Sequence[Operation], chance: random.Random) -> Disk:
    """One of the states that may be found once the power is back; `disk` is as it was before the operations."""
    left = disk.copy()
    share = chance.choice((0.0, 0.2, 0.5, 0.8, 1.0))
    for operation, durable in zip(operations, _durable(operations), strict=True):
        if operation.kind in ("sync", "fsync"):
            continue
        if isinstance(operation.value, Inode):
            # A new inode is a thing by itself; whether it has a name is another.
            left.inodes[operation.inode] = Inode(**{**vars(operation.value), "names": {}, "content": b""})
            if operation.value.kind == "link":
                left.inodes[operation.inode].content = operation.value.content
        if durable or chance.random() < share:
            left.apply(operation)
        elif operation.kind == "write":
            # Neither the old content nor the new one: a part, as it happens without a sync.
            part = operation.value[: chance.randrange(len(operation.value) + 1)]
            if chance.random() < 0.5:
                left.inodes[operation.inode].content = part
    return left


def _durable(operations: Sequence[Operation]) -> list[bool]:
    """Of each operation, whether a sync that came after it has put it on the disk."""
    synced: set[int] = set()
    everything, told = False, []
    for operation in reversed(operations):
        if operation.kind == "sync":
            everything = True
        elif operation.kind == "fsync":
            synced.add(operation.inode)
        about = {folder for folder, _, _ in operation.names} or {operation.inode}
        told.append(everything or not synced.isdisjoint(about))
    return told[::-1]
