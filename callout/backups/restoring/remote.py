"""The steps of a restore on the system, one script each. They do and report; carry.py decides."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from callout.errors import CalloutError, Locked
from callout.programs import Completed
from callout.shell import Session, script
from callout.shell.lock import locked_by

DEADLINE_S = 6 * 3600
SHORT_S = 600
# A script of a line that was cut goes on there by itself; it is waited for before anything else is done.
PATIENCE_S = 60
EVERY_S = 0.25
_WHY = {
    "disk": "its disk could not be written (full, read-only?)",
    "way-changed": "a folder on the way is no folder any more, or a link",
    "folder-in-the-way": "a folder stands where a file should go",
    "links": "its file system has no hard links",
    "rename": "a file could not be renamed (immutable, read-only, mounted?)",
    "owner": "a folder could not be given its owner, mode or time",
    "changed": "somebody put a file there while we worked",
    "phase": "the room of this restore is not where it should be",
    "gone": "the dump that was sent there is gone",
    "load": "the database did not take the dump",
    "left-behind": "what is ours could not be removed",
    "work-folder": "the folder for our lock cannot be used",
}


class RestoreStepFailed(CalloutError):
    """A script said that it could not."""

    exit_status = 10


class StillAtWork(Locked):
    """A script of an earlier call, whose line was cut, still runs on the system."""


@dataclass(frozen=True, slots=True)
class RestoreRemote:
    """A restore on a system. `work` is the absolute folder of the lock, which patches take, too.

    `token` is a word that only this restore knows; `who` says who holds the lock, in one word.
    """

    session: Session
    work: str
    token: str
    who: str
    patience_s: float = PATIENCE_S

    def lock(self) -> None:
        """Takes the system's lock; again is fine. Raises Locked with who has it and since when."""
        common = script("patch_common") + script("patch_lock")
        self._run(common, (self.work, self.token, self.who, "-"), expected="locked")

    def stage(self, room: str, options: str, tar: Iterable[bytes]) -> None:
        """Unpacks a tar in a room; nothing else is touched."""
        self._transact("restore_stage", "staged", room, options, stdin=tar, deadline_s=DEADLINE_S)

    def keep(self, room: str) -> None:
        """Keeps what the room's files will replace; nothing else is touched."""
        self._transact("restore_keep", "kept", room, deadline_s=DEADLINE_S)

    def swap(self, room: str) -> None:
        """Puts the room's files in their places; again goes on where it stopped."""
        self._transact("restore_swap", "swapped", room, deadline_s=DEADLINE_S)

    def undo(self, room: str) -> None:
        """Back to what was kept; again is fine."""
        self._transact("restore_undo", "undone", room, deadline_s=DEADLINE_S)

    def spool(self, room: str, name: str, content: Iterable[bytes]) -> str:
        """Puts content into a file of the room and gives back its SHA-256 (hex) as the system reads it."""
        done = self._transact("restore_spool", "spooled", room, name, stdin=content, deadline_s=DEADLINE_S)
        return done.partition(" ")[2]

    def load(self, room: str, name: str, client: str, database: str) -> None:
        """Loads a spooled dump into the database, to its end even where the line goes."""
        self._transact("restore_load", "loaded", room, name, client, database, deadline_s=DEADLINE_S)

    def end(self, verb: str, kept: Sequence[str]) -> None:
        """`unlock`: only that; `tidy`: what was sent and not used goes, too; `let-go`: all that was kept."""
        self._transact("restore_end", "ended", verb, *kept)

    def restart(self, commands: Sequence[tuple[str, str]]) -> list[str]:
        """Restarts the services in order; the names of those that would not."""
        if not commands:
            return []
        done = self.session.run(script("patch_restart"), *(command for _, command in commands), deadline_s=SHORT_S)
        answers = dict(re.findall(r"^restarted (\d{1,3}) (\d{1,3})$", done.text, re.MULTILINE | re.ASCII))
        return [service for number, (service, _) in enumerate(commands, 1) if answers.get(str(number)) != "0"]

    def reload_sshd(self) -> str:
        """Empty where sshd has taken its files anew, else what it said against them."""
        done = self.session.run(script("restore_sshd"), deadline_s=60)
        return "" if done.text.split() == ["reloaded"] else done.complaint

    def _transact(
        self,
        name: str,
        expected: str,
        *arguments: str,
        stdin: Iterable[bytes] | None = None,
        deadline_s: float = SHORT_S,
    ) -> str:
        text = script("patch_common") + script("restore_common") + script(name)
        return self._run(
            text, (self.work, self.token, *arguments), expected=expected, stdin=stdin, deadline_s=deadline_s
        )

    def _run(
        self,
        text: str,
        arguments: Sequence[str],
        *,
        expected: str,
        stdin: Iterable[bytes] | None = None,
        deadline_s: float = SHORT_S,
    ) -> str:
        ends_at = time.monotonic() + self.patience_s
        while True:
            done = self.session.run(text, *arguments, stdin=b"" if stdin is None else stdin, deadline_s=deadline_s)
            last = (done.text.splitlines() or [""])[-1]
            if done.rc == 0 and last.partition(" ")[0] == expected:
                return last
            failure = self._failure(done, last)
            # A stream can be read only once: then whoever called begins anew.
            if not isinstance(failure, StillAtWork) or stdin is not None or time.monotonic() >= ends_at:
                raise failure
            time.sleep(EVERY_S)

    def _failure(self, done: Completed, last: str) -> CalloutError:
        system = self.session.name
        if (locked := locked_by(system, last, "run the same again")) is not None:
            return locked
        if re.fullmatch(r"running \d{1,10}", last, re.ASCII):
            return StillAtWork(f"{system}: an earlier run's script is still at work.", "Wait, then run again.")
        if match := re.fullmatch(r"missing ([a-z0-9]{1,20})", last, re.ASCII):
            return RestoreStepFailed(f"{system}: the program {match[1]} is not there.", "Do it by hand.")
        if match := re.fullmatch(r"failed ([a-z-]{1,20})", last, re.ASCII):
            said = f" ({done.complaint})" if match[1] == "load" else ""
            return RestoreStepFailed(f"{system}: {_WHY.get(match[1], 'it did not succeed')}{said}.", "See to it there.")
        return RestoreStepFailed(
            f"{system}: a step of the restore ended without a clear answer ({done.complaint}).", "Look at the system."
        )
