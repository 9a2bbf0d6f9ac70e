"""Carries a restore through: all of it in, or all of it back. Takes back one that was cut.

Order: journal here → lock there → present database kept here → dump and files sent, compared by hash → present files
kept → files swapped → dump loaded, rows counted → services restarted → what lets us in, proven → tidied, lock given
back. Whatever goes wrong before the last step is taken back; so is a run that was cut, by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import IO

from callout.backups.archive import Repository
from callout.backups.dump_compare import read_tables
from callout.backups.manifest import EntryKind
from callout.backups.record import BackupRecord, DumpRecord
from callout.backups.restoring import database as databases
from callout.backups.restoring.compare import differing
from callout.backups.restoring.journal import Journal, JournalShelf, Phase
from callout.backups.restoring.look import Survey, hashes, look
from callout.backups.restoring.plan import FilePlan, Room
from callout.backups.restoring.remote import RestoreRemote, RestoreStepFailed
from callout.backups.restoring.seen import Seen
from callout.backups.restoring.selection import Part, Wanted
from callout.backups.restoring.stream import Sending, tar_of
from callout.errors import CalloutError
from callout.findings import Finding, Move, Status

DATABASE_ROOM = "database"
# Shows that we get in with what is there now, by a connection of its own. Raises CalloutError where we do not.
Prove = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: the backup, the plan, and the dump on our own disk (None: no database)."""

    record: BackupRecord
    wanted: Wanted
    plan: FilePlan
    seen: Mapping[str, Seen | None]
    texts: Mapping[str, bytes]
    survey: Survey
    dump: IO[bytes] | None


@dataclass
class Carrier:
    """Carries one restore. `keep_database` keeps the present one and gives back archive and SHA-256."""

    remote: RestoreRemote
    shelf: JournalShelf
    repository: Repository
    journal: Journal
    prove: Prove
    keep_database: Callable[[], tuple[str, str]] | None
    findings: list[Finding] = field(default_factory=list)

    def carry(self, load: Load) -> list[Finding]:
        """All of it. Raises whatever went wrong; then call `take_back`."""
        self._at(Phase.BEGUN)
        self.remote.lock()
        if self.keep_database is not None:
            present, sha256 = self.keep_database()
            self._at(Phase.BEGUN, present=present, present_sha256=sha256)
        database_room = f"{self.journal.kept[0]}/{DATABASE_ROOM}"
        if load.dump is not None and load.record.database is not None:
            sent = self.remote.spool(database_room, databases.DUMP_FILE, databases.pieces(load.dump))
            _require(sent == load.record.database.sha256, "the dump arrived there otherwise than it was sent")
        for room in load.plan.rooms:
            self._stage(room, load)
        files = [room for room in load.plan.rooms if room.part is Part.FILES]
        doors = [room for room in load.plan.rooms if room.part is Part.DOORS]
        for room in files:
            self.remote.keep(self._folder(room))
        self._at(Phase.CHANGING)
        for room in files:
            self._swap(room, load)
        if load.dump is not None and load.record.database is not None:
            self._at(Phase.LOADING, loaded=True)
            name = load.record.database.name
            self.remote.load(database_room, databases.DUMP_FILE, self.journal.client, name)
            load.dump.seek(0)
            counted = databases.count_rows(self.remote.session, self.journal.client, name, read_tables(load.dump))
            self.findings.append(counted.finding())
            _require(not self.findings[-1].blocks, self.findings[-1].seen)
        self._restart()
        for room in doors:
            self.remote.keep(self._folder(room))
        if doors:
            for room in doors:
                self._swap(room, load)
            if refused := self.remote.reload_sshd():
                raise RestoreStepFailed(f"sshd there refuses its restored files: {refused}.", "See to /etc/ssh.")
            self.prove()
        self._finish()
        return self.findings

    def take_back(self, *, keep: bool = False) -> list[Finding]:
        """Everything as it was before, wherever it stopped; again is fine. Raises CalloutError where it cannot.

        With `keep` what was restored is not deleted: it lies in the kept folders, under gone/, until let go.
        """
        self.remote.lock()
        if self.journal.phase is not Phase.BEGUN:
            self._at(Phase.UNDOING)
            for room in reversed(self.journal.rooms):
                self.remote.undo(room)
                if room.endswith(f"/{Part.DOORS}"):
                    self.remote.reload_sshd()
            if self.journal.loaded:
                self._load_present()
            self._restart()
        self.remote.end("tidy" if keep else "let-go", self.journal.kept)
        self._at(Phase.UNDONE)
        return self.findings

    def finish(self) -> None:
        """Tidies up and gives the lock back after all is in and proven; again is fine. Raises CalloutError."""
        self.remote.lock()
        self.remote.end("tidy", self.journal.kept)

    def done(self) -> None:
        """All is in, tidied and recorded: nothing is left to do for a next run."""
        self._at(Phase.DONE)

    def _load_present(self) -> None:
        if not self.journal.present:
            raise RestoreStepFailed("The database of before was not kept.", "Load a backup's dump by hand.")
        room = f"{self.journal.kept[0]}/{DATABASE_ROOM}"
        record = DumpRecord(self.journal.database, 0, self.journal.present_sha256)
        with closing(databases.stored_dump(self.repository, self.journal.present, record.name)) as stored:
            sent = self.remote.spool(room, databases.PRESENT_FILE, stored)
        _require(sent == record.sha256, "the dump of before arrived there otherwise than it was kept")
        self.remote.load(room, databases.PRESENT_FILE, self.journal.client, self.journal.database)

    def _stage(self, room: Room, load: Load) -> None:
        sending = Sending(load.wanted, load.plan.planned, load.seen, room, load.texts, load.survey.busybox)
        with closing(tar_of(sending, self.repository, load.record.id)) as tar:
            self.remote.stage(self._folder(room), load.survey.tar, tar)
        self._compare(room, load, f"{self._folder(room)}/new", content=True)

    def _swap(self, room: Room, load: Load) -> None:
        self.remote.swap(self._folder(room))
        self._compare(room, load, "/", content=False)

    def _compare(self, room: Room, load: Load, folder: str, *, content: bool) -> None:
        entries = {name: load.plan.planned[name].entry for name in room.names}
        there = look(self.remote.session, folder, sorted(entries))
        files = [name for name, entry in entries.items() if entry.kind is EntryKind.FILE]
        known = hashes(self.remote.session, folder, sorted(files)) if content else None
        wrong = differing(entries, there, known, load.texts)
        _require(not wrong, f"{len(wrong)} entries are not as they were sent: {', '.join(wrong[:3])}")

    def _restart(self) -> None:
        for service in self.remote.restart(self.journal.restart):
            seen = f"{self.remote.session.name}: {service} was not restarted: its command failed."
            self.findings.append(
                Finding(f"restore.restart@{service}", Status.FAIL, "not-restarted", seen, Move.US, "Look at it there.")
            )

    def _finish(self) -> None:
        self._at(Phase.FINISHING)
        try:
            self.finish()
        except CalloutError as error:
            seen = f"All is restored, but what was sent and our lock are still there: {error.message}"
            self.findings.append(Finding("restore.leftover", Status.WARN, "left-behind", seen, Move.US, "Let it go."))

    def _folder(self, room: Room) -> str:
        return room.folder(self.journal.id)

    def _at(self, phase: Phase, **more: object) -> None:
        self.journal = self.shelf.save(self.journal.at(phase, **more))


def _require(true: bool, otherwise: str) -> None:
    if not true:
        raise RestoreStepFailed(f"The restore cannot go on: {otherwise}.", "Look at the system, then run it again.")
