"""Pure: everything that could still explain a change which nothing does. One doubt, and nobody is accused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from access_check.escaping import shown
from callout.drift.case import Case, Move, sentence_list
from callout.drift.change import Change, What
from callout.drift.evidence import CalloutOfOurs
from callout.drift.fact_rules import ACCOUNT_FILES
from callout.drift.globs import matches
from callout.drift.look import DATABASE_SECTIONS, Section
from callout.drift.noise import doubts_of_generated
from callout.drift.our_rules import doubts_of_our_folders, is_as_restored, what_restores_left
from callout.drift.package_evidence import MOST_PATHS, is_askable
from callout.drift.package_rules import BOOKS, LOCAL, believed
from callout.drift.package_words import Match
from callout.drift.system_rules import is_self_tuned, may_be_bans, programs_of
from callout.drift.territory import BASE, Ground, ground_of
from callout.drift.times import SLACK, happened_at, is_believable
from callout.drift.traits import is_code, same_content

# Accounts below this are the system's own (Debian's and Red Hat's first user is 1000; old Red Hat's was 500).
FIRST_PERSON = 1000
_SERVER = re.compile("mysql|mariadb|percona")
_NO_SHELLS = ("nologin", "false", "sync", "halt", "shutdown")


def doubts(change: Change, case: Case) -> Iterator[str]:
    """Whole sentences, each a reason why the maker may be somebody who is allowed to. In a fixed order."""
    yield from _of_the_looks(change, case)
    yield from _of_the_version(change, case)
    yield from _of_our_work(change, case)
    yield from _of_packages(change, case)
    yield from case.catalogue.unclear_for(change, case.texts_of(change))
    yield from _of_its_kind(change, case)


def _of_the_looks(change: Change, case: Case) -> Iterator[str]:
    if change.section in case.evidence.not_whole:
        yield f"The {change.section} did not come whole: {case.evidence.not_whole[change.section]}"
    told_by = ACCOUNT_FILES.get(case.place(change).path) if change.section is Section.FILES else None
    if told_by in case.evidence.not_whole:
        yield f"The {told_by}, which tell what is in it, did not come whole."
    if change.has("unread"):
        yield "It was touched, and its content, of the same size, was not read in both looks."
    if not case.evidence.ledger_whole:
        yield "What we did between the looks could not be read from the ledger."


def _of_the_version(change: Change, case: Case) -> Iterator[str]:
    evidence = case.evidence
    if evidence.same_version is None:
        unknown = "then" if not evidence.before.version else "now"
        yield f"Which version the product had {unknown} is not known, so it may have been upgraded."
    elif not evidence.same_version:
        told = f"{evidence.before.version} to {evidence.after.version}"
        yield f"The product was upgraded from {told}; what an upgrade changes besides its own files is not published."


def _of_our_work(change: Change, case: Case) -> Iterator[str]:
    happened = happened_at(change, case.evidence)
    if happened is not None and not is_believable(happened, case.evidence):
        happened = None
    for one in case.evidence.callouts:
        if one.hands_on and _may_be_from(one, happened):
            yield f"Somebody of us worked on the system by hand in {one.id}; it may be from there."
    yield from _of_restores(change, case)


def _of_restores(change: Change, case: Case) -> Iterator[str]:
    left = what_restores_left(change, case)
    if left is not None and is_as_restored(change, left[1]):
        yield f"The restore {left[0].event} brought it so; whether it brought these capabilities cannot be told."
    for restored in case.evidence.restores:
        under = change.section is Section.FILES and any(
            change.subject == root or change.subject.startswith(root.rstrip("/") + "/") for root in restored.roots
        )
        if (under and change.subject not in restored.files) or (
            restored.database and change.section in DATABASE_SECTIONS
        ):
            told = f"The restore {restored.event} of {restored.callout} brought what it was before."
            yield f"{told} {restored.why}".rstrip()


def _may_be_from(one: CalloutOfOurs, happened: dt.datetime | None) -> bool:
    """A later change on top of ours hides when ours was; an earlier one was not in our time."""
    return happened is None or happened >= one.opened - SLACK


def _of_packages(change: Change, case: Case) -> Iterator[str]:
    packages = case.evidence.packages
    place = case.place(change)
    moves = case.moved_roots.get(place.root, ())
    if change.section in DATABASE_SECTIONS:
        servers = [
            move for all_of_them in case.moved_roots.values() for move in all_of_them if _SERVER.search(move.name)
        ]
        if servers:
            yield f"The database's own server moved, and may have brought it: {_told(servers)}."
        return
    foreign = case.foreign_books.get(place.root)
    if foreign and change.subject != foreign:
        yield f"A package manager that cannot be asked was at work: {shown(foreign)} changed."
    if change.section is Section.FILES:
        if not packages.whole and ground_of(change, case) is not Ground.NOBODYS:
            yield f"Whether a package made it could not be asked: {packages.why or 'the answer did not come whole.'}"
        elif not case.words.get(change.subject) and (not is_askable(change.subject) or case.files_count > MOST_PATHS):
            yield "Whether a package made it could not be asked: its name, or how many there are, is beyond asking."
        yield from _of_its_package(change, case)
        if moves and change.has("owner") and (owner := _new_owner(change, case, place.root)):
            yield f"It belongs to {owner} now, which came when packages moved: {_told(moves)}."
        if moves and not case.words.get(change.subject):
            yield f"No package claims it, and scripts of packages that moved may have made it: {_told(moves)}."
        return
    if change.section is Section.PACKAGES:
        return
    if change.section in (Section.USERS, Section.GROUPS):
        if case.account_words.get((place.root, place.path)):
            yield "A script of an installed package makes an account of that name, though that package did not move."
        if not packages.whole:
            yield f"Whether a package makes such an account could not be asked: {packages.why or 'no whole answer.'}"
        if moves and _is_a_systems(change):
            yield f"It looks like an account of a package, and packages moved: {_told(moves)}."
        return
    if moves and not (change.after or change.before or {}).get("path"):
        yield f"Packages that moved may have changed it: {_told(moves)}."


def _of_its_package(change: Change, case: Case) -> Iterator[str]:
    for word in case.words.get(change.subject, ()):
        root = word.root.rstrip("/") or "/"
        move = case.move_of(root, word.package)
        if matches(case.place(change).path, LOCAL):
            yield f"{word.package} claims it, in a place where packages have nothing to lay."
        elif not believed(word, case):
            yield f"dpkg's own checksums of {word.package} changed and its version did not: they are not believed."
        elif move is not None:
            kind = "configuration file" if word.configuration else "file"
            yield f"It is a {kind} of {word.package}, which moved ({move.told}), but is not what it ships."
        elif word.shipped is Match.SAME and change.what is not What.REMOVED and not same_content(change):
            yield f"{word.package} ships such bytes; whether it has this mode and owner for them cannot be told."
    place = case.place(change)
    if matches(place.path, BOOKS):
        yield "It is the package manager's own, and changed without any package's having moved."


def _new_owner(change: Change, case: Case, root: str) -> str:
    """The account or group, new as well, that a file belongs to now; a package's scripts give files to its own."""
    for section, key in ((Section.USERS, "uid"), (Section.GROUPS, "gid")):
        wanted = (change.after or {}).get(key)
        for one in case.changes:
            came = one.section is section and one.what is What.ADDED and _is_a_systems(one)
            if came and case.place(one).root == root and (one.after or {}).get(key) == wanted:
                return case.place(one).path
    return ""


