"""Pure: all changes and all evidence of one comparison, laid out so that each rule finds what it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from callout.drift.catalogue import Catalogue
from callout.drift.change import Change
from callout.drift.evidence import Evidence
from callout.drift.generated import FOREIGN_BOOKS
from callout.drift.globs import matches
from callout.drift.look import Section
from callout.drift.package_words import AccountWord, PackageWord
from callout.drift.roots import Place

# dpkg's own word on a package: what its files are, and the scripts that run with it.
DPKG_INFO = "/var/lib/dpkg/info/"


@dataclass(frozen=True, slots=True)
class Move:
    """A package that came, went, or has another version; an empty version is "not installed"."""

    root: str
    name: str
    before: str
    after: str

    @property
    def told(self) -> str:
        """Like `bash 5.1-2 → 5.1-3`."""
        where = "" if self.root == "/" else f" (in {self.root})"
        return f"{self.name} {self.before or 'not installed'} → {self.after or 'removed'}{where}"


@dataclass(frozen=True)
class Case:
    """What is judged. Built once for all changes; the order in which they come makes no difference."""

    changes: tuple[Change, ...]
    evidence: Evidence
    catalogue: Catalogue

    def place(self, change: Change) -> Place:
        """In which root file system the change is, and where in there."""
        return self.catalogue.roots.place_of(change)

    @cached_property
    def by_place(self) -> Mapping[tuple[Section, str], Change]:
        """The changes by section and subject."""
        return {change.place: change for change in self.changes}

    def changed_below(self, root: str, globs: tuple[str, ...]) -> Change | None:
        """The first changed file of a root file system that matches; those that were only touched do not count."""
        for change in self.changes:
            if change.section is Section.FILES and not change.only("time", "links", "size"):
                place = self.place(change)
                if place.root == root and matches(place.path, globs):
                    return change
        return None

    @cached_property
    def foreign_books(self) -> Mapping[str, str]:
        """By root file system a changed book of a package manager that is not asked."""
        found = {root: self.changed_below(root, FOREIGN_BOOKS) for root in self.catalogue.roots.folders}
        return {root: change.subject for root, change in found.items() if change is not None}

    @cached_property
    def files_count(self) -> int:
        """How many files changed."""
        return sum(change.section is Section.FILES for change in self.changes)

    @cached_property
    def moves(self) -> Mapping[tuple[str, str], Move]:
        """Packages that moved between the looks, by root and name (without the architecture)."""
        found: dict[tuple[str, str], Move] = {}
        for change in self.changes:
            if change.section is not Section.PACKAGES or change.only("manager", "state"):
                continue
            place = self.place(change)
            name = package_name(place.path)
            before, after = (values.get("version", "") if values else "" for values in (change.before, change.after))
            if before != after:
                known = found.get((place.root, name))
                # Two architectures of one package: what came and what went together are one move.
                before, after = (before or known.before, after or known.after) if known else (before, after)
                found[place.root, name] = Move(place.root, name, before, after)
        return found

    @cached_property
    def moved_roots(self) -> Mapping[str, tuple[Move, ...]]:
        """The moves by the root file system they were in, by name."""
        found: dict[str, list[Move]] = {}
        for key in sorted(self.moves):
            found.setdefault(key[0], []).append(self.moves[key])
        return {root: tuple(moves) for root, moves in found.items()}

    @cached_property
    def words(self) -> Mapping[str, tuple[PackageWord, ...]]:
        """The package manager's words by path, as seen from the system's own root."""
        found: dict[str, list[PackageWord]] = {}
        for word in self.evidence.packages.paths:
            inside = word.root != "/" and not word.path.startswith(word.root.rstrip("/") + "/")
            path = word.root.rstrip("/") + word.path if inside else word.path
            found.setdefault(path, []).append(word)
        return {path: tuple(sorted(words, key=lambda one: one.package)) for path, words in found.items()}

    @cached_property
    def account_words(self) -> Mapping[tuple[str, str], tuple[AccountWord, ...]]:
        """Which packages' scripts make an account, by root and the account's name."""
        found: dict[tuple[str, str], list[AccountWord]] = {}
        for word in self.evidence.packages.accounts:
            found.setdefault((word.root, word.name), []).append(word)
        return {key: tuple(sorted(words, key=lambda one: one.package)) for key, words in found.items()}

    @cached_property
    def distrusted(self) -> frozenset[tuple[str, str]]:
        """Packages whose own checksums or scripts changed though their version did not: their word is not believed."""
        found = set()
        for change in self.changes:
            place = self.place(change) if change.section is Section.FILES else None
            if place is None or not place.path.startswith(DPKG_INFO) or change.only("time", "links"):
                continue
            name = package_name(place.path.removeprefix(DPKG_INFO).rsplit(".", 1)[0])
            if (place.root, name) not in self.moves:
                found.add((place.root, name))
        return frozenset(found)

    @cached_property
    def had(self) -> Mapping[str, Move]:
        """What packages that moved had before, by path: the lists of their files are kept with each look."""
        found: dict[str, Move] = {}
        for path, text in self.evidence.texts_before.items():
            place = self.catalogue.roots.place(path)
            if place.path.startswith(DPKG_INFO) and place.path.endswith(".list"):
                name = package_name(place.path.removeprefix(DPKG_INFO).removesuffix(".list"))
                move = self.moves.get((place.root, name))
                if move is not None and move.before:
                    found |= {Place(place.root, line).outside: move for line in text.splitlines()}
        return found

    def texts_of(self, change: Change) -> tuple[str, str] | None:
        """A file's text before and after; None where one of the two is not known."""
        before = self.evidence.texts_before.get(change.subject)
        after = self.evidence.texts_after.get(change.subject)
        return None if before is None or after is None else (before, after)

    def move_of(self, root: str, package: str) -> Move | None:
        """How that package moved; None where it did not."""
        return self.moves.get((root, package_name(package)))

    def changed_file(self, root: str, path: str) -> Change | None:
        """The change of a file, given as seen from inside `root`."""
        return self.by_place.get((Section.FILES, Place(root, path).outside))


def package_name(written: str) -> str:
    """`libc6:amd64` → `libc6`."""
    return written.partition(":")[0]


def sentence_list(words: Iterable[str], most: int = 5) -> str:
    """The first few, and how many more."""
    listed = list(words)
    rest = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {rest} more" if rest > 0 else "")
