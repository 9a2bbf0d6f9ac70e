"""What a system has for being backed up: asked with one script, judged here, refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from access_check.escaping import shown
from callout.backups.probe_answer import Answer, AnswerRefused, read_answer
from callout.backups.scope import CapturePlan, Scope, plan_capture
from callout.errors import BackupFailed
from callout.inventory.operation import Database, DatabaseKind
from callout.shell import Session, script

LIMIT_BYTES = 256 * 1024
# What stands before a reader, so that calls come first.
CALM = {"nice": "nice -n 19", "ionice": "ionice -c 3"}
# Extended attributes bring the ACLs along, with numbers; tar's own --acls would write names of the outer system.
TAR_OPTIONS = ("--xattrs", "--sparse --sparse-version=1.0")
DUMP_OPTIONS = frozenset(
    f"--{name}"
    for name in (
        "single-transaction", "quick", "routines", "triggers", "events", "hex-blob", "comments", "column-statistics",
    )
)  # fmt: skip


class Archiver(StrEnum):
    """Which tar a system has."""

    GNU = "gnu"
    BUSYBOX = "busybox"


class SQLiteState(StrEnum):
    """How an SQLite file keeps its changes, and so how it can be read without writing beside it.

    `QUIET`: with a journal that is there only while somebody writes, and nobody does. `JOURNAL`: somebody writes,
    or did not end well. `LOG`: in a log beside it (WAL), which every reader of SQLite's own has to write to.
    """

    ABSENT = "absent"
    QUIET = "quiet"
    JOURNAL = "journal"
    LOG = "log"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What was found. `calm` are the words before a reader (nice, ionice); `dump` the dump command, as words.

    `notices_changes`: a file that changes while it is read can be told (GNU tar does itself; else it takes
    stat and awk). `tar_options` are words for GNU tar: what it can keep besides. `dump_options` are those of
    its help that we have a use for; empty where it has no help. `gzip`: a dump can be compressed there.
    """

    archiver: Archiver
    calm: str
    dump: str
    notices_changes: bool
    tar_options: str = ""
    dump_options: frozenset[str] = frozenset()
    gzip: bool = False
    sqlite: SQLiteState | None = None


def probe(session: Session, scope: Scope, database: Database | None) -> tuple[Abilities, CapturePlan]:
    """What the system has, and the scope applied to it. Raises BackupFailed naming what is missing there."""
    dumps = database.dump if database else ()
    about = (str(database.kind), database.path) if database else ("none", "")
    completed = session.run(
        script("backup_probe"), str(len(scope.taken)), *scope.taken, *about, *dumps, limit_bytes=LIMIT_BYTES
    )
    try:
        if completed.cut:
            raise AnswerRefused(f"it is longer than {LIMIT_BYTES} bytes")
        return judge_answer(session.name, read_answer(completed.stdout), scope, database)
    except AnswerRefused as error:
        raise BackupFailed(
            f"{session.name}: the look at its tools gave no whole answer: {error}.", "Log in and look at sh there."
        ) from None


def judge_answer(name: str, answer: Answer, scope: Scope, database: Database | None) -> tuple[Abilities, CapturePlan]:
    """What an answer says of the system `name`. Raises BackupFailed as `probe` does, AnswerRefused."""
    if missing := _missing(answer):
        raise BackupFailed(
            f"{name}: {', '.join(missing)} is missing there; nothing was read.",
            "Nothing is installed on a customer's system: ask the vendor how to back this one up.",
        )
    plan = _plan(name, answer, scope)
    dumps = database.dump if database else ()
    dump = next((dumps[place] for place in answer.places("dump", len(dumps))), "")
    sqlite = _sqlite(name, answer, database) if database and database.kind is DatabaseKind.SQLITE else None
    if database and not dump and sqlite is None:
        raise BackupFailed(
            f"{name}: no dump command for the database {database.name} is there; tried: {', '.join(dumps)}.",
            "Set callout_system.operation.database.dump for this system.",
        )
    archiver = Archiver(next(iter(answer.values("tar"))))
    calm, tools = answer.values("calm"), answer.values("tool")
    abilities = Abilities(
        archiver=archiver,
        calm=" ".join(words for tool, words in CALM.items() if tool in calm),
        dump=dump,
        notices_changes=archiver is Archiver.GNU or {"stat", "awk"} <= tools,
        tar_options=" ".join(words for words in TAR_OPTIONS if words in answer.values("tar-option")),
        dump_options=frozenset(answer.values("dump-option") & DUMP_OPTIONS),
        gzip="gzip" in tools,
        sqlite=sqlite,
    )
    return abilities, plan


def _sqlite(name: str, answer: Answer, database: Database) -> SQLiteState:
    told = answer.values("sqlite")
    state = SQLiteState(told.pop()) if len(told) == 1 and told <= set(SQLiteState) else SQLiteState.UNKNOWN
    if state is SQLiteState.ABSENT:
        raise BackupFailed(
            f"{name}: {database.path}, the database {database.name}, is not there.",
            "Set callout_system.operation.database.path for this system.",
        )
    return state


def _missing(answer: Answer) -> list[str]:
    tools, finds, tars = answer.values("tool"), answer.values("find"), answer.values("tar")
    missing = [tool for tool in ("find", "tar", "sha256sum", "wc") if tool not in tools]
    if "tar" in tools and not (len(tars) == 1 and tars <= set(Archiver)):
        missing.append("a tar that we know (GNU, or busybox with --no-recursion)")
    if "find" in tools and ("exec" not in finds or (Archiver.GNU in tars and "print0" not in finds)):
        missing.append("a find with -prune, -exec … + and -print0")
    return missing


def _plan(name: str, answer: Answer, scope: Scope) -> CapturePlan:
    paths = list(scope.taken)
    states = answer.places("path", len(paths))
    if len(states) != len(paths):
        raise AnswerRefused("it does not tell of every path of the scope")
    absent = [path for place, path in enumerate(paths) if states[place][0] == "absent"]
    if states[0][0] in ("absent", "dangling"):
        leads_nowhere = "" if paths[0] in absent else " but for a link that leads nowhere"
        raise BackupFailed(
            f"{name}: {paths[0]}, the product itself, is not there{leads_nowhere}.",
            "Check that this is the right system, or set callout_system.operation.backup.paths.",
        )
    links = {path: states[place][1] for place, path in enumerate(paths) if states[place][0] == "folder-link"}
    for path, leads_to in links.items():
        if not _safe(leads_to):
            raise BackupFailed(f"{name}: {path} is a link to '{shown(leads_to)}'.", "Mend the link.")
    return plan_capture(scope, links, absent, answer.kernel_mounts())


def _safe(path: str) -> bool:
    return path.startswith("/") and path != "/" and path.isprintable() and len(path) <= 1024 and "/../" not in path
