"""An archive → a folder of ours, as hostile content: no link is ever followed, nothing is written outside of it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from access_check.escaping import shown
from callout.backups.archive import Repository
from callout.backups.manifest import EntryKind, is_besides
from callout.backups.tar_reader import Limits, Member, StreamRefused, TarReader
from callout.errors import BackupFailed

PIECE_BYTES = 1024 * 1024
ZEROS = bytes(PIECE_BYTES)
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
MAXIMUM_REFUSED = 200
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass
class Extracted:
    """What became of the entries. `refused` are sentences, printable, the first of them; `refused_count` is of all.

    `devices` counts device nodes, which are never made here; `owned` says whether owners were set (we are root).
    """

    entries: int = 0
    devices: int = 0
    refused_count: int = 0
    refused: list[str] = field(default_factory=list)
    owned: bool = False

    def refuse(self, path: str, why: str) -> None:
        """Notes an entry that was not made."""
        self.refused_count += 1
        if len(self.refused) < MAXIMUM_REFUSED:
            self.refused.append(f"{shown(path.encode('utf-8', 'surrogateescape'), 300)}: {why}")


class EntryRefused(Exception):
    """This entry is not made; the message says why. It goes no further than the extraction."""


def least_mode(kind: EntryKind) -> int:
    """What its owner must be allowed where we are not root: else we could not look at what we restored."""
    return 0o700 if kind is EntryKind.FOLDER else 0o400


def extract_archive(repository: Repository, name: str, folder: Path) -> Extracted:
    """All entries of the archive `name`, below `folder` (empty, private). Raises BackupFailed, also for a full disk."""
    try:
        with repository.exporting(name) as stream:
            return extract_stream(stream, folder)
    except StreamRefused as error:
        raise BackupFailed(f"{name} does not read back: {error}.", f"callout backup verify {name}") from None
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise BackupFailed(f"{folder}: the disk is full; the backup was not restored.", "Make room there.") from None


def extract_stream(stream: IO[bytes], folder: Path, limits: Limits | None = None) -> Extracted:
    """Makes the entries of a tar stream; modes, owners (as root) and times are those of the stream.

    An entry that leads out of `folder`, stands twice or links to what is not there is refused and told.
    Raises StreamRefused for a stream that is none, OSError where the disk does not take it.
    """
    read: Callable[[], bytes] = lambda: stream.read(PIECE_BYTES)  # noqa: E731
    reader = TarReader(iter(read, b""), limits)
    tree = _Tree(folder, owned=os.geteuid() == 0)
    told = Extracted(owned=tree.owned)
    try:
        for member in reader.members():
            if not is_besides(member.path):
                told.entries += 1
                try:
                    _make(tree, member, reader, told)
                except EntryRefused as refusal:
                    told.refuse(member.path, str(refusal))
            for _ in reader.data():
                continue
        tree.finish(told)
    finally:
        tree.close()
    return told


def _make(tree: _Tree, member: Member, reader: TarReader, told: Extracted) -> None:
    kind = member.kind
    if kind in (EntryKind.CHARACTER_DEVICE, EntryKind.BLOCK_DEVICE):
        told.devices += 1
        return
    parent, name = tree.parent_of(member.path)
    try:
        if kind is EntryKind.FOLDER:
            tree.make_folder(parent, name, member)
        elif kind is EntryKind.FILE:
            tree.make_file(parent, name, member, reader.data())
        elif kind is EntryKind.SYMLINK:
            os.symlink(member.target, name, dir_fd=parent)
            tree.own(parent, name, member)
        elif kind is EntryKind.FIFO:
            os.mkfifo(name, 0o600, dir_fd=parent)
            tree.own(parent, name, member)
            # Just made under a folder of ours that nobody else may enter: it is no link.
            os.chmod(name, member.mode, dir_fd=parent)
        else:
            tree.make_hard_link(parent, name, member)
            return
        if kind is not EntryKind.FOLDER:
            os.utime(name, ns=(member.mtime_ns, member.mtime_ns), dir_fd=parent, follow_symlinks=False)
    except FileExistsError:
        raise EntryRefused("stands twice in the archive") from None
    except OSError as error:
        if error.errno in NO_ROOM or error.errno == errno.EIO:
            raise
        raise EntryRefused(f"could not be made ({error.strerror})") from None


class _Tree:
    """The folder, entered step by step from its top without following links. Keeps the last folder open."""

    def __init__(self, top: Path, *, owned: bool) -> None:
        self.owned = owned
        self._top = os.open(top, FOLDER_FLAGS)
        self._open: tuple[str, int] | None = None
        # Folders get their mode and time at the end: one without write permission, or filled later, keeps both.
        self._folders: dict[str, Member] = {}

    def close(self) -> None:
        """Lets go of the folders."""
        self._forget()
        os.close(self._top)

    def parent_of(self, path: str) -> tuple[int, str]:
        """An open descriptor of the folder that `path` lies in, made where it is missing, and the last name."""
        above, _, name = path.rpartition("/")
        if self._open is None or self._open[0] != above:
            self._forget()
            self._open = (above, self._enter(above, make=True))
        return self._open[1], name

    def make_folder(self, parent: int, name: str, member: Member) -> None:
        """A folder, or the one that was made before for something that lies in it."""
        if member.path in self._folders:
            raise EntryRefused("stands twice in the archive")
        try:
            os.mkdir(name, 0o700, dir_fd=parent)
        except FileExistsError:
            if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
                raise
        self._folders[member.path] = member

    def make_file(self, parent: int, name: str, member: Member, pieces: Iterator[memoryview]) -> None:
        """A new regular file; runs of zeros become holes, so that a sparse file takes no room here either."""
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=parent)
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            for piece in pieces:
                content = bytes(piece)
                if len(content) >= 4096 and content == ZEROS[: len(content)]:
                    file.seek(len(content), os.SEEK_CUR)
                    continue
                while content:
                    content = content[file.write(content) :]
            file.truncate(member.size)
            if self.owned:
                os.fchown(descriptor, member.uid, member.gid)
            # After the owner: changing that takes setuid and setgid away.
            os.fchmod(descriptor, self._mode(member))

    def make_hard_link(self, parent: int, name: str, member: Member) -> None:
        """A second name for an entry of this archive; its target is a name in the archive, never a path of ours."""
        above, _, other = member.target.rpartition("/")
        source = self._enter(above, make=False)
        try:
            if stat.S_ISDIR(os.stat(other, dir_fd=source, follow_symlinks=False).st_mode):
                raise EntryRefused("is a hard link to a folder")
            os.link(other, name, src_dir_fd=source, dst_dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            raise EntryRefused("is a hard link to what is not in the archive before it") from None
        finally:
            os.close(source)

    def own(self, parent: int, name: str, member: Member) -> None:
        """The owner as recorded, where we may give files away."""
        if self.owned:
            os.chown(name, member.uid, member.gid, dir_fd=parent, follow_symlinks=False)

    def finish(self, told: Extracted) -> None:
        """Owners, modes and times of the folders, the deepest first."""
        self._forget()
        for path in sorted(self._folders, key=lambda path: path.count("/"), reverse=True):
            member = self._folders[path]
            try:
                descriptor = self._enter(path, make=False)
            except EntryRefused as refusal:
                told.refuse(path, str(refusal))
                continue
            try:
                if self.owned:
                    os.fchown(descriptor, member.uid, member.gid)
                os.fchmod(descriptor, self._mode(member))
                os.utime(descriptor, ns=(member.mtime_ns, member.mtime_ns))
            finally:
                os.close(descriptor)

    def _mode(self, member: Member) -> int:
        return member.mode if self.owned else member.mode | least_mode(member.kind)

    def _enter(self, path: str, *, make: bool) -> int:
        current = os.dup(self._top)
        for name in path.split("/") if path else ():
            below = -1
            try:
                if make:
                    self._make_missing(current, name)
                below = os.open(name, FOLDER_FLAGS, dir_fd=current)
            except OSError as error:
                if error.errno in NO_ROOM or error.errno == errno.EIO:
                    raise
                # A link (ELOOP, or ENOTDIR with O_DIRECTORY) where the archive wants to go on.
                raise EntryRefused("lies below something that is no folder") from None
            finally:
                os.close(current)
            current = below
        return current

    def _make_missing(self, current: int, name: str) -> None:
        try:
            os.mkdir(name, 0o700, dir_fd=current)
        except FileExistsError:
            return

    def _forget(self) -> None:
        if self._open is not None:
            os.close(self._open[1])
            self._open = None
