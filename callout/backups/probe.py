"""What a system has for being backed up: asked with one script, judged here, refused by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from callout.backups.scope import CapturePlan, Scope, plan_capture
from callout.errors import BackupFailed
from callout.inventory.operation import Database
from callout.programs import printable
from callout.shell import Session, script

LIMIT_BYTES = 256 * 1024


class Archiver(StrEnum):
    """Which tar a system has."""

    GNU = "gnu"
    BUSYBOX = "busybox"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What was found. `calm` are the words before a reader (nice, ionice); `dump` the dump command, as words.

    `notices_changes`: a file that changes while it is read can be told (GNU tar does itself; else it takes
    stat and awk).
    """

    archiver: Archiver
    calm: str
    dump: str
    notices_changes: bool


def probe(session: Session, scope: Scope, database: Database | None) -> tuple[Abilities, CapturePlan]:
    """What the system has, and the scope applied to it. Raises BackupFailed naming what is missing there."""
    dumps = database.dump if database else ()
    completed = session.run(
        script("backup_probe"), str(len(scope.taken)), *scope.taken, *dumps, limit_bytes=LIMIT_BYTES
    )
    lines = completed.stdout.decode("utf-8", "surrogateescape").splitlines()
    said = [line.split("\t") for line in lines]
    if completed.cut or not said or said[-1][0] != "end":
        raise BackupFailed(
            f"{session.name}: the look at its tools gave no whole answer.", "Log in and look at sh there."
        )
    missing = _missing(said)
    if missing:
        raise BackupFailed(
            f"{session.name}: {', '.join(missing)} is missing there; nothing was read.",
            "Nothing is installed on a customer's system: ask the vendor how to back this one up.",
        )
    plan = _plan(session, scope, said)
    dump = next((dumps[int(words[1])] for words in said if words[0] == "dump" and _index(words, dumps)), "")
    if database and not dump:
        raise BackupFailed(
            f"{session.name}: no dump command for the database {database.name} is there; tried: {', '.join(dumps)}.",
            "Set callout_system.operation.database.dump for this system.",
        )
    archiver = next(Archiver(words[1]) for words in said if words[0] == "tar")
    tools = _values(said, "tool")
    abilities = Abilities(archiver, _calm(said), dump, archiver is Archiver.GNU or {"stat", "awk"} <= tools)
    return abilities, plan


def _missing(said: Sequence[Sequence[str]]) -> list[str]:
    tools, finds = _values(said, "tool"), _values(said, "find")
    missing = [tool for tool in ("find", "tar", "sha256sum", "wc") if tool not in tools]
    tars = _values(said, "tar")
    if "tar" in tools and not tars & set(Archiver):
        missing.append("a tar that we know (GNU, or busybox with --no-recursion)")
    if "find" in tools and ("exec" not in finds or (Archiver.GNU in tars and "print0" not in finds)):
        missing.append("a find with -prune, -exec … + and -print0")
    return missing


def _calm(said: Sequence[Sequence[str]]) -> str:
    calm = _values(said, "calm")
    words = {"nice": "nice -n 19", "ionice": "ionice -c 3"}
    return " ".join(words[name] for name in words if name in calm)


def _plan(session: Session, scope: Scope, said: Sequence[Sequence[str]]) -> CapturePlan:
    paths = list(scope.taken)
    states = {int(words[1]): words[2:] for words in said if words[0] == "path" and _index(words, paths)}
    if len(states) != len(paths):
        raise BackupFailed(
            f"{session.name}: it did not tell of every path of the scope.", "Log in and look at sh there."
        )
    absent = [path for place, path in enumerate(paths) if states[place][:1] == ["absent"]]
    if paths[0] in absent:
        raise BackupFailed(
            f"{session.name}: {paths[0]}, the product itself, is not there.",
            "Check that this is the right system, or set callout_system.operation.backup.paths.",
        )
    links = {}
    for place, path in enumerate(paths):
        if states[place][:1] == ["folder-link"]:
            leads_to = states[place][1] if len(states[place]) == 2 else ""
            if not _safe(leads_to):
                raise BackupFailed(f"{session.name}: {path} is a link to {printable(leads_to)!r}.", "Mend the link.")
            links[path] = leads_to
    mounts = [words[2] for words in said if words[0] == "kernel" and len(words) == 3 and _safe(words[2])]
    return plan_capture(scope, links, absent, mounts)


def _safe(path: str) -> bool:
    return path.startswith("/") and path != "/" and path.isprintable() and len(path) <= 1024 and "/../" not in path


def _index(words: Sequence[str], of: Sequence[str]) -> bool:
    return len(words) > 1 and words[1].isascii() and words[1].isdigit() and int(words[1]) < len(of)


def _values(said: Sequence[Sequence[str]], word: str) -> set[str]:
    return {words[1] for words in said if words[0] == word and len(words) > 1}
