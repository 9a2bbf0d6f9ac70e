"""Carries a transaction through: all of it and well, or back to how it was. Resumes one that was cut.

Order: journal here → lock there → originals fetched → staged → committed → services restarted → health →
temporary files and lock removed. Whatever goes wrong before the health check has passed is taken back.
After a cut, the journal and the hashes on the system say where it stopped: all new goes on with restart and
health; everything else, a mixture included, goes back to the old.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from callout.errors import CalloutError, Locked
from callout.findings import Finding, Move, Status
from callout.patches.change import Phase, Transaction
from callout.patches.remote import Remote, StepFailed
from callout.patches.shelf import Shelf

Health = Callable[[], list[Finding]]
# From the originals by path, more new contents by SHA-256: what a diff makes cannot be known before.
Derive = Callable[[Mapping[str, bytes]], Mapping[str, bytes]]
Clock = Callable[[], dt.datetime]


class Outcome(StrEnum):
    """How a transaction ended."""

    DONE = "done"
    ROLLED_BACK = "rolled back"
    TORN = "torn"


@dataclass(frozen=True, slots=True)
class Result:
    """How it ended and why. `reasons` say what went wrong; `interrupted` is to be raised once that is recorded.

    `downtime_ms` counts from the first rename until the system was found well, or until it was taken back.
    """

    outcome: Outcome
    transaction: Transaction
    reasons: list[Finding] = field(default_factory=list)
    downtime_ms: int = 0
    interrupted: BaseException | None = None


@dataclass
class Carrier:
    """Carries transactions on one system through.

    `journal` is the name of the journal on `shelf`, `now` an aware clock. `health` decides whether the change
    stays; with `must_be_well` false it is only told: a rollback is not undone because the system is ill.
    """

    remote: Remote
    shelf: Shelf
    journal: str
    health: Health
    now: Clock
    must_be_well: bool = True
    _told: list[Finding] = field(default_factory=list)
    _changed_at: dt.datetime | None = None

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
            self.remote.stage({**contents, **derive(originals)})
            self._changed_at = self.now()
            self.remote.commit()
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
                return self._finish()
            if phase is not Phase.UNDOING and all(image == change.after for change, image in self.remote.images()):
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
        blocking = [finding for finding in findings if finding.blocks]
        if blocking and self.must_be_well:
            raise HealthBlocked(blocking)
        self._told = blocking
        self._at(Phase.FINISHING)
        return self._finish()

    def _finish(self) -> Result:
        """The change is in and well. What cannot be cleaned up now is told, not taken for a failure."""
        downtime_ms = self._downtime_ms()
        try:
            self.remote.finish()
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
            self.remote.undo()
            if self.remote.transaction.restarted:
                reasons += self.remote.restart()
            stuck = [change.path for change, image in self.remote.images() if image == change.after]
            if stuck:
                raise StepFailed(_torn(f"still as the patch made them: {', '.join(stuck)}"), torn=True)
            self.remote.finish()
        except CalloutError as error:
            reasons += [*_reasons(error), _torn(f"originals are kept here in {self.shelf.folder}")]
            return Result(Outcome.TORN, self.remote.transaction, reasons, self._downtime_ms(), interrupted)
        return Result(Outcome.ROLLED_BACK, self._at(Phase.UNDONE), reasons, self._downtime_ms(), interrupted)

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


def _torn(what: str) -> Finding:
    return Finding("patch.undo", Status.FAIL, "not-rolled-back", f"Not rolled back; {what}.", Move.US, "Act at once.")
