"""Pure: links that installing a package makes and no package owns: services that start, and alternatives."""

from __future__ import annotations

import posixpath

from callout.drift.case import Case, sentence_list
from callout.drift.change import Change, What
from callout.drift.explanation import Explanation
from callout.drift.globs import matches
from callout.drift.look import Section
from callout.drift.provenance import Provenance

_STARTS = ("/etc/rc[0-9S].d/*", "/etc/rc.d/rc[0-9S].d/*", "/etc/runlevels/*/*", "/etc/systemd/**")
ALTERNATIVES = "/etc/alternatives/"


def explain_link(change: Change, case: Case) -> Explanation | None:
    """The package for whose file the link was made, or with which it went; None where none moved."""
    if change.section is not Section.FILES:
        return None
    values = (change.after if change.what is not What.REMOVED else change.before) or {}
    if values.get("kind") != "l":
        return None
    place = case.place(change)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(place.path), values.get("target", "")))
    moves = case.moved_roots.get(place.root, ())
    if moves and target.startswith(ALTERNATIVES) and is_alternative(change, case):
        told = f"update-alternatives made it, and packages moved: {sentence_list(move.told for move in moves)}."
        return Explanation(Provenance.PACKAGE_MANAGER, "alternatives", (told,))
    if not matches(place.path, _STARTS):
        return None
    aimed_at = case.changed_file(place.root, target)
    if aimed_at is None or aimed_at.what is not change.what:
        return None
    for word in case.words.get(aimed_at.subject, ()):
        move = case.move_of(place.root, word.package)
        if move is not None and not (move.before and move.after):
            told = f"It starts {target}, which came or went with its package: {move.told}."
            return Explanation(Provenance.PACKAGE_MANAGER, "starts", (told,))
    return None


def is_alternative(change: Change, case: Case) -> bool:
    """Whether update-alternatives has the link on record; of one that is gone, whatever was recorded went with it."""
    if change.what is What.REMOVED:
        return True
    return any(word.package.startswith("alternatives:") for word in case.words.get(change.subject, ()))
