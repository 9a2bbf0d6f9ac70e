"""An SQLite file with what lies beside it, copied while nobody writes to it: hashes prove it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import IO

from callout.backups.line import Line
from callout.backups.tar_reader import StreamRefused, TarReader
from callout.errors import BackupFailed
from callout.programs import Completed
from callout.shell import Session, script

DEADLINE_S = 6 * 3600
ATTEMPTS = 3
# The database, its log (WAL), its journal, as the script names them.
BESIDE = {"file": "", "-wal": "-wal", "-journal": "-journal"}
STATE = re.compile(r"callout-(before|after) (file|-wal|-journal) ([0-9a-f]{64}|absent) (\S{1,200})")
TAR_ENDED = "callout-status tar 0"

# What was copied: what it is called besides the database's own name, size, SHA-256.
Copied = list[tuple[str, int, str]]


def copy_sqlite(session: Session, calm: str, path: str, spool: IO[bytes], line: Line) -> Copied:
    """The file first, then what lies beside it, written to `spool` one behind the other.

    Raises BackupFailed where it was written to during every one of three attempts, or did not come whole;
    Unreachable where the line was cut.
    """
    for _ in range(ATTEMPTS):
        spool.seek(0)
        spool.truncate()
        copied = _copy(session, calm, path, spool, line)
        if copied is not None:
            return copied
    raise BackupFailed(
        f"{session.name}: the database {path} was written to during each of {ATTEMPTS} attempts to copy it.",
        "Back up while no calls are made; sqlite3 there, named in database.dump, could dump it.",
    )


def _copy(session: Session, calm: str, path: str, spool: IO[bytes], line: Line) -> Copied | None:
    name = path.rpartition("/")[2]
    copied: Copied = []
    with session.stream(script("backup_sqlite"), calm, path, deadline_s=DEADLINE_S) as stream:
        reader = TarReader(line.counted(stream.chunks()))
        try:
            for member in reader.members():
                beside = member.path.removeprefix(name)
                if not member.path.startswith(name) or beside not in BESIDE.values():
                    raise StreamRefused("a file came that was not asked for")
                hashed = hashlib.sha256()
                for piece in reader.data():
                    hashed.update(piece)
                    spool.write(piece)
                copied.append((beside, member.size, hashed.hexdigest()))
        except StreamRefused as error:
            raise BackupFailed(
                f"{session.name}: {path} did not come whole: {error}.", "Run again; nothing was stored."
            ) from None
        completed = stream.finish()
    return copied if _held_still(session.name, path, completed, copied) else None


def _held_still(name: str, path: str, completed: Completed, copied: Copied) -> bool:
    """Whether all was the same before, here and after. Raises BackupFailed where that is not told."""
    lines = completed.stderr.decode("utf-8", "replace").splitlines()
    states = [found.groups() for line in lines if (found := STATE.fullmatch(line))]
    before, after = (_state(states, moment) for moment in ("before", "after"))
    if not before.keys() == after.keys() == BESIDE.keys() or before["file"][0] == "absent" or completed.rc != 0:
        raise BackupFailed(f"{name}: {path} could not be copied: {completed.complaint}.", "Is it still there?")
    came = {beside: sha256 for beside, _, sha256 in copied}
    told = {BESIDE[what]: sha256 for what, (sha256, _) in before.items() if sha256 != "absent"}
    return before == after and came == told and len(came) == len(copied) and TAR_ENDED in lines


def _state(states: Sequence[Sequence[str]], moment: str) -> dict[str, tuple[str, str]]:
    return {what: (sha256, about) for when, what, sha256, about in states if when == moment}
