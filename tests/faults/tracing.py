"""Records what scripts ask of the disk, by strace, as operations of tests.faults.power_loss."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callout.programs import Completed
from tests.faults.power_loss import Disk, Inode, Operation

CALLS = (
    "openat,write,copy_file_range,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,symlink,symlinkat,chmod,"
    "fchmod,fchmodat,chown,fchown,lchown,fchownat,fsync,fdatasync,sync,syncfs,chdir,fchdir,clone,clone3,vfork,fork"
)
_FORKS = ("clone", "clone3", "vfork", "fork")
_TEXT = r'"(?:[^"\\]|\\.)*"'
_LINE = re.compile(r"(?:\[pid +(\d+)\] )?(\w+)\((.*)\) += (-?\d+)(?:<([^>]*)>)?.*")


@dataclass
class Recorder:
    """Reads what strace wrote into operations on `disk`, which moves along with them."""

    disk: Disk
    operations: list[Operation] = field(default_factory=list)
    # The working folder of each process, and of the one that is being made.
    _folders: dict[str, str] = field(default_factory=dict)
    _forking: str = "/"

    def read(self, trace: Path) -> None:
        """All of a trace. A line that is not understood is an AssertionError: a model must not guess."""
        begun: dict[str, str] = {}
        for raw in trace.read_text(errors="surrogateescape").splitlines():
            process, _, line = raw.partition(" ")
            line = line.strip()
            if line.startswith(("---", "+++")):
                continue
            if line.endswith("<unfinished ...>"):
                begun[process] = line.removesuffix("<unfinished ...>").rstrip()
                if begun[process].startswith(_FORKS):
                    # Its child may be heard of before the parent is told the number.
                    self._forking = self._folders.get(process, "/")
                continue
            if resumed := re.match(r"<\.\.\. \w+ resumed>(.*)", line):
                line = begun.pop(process) + resumed[1]
            match = _LINE.fullmatch(line)
            if match is None:
                # The end of a process that was killed, or of the program itself.
                assert line.endswith("= ?"), line
                continue
            _, call, arguments, result, _ = match.groups()
            if int(result) >= 0:
                self._call(process, call, arguments, int(result))

    def _call(self, process: str, call: str, arguments: str, result: int) -> None:
        here = self._folders.setdefault(process, self._forking)
        if call in _FORKS:
            self._folders.setdefault(str(result), here)
            return
        texts = [os.fsdecode(ast.literal_eval("b" + one)) for one in re.findall(_TEXT, arguments) if call != "write"]
        opened = re.findall(r"(?:AT_FDCWD|\d+)<([^>]*)>", arguments)
        if call == "chdir":
            self._folders[process] = _joined(here, texts[0])
            return
        if call == "fchdir":
            self._folders[process] = opened[0]
            return
        bases = opened if call.endswith(("at", "at2")) else [here] * 2
        paths = [_joined(base, text) for base, text in zip(bases, texts, strict=False)]
        if call.startswith("symlink"):
            paths = [_joined(bases[0], texts[1])]
        self._change(call, arguments, texts, opened, paths, result)

    def _change(
        self, call: str, arguments: str, texts: list[str], opened: list[str], paths: list[str], result: int
    ) -> None:
        if call in ("sync", "syncfs"):
            self._note(Operation("sync"))
        elif call in ("fsync", "fdatasync") and (number := self._known(opened[0])):
            self._note(Operation("fsync", inode=number))
        elif call == "write" and (number := self._known(opened[0])) and self.disk.inodes[number].kind == "file":
            said = re.search(_TEXT, arguments)
            assert said
            content = self.disk.inodes[number].content + ast.literal_eval("b" + said[0])
            self._note(Operation("write", inode=number, value=content))
        elif call == "copy_file_range" and (number := self._known(opened[1])):
            source, node = self._known(opened[0]), self.disk.inodes[number]
            assert source, arguments
            begin = len(node.content)
            more = self.disk.inodes[source].content[begin : begin + result]
            if more:
                self._note(Operation("write", inode=number, value=node.content + more))
        elif call == "openat" and paths and self._inside(paths[0]):
            self._open(arguments, paths[0])
        elif call.startswith(("rename", "link", "unlink", "rmdir", "mkdir", "symlink")) and self._inside(paths[-1]):
            self._names(call, texts, paths)
        elif call.startswith(("chmod", "fchmod", "chown", "fchown", "lchown")):
            path = paths[0] if texts else opened[0]
            number = self._known(path)
            numbers = re.findall(r", (\d+)", arguments.rpartition('"')[2] if texts else arguments)
            if number and "chmod" in call:
                self._note(Operation("mode", inode=number, value=int(numbers[0], 8)))
            elif number:
                self._note(Operation("owner", inode=number, value=(int(numbers[0]), int(numbers[1]))))

    def _open(self, arguments: str, path: str) -> None:
        number = self.disk.find(path)
        if number is None and "O_CREAT" in arguments:
            mode = int((re.findall(r", (0\d+)", arguments) or ["0600"])[-1], 8) & ~0o077
            self._new(path, Inode("file", mode=mode))
        elif number is not None and "O_TRUNC" in arguments and self.disk.inodes[number].content:
            self._note(Operation("write", inode=number, value=b""))

    def _names(self, call: str, texts: list[str], paths: list[str]) -> None:
        if call.startswith("mkdir"):
            self._new(paths[0], Inode("folder", mode=0o700))
        elif call.startswith("symlink"):
            self._new(paths[0], Inode("link", os.fsencode(texts[0]), 0o777))
        elif call.startswith(("unlink", "rmdir")):
            self._note(Operation("names", (self._entry(paths[0], None),)))
        elif call.startswith("link"):
            self._note(Operation("names", (self._entry(paths[1], self.disk.find(paths[0])),)))
        else:
            moved = self.disk.find(paths[0])
            self._note(Operation("names", (self._entry(paths[0], None), self._entry(paths[1], moved))))

    def _new(self, path: str, node: Inode) -> None:
        number = max(self.disk.inodes) + 1
        self.disk.inodes[number] = node
        self._note(Operation("names", (self._entry(path, number),), inode=number, value=node))

    def _entry(self, path: str, inode: int | None) -> tuple[int, str, int | None]:
        folder = self.disk.find(str(Path(path).parent))
        assert folder is not None, path
        return folder, Path(path).name, inode

    def _note(self, operation: Operation) -> None:
        self.operations.append(operation)
        self.disk.apply(operation)

    def _inside(self, path: str) -> bool:
        return path.startswith(f"{self.disk.root}/")

    def _known(self, path: str) -> int | None:
        return self.disk.find(path) if self._inside(path) or path == str(self.disk.root) else None


@dataclass
class TracedSession:
    """A session whose scripts run under strace; `before` and `after` are called around each."""

    inner: Any
    trace: Path
    before: Callable[[], None]
    after: Callable[[], None]

    @property
    def name(self) -> str:
        """See Session."""
        return str(self.inner.name)

    def run(self, script: str, *arguments: str, **more: Any) -> Completed:
        """See Session."""
        self.before()
        shell = self.inner.tools / "sh"
        plain = shell.readlink()
        shell.unlink()
        shell.write_text(
            f'#!/bin/sh\n[ "${{TRACED-}}" ] && exec {plain} "$@"\nexport TRACED=yes\n'
            f'exec strace -f -y -s 1000000 -o {self.trace} -e trace={CALLS} {plain} "$@"\n'
        )
        shell.chmod(0o755)
        try:
            done: Completed = self.inner.run(script, *arguments, **more)
        finally:
            shell.unlink()
            shell.symlink_to(plain)
        self.after()
        return done

    def stream(self, script: str, *arguments: str, deadline_s: float = 3600) -> Any:
        """See Session."""
        raise NotImplementedError

    def close(self) -> None:
        """See Session."""


def _joined(base: str, text: str) -> str:
    return os.path.normpath(str(Path(base) / text))
