"""Carries a transaction through: all of it and well, or back to how it was. Resumes one that was cut.

Order: journal here → lock there → originals fetched → staged → no calls → files committed → database → services
restarted → health → temporary files and lock removed. Whatever goes wrong before the health check has passed is taken
back, the database first: its way back can fail, that of the files is prepared.
After a cut, the journal, the hashes on the system and the marks in its database say where it stopped: all new goes on
with restart and health; everything else, a mixture included, goes back to the old.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from callout.errors import CalloutError, Locked, Refused
from callout.findings import Finding, Move, Status
from callout.patches.change import Phase, SqlChange, Transaction
from callout.patches.database import Extent, Way
from callout.patches.remote import Remote, StepFailed
from callout.patches.shelf import Shelf

Health = Callable[[], list[Finding]]
# Comes back when no call is in progress; raises Refused where that cannot be said in time.
Drain = Callable[[], None]
# From the originals by path, more new contents by SHA-256: what a diff makes cannot be known before.
Derive = Callable[[Mapping[str, bytes]], Mapping[str, bytes]]
Clock = Callable[[], dt.datetime]


class Outcome(StrEnum):
    """How a transaction ended."""

    DONE = "done"
    ROLLED_BACK = "rolled back"
    TORN = "torn"
    DEFERRED = "not begun"


@dataclass(frozen=True, slots=True)
class Result:
    """How it ended and why. `reasons` say what went wrong; `interrupted` is to be raised once that is recorded.

    `downtime_ms` counts from the first rename until the system was found well, or until it was taken back. `deferred`
    is why it was not begun: nothing was changed.
    """

    outcome: Outcome
    transaction: Transaction
    reasons: list[Finding] = field(default_factory=list)
    downtime_ms: int = 0
    interrupted: BaseException | None = None
    deferred: Refused | None = None


@dataclass
class Carrier:
    """Carries transactions on one system through.

    `journal` is the name of the journal on `shelf`, `now` an aware clock. `health` decides whether the change
    stays; with `must_be_well` false it is only told: a rollback is not undone because the system is ill. `drain` is
    asked when everything is staged, right before the first file is changed.
    """

    remote: Remote
    shelf: Shelf
    journal: str
    health: Health
    now: Clock
    must_be_well: bool = True
    drain: Drain = lambda: None
    _told: list[Finding] = field(default_factory=list)
    _changed_at: dt.datetime | None = None
    # Whether the database may have got any of the SQL. It comes after the last file: before that it is not even asked.
    _asked_database: bool = False

    def carry(
        self, contents: Mapping[str, bytes], sizes: Mapping[str, int], derive: Derive = lambda originals: {}
    ) -> Result:
        """A new transaction, from the beginning.

        `contents` are the new bytes by SHA-256, `sizes` the bytes of the present files by path; `derive` makes
        the contents that depend on the originals. Raises Locked where somebody else holds the system; then
        nothing was touched.
        """
        self._at(Phase.BEGUN)
        try:
            self.remote.lock()
        except Locked:
            self._at(Phase.UNDONE)
            raise
        except CalloutError:
            raise
        except BaseException as error:  # noqa: BLE001 - interrupted: the lock may be there by now
            return self._take_back(error)
        try:
            originals = self.remote.fetch(sizes)
            for content in originals.values():
                self.shelf.keep(content)
            made = {**contents, **derive(originals)}
            if self.remote.keeps:
                self.shelf.keep_made(made.values())
            self._told = self.remote.stage(made)
            self.drain()
            self._changed_at = self.now()
            self.remote.commit()
            if self._sql is not None:
                self._asked_database = True
                self.remote.run_sql(Way.FORWARD, self.shelf.original(self._sql.forward))
            self._at(Phase.COMMITTED)
            return self._settle()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the customer's system comes first
            return self._take_back(error)

    def resume(self) -> Result | None:
        """Brings a cut transaction to its end; None where it had ended. Raises Locked, Unreachable."""
        phase = self.remote.transaction.phase
        if phase.over:
            return None
        self.remote.lock()
        self._changed_at = self.now()
        try:
            if phase is Phase.FINISHING:
                self._asked_database = self._sql is not None
                return self._finish()
            if self._all_new(phase) and phase is not Phase.UNDOING:
                self._at(Phase.COMMITTED)
                return self._settle()
        except BaseException as error:  # noqa: BLE001 - as above
            return self._take_back(error)
        return self._take_back(None)

    def _settle(self) -> Result:
        """Restart, health, and the end. Raises HealthBlocked."""
        self.remote = replace(self.remote, transaction=replace(self.remote.transaction, restarted=True))
        self._at(Phase.COMMITTED)
        findings = [*self.remote.restart(), *self.health()]
        findings += _not_passed(self.remote.transaction.must_pass, findings)
        blocking = [finding for finding in findings if finding.blocks]
        if blocking and self.must_be_well:
            raise HealthBlocked(blocking)
        self._told = [*self._told, *blocking]
        self._at(Phase.FINISHING)
        return self._finish()

    def _finish(self) -> Result:
        """The change is in and well. What cannot be cleaned up now is told, not taken for a failure."""
        downtime_ms = self._downtime_ms()
        try:
            if self._asked_database:
                self.remote.end_sql()
            self.remote.finish(forgetting=True)
        except CalloutError as error:
            left = Finding(
                "patch.leftover",
                Status.WARN,
                "left-behind",
                f"The patch is in and well, but our temporary files and lock are still there: {error.message}",
                Move.US,
                "Run the same again: it only cleans up.",
            )
            return Result(Outcome.DONE, self.remote.transaction, [*self._told, left], downtime_ms)
        return Result(Outcome.DONE, self._at(Phase.DONE), self._told, downtime_ms)

    def _take_back(self, cause: BaseException | None) -> Result:
        """Back to the old files, whatever the cause; a cause that is no error of ours is handed on."""
        if self.remote.transaction.phase is Phase.FINISHING:
            # Interrupted while cleaning up: the change itself is in and well.
            return Result(Outcome.DONE, self.remote.transaction, _reasons(cause), self._downtime_ms(), cause)
        interrupted = None if cause is None or isinstance(cause, CalloutError) else cause
        reasons = _reasons(cause)
        self._at(Phase.UNDOING)
        try:
            self.remote.lock()
            reasons += self._take_database_back()
            self.remote.undo()
            if self.remote.transaction.restarted:
                reasons += self.remote.restart()
            stuck = [change.path for change, image in self.remote.images() if image == change.after]
            if stuck:
                raise StepFailed(_torn(f"still as the patch made them: {', '.join(stuck)}"), torn=True)
            if self._asked_database:
                self.remote.end_sql()
            self.remote.finish(forgetting=False)
        except CalloutError as error:
            reasons += [*_reasons(error), _torn(f"originals are kept here in {self.shelf.folder}")]
            return Result(Outcome.TORN, self.remote.transaction, reasons, self._downtime_ms(), interrupted)
        if isinstance(cause, Refused):
            return Result(Outcome.DEFERRED, self._at(Phase.UNDONE), reasons, deferred=cause)
        return Result(Outcome.ROLLED_BACK, self._at(Phase.UNDONE), reasons, self._downtime_ms(), interrupted)

    @property
    def _sql(self) -> SqlChange | None:
        return self.remote.transaction.sql

    def _all_new(self, phase: Phase) -> bool:
        files = all(image == change.after for change, image in self.remote.images())
        self._asked_database = self._sql is not None and (files or phase is not Phase.BEGUN)
        return files and (self._sql is None or self.remote.marks().as_after)

    def _take_database_back(self) -> list[Finding]:
        """The database as it was, where it had been touched; what is worth knowing. Raises StepFailed (torn)."""
        sql = self._sql
        if sql is None or not self._asked_database:
            return []
        marks = self.remote.marks()
        if marks.as_before:
            return []
        part = marks.extent(Way.FORWARD) is Extent.PART
        try:
            self.remote.run_sql(Way.BACKWARD, self.shelf.original(sql.backward))
        except CalloutError as error:
            raise StepFailed(_database_stuck(sql, part, error), torn=True) from error
        if not part:
            return []
        seen = f"Only a part of the SQL had been done in {sql.database}; what takes it back ran through to its end."
        return [Finding("patch.sql", Status.WARN, "part-taken-back", seen, Move.US, "Compare it with the dump.")]

    def _at(self, phase: Phase) -> Transaction:
        self.remote = replace(self.remote, transaction=self.remote.transaction.at(phase))
        return self.shelf.save(self.remote.transaction, self.journal)

    def _downtime_ms(self) -> int:
        return (self.now() - self._changed_at) // dt.timedelta(milliseconds=1) if self._changed_at else 0


class HealthBlocked(CalloutError):
    """The system is not well with the new files; `findings` say why."""

    exit_status = 10

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(findings[0].seen)
        self.findings = findings


def _reasons(cause: BaseException | None) -> list[Finding]:
    if isinstance(cause, HealthBlocked):
        return list(cause.findings)
    if isinstance(cause, StepFailed):
        return [cause.finding]
    if isinstance(cause, CalloutError):
        return [Finding("patch.apply", Status.FAIL, "failed", cause.message, Move.US, cause.hint)]
    seen = f"Interrupted ({type(cause).__name__})." if cause else "An earlier run was cut before it had ended."
    return [Finding("patch.apply", Status.FAIL, "interrupted", seen, Move.US, "Run it again.")]


def _database_stuck(sql: SqlChange, part: bool, error: CalloutError) -> Finding:
    extent = "a part of the change" if part else "all of the change"
    seen = (
        f"The database {sql.database} has {extent}, the files are the new ones; taking it back failed: {error.message}"
    )
    remedy = "Take it back by hand, or load the dump of this call-out's backup; then run the same again."
    return Finding("patch.sql", Status.FAIL, "database-not-back", seen, Move.US, remedy)


def _not_passed(must_pass: Sequence[str], findings: Sequence[Finding]) -> list[Finding]:
    """One failing finding for each name that the bundle asks for and that did not pass, or was not looked at."""
    named = {finding.check: finding for finding in findings}
    return [
        Finding(f"patch.health@{name}", Status.FAIL, "not-passed", _of(name, named.get(name)), Move.US, _LOOK)
        for name in must_pass
        if name not in named or named[name].status is not Status.PASS
    ]


_LOOK = "Look at it on the system."


def _of(name: str, found: Finding | None) -> str:
    told = found.seen if found else "it was not looked at."
    return f"The bundle asks for {name} to pass: {told}"


def _torn(what: str) -> Finding:
    return Finding("patch.undo", Status.FAIL, "not-rolled-back", f"Not rolled back; {what}.", Move.US, "Act at once.")
