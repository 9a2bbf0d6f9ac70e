"""Looks at a system before and after files are put back: what is there, what it holds. Decides nothing."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from callout.backups.manifest import EntryKind
from callout.backups.restoring.seen import Seen
from callout.errors import BackupFailed
from callout.programs import Completed
from callout.shell import Session, script

DEADLINE_S = 3600
LINE_BYTES = 160
_STATUS = re.compile(r"([0-9a-f]{1,8}) (\d{1,18}) (\d{1,10}) (\d{1,10}) (-?\d{1,18}) (\d{1,20}) (\d{1,20}) (\d{1,10})")
_HASH = re.compile(r"[0-9a-f]{64}|-")
_KINDS = {
    stat.S_IFREG: EntryKind.FILE,
    stat.S_IFDIR: EntryKind.FOLDER,
    stat.S_IFLNK: EntryKind.SYMLINK,
    stat.S_IFIFO: EntryKind.FIFO,
    stat.S_IFCHR: EntryKind.CHARACTER_DEVICE,
    stat.S_IFBLK: EntryKind.BLOCK_DEVICE,
}
NEEDED = frozenset(
    {
        *("find", "xargs", "tar", "sha256sum", "stat", "df", "cut", "sync", "date", "cat"),
        *("ln", "mv", "rm", "rmdir", "mkdir", "chmod", "chown", "touch"),
    }
)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a system has for being restored. `tar` are the options that its tar is given, `busybox` says which it is.

    `mounts` maps mount points to their kind of file system; `client` is the database's client, as words.
    """

    tar: str
    busybox: bool
    mounts: Mapping[str, str]
    client: str


def survey(session: Session, clients: Sequence[str]) -> Survey:
    """One look at the tools, the mounts and the database's client. Raises BackupFailed naming what is missing."""
    done = session.run(script("restore_survey"), *clients, limit_bytes=1024 * 1024)
    said = [line.split("\t") for line in done.stdout.decode("utf-8", "surrogateescape").splitlines()]
    if done.cut or not said or said[-1][0] != "end":
        raise BackupFailed(f"{session.name}: the look at its tools gave no whole answer.", "Log in and look at sh.")
    told = {(words[0], words[1]) for words in said if len(words) > 1}
    missing = [tool for tool in sorted(NEEDED) if ("tool", tool) not in told]
    missing += [] if ("xargs", "nul") in told else ["an xargs with -0"]
    gnu, busybox = ("tar", "gnu") in told, ("tar", "busybox") in told
    missing += [] if gnu or busybox else ["a tar that we know (GNU or busybox)"]
    if missing:
        raise BackupFailed(
            f"{session.name}: {', '.join(missing)} is missing there; nothing was restored.",
            "Nothing is installed on a customer's system: ask the vendor how to restore this one.",
        )
    places = [int(words[1]) for words in said if words[0] == "client" and words[1:2] and words[1].isdigit()]
    mounts = {_unescaped(words[2]): words[1] for words in said if words[0] == "mount" and len(words) == 3}
    return Survey(
        tar=_options(told) if gnu else "-p",
        busybox=busybox,
        mounts=mounts,
        client=next((clients[place] for place in places if place < len(clients)), ""),
    )


def look(session: Session, folder: str, names: Sequence[str]) -> dict[str, Seen | None]:
    """What is at each name below `folder` (absolute); None for nothing. Raises BackupFailed, Unreachable."""
    if not names:
        return {}
    lines = _asked(session, "restore_look", names, folder)
    found: dict[str, Seen | None] = {}
    rest = iter(lines)
    waiting = iter(names)
    for line in rest:
        word, _, there = line.partition(" ")
        if word != "seen" or set(there) - {"0", "1"}:
            raise _not_understood(session)
        batch = list(islice(waiting, len(there)))
        if len(batch) != len(there):
            raise _not_understood(session)
        for name, digit in zip(batch, there, strict=True):
            found[name] = _seen(session, next(rest, "")) if digit == "1" else None
    if len(found) != len(names):
        raise _not_understood(session)
    return found


def hashes(session: Session, folder: str, names: Sequence[str]) -> dict[str, str]:
    """SHA-256 (hex) of each file below `folder`; `-` for one that could not be read. Raises BackupFailed."""
    odd = [name for name in names if "\n" in name or "\\" in name]
    plain = [name for name in names if name not in set(odd)]
    found: dict[str, str] = {}
    for wanted, word in ((plain, "plain"), (odd, "odd")):
        if wanted:
            lines = _asked(session, "restore_hash", wanted, folder, word)
            if len(lines) != len(wanted) or not all(_HASH.fullmatch(line) for line in lines):
                raise BackupFailed(
                    f"{session.name}: its files changed while they were read, or cannot be read.", "Run it again."
                )
            found.update(zip(wanted, lines, strict=True))
    return found


def free_kib(session: Session, folders: Sequence[str]) -> dict[str, int | None]:
    """Free room (KiB) on the disk of each folder; None where it does not say."""
    done = session.run(script("restore_room"), *folders)
    lines = done.text.splitlines()
    if done.rc != 0 or len(lines) != len(folders):
        raise _not_understood(session)
    return {folder: int(line) if line.isdecimal() else None for folder, line in zip(folders, lines, strict=True)}


def _asked(session: Session, name: str, names: Sequence[str], *arguments: str) -> list[str]:
    """The lines of an answer, without its last one, which says that it is whole."""
    listed = b"".join(b"./" + name.encode("utf-8", "surrogateescape") + b"\0" for name in names)
    done: Completed = session.run(
        script(name), *arguments, stdin=listed, deadline_s=DEADLINE_S, limit_bytes=65536 + LINE_BYTES * len(names)
    )
    lines = done.text.splitlines()
    if done.rc != 0 or done.cut or lines[-1:] != ["end"]:
        raise BackupFailed(f"{session.name}: its files could not be looked at: {done.complaint}.", "Run it again.")
    return lines[:-1]


def _seen(session: Session, line: str) -> Seen:
    match = _STATUS.fullmatch(line)
    if match is None:
        raise _not_understood(session)
    raw = int(match[1], 16)
    size, uid, gid, mtime_s, device, inode, links = (int(word) for word in match.groups()[1:])
    return Seen(_KINDS.get(stat.S_IFMT(raw)), size, raw & 0o7777, uid, gid, mtime_s, device, inode, links)


def _options(told: set[tuple[str, str]]) -> str:
    words = ["--preserve-permissions", "--same-owner", "--numeric-owner", "--delay-directory-restore"]
    words += ["--xattrs", "--xattrs-include=*"] if ("tar", "xattrs") in told else []
    words += ["--acls"] if ("tar", "acls") in told else []
    return " ".join(words)


def _unescaped(point: str) -> str:
    """A mount point as /proc/mounts writes it: blanks and backslashes are octal."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)


def _not_understood(session: Session) -> BackupFailed:
    return BackupFailed(f"{session.name}: its answer about its files is not understood.", "Run access-check on it.")
