"""Pure: what a restore drill saw, and what that comes to. What was not looked at is unknown, never fine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from callout.findings import Finding, Move, Status, worst

DO_NOT_RELY = "Do not rely on this backup: verify it, and back up again."


class Aspect(StrEnum):
    """In what a restored entry can differ from its line of the manifest."""

    MISSING = "missing"
    CONTENTS = "contents"
    MODES = "modes"
    OWNERS = "owners"
    LINKS = "links"
    TIMES = "times"


class Outcome(StrEnum):
    """What a drill came to. Only `proven` counts: `not proven` is what could not be found out."""

    PROVEN = "proven"
    FAILED = "failed"
    NOT_PROVEN = "not proven"


@dataclass(frozen=True, slots=True)
class Compared:
    """The restored tree beside its manifest. Names are printable and the first of each; counts are of all.

    `unexpected` is how many entries the archive has more than the manifest; `owned` whether owners could be set.
    """

    entries: int
    unexpected: int
    counts: Mapping[Aspect, int]
    named: Mapping[Aspect, tuple[str, ...]]
    refused: int
    refused_named: tuple[str, ...]
    devices: int
    owned: bool


@dataclass(frozen=True, slots=True)
class TableSeen:
    """One table: rows in the dump (None: not understood), rows loaded (None: not there), what CHECK TABLE said."""

    name: str
    in_dump: int | None
    loaded: int | None
    check: str = ""

    @property
    def same(self) -> bool:
        """True where both were counted, agree, and the table is whole."""
        return self.in_dump is not None and self.in_dump == self.loaded and self.check == "OK"


@dataclass(frozen=True, slots=True)
class DatabaseSeen:
    """The dump in a real server. `problem` says why it got no further; empty where all tables were asked.

    `integrity` is what an engine says that checks the whole database at once (SQLite: `OK`, or the fault); `copied`
    says that the database came as a file: no dump tells how many rows there should be.
    """

    name: str
    server: str = ""
    problem: str = ""
    load_failed: bool = False
    tables: tuple[TableSeen, ...] = ()
    integrity: str = ""
    copied: bool = False


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """One service started with its restored configuration. `answers` are last lines, printable, by what was asked."""

    name: str
    up: bool
    said: str
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why there was no machine to start anything in, and what to do about it."""

    seen: str
    remedy: str


def judge_manifest(same: bool, problem: str) -> Finding:
    """Is the restored manifest, which all else is compared with, the one whose root hash is in the ledger?"""
    if same and not problem:
        return Finding("drill.manifest", Status.PASS, "same", "The manifest is the one in the ledger.")
    seen = f"The manifest is not the one in the ledger: {(problem or 'its root hash differs').rstrip('.')}."
    return Finding("drill.manifest", Status.FAIL, "differs", seen, Move.US, DO_NOT_RELY)


def judge_tree(compared: Compared) -> list[Finding]:
    """One finding per aspect, in the order of Aspect, and one for what the archive should not hold."""
    found = [_refused(compared)]
    words = {
        Aspect.MISSING: "are there, each of its kind",
        Aspect.CONTENTS: "have their content, every byte read again from the disk",
        Aspect.MODES: "have their permissions",
        Aspect.OWNERS: "have their owners",
        Aspect.LINKS: "that are links lead where they led",
        Aspect.TIMES: "have their times",
    }
    for aspect, word in words.items():
        check, count = f"drill.{aspect}", compared.counts.get(aspect, 0)
        if not compared.entries:
            seen = "The backup's manifest names nothing: there is nothing to compare."
            found.append(Finding(check, Status.UNKNOWN, "nothing-compared", seen, Move.US, DO_NOT_RELY))
        elif count:
            seen = f"{count} of {compared.entries} restored entries differ ({aspect}): {_named(compared, aspect)}."
            evidence = {"count": count, "named": list(compared.named.get(aspect, ()))}
            found.append(Finding(check, Status.FAIL, "differs", seen, Move.US, DO_NOT_RELY, evidence))
        elif aspect is Aspect.OWNERS and not compared.owned:
            seen = "Owners were not set: we are not root here. Those in the archive are as in the manifest's own check."
            remedy = "Run the drill as root to have owners compared."
            found.append(Finding(check, Status.WARN, "not-root", seen, Move.US, remedy))
        else:
            found.append(Finding(check, Status.PASS, "same", f"All {compared.entries} entries {word}."))
    return found


