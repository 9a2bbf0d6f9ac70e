"""Reads a system's files without touching it: one stream, into a packer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from callout.backups.line import Line
from callout.backups.manifest import FILES, Entry, EntryKind
from callout.backups.packing import Packer
from callout.backups.probe import Abilities, Archiver
from callout.backups.scope import CapturePlan
from callout.backups.tar_reader import Member, StreamRefused, TarReader
from callout.errors import BackupFailed
from callout.programs import Completed, printable
from callout.shell import Session, script

DEADLINE_S = 6 * 3600
STATUS = re.compile(r"callout-status (find|tar|started) (\d{1,12})")
# What the readers say about a file that is written to, or vanishes, while it is read. All else is a failure.
CHANGED = re.compile(r"(?:[^:]*/)?tar: (?P<name>.+?): (file changed as we read it|File shrank by \d+ bytes.*)")
VANISHED = re.compile(
    r"(?:[^:]*/)?(?:tar|find): (?P<name>.+?): "
    r"(?:File removed before we read it|(?:Cannot (?:stat|open|readlink): )?No such file or directory)"
)
HARMLESS = re.compile(
    r"(?:[^:]*/)?tar: (?:(?:[Rr]emoving leading|error exit delayed|Exiting with failure status due to previous)"
    r"|.*: socket ignored)"
)
MESSAGES_BYTES = 64 * 1024


@dataclass
class Changes:
    """Names (in full, as on the system) of what changed or vanished while it was read.

    `incomplete` says that there may be more: the system had no means to tell, or told too much.
    """

    changed: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    incomplete: bool = False


def capture_files(session: Session, abilities: Abilities, plan: CapturePlan, packer: Packer, line: Line) -> Changes:
    """Streams the plan's files into `packer`. Raises BackupFailed unless all ended well, Unreachable where cut."""
    arguments = (str(abilities.archiver), abilities.calm, abilities.tar_options, *plan.find_arguments())
    with session.stream(script("backup_files"), *arguments, deadline_s=DEADLINE_S) as stream:
        reader = TarReader(line.counted(stream.chunks()))
        refused: StreamRefused | None = None
        try:
            for member in reader.members():
                packer.add(_entry(member, plan), reader.data())
        except StreamRefused as error:
            refused = error
        if refused is None:
            completed = stream.finish()
    if refused is not None:
        raise BackupFailed(
            f"{session.name}: what came is no whole backup: {refused}.", "Nothing was stored; run again."
        )
    changes, started_s = judge_reading(session.name, completed)
    if abilities.archiver is Archiver.BUSYBOX:
        _look_for_changes(session, abilities, plan, started_s, changes)
    return changes


def judge_reading(name: str, completed: Completed) -> tuple[Changes, int]:
    """What changed while find and tar read, and when they began (the system's clock, in seconds).

    Raises BackupFailed where either failed for any other reason, or does not tell its exit status.
    """
    changes, started_s, statuses, other = Changes(), 0, {"find": -1, "tar": -1}, ""
    changes.incomplete = len(completed.stderr) >= MESSAGES_BYTES
    for said in completed.stderr.decode("utf-8", "surrogateescape").splitlines():
        if found := STATUS.fullmatch(said):
            what, number = found.group(1), int(found.group(2))
            if what == "started":
                started_s = number
            else:
                statuses[what] = max(statuses[what], number)
        elif found := CHANGED.fullmatch(said):
            changes.changed.append(found.group("name"))
        elif found := VANISHED.fullmatch(said):
            changes.vanished.append(found.group("name"))
        elif not HARMLESS.match(said) and said.strip():
            other = said
    failed = [what for what, number in statuses.items() if number != 0]
    explained = bool(changes.changed or changes.vanished) and not other and not changes.incomplete
    if completed.rc != 0 or -1 in statuses.values() or (failed and not explained):
        said = printable(other)[:300] or f"find {statuses['find']}, tar {statuses['tar']}, sh {completed.rc}"
        raise BackupFailed(
            f"{name}: reading its files failed: {said}.", "Nothing was stored; see to it, then run again."
        )
    return changes, started_s


def _entry(member: Member, plan: CapturePlan) -> Entry:
    if not plan.holds("/" + member.path):
        raise StreamRefused(f"{member.path!r} came, which was not asked for")
    return Entry(
        path=FILES + member.path,
        kind=member.kind,
        size=member.size,
        mode=member.mode,
        uid=member.uid,
        gid=member.gid,
        mtime_ns=member.mtime_ns,
        target=FILES + member.target if member.kind is EntryKind.HARD_LINK else member.target,
        device=member.device,
        attributes=member.attributes,
    )


def _look_for_changes(
    session: Session, abilities: Abilities, plan: CapturePlan, started_s: int, changes: Changes
) -> None:
    """busybox tar does not notice a file that changes under it: asks for what was changed since it began."""
    if not abilities.notices_changes or not started_s:
        changes.incomplete = True
        return
    completed = session.run(script("backup_changed"), str(started_s), *plan.find_arguments(), deadline_s=600)
    changes.incomplete = changes.incomplete or completed.cut or completed.rc != 0
    changes.changed += completed.stdout.decode("utf-8", "surrogateescape").splitlines()
