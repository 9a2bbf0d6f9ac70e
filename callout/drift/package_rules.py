"""Pure: what a package manager did, by its own words on the system, held against what else changed there.

Its words are evidence of the system: whoever is root there can write them. So they are believed only where they fit
together: a file is as its package ships it *and* that package moved, or its own books did not change.
"""

from __future__ import annotations

from callout.drift.case import DPKG_INFO, Case, package_name
from callout.drift.change import Change, What
from callout.drift.explanation import Explanation
from callout.drift.generated import FOREIGN_BOOKS
from callout.drift.globs import matches
from callout.drift.look import Section
from callout.drift.package_words import Match, PackageWord
from callout.drift.provenance import Provenance
from callout.drift.roots import Place
from callout.drift.traits import gains_rights, has_rights, is_program, same_content

# What a package manager keeps for itself.
BOOKS = (
    "/var/lib/dpkg/**", "/var/lib/apt/**", "/var/lib/aptitude/**", "/var/lib/ucf/**", "/var/lib/rpm/**",
    "/var/lib/yum/**", "/var/lib/dnf/**", "/usr/lib/sysimage/rpm/**", "/lib/apk/**", *FOREIGN_BOOKS,
)  # fmt: skip
LOCAL = ("/usr/local/**",)


def explain_package_file(change: Change, case: Case) -> Explanation | None:
    """Why the package manager is the maker of a file's change; None where its words do not come to that."""
    if change.section is not Section.FILES:
        return None
    place = case.place(change)
    if matches(place.path, BOOKS):
        return _books(change, case, place)
    # A distribution's packages have nothing to lay there: whoever says so else is not believed.
    local = matches(place.path, LOCAL)
    words = [word for word in case.words.get(change.subject, ()) if not local and believed(word, case)]
    if change.what is What.REMOVED:
        return _removed(change, case, place, words)
    for word in words:
        found = _by_word(change, case, word)
        if found is not None:
            return found
    return None


def believed(word: PackageWord, case: Case) -> bool:
    """False where the package's checksums or scripts changed and its version did not."""
    return (word.root.rstrip("/") or "/", package_name(word.package)) not in case.distrusted


def _by_word(change: Change, case: Case, word: PackageWord) -> Explanation | None:
    move = case.move_of(word.root.rstrip("/") or "/", word.package)
    if word.shipped is Match.DIFFERENT:
        return None
    if move is None:
        again = word.shipped is Match.SAME and change.what is not What.REMOVED and not same_content(change)
        if not again or change.has("mode", "owner", "capabilities") or gains_rights(change):
            return None
        return _package("shipped", f"It is as {word.package} {word.version} ships it, which did not move in between.")
    if gains_rights(change) and move.before:
        return None
    if word.shipped is Match.SAME:
        return _package("package", f"It is as {word.package} ships it: {move.told}.")
    # Folders, links and such have no checksum: that the package has them is all that is known of them.
    if change.after is not None and change.after.get("kind") in ("d", "l"):
        return _package("package", f"It belongs to {word.package}: {move.told}.")
    return None


def _removed(change: Change, case: Case, place: Place, words: list[PackageWord]) -> Explanation | None:
    """What went with a package: nobody claims it any more, and a package that moved had it on its list before."""
    if words or not case.evidence.packages.whole or case.words.get(change.subject):
        return None
    # Since /bin and others became links into /usr, a file may be on record under either name.
    other = place.path.removeprefix("/usr") if place.path.startswith("/usr/") else f"/usr{place.path}"
    move = case.had.get(change.subject) or case.had.get(Place(place.root, other).outside)
    if move is None or matches(place.path, LOCAL):
        return None
    return _package("went-with-package", f"It was a file of {move.name}, which does not have it any more: {move.told}.")


def _books(change: Change, case: Case, place: Place) -> Explanation | None:
    """The package manager's own books. Those that say what a package's files are must not change by themselves."""
    if has_rights(change):
        return None
    infos = place.path.startswith(DPKG_INFO)
    if not infos or same_content(change):
        if is_program(change) and not infos:
            return None
        return _package("books", "It is the package manager's own database.")
    move = case.move_of(place.root, place.path.removeprefix(DPKG_INFO).rsplit(".", 1)[0])
    if move is not None:
        return _package("books", f"It is dpkg's own word on a package that moved: {move.told}.")
    return None


def explain_package(change: Change, case: Case) -> Explanation | None:
    """A package that moved. That one was upgraded explains itself; one that came or went by policy."""
    if change.section is not Section.PACKAGES:
        return None
    if change.what is What.CHANGED:
        if change.has("version"):
            move = case.move_of(case.place(change).root, case.place(change).path)
            return _package("upgraded", f"The package manager's database: {move.told if move else change.shown}.")
        return _package("books", "Only what the package manager notes of its state differs.")
    move = case.move_of(case.place(change).root, case.place(change).path)
    if move is None:
        return _package("books", "The package manager's database: the same version under another name.")
    if move.before and move.after:
        return _package("upgraded", f"The package manager's database: {move.told}.")
    if case.catalogue.new_packages == "explain":
        return _package("moved", f"The package manager's database: {move.told}. Policy takes that for an explanation.")
    return None


def _package(rule: str, told: str) -> Explanation:
    return Explanation(Provenance.PACKAGE_MANAGER, rule, (told,))
