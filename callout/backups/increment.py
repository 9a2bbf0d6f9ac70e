"""Pure: which entries of a system must be read, and which an earlier archive can give; each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from callout.backups.listing import Facts, Header
from callout.backups.manifest import FILES, Entry, EntryKind
from callout.backups.record import BackupRecord

# A file that is written to twice within one tick of its file system's clock looks the same both times. Two seconds is
# the coarsest tick there is.
TICK_S = 2


class Why(StrEnum):
    """Why an entry is read from the system."""

    NEW = "new"
    KIND = "another kind of file"
    SIZE = "size differs"
    WRITTEN = "written to since"
    CHANGED = "changed since"
    REPLACED = "another file of that name"
    RECENT = "changed when the earlier one was taken"
    NOT_STORED = "not whole in the earlier one"
    DAMAGED = "damaged in the earlier one"


def why_read(now: bytes, then: bytes, header: Header | None) -> Why | None:
    """Why an entry whose facts are `now` must be read, if they were `then` when `header` was made; None: it need not.

    Without `header` they are compared alone, whenever they were told.
    """
    if now != then:
        new, old = now.split(b" "), then.split(b" ")
        # The device is not compared: its number may be another after every start of the system.
        for place, why in ((0, Why.KIND), (1, Why.SIZE), (2, Why.WRITTEN), (4, Why.REPLACED)):
            if new[place] != old[place]:
                return why
        if new[:5] + new[6:] != old[:5] + old[6:]:
            return Why.CHANGED
    if header is None:
        return None
    ctime_s = int(now.split(b" ", 4)[3].partition(b".")[0])
    return Why.RECENT if ctime_s >= header.started_s - TICK_S else None


def link_groups(now: Mapping[bytes, bytes]) -> list[list[bytes]]:
    """Paths that are one and the same file, group by group. `now` maps paths to facts."""
    groups: dict[tuple[bytes, bytes], list[bytes]] = {}
    for path, facts in now.items():
        if not facts.endswith(b" 1") and not facts.startswith(b"d"):
            words = facts.split(b" ")
            groups.setdefault((words[5], words[4]), []).append(path)
    return [group for group in groups.values() if len(group) > 1]


@dataclass
class Choice:
    """What is still to be read of a system, as archives are offered one after the other. `now` maps paths to facts."""

    now: Mapping[bytes, bytes]
    groups: Sequence[Sequence[bytes]] = ()
    _open: dict[bytes, Why] = field(init=False)
    _resumable: set[tuple[bytes, bytes]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.groups = self.groups or link_groups(self.now)
        self._open = dict.fromkeys(self.now, Why.NEW)

    def offer(
        self,
        header: Header,
        listing: Iterable[tuple[bytes, bytes]],
        stored: Iterable[Entry],
        begun: Entry | None = None,
    ) -> set[bytes]:
        """The paths that an archive can give: nothing was changed there since, and it has them whole.

        `listing` are facts and path of each entry when the archive was made, `stored` the entries that are whole
        in it, `begun` the one of which it has a beginning. A file with several names comes from one archive under
        all of them, or is read.
        """
        same: set[bytes] = set()
        for then, path in listing:
            if path in self._open:
                why = why_read(self.now[path], then, header)
                if why is None:
                    same.add(path)
                self._open[path] = why or Why.NOT_STORED
        given: set[bytes] = set()
        linked: list[tuple[bytes, bytes]] = []
        for entry in stored:
            path = entry.live_name
            if path in same and Facts.of(self.now[path]).agree(entry):
                given.add(path)
                if entry.kind is EntryKind.HARD_LINK:
                    target = entry.target.removeprefix(FILES)
                    linked.append((path, b"/" + target.encode("utf-8", "surrogateescape")))
        if begun and begun.live_name in same:
            facts = Facts.of(self.now[begun.live_name])
            if facts.links == 1 and facts.agree(begun):
                self._resumable.add((begun.live_name, self.now[begun.live_name]))
        given.difference_update([path for path, target in linked if target not in given])
        for group in self.groups:
            if not all(path in given for path in group):
                given.difference_update(group)
        for path in given:
            del self._open[path]
        return given

    def take(self, path: bytes) -> None:
        """Takes note that `path` needs no reading after all."""
        self._open.pop(path, None)

    def give_back(self, paths: Iterable[bytes]) -> None:
        """Takes note that an archive could not give these after all."""
        self._open.update(dict.fromkeys(paths, Why.DAMAGED))

    def left(self) -> list[bytes]:
        """What must be read, in the order of `now`."""
        return [path for path in self.now if path in self._open]

    def may_resume(self, path: bytes) -> bool:
        """True for a path that no archive gave as yet, and of which an offered one has the beginning as it still is."""
        return path in self._open and (path, self.now[path]) in self._resumable

    def reasons(self) -> dict[str, int]:
        """Of what must be read, how many entries for which reason."""
        return {str(why): count for why, count in sorted(Counter(self._open.values()).items())}


def why_everything(asked: bool, base: BackupRecord | None, earlier: Sequence[BackupRecord], every: int) -> str:
    """Why everything is read anew; empty where only what was changed since `base` is.

    `earlier` are the system's backups, oldest first; every `every`th reads everything.
    """
    if asked:
        return "it was asked for"
    if base is None:
        return "there is no verified backup of this system in the store to build on"
    since = 0
    for record in reversed(earlier):
        if record.everything_because or not record.reused.backups:
            break
        since += 1
    return f"every {every}th backup reads everything" if since + 1 >= every else ""
