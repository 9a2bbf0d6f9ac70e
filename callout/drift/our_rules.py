"""Pure: what we did ourselves: bundles, their rollbacks, restores, and what call-outs say that they changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from callout.drift.case import Case
from callout.drift.change import Change, Values, What
from callout.drift.evidence import ABSENT, PatchedFile, Restored, RestoredFile
from callout.drift.explanation import Explanation
from callout.drift.look import Section
from callout.drift.provenance import Provenance
from callout.drift.traits import gains_rights, has_rights, is_program

# Where bundles keep what they replaced, and the rooms in which they stage (see callout.patches.remote).
_OWN = re.compile(r"/\.callout(?:-[^/]*)?(?:/|$)")


def explain_ours(change: Change, case: Case) -> Explanation | None:
    """Which work of ours made the change; None where none can be named."""
    if change.section is Section.FILES:
        found = _patched(change, case) or _restored(change, case) or _kept(change, case)
        if found is not None:
            return found
    named = f"{change.section}:{change.subject}"
    for one in case.evidence.callouts:
        if named in one.changed and not gains_rights(change):
            return _ours("callout", f"The call-out {one.id} says that it changed it.")
    return None


def what_we_left(change: Change, case: Case) -> PatchedFile | None:
    """How our last application or rollback left the file; None where we never touched it."""
    left = case.evidence.patched.get(change.subject, ())
    return left[-1] if left else None


def _patched(change: Change, case: Case) -> Explanation | None:
    last = what_we_left(change, case)
    if last is None:
        return None
    if change.what is What.REMOVED:
        return _ours("patched", f"{_did(last)} removed it.") if last.after == ABSENT else None
    after = change.after or {}
    if last.after in ("", ABSENT) or _mark(after) != last.after:
        return None
    # The bytes are ours; what else differs must be, too. A symlink has no mode of its own.
    owner = f"{after.get('uid')}:{after.get('gid')}"
    if after.get("kind") == "l":
        return _ours("patched", f"{_did(last)} left it leading there.") if last.owner in ("", owner) else None
    if not last.mode or not last.owner:
        if change.has("mode", "owner", "capabilities", "kind") or gains_rights(change):
            return None
    elif int(last.mode, 8) != int(after.get("mode", "0"), 8) or last.owner != owner:
        return None
    if change.has("capabilities"):
        return None
    return _ours("patched", f"{_did(last)} left it with exactly these bytes (sha256 {last.after[:16]}…).")


def what_restores_left(change: Change, case: Case) -> tuple[Restored, RestoredFile] | None:
    """The last restore of ours that brought that path, and how; None where none is known to have."""
    if change.section is not Section.FILES:
        return None
    told = [one for one in case.evidence.restores if change.subject in one.files]
    last = max(told, key=lambda one: (one.ended_at, one.event), default=None)
    return (last, last.files[change.subject]) if last else None


def is_as_restored(change: Change, left: RestoredFile) -> bool:
    """True where kind, content, mode and owner are what the restore left: a symlink has no mode of its own."""
    after = change.after or {}
    same = (after.get("kind"), _mark(after), after.get("uid"), after.get("gid"))
    if same != (left.kind, left.mark, str(left.uid), str(left.gid)):
        return False
    return left.kind == "l" or int(after.get("mode", "0"), 8) == left.mode


def _restored(change: Change, case: Case) -> Explanation | None:
    found = what_restores_left(change, case)
    # Whether it brought capabilities no manifest of a small system tells.
    if found is None or not is_as_restored(change, found[1]) or change.has("capabilities"):
        return None
    one, left = found
    told = f"The restore {one.event} of {one.callout} left it so: by the manifest of {one.backup} it has this"
    return _ours("restored", f"{told} mode, this owner{f', and sha256 {left.mark[:16]}…' if left.mark else ''}.")


def _kept(change: Change, case: Case) -> Explanation | None:
    """What bundles replaced is kept on the system, too; it is known by its bytes. Never a program, never new rights."""
    if not _OWN.search(change.subject) or has_rights(change) or is_program(change):
        return None
    left = [one for path in sorted(case.evidence.patched) for one in case.evidence.patched[path]]
    seen = change.after or change.before or {}
    if change.what is What.REMOVED or (seen.get("kind") == "d" and (left or case.evidence.callouts)):
        return _ours("kept", "It is where we keep our lock, and bundles of ours what they replaced.")
    found = next((one for one in left if seen.get("sha256") and seen["sha256"] in (one.before, one.after)), None)
    return _ours("kept", f"It holds what {found.bundle} replaced or left, kept beside it.") if found else None


def _mark(values: Values) -> str:
    """What the ledger tells a content by: the hash of a file's bytes, or of the text that a symlink holds."""
    if values.get("kind") == "l":
        return hashlib.sha256(values.get("target", "").encode("utf-8", "surrogateescape")).hexdigest()
    return values.get("sha256", "") if values.get("kind") == "f" else ""


def doubts_of_our_folders(change: Change) -> Iterator[str]:
    """What lies where we keep our lock, what we replaced and what we restored, and cannot be told by its bytes."""
    if change.section is Section.FILES and _OWN.search(change.subject) and not is_program(change):
        yield "It lies where our own tools keep what they need on a system."


def _did(last: PatchedFile) -> str:
    return f"{last.bundle} ({last.callout}, event {last.event})"


def _ours(rule: str, told: str) -> Explanation:
    return Explanation(Provenance.OURS, rule, (told,))