def _refused(compared: Compared) -> Finding:
    check = "drill.archive"
    if compared.refused:
        seen = f"{compared.refused} entries were not restored: {'; '.join(compared.refused_named[:3])}."
        evidence = {"named": list(compared.refused_named)}
        return Finding(check, Status.FAIL, "refused", seen, Move.US, DO_NOT_RELY, evidence)
    if compared.unexpected:
        seen = f"The archive holds {compared.unexpected} more entries than its manifest (less, where negative)."
        return Finding(check, Status.FAIL, "unexpected", seen, Move.US, DO_NOT_RELY)
    devices = f"; {compared.devices} device nodes, which are made on no machine of ours" if compared.devices else ""
    return Finding(check, Status.PASS, "whole", f"{compared.entries} entries were restored{devices}.")


def _named(compared: Compared, aspect: Aspect) -> str:
    names = compared.named.get(aspect, ())
    more = f" and {compared.counts[aspect] - 3} more" if compared.counts[aspect] > 3 else ""
    return ", ".join(names[:3]) + more


def judge_database(seen: DatabaseSeen | None, expected: bool) -> list[Finding]:
    """`expected` says whether the product has a database. Loading, row counts and CHECK TABLE."""
    if seen is None:
        if not expected:
            return [Finding("drill.database", Status.PASS, "none", "This product has no database.")]
        sentence = "The product has a database, but the backup holds no dump that could be loaded."
        return [Finding("drill.database", Status.UNKNOWN, "no-dump", sentence, Move.US, "Back up again.")]
    if seen.load_failed:
        said = f"The dump of {seen.name} does not load: {seen.problem}."
        return [Finding("drill.database", Status.FAIL, "not-loaded", said, Move.US, DO_NOT_RELY)]
    if seen.problem:
        said = f"The dump of {seen.name} was not loaded: {seen.problem}."
        remedy = "Look at what the scratch machine said; name its database programs in operation.drill.database."
        return [Finding("drill.database", Status.UNKNOWN, "no-server", said, Move.US, remedy)]
    loaded = Finding("drill.database", Status.PASS, "loaded", f"The dump of {seen.name} loads into {seen.server}.")
    return [loaded, _rows(seen), _checked(seen)]


def _rows(seen: DatabaseSeen) -> Finding:
    check = "drill.rows"
    evidence = {"tables": [_table(table) for table in seen.tables[:200]], "tables_count": len(seen.tables)}
    if not seen.tables:
        sentence = "The dump holds no table: there is nothing to count."
        return Finding(check, Status.UNKNOWN, "nothing-counted", sentence, Move.US, DO_NOT_RELY, evidence)
    if seen.copied:
        return _readable(seen, evidence)
    unread = [table.name for table in seen.tables if table.in_dump is None]
    wrong = [table for table in seen.tables if table.in_dump is not None and table.in_dump != table.loaded]
    if wrong:
        told = ", ".join(f"{one.name} ({one.in_dump} in the dump, {_count(one.loaded)})" for one in wrong[:3])
        sentence = f"{len(wrong)} of {len(seen.tables)} tables have other row counts than the dump: {told}."
        return Finding(check, Status.FAIL, "differs", sentence, Move.US, DO_NOT_RELY, evidence)
    if unread:
        sentence = f"The rows of {len(unread)} tables could not be counted in the dump: {', '.join(unread[:3])}."
        return Finding(check, Status.UNKNOWN, "not-understood", sentence, Move.US, "Count them by hand.", evidence)
    rows = sum(table.loaded or 0 for table in seen.tables)
    sentence = f"{len(seen.tables)} tables hold as many rows as the dump: {rows} in all."
    return Finding(check, Status.PASS, "same", sentence, evidence=evidence)


