"""Pure: what of a system is whose, and what may be changed there, by the product's data, inventory and policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from callout.drift.change import Change
from callout.drift.explanation import Explanation
from callout.drift.globs import matches
from callout.drift.provenance import Provenance
from callout.drift.roots import Roots
from callout.drift.scope import allowances_of, unclear_of
from callout.drift.traits import has_rights, is_program
from callout.inventory.drift import Allowance, DriftProfile, PackagesWord, Unclear
from callout.inventory.models import System

_INFERRED = "Nobody has published that: it was concluded."


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The product's data as rules. `vendor` are patterns of what an upgrade puts in place."""

    roots: Roots
    vendor: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    allowed: tuple[Allowance, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    new_packages: PackagesWord = "ask"

    @classmethod
    def of(
        cls,
        profile: DriftProfile,
        allowed: Iterable[Allowance] = (),
        unclear: Iterable[Unclear] = (),
        new_packages: PackagesWord = "ask",
    ) -> Catalogue:
        """The catalogue of one profile with what is allowed besides."""
        return cls(
            Roots.of(profile.file_systems), profile.vendor, profile.programs,
            (*profile.allowed, *allowed), (*profile.unclear, *unclear), new_packages,
        )  # fmt: skip

    def is_vendors(self, path: str) -> bool:
        """Whether the vendor's upgrades put such a path in place."""
        return matches(path, self.vendor)

    def allowance(self, change: Change) -> Explanation | None:
        """What the catalogue says of the change, the first entry that speaks of it.

        New rights of a file are never allowed by a pattern, nor are programs among data.
        """
        if has_rights(change):
            return None
        for entry in self.allowed:
            if not _speaks_of(entry, change):
                continue
            provenance = Provenance(entry.provenance)
            if provenance is Provenance.PRODUCT_DATA and is_program(change):
                continue
            told = (entry.why, _INFERRED) if entry.inferred else (entry.why,)
            return Explanation(provenance, "catalogue", told, entry.link)
        return None

    def may_change_below(self, folder: str) -> bool:
        """Whether files in that folder are the product's data, or nobody knows whose."""
        entries: tuple[Allowance | Unclear, ...] = (*self.allowed, *self.unclear)
        return any(one.section == "files" and matches(f"{folder.rstrip('/')}/x", one.subjects) for one in entries)

    def unclear_for(self, change: Change, texts: tuple[str, str] | None) -> Iterable[str]:
        """Sentences on why nobody can say whether the product itself made the change. `texts` are a file's contents
        before and after, None where one of them is not known."""
        return (
            f"{one.why}{f' See {one.link}' if one.link else ''}"
            for one in self.unclear
            if one.section == change.section
            and (not one.what or change.what in one.what)
            and matches(change.subject, one.subjects)
            and (not one.only_lines or texts is None or _only(one.only_lines, *texts))
        )


def _only(patterns: tuple[str, ...], before: str, after: str) -> bool:
    old, new = (Counter(" ".join(line.lower().split()) for line in text.splitlines()) for text in (before, after))
    return all(matches(line, patterns) for line in (old - new) + (new - old))


def catalogue_of(system: System) -> Catalogue:
    """The catalogue for one system: its product's, its own, its customer's and the policy's entries, in this order."""
    profile = system.operation.drift
    bare = profile.model_copy(update={"allowed": (), "unclear": ()})
    return Catalogue.of(bare, allowances_of(system), unclear_of(system), system.policy.drift.new_packages)


def _speaks_of(entry: Allowance, change: Change) -> bool:
    if entry.section != change.section or (entry.what and change.what not in entry.what):
        return False
    if entry.aspects and not change.only(*entry.aspects, *_FREE):
        return False
    return matches(change.subject, entry.subjects)


# A file whose mode changed has another ctime, too.
_FREE = ("time",)
