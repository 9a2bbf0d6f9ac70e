"""The steps of a transaction on the system, one script each. They do and report; apply.py decides."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from access_check.escaping import shown
from callout.errors import CalloutError, Locked
from callout.findings import Finding, Move, Status
from callout.patches.archive import write_members
from callout.patches.change import Change, SqlChange, Transaction
from callout.patches.database import Marks, Way, client_words, end_text, marks_text, run_text
from callout.patches.images import Image
from callout.patches.observe import observe, tool_missing
from callout.programs import Completed
from callout.shell.lock import Holder, holder_of, locked_by
from callout.shell.scripts_shelf import script
from callout.shell.session import Session

DEADLINE_S = 600
# A table of calls can be huge, and an engine that copies it takes its time.
SQL_DEADLINE_S = 4 * 3600
# A script of a line that was cut goes on there by itself; it is waited for before anything else is done.
PATIENCE_S = 60
EVERY_S = 0.25
MAXIMUM_ORIGINALS_BYTES = 160 * 1024 * 1024
# Beside the work folder, in the product's own.
KEPT = ".callout-originals"
_TAKE_OVER = "callout patch take-over {callout} --bundle FILE --because REASON"
_WHY = {
    "cut": "was not begun: the instructions were cut on their way",
    "changed": "is not any more as it was planned",
    "way-changed": "cannot be reached any more by its folder",
    "work-folder": "the folder for our lock cannot be used",
    "disk": "could not be written (disk full, read-only?)",
    "owner": "could not be given its owner",
    "mode": "could not be given its mode",
    "copy": "arrived there otherwise than it was sent",
    "staged-changed": "was changed by somebody after it was staged",
    "links": "its filesystem has no hard links",
    "rename": "could not be renamed (immutable, read-only?)",
    "read-back": "reads back otherwise than it was written",
    "changed-since": "was changed after our change; taking it back would lose that",
    "left-behind": "has temporary files of ours beside it that could not be removed",
    "original-gone": "its original beside it is gone",
    "unsafe": "has a folder of ours beside it that somebody else has changed",
    "no-target": "cannot be changed safely: this system's mv and ln know no -T",
}


class StillAtWork(Locked):
    """A script of an earlier call, whose line was cut, still runs on the system."""


class StepFailed(CalloutError):
    """A script said that it could not; `torn` where the system may now hold a mixture."""

    exit_status = 10

    def __init__(self, finding: Finding, *, torn: bool = False) -> None:
        super().__init__(finding.seen, finding.remedy)
        self.finding = finding
        self.torn = torn


@dataclass(frozen=True, slots=True)
class Remote:
    """A transaction on a system. `work` is the absolute folder of the lock; `who` says who holds it, in one word.

    A script that still runs there, its line cut, is waited for as long as `patience_s`. `keeps`: the originals are kept
    on the system, too. `forget` are ids of transactions whose originals need not be kept there any more.
    """

    session: Session
    transaction: Transaction
    work: str
    who: str
    patience_s: float = PATIENCE_S
    keeps: bool = False
    forget: tuple[str, ...] = ()

    @property
    def kept(self) -> str:
        """The folder on the system in which originals are kept, each transaction's in one of its own."""
        return f"{self.work.rpartition('/')[0]}/{KEPT}"

    def lock(self, seize: str = "-") -> None:
        """Takes the system's lock; again is fine. Raises Locked with who has it and since when."""
        self._run("patch_lock", (self.work, self.transaction.token, self.who, seize), expected="locked")

    def holder(self) -> Holder | None:
        """Who has the system's lock now; None where it is free. Looks, and changes nothing."""
        done = self.session.run(script("patch_common") + script("patch_holder"), self.work, deadline_s=DEADLINE_S)
        lines = done.text.splitlines()
        if done.rc == 0 and lines[-1:] == ["free"]:
            return None
        if (holder := holder_of(lines)) is not None:
            return holder
        raise self._failure(done, lines)

    def fetch(self, sizes: Mapping[str, int]) -> dict[str, bytes]:
        """The originals of all files that the change replaces or deletes, by path, each with its planned hash.

        `sizes` are in bytes, by path. Raises StepFailed where one is not any more as planned.
        """
        wanted = [one for one in self.transaction.changes if one.before.has_content]
        if not wanted:
            return {}
        total = sum(sizes[one.path] for one in wanted)
        done = self.session.run(
            script("patch_common") + script("patch_fetch"),
            stdin="".join(f"{one.path}\n" for one in wanted).encode(),
            deadline_s=DEADLINE_S,
            limit_bytes=min(total, MAXIMUM_ORIGINALS_BYTES) + 65536,
        )
        found: dict[str, bytes] = {}
        place = 0
        for one in wanted:
            content = done.stdout[place : place + sizes[one.path]]
            place += len(content)
            if hashlib.sha256(content).hexdigest() != one.before.sha256:
                raise StepFailed(self._finding(str(one.number), "changed"))
            found[one.path] = content
        return found

    def fetch_kept(self, transaction_id: str, wanted: Mapping[int, str]) -> dict[str, bytes]:
        """Of the originals that the system keeps of a transaction those of `wanted` (number → SHA-256), by SHA-256.

        What is gone there, or is not what it was, is not in the answer.
        """
        found: dict[str, bytes] = {}
        for number, sha256 in wanted.items():
            done = self.session.run(
                script("patch_common") + script("patch_kept"),
                self.kept,
                transaction_id,
                str(number),
                deadline_s=DEADLINE_S,
                limit_bytes=MAXIMUM_ORIGINALS_BYTES,
            )
            if done.rc == 0 and hashlib.sha256(done.stdout).hexdigest() == sha256:
                found[sha256] = done.stdout
        return found

    def at(self, transaction: Transaction) -> Remote:
        """The same system and lock, for another transaction."""
        return replace(self, transaction=transaction)

    def stage(self, contents: Mapping[str, bytes]) -> list[Finding]:
        """Puts the new contents (by SHA-256) beside their targets; what is worth knowing. Raises StepFailed."""
        members = [
            (str(one.number), contents[one.after.sha256]) for one in self.transaction.changes if one.after.has_content
        ]
        said = self._transact("patch_stage", "staged", self.kept if self.keeps else "-", more=write_members(members))
        if "unkept there" not in said:
            return []
        seen = f"{self.session.name}: the originals are kept here only; there is no room for them in {self.kept}."
        return [Finding("patch.kept", Status.WARN, "kept-here-only", seen, Move.US, "Take care of our side's copy.")]

    def commit(self) -> None:
        """Makes the staged files the real ones, all or none. Raises StepFailed."""
        self._transact("patch_commit", "committed")

    def undo(self) -> None:
        """Back to the old files; nothing staged is left. May be called again. Raises StepFailed (torn)."""
        self._transact("patch_rollback", "undone", self.kept)

    def finish(self, *, forgetting: bool) -> None:
        """Removes all of ours but the result and kept originals, the lock last; again is fine. Raises StepFailed.

        `forgetting`: those of `forget` go, too. What a rollback puts back is wanted for as long as it is not in.
        """
        self._transact("patch_finish", "finished", self.kept, *(self.forget if forgetting else ()))

    def run_sql(self, way: Way, text: bytes) -> None:
        """Goes that way in the database. Raises StepFailed with what the client said; then look at the marks."""
        sql = self._sql
        if f"mark {way}-done" not in self._client(sql, run_text(sql, self.transaction.id, way, text)):
            seen = f"{self.session.name}: the bundle's SQL does not end where it should: an open quote or comment?"
            raise StepFailed(Finding("patch.sql", Status.FAIL, "open-end", seen, Move.US, "Have the bundle mended."))

    def marks(self) -> Marks:
        """How far the database's change is. Raises StepFailed where that cannot be had."""
        sql = self._sql
        rows = self._client(sql, marks_text(sql, self.transaction.id))
        steps = frozenset(row.removeprefix("mark ") for row in rows if row.startswith("mark "))
        if rows[-1:] != [f"marks {len(steps)}"] or "lock 0" in rows:
            seen = f"{self.session.name}: how far the database's change is cannot be read."
            raise StepFailed(Finding("patch.sql", Status.UNKNOWN, "unclear", seen, Move.US, "Look at the database."))
        return Marks(steps)

    def end_sql(self) -> None:
        """Removes our marks. May be called again. Raises StepFailed."""
        sql = self._sql
        self._client(sql, end_text(sql, self.transaction.id))

    @property
    def _sql(self) -> SqlChange:
        assert self.transaction.sql is not None
        return self.transaction.sql

    def _client(self, sql: SqlChange, text: bytes) -> list[str]:
        """What the client printed, line by line. Raises StepFailed with its complaint."""
        sum_ = hashlib.sha256(text).hexdigest()
        words = (self.work, self.transaction.token, sum_, client_words(sql), sql.database)
        lines = self._run("patch_sql", words, expected="ended 0", stdin=text, deadline_s=SQL_DEADLINE_S)
        return [line.removeprefix("row ") for line in lines if line.startswith("row ")]

    def restart(self) -> list[Finding]:
        """Restarts the services in order; one failing finding for each that would not."""
        if not self.transaction.restart:
            return []
        commands = [command for _, command in self.transaction.restart]
        done = self.session.run(script("patch_restart"), *commands, deadline_s=DEADLINE_S)
        answers = dict(re.findall(r"^restarted (\d{1,3}) (\d{1,3})$", done.text, re.MULTILINE | re.ASCII))
        return [
            Finding(
                f"patch.restart@{service}",
                Status.FAIL,
                "not-restarted",
                f"{self.session.name}: {service} was not restarted: its command ended with {answers.get(str(n), '?')}.",
                Move.US,
                "Look at the service on the system.",
            )
            for n, (service, _) in enumerate(self.transaction.restart, 1)
            if answers.get(str(n)) != "0"
        ]

    def images(self) -> Sequence[tuple[Change, Image]]:
        """Every change with what is at its path now."""
        changes = self.transaction.changes
        seen = observe(self.session, [one.path for one in changes])
        return [(change, one.image) for change, one in zip(changes, seen, strict=True)]

    def _transact(self, name: str, expected: str, *arguments: str, more: bytes = b"") -> list[str]:
        words = (self.work, self.transaction.token, self.transaction.id, *arguments)
        return self._run(name, words, expected=expected, stdin=self.transaction.specification + more)

    def _run(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        expected: str,
        stdin: bytes = b"",
        deadline_s: float = DEADLINE_S,
    ) -> list[str]:
        ends_at = time.monotonic() + self.patience_s
        while True:
            try:
                return self._run_once(name, arguments, expected=expected, stdin=stdin, deadline_s=deadline_s)
            except StillAtWork:
                if time.monotonic() >= ends_at:
                    raise
                time.sleep(EVERY_S)

    def _run_once(
        self, name: str, arguments: Sequence[str], *, expected: str, stdin: bytes, deadline_s: float
    ) -> list[str]:
        text = script("patch_common") + script(name)
        done = self.session.run(text, *arguments, stdin=stdin, deadline_s=deadline_s)
        lines = done.text.splitlines()
        if done.rc == 0 and lines[-1:] == [expected]:
            return lines
        raise self._failure(done, lines)

    def _failure(self, done: Completed, lines: Sequence[str]) -> CalloutError:
        system = self.session.name
        last = lines[-1] if lines else ""
        if match := re.fullmatch(r"missing ([a-z0-9]{1,20})", last, re.ASCII):
            return tool_missing(system, match[1])
        if (locked := locked_by(system, last, "callout patch recover {callout}", _TAKE_OVER)) is not None:
            return locked
        if match := re.fullmatch(r"running (\d{1,10})", last, re.ASCII):
            return StillAtWork(
                f"{system}: an earlier run's script ({match[1]}) is still at work.", "Wait, then run again."
            )
        if re.fullmatch(r"ended \d{1,3}", last, re.ASCII):
            said = next((line[5:] for line in lines if line.startswith("said ")), "") or f"it {last}"
            seen = f"{system}: the database did not take the bundle's SQL: {shown(said, 300)}"
            return StepFailed(Finding("patch.sql", Status.FAIL, "refused", seen, Move.US, "Have the bundle mended."))
        for line in lines:
            if match := re.fullmatch(r"(failed|torn|trouble) (\d{1,4})? ?([a-z-]{1,20})", line, re.ASCII):
                return StepFailed(self._finding(match[2] or "0", match[3]), torn=match[1] != "failed")
        seen = f"{system}: a step of the change ended without a clear answer ({done.complaint})."
        return StepFailed(Finding("patch.apply", Status.UNKNOWN, "unclear", seen, Move.US, "Look at the system."))

    def _finding(self, number: str, code: str) -> Finding:
        path = next((one.path for one in self.transaction.changes if str(one.number) == number), self.work)
        why = _WHY.get(code, "did not succeed")
        seen = f"{self.session.name}: {path} {why}."
        return Finding(f"patch.apply@{path}", Status.FAIL, code, seen, Move.US, "Plan again, or look at the system.")
