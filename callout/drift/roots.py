"""Pure: the root file systems of a system: its own, and chroots in it that have an /etc and packages of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from callout.drift.change import Change
from callout.drift.look import Section

OUTER = "/"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: in which root file system, and at which path (or under which name) seen from in there."""

    root: str
    path: str

    @property
    def outside(self) -> str:
        """The path as seen from the system's own root."""
        return self.path if self.root == OUTER else self.root + self.path


@dataclass(frozen=True, slots=True)
class Roots:
    """All root file systems, the deepest first; `/` is always one."""

    folders: tuple[str, ...]

    @classmethod
    def of(cls, folders: Iterable[str]) -> Roots:
        """The roots, `/` besides those given."""
        named = {one.rstrip("/") for one in folders} - {""}
        return cls((*sorted(named, key=lambda one: (-len(one), one)), OUTER))

    def place(self, path: str) -> Place:
        """Where a path of the system lies."""
        for folder in self.folders:
            if folder != OUTER and path.startswith(folder + "/"):
                return Place(folder, path[len(folder) :])
        return Place(OUTER, path)

    def place_of(self, change: Change) -> Place:
        """Where a change is: by its path, or by the root that a fact's name begins with."""
        if change.section is Section.FILES:
            return self.place(change.subject)
        for folder in self.folders:
            if folder != OUTER and change.subject.startswith(folder + " "):
                return Place(folder, change.subject[len(folder) + 1 :])
        return Place(OUTER, change.subject)
