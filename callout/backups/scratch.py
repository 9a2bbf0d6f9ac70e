"""A drill's own folder: private, with room enough, gone afterwards; what killed drills left is removed by the next."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from callout.backups.machine import remove_machine
from callout.errors import BackupFailed, CalloutError
from callout.programs import run_program

PREFIX = "callout-drill-"
MEBIBYTE = 1024 * 1024
# A server's own files, logs, and what a file system keeps for itself.
SPARE_BYTES = 512 * MEBIBYTE
# A loaded table takes its rows, its indexes and the server's log of them: several times the text of the dump.
DUMP_FACTOR = 4


@dataclass(frozen=True, slots=True)
class Scratch:
    """`folder` (0700) and the `name` that is also the scratch machine's."""

    name: str
    folder: Path

    @property
    def tree(self) -> Path:
        """Where the archive goes."""
        return self.folder / "tree"


@contextmanager
def scratch_folder(home: Path) -> Iterator[Scratch]:
    """A folder below `home` that only we may enter, for as long as the block lasts.

    A drill holds a lock for as long as it lives; whatever lies there without a living holder is removed first, the
    container of that name with it. Raises CalloutError where something cannot be removed.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    with _all_held(home):
        remove_leftovers(home)
        name = f"{PREFIX}{secrets.token_hex(4)}"
        own = (home / f"{name}.lock").open("xb")
        fcntl.flock(own, fcntl.LOCK_EX)
    scratch = Scratch(name, home / name)
    with own:
        try:
            scratch.folder.mkdir(mode=0o700)
            scratch.tree.mkdir(mode=0o700)
            yield scratch
        finally:
            _remove(home, name)


def remove_leftovers(home: Path) -> list[str]:
    """Removes what drills left that were killed; gives back their names. A living one's is left alone."""
    removed = []
    for lock in sorted(home.glob(f"{PREFIX}*.lock")):
        try:
            with lock.open("r+b") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(home, lock.stem)
                removed.append(lock.stem)
        except (BlockingIOError, FileNotFoundError):
            # Alive, or ended meanwhile.
            continue
    return removed


def require_room(folder: Path, files_bytes: int, dump_bytes: int) -> None:
    """Raises BackupFailed, in a sentence, where the restored backup would not fit. A sparse file counts whole."""
    needed = files_bytes + DUMP_FACTOR * dump_bytes + SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupFailed(
            f"{folder}: a drill of this backup needs {needed // MEBIBYTE} MiB, and {free // MEBIBYTE} MiB are free.",
            "Make room there, or move the data folder (CALLOUT_DATA) to a larger disk.",
        )


@contextmanager
def _all_held(home: Path) -> Iterator[IO[bytes]]:
    """Nobody else looks for leftovers, or begins, meanwhile."""
    with (home / "lock").open("a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def _remove(home: Path, name: str) -> None:
    """Machine first, since it writes into the folder; the lock last, since it is how the next one finds the rest."""
    remove_machine(name)
    folder = home / name
    if folder.exists():
        # rm and not our own code: trees deeper than a path is long, and folders that nobody may enter.
        if os.geteuid() != 0:
            run_program(["chmod", "-R", "u+rwX", "--", str(folder)], deadline_s=3600)
        removed = run_program(["rm", "-rf", "--one-file-system", "--", str(folder)], deadline_s=3600)
        if removed.rc != 0:
            raise CalloutError(f"{folder} could not be removed: {removed.complaint}.", "Remove it by hand.")
    (home / f"{name}.lock").unlink(missing_ok=True)