def _readable(seen: DatabaseSeen, evidence: Mapping[str, object]) -> Finding:
    check = "drill.rows"
    unread = [table.name for table in seen.tables if table.loaded is None]
    if unread:
        sentence = f"{len(unread)} of {len(seen.tables)} tables cannot be read to the end: {', '.join(unread[:3])}."
        return Finding(check, Status.FAIL, "unreadable", sentence, Move.US, DO_NOT_RELY, dict(evidence))
    rows = sum(table.loaded or 0 for table in seen.tables)
    sentence = f"{len(seen.tables)} tables of the copied file can be read to the last row: {rows} in all."
    return Finding(check, Status.PASS, "read", sentence, evidence=dict(evidence))


def _checked(seen: DatabaseSeen) -> Finding:
    check = "drill.tables"
    if seen.integrity == "OK":
        return Finding(check, Status.PASS, "whole", "PRAGMA integrity_check finds the database whole.")
    if seen.integrity:
        sentence = f"PRAGMA integrity_check finds fault: {seen.integrity.rstrip('.')}."
        return Finding(check, Status.FAIL, "broken", sentence, Move.US, DO_NOT_RELY)
    # A table that is not there is the row count's verdict.
    there = [table for table in seen.tables if table.loaded is not None]
    wrong = [f"{table.name} ({table.check or 'no answer'})" for table in there if table.check != "OK"]
    if wrong:
        sentence = f"CHECK TABLE finds fault with {len(wrong)} tables: {', '.join(wrong[:3])}."
        return Finding(check, Status.FAIL, "broken", sentence, Move.US, DO_NOT_RELY)
    if not there:
        return Finding(check, Status.UNKNOWN, "nothing-checked", "No table was checked.", Move.US, DO_NOT_RELY)
    return Finding(check, Status.PASS, "whole", f"CHECK TABLE finds all {len(there)} tables whole.")


def judge_services(seen: Sequence[ServiceSeen]) -> list[Finding]:
    """Each service that the profile names; none named is worth a warning, since nothing was started."""
    if not seen:
        sentence, remedy = "No service was started: the profile names none.", "Name them in operation.drill.services."
        return [Finding("drill.services", Status.WARN, "none", sentence, Move.US, remedy)]
    return [_service(one) for one in seen]


def _service(one: ServiceSeen) -> Finding:
    check = f"drill.service@{one.name}"
    if not one.up:
        said = f"{one.name} does not come up with the restored configuration: {one.said or 'it says nothing'}."
        remedy = "Find out by hand whether it needs what a scratch machine has not, before this backup is relied on."
        return Finding(check, Status.FAIL, "down", said, Move.US, remedy)
    answers = "".join(f" {name}: {answer or 'no answer'}." for name, answer in one.answers.items())
    said = f"{one.name} is up with the restored configuration: {one.said}.{answers}"
    return Finding(check, Status.PASS, "up", said, evidence={"answers": dict(one.answers)})


def judge_obstacle(obstacle: Obstacle) -> Finding:
    """No machine: then neither dump nor services were tried, and the drill proves nothing."""
    return Finding("drill.machine", Status.UNKNOWN, "none", obstacle.seen, Move.US, obstacle.remedy)


def outcome_of(findings: Iterable[Finding]) -> Outcome:
    """Failed where anything failed, not proven where anything stayed unknown or nobody looked, else proven."""
    status = worst(findings)
    return {Status.FAIL: Outcome.FAILED, Status.UNKNOWN: Outcome.NOT_PROVEN}.get(status, Outcome.PROVEN)


def _count(rows: int | None) -> str:
    return "not there" if rows is None else f"{rows} loaded"


def _table(table: TableSeen) -> dict[str, object]:
    return {"table": table.name, "in_dump": table.in_dump, "loaded": table.loaded, "check": table.check}
