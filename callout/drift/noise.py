"""Pure: file changes that mean nothing: touched, rotated, made anew. Never a program among data, nor new rights."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callout.drift.case import Case, sentence_list
from callout.drift.change import Change, What
from callout.drift.explanation import Explanation
from callout.drift.generated import BY_PACKAGES, CERTIFICATES, PYTHON, Cause, Generated, generated_as, python_source
from callout.drift.globs import matches
from callout.drift.links import ALTERNATIVES, is_alternative
from callout.drift.look import Section
from callout.drift.package_words import Match
from callout.drift.provenance import Provenance
from callout.drift.roots import Place
from callout.drift.traits import has_rights, is_executable, is_program

# Where prelink rewrites programs and libraries.
_PRELINKED = ("/bin/**", "/sbin/**", "/lib*/**", "/usr/bin/**", "/usr/sbin/**", "/usr/lib*/**")
_REMARK = re.compile(r"^\s*(?:#(?!!)|;|//)")
_MOMENT = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)?[a-z]*,?\s*(?:\d{1,2}\s+)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
    r"[\s\d:,+.-]*(?:\b[A-Z]{3,4}\b)?[\s\d:+-]*"
    r"|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|\s?[+-]\d\d:?\d\d)?"
)


def explain_noise(change: Change, case: Case) -> Explanation | None:
    """Why the change of a file means nothing; None where that cannot be said."""
    if change.section is not Section.FILES:
        return None
    if change.only("time", "links") or (_is_folder(change) and change.only("time", "links", "size")):
        return _noise("times-only", "Only times, or where it lies on the disk, differ; what it holds is the same.")
    if has_rights(change):
        return None
    return _remark(change, case) or _prelinked(change, case) or _generated(change, case)


def doubts_of_generated(change: Change, case: Case) -> Iterator[str]:
    """Why a generated file that nothing made a program write anew may still have been written by one."""
    place = case.place(change)
    found = generated_as(place.path)
    if found is not None and not is_program(change) and not _is_a_packages_own(found, change, case):
        more = "" if found.cause is Cause.UNTOLD else "; nothing that it is made from changed between the looks"
        yield f"It is {found.what}{more}."
    elif python_source(place.path):
        yield "It is Python's compiled copy of a source that did not change."
    if _may_be_prelinked(change, case, place):
        yield "prelink ran between the looks; the package manager cannot tell what it rewrote from a foreign program."


def _generated(change: Change, case: Case) -> Explanation | None:
    place = case.place(change)
    found = generated_as(place.path)
    if found is None or is_program(change) or _was_program(change):
        return None
    if found is PYTHON:
        return _compiled(change, case, place)
    if _is_a_packages_own(found, change, case):
        return None
    if place.path.startswith(ALTERNATIVES) and not is_alternative(change, case):
        return None
    cause = _caused(found, case, place)
    if not cause:
        return None
    provenance = Provenance.PACKAGE_MANAGER if found is BY_PACKAGES else Provenance.NOISE
    return Explanation(provenance, "generated", (f"It is {found.what}.", *([cause] if cause != _ALWAYS else [])))


def _is_a_packages_own(found: Generated, change: Change, case: Case) -> bool:
    """True where a package ships the file, with other bytes, or would have it still: then no script of one did it."""
    gone = change.what is What.REMOVED
    words = case.words.get(change.subject, ())
    return found.cause is not Cause.NONE and any(gone or word.shipped is Match.DIFFERENT for word in words)


_ALWAYS = "always"


def _caused(found: Generated, case: Case, place: Place) -> str:
    """What made a program write it anew, as a sentence; empty for nothing that is known."""
    if found.cause in (Cause.NONE, Cause.UNTOLD):
        return _ALWAYS if found.cause is Cause.NONE else ""
    moves = case.moved_roots.get(place.root, ())
    if found is CERTIFICATES:
        moves = tuple(move for move in moves if "certificates" in move.name or move.name == "openssl")
    if moves:
        return f"Packages moved between the looks: {sentence_list(move.told for move in moves)}."
    for source in case.changes if found.sources else ():
        where = case.place(source)
        made = source.section is Section.FILES and where.root == place.root and not source.only("time", "links")
        if made and matches(where.path, found.sources):
            return f"What it is made from changed, and is judged by itself: {source.shown}."
    return ""


def _compiled(change: Change, case: Case, place: Place) -> Explanation | None:
    """A compiled copy comes and goes with the first use of its source. One that changed needs a source that did:
    Python reads the copy and not the source, and whoever hides something there knows that."""
    if (change.after or change.before or {}).get("kind") == "d":
        return _noise("compiled", "It is where Python keeps its own compiled copies.")
    source = case.changed_file(place.root, python_source(place.path))
    if source is not None and source.only("time", "links"):
        # A touched source explains a date in its copy, and hides whatever else is in there.
        source = None
    if change.what is not What.CHANGED or source is not None or not change.has("content", "size", "unread"):
        return _noise("compiled", f"It is {PYTHON.what} of {python_source(place.path)}.")
    moves = [move for move in case.moved_roots.get(place.root, ()) if "python" in move.name]
    if moves:
        return _noise("compiled", f"It is {PYTHON.what}, and {moves[0].told}.")
    return None


def _remark(change: Change, case: Case) -> Explanation | None:
    """A text in which nothing but a date in a remark differs: what "generated on" says."""
    if change.what is not What.CHANGED or not change.only("content", "size", "time", "links"):
        return None
    texts = case.texts_of(change)
    if texts is None or texts[0] == texts[1] or _without_moments(texts[0]) != _without_moments(texts[1]):
        return None
    return _noise("remark", "Only a date in a remark differs.")


def _without_moments(text: str) -> list[str]:
    return [_MOMENT.sub("", line) if _REMARK.match(line) else line for line in text.splitlines()]


def _prelinked(change: Change, case: Case) -> Explanation | None:
    """prelink rewrites programs in place. Only a package manager that undoes it (rpm) can say that no more happened."""
    if not _may_be_prelinked(change, case, case.place(change)):
        return None
    words = [word for word in case.words.get(change.subject, ()) if word.shipped is Match.SAME]
    if not words or not case.evidence.packages.whole:
        return None
    return _noise("prelink", f"prelink rewrote it, and without that it is as {words[0].package} ships it.")


def _may_be_prelinked(change: Change, case: Case, place: Place) -> bool:
    return (
        change.what is What.CHANGED
        and change.only("content", "size", "time", "links")
        and matches(place.path, _PRELINKED)
        and case.changed_file(place.root, "/etc/prelink.cache") is not None
    )


def _is_folder(change: Change) -> bool:
    return bool(change.after) and change.after is not None and change.after.get("kind") == "d"


def _was_program(change: Change) -> bool:
    return change.before is not None and is_executable(change.before)


def _noise(rule: str, told: str) -> Explanation:
    return Explanation(Provenance.NOISE, rule, (told,))
