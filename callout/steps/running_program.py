"""Whether the program that began a session still runs, and when it gave its last sign."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import suppress
from pathlib import Path

from callout.ledger.event import Event
from callout.steps.work import BOOT_ID
from callout.worklog.recorded_work import Program


def this_program() -> Program | None:
    """This process, for a session's `work_started`; None where this machine does not tell what runs on it."""
    ticks = _ticks(os.getpid())
    return Program(BOOT_ID.read_text(encoding="ascii").strip(), os.getpid(), ticks) if ticks is not None else None


def runs_here(program: Program) -> bool:
    """Whether it still runs here; False as well for one on another machine, of which nothing is known."""
    here = BOOT_ID.read_text(encoding="ascii").strip() if BOOT_ID.exists() else ""
    return program.boot == here and _ticks(program.pid) == program.ticks


def _ticks(pid: int) -> int | None:
    """When a process began, in ticks since boot; None where there is none of that number."""
    try:
        told = Path(f"/proc/{pid}/stat").read_bytes()
        return int(told.rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def last_sign(folder: Path, started: Event) -> dt.datetime | None:
    """When the recording of a session was last written; None where there is none any more."""
    name = Path(str(started.body.get("recording", ""))).name
    with suppress(OSError):
        if name:
            return dt.datetime.fromtimestamp((folder / name).lstat().st_mtime, dt.UTC)
    return None
