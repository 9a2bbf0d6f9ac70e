"""One archive from several sources: what earlier archives can give, and what only the system can."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from callout.backups.archive import PARTIAL, Repository
from callout.backups.capture import Listed, fetch_files, fetch_rest, list_files
from callout.backups.increment import Choice, why_read
from callout.backups.line import Line
from callout.backups.listing import Facts
from callout.backups.manifest import Tally
from callout.backups.packing import PIECE_BYTES, Packer
from callout.backups.probe import Abilities
from callout.backups.scope import CapturePlan
from callout.backups.spool import private_spool
from callout.backups.supplies import Supply, refer, take_over
from callout.errors import BackupFailed, CalloutError
from callout.shell import Session

# What is read once more because it changed under the reader: so much of it, the smallest files first.
READ_AGAIN_BYTES = 1024**3


@dataclass(frozen=True, slots=True)
class Source:
    """A system, how to read it, and where it is counted what crosses the line."""

    session: Session
    abilities: Abilities
    plan: CapturePlan
    line: Line


@dataclass
class Assembled:
    """What became of it. `partial` is the identifier of the partial archive that is whole; paths are the system's.

    `reused_from` are the archives that gave something, as stored; `problems` what they should have given and did not.
    """

    partial: str = ""
    tally: Tally = field(default_factory=Tally)
    reused_files: int = 0
    reused_bytes: int = 0
    reused_from: list[str] = field(default_factory=list)
    read_entries: int = 0
    resumed: set[bytes] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    vanished: set[bytes] = field(default_factory=set)
    read_again: set[bytes] = field(default_factory=set)
    still_changing: set[bytes] = field(default_factory=set)


@dataclass
class Assembly:
    """Puts one backup together. `first` packs what is no file of the system (the dump), into each archive anew.

    With `taking` Borg is told what an earlier archive gives, instead of its being read back and stored once more.
    `looked_s` is when the system was last asked what its files are like, by its clock.
    """

    source: Source
    repository: Repository
    identifier: str
    spool_folder: Path
    first: Callable[[Packer], None]
    listed: Listed
    taking: bool = False
    looked_s: int = field(init=False)

    def __post_init__(self) -> None:
        self.looked_s = self.listed.header.started_s

    def run(self, choice: Choice, given: Sequence[tuple[Supply, set[bytes]]], manifest: IO[bytes]) -> Assembled:
        """The partial archive that is whole, with its manifest in `manifest` (an empty spool).

        `given` are earlier archives with the paths that each is to give, by `choice`. What changes under the
        reader, or was given wrongly, is read once more into a second archive, which takes the rest from the
        first. Where the system fails, what came is stored and described, and the error raised again. Raises
        NotTakenOver where an earlier archive cannot give what it should, with `taking`.
        """
        done = Assembled()
        again = self._assemble(self.identifier, choice, given, manifest, done, final=False)
        if not again:
            done.partial = self.identifier
            return done
        second = Assembled(partial=f"{self.identifier}.again")
        with private_spool(self.spool_folder) as spool, private_spool(self.spool_folder) as before:
            self.listed.write(spool)
            _copy(manifest, before)
            manifest.seek(0)
            manifest.truncate()
            supply = Supply(PARTIAL + self.identifier, spool, before, complete=False)
            kept = {entry.live_name for entry in supply.entries() if entry.live_name} - again
            rest = Choice({path: self.listed.now[path] for path in again if path in self.listed.now})
            still = self._assemble(second.partial, rest, [(supply, kept)], manifest, second, final=True)
        if second.problems:
            raise BackupFailed(
                f"What was stored a moment ago cannot be read back: {second.problems[0]}.",
                "Run borg check on the store.",
            )
        done.partial, done.tally = second.partial, second.tally
        done.vanished |= second.vanished
        done.still_changing |= still
        done.read_again = again - done.still_changing - done.vanished
        return done

    def _assemble(
        self,
        name: str,
        choice: Choice,
        given: Sequence[tuple[Supply, set[bytes]]],
        manifest: IO[bytes],
        done: Assembled,
        *,
        final: bool,
    ) -> set[bytes]:
        """Writes one archive; back with what is to be read again. It is whole where that is nothing, or `final`."""
        failure: CalloutError | None = None
        again: set[bytes] = set()
        with private_spool(self.spool_folder) as spool, private_spool(self.spool_folder) as unfinished:
            self.listed.write(spool)
            with self.repository.importing(name, taking=self.taking and bool(given)) as sink:
                packer = Packer(sink, manifest)
                packer.describe(spool)
                self.first(packer)
                try:
                    for supply, paths in given:
                        again |= self._take_over(supply, paths, choice, packer, done)
                    again |= self._fetch(choice, again, packer, done)
                except CalloutError as error:
                    if not done.read_entries and not packer.cut:
                        raise
                    failure = error
                done.tally = packer.tally
                if failure or (again and not final):
                    packer.stop(unfinished)
                else:
                    packer.finish()
        if failure:
            raise failure
        return again

    def _take_over(
        self, supply: Supply, paths: set[bytes], choice: Choice, packer: Packer, done: Assembled
    ) -> set[bytes]:
        """Takes over what a supply gives; back with what it gave wrongly."""
        resumed = supply.cut.entry.live_name if supply.cut else b""
        rest = self._rest if choice.may_resume(resumed) else None
        if not paths and not rest:
            return set()
        if self.taking and rest is None:
            given = refer(supply, paths, packer)
        else:
            given = take_over(self.repository, supply, paths, rest, packer)
        done.reused_files += given.files
        done.reused_bytes += given.total_bytes
        done.reused_from += [supply.name] if given.files or rest else []
        if given.problem:
            done.problems.append(given.problem)
        choice.give_back(given.missing)
        if rest and resumed not in given.missing:
            choice.take(resumed)
            done.read_entries += 1
            done.resumed.add(resumed)
        return given.spoiled

    def _rest(self, path: bytes, offset: int) -> Iterator[bytes]:
        return fetch_rest(self.source.session, path, offset, self.source.line)

    def _fetch(self, choice: Choice, spoiled: set[bytes], packer: Packer, done: Assembled) -> set[bytes]:
        """Fetches what is left; back with what changed meanwhile and is to be read again."""
        source, wanted, before = self.source, choice.left(), packer.tally.entries
        read = {path for path in wanted if self.listed.now[path].startswith(b"f")} | spoiled | done.resumed
        try:
            changes = fetch_files(source.session, source.abilities, wanted, packer, source.line, choice.groups)
        finally:
            done.read_entries += packer.tally.entries - before
        vanished = _as_bytes(changes.vanished)
        done.vanished |= vanished
        for path in vanished:
            del self.listed.now[path]
        if not done.read_entries:
            return set()
        changed = self._changed(read - vanished) | (_as_bytes(changes.changed) & read)
        again = set(_affordable(changed, self.listed.now))
        done.still_changing |= changed - again
        return again.union(*(group for group in choice.groups if not again.isdisjoint(group)))

    def _changed(self, read: set[bytes]) -> set[bytes]:
        """What of `read` is no longer as it was when it was listed; from now on it is known as it is now."""
        source, header = self.source, self.listed.header
        seconds_only = header.way == "stat"
        look = list_files(
            source.session, source.abilities, source.plan, source.line,
            everything=header.everything, since_s=self.looked_s - (0 if seconds_only else 1),
        )  # fmt: skip
        changed = set()
        for path in read & look.now.keys():
            # Of one that only tells seconds, what changed in the very second may have changed after the look, too.
            in_doubt = seconds_only and int(Facts.of(look.now[path]).ctime) >= self.looked_s
            if in_doubt or why_read(look.now[path], self.listed.now[path], None) is not None:
                changed.add(path)
                self.listed.now[path] = look.now[path]
        self.looked_s = look.header.started_s
        return changed


def _affordable(changed: set[bytes], now: dict[bytes, bytes]) -> Iterator[bytes]:
    left = READ_AGAIN_BYTES
    for size, path in sorted((Facts.of(now[path]).size, path) for path in changed):
        left -= size
        if left < 0:
            return
        yield path


def _as_bytes(names: list[str]) -> set[bytes]:
    return {name.encode("utf-8", "surrogateescape") for name in names}


def _copy(source: IO[bytes], into: IO[bytes]) -> None:
    source.seek(0)
    while piece := source.read(PIECE_BYTES):
        into.write(piece)