def _is_a_systems(change: Change) -> bool:
    """A low number, and no shell: an account that nobody can log in with."""
    values = change.after or change.before or {}
    number = values.get("uid", values.get("gid", ""))
    low = number.isdigit() and 0 < int(number) < FIRST_PERSON
    shell = values.get("shell", "nologin").rpartition("/")[2]
    return low and shell in _NO_SHELLS and values.get("password", "locked") == "locked"


def _of_its_kind(change: Change, case: Case) -> Iterator[str]:
    if change.section is Section.FILES:
        yield from doubts_of_generated(change, case)
        yield from doubts_of_our_folders(change)
        if _may_be_the_products(change, case):
            yield "It is no program of the product's: whether the product writes it by itself is not published."
    elif change.section is Section.PORTS:
        programs = programs_of(change)
        told = f"{sentence_list(programs)} has it open" if programs else "which program has it open was not told"
        yield f"A port is no modification by itself; {told}."
    elif change.section is Section.KERNEL and not change.subject.startswith("module "):
        if is_self_tuned(change):
            yield "The kernel works this out anew at each start, from the memory and the processors that it finds."
        restarted = (Section.KERNEL, "release") in case.by_place or (Section.KERNEL, "command line") in case.by_place
        if restarted or not change.subject.startswith("sysctl "):
            yield "The system was started with another kernel, or other words for it, which has other settings."
    elif may_be_bans(change):
        yield "It lets nobody in: a guard against guessed passwords may have written it."
    elif change.section is Section.MOUNTS and ground_of(change, case) is Ground.NOBODYS:
        yield "A disk or a share that is mounted there hides nothing of the base system or the product."
    if ground_of(change, case) is Ground.NOBODYS and change.section is Section.FILES:
        yield "It belongs to neither the base system, nor the product: nobody has published whose it is."
    if change.section is Section.MOUNTS and case.catalogue.may_change_below(change.subject):
        yield "What lies there is the product's to change; storage for it may be mounted."
    if change.section is Section.GRANTS and change.only("password"):
        yield "Only a password differs; whether the product changes its own is not published."
    if change.section is Section.COUNTS:
        yield "Rows come and go by the product's own pages, too; a count does not say how."


def _may_be_the_products(change: Change, case: Case) -> bool:
    """Neither a program or code, nor on the ground of the base system in any root file system."""
    product = ground_of(change, case) is Ground.PRODUCT
    return product and not is_code(change) and not matches(case.place(change).path, BASE)


def _told(moves: Sequence[Move]) -> str:
    return sentence_list(move.told for move in moves)
