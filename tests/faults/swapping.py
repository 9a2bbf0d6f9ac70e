"""A local attacker: owns a folder that a patch writes into, and swaps names in it for symlinks as fast as it can."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from types import FrameType, TracebackType

NOBODY = 65534


class Attacker:
    """A process of nobody's in the attacked folder, while the context lasts; `swaps` afterwards says how many."""

    def __init__(self, folder: Path, trap: Path) -> None:
        self.folder, self.trap, self.swaps = folder, str(trap), 0

    def __enter__(self) -> Attacker:
        self._reads, writes = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.chdir(self.folder)
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(writes, str(_attack(self.trap)).encode())
            os._exit(0)
        os.close(writes)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        os.kill(self._child, signal.SIGTERM)
        with os.fdopen(self._reads, "rb") as told:
            self.swaps = int(told.read() or b"0")
        os.waitpid(self._child, 0)


def _attack(trap: str) -> int:
    """Until it is told to stop: the folder below, the file in it, and every room that comes up."""
    stopped = False

    def stop(_: int, __: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    signal.signal(signal.SIGTERM, stop)
    swaps = number = 0
    while not stopped:
        number += 1
        swaps += _swap(Path("gui"), trap, number)
        swaps += _swap(Path("gui/login.php"), f"{trap}/{('login.php', '.')[number % 2]}", number)
        with contextlib.suppress(OSError):
            for found in Path("gui").iterdir():
                if found.name.startswith(".callout-"):
                    swaps += _swap(found, trap, number)
    return swaps


def _swap(name: Path, target: str, number: int) -> int:
    """Puts a symlink to `target` in the place of `name` for a moment, then what was there; 1 where that worked."""
    aside = Path(f"aside{number % 7}")
    with contextlib.suppress(OSError):
        name.rename(aside)
        name.symlink_to(target)
        name.unlink()
        aside.rename(name)
        return 1
    with contextlib.suppress(OSError):
        if name.is_symlink():
            name.unlink()
        aside.rename(name)
    return 0
