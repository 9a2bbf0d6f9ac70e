"""Files that a ledger goes into: a backup that callout opens like any ledger, and an export. Whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from callout.errors import BackupFailed, BadInput, CalloutError
from callout.ledger.chain import Walk, verify_chain, whole_rows
from callout.ledger.rows import Head
from callout.ledger.sqlite import SQLiteLedger
from callout.ledger.store import Clock, Ledger


def back_up(ledger: Ledger, path: Path, now: Clock) -> Head:
    """Copies the whole ledger, whichever database it is in, into a new SQLite file (0600), and gives its head.

    Others may write meanwhile: they do not wait, and what they write later is not in it. Every event is checked on the
    way, and the file is read again and verified before it gets its name. Raises BadInput where there is a file of that
    name, LedgerDamaged where the ledger is not whole, BackupFailed where the copy is not.
    """
    with _new_file(path) as draft:
        walk = Walk()
        copy(whole_rows(ledger.rows(), walk), draft, now)
        head = walk.head()
        with closing(SQLiteLedger(draft, now)) as made:
            (found, *more) = verify_chain(made.rows(), made.complaints())
        if more or found.evidence != {"count": head.count, "head": head.hash}:
            raise BackupFailed(f"{path}: the copy is not what was read: {found.seen}", "Look at that disk, try again.")
    return head.seq, head.hash


def copy(rows: Iterable[Mapping[str, Any]], path: Path, now: Clock) -> None:
    """Puts the rows into the SQLite ledger at `path`, which must be empty or not there; nothing is checked."""
    with closing(SQLiteLedger(path, now)) as made:
        made.fill(rows)


def write_lines(lines: Iterable[str], path: Path) -> None:
    """Writes the lines into a new file (0600). Raises BadInput where there is one of that name."""
    with _new_file(path) as draft, draft.open("x", encoding="utf-8", newline="\n") as stream:
        draft.chmod(0o600)
        for line in lines:
            stream.write(line + "\n")
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def _new_file(path: Path) -> Iterator[Path]:
    """Where to write, in a folder beside `path` that only we can look into; it gets its name when the block ends well.

    What a kill leaves there the next one removes.
    """
    if path.exists() or path.is_symlink():
        raise BadInput(f"{path} is there already.", "Choose another file: nothing is overwritten.")
    try:
        _drop_left(path)
        descriptor, folder = _locked_folder(path)
        try:
            draft = folder / "ledger"
            yield draft
            os.link(draft, path)
            _sync(path.parent)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(descriptor)
    except FileExistsError:
        raise BadInput(f"{path} was made by somebody else meanwhile.", "Choose another file.") from None
    except OSError as error:
        raise CalloutError(f"{path} cannot be written: {error.strerror}.", "Nothing is there; look at disk.") from None


def _prefix(path: Path) -> str:
    return f".{path.name[:60]}.making-"


def _locked_folder(path: Path) -> tuple[int, Path]:
    while True:
        folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=_prefix(path)))
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if folder.exists():
            return descriptor, folder
        os.close(descriptor)  # taken for one that was left, before it was locked


def _drop_left(path: Path) -> None:
    for folder in sorted(path.parent.iterdir()):
        if not folder.name.startswith(_prefix(path)) or folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            continue
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue  # somebody writes it at this moment
        else:
            shutil.rmtree(folder)
        finally:
            os.close(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
