"""Pure: how it was before and how it is after → what the change is answerable for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from callout.findings import Finding, Move, Status

ROLL_BACK = "Roll the change back; what was fine before must be fine after."
# Told and not judged: that one of them is missing says nothing about the system.
_TOLD_ONLY = frozenset({"api.key", "system.load"})


def compare(before: Sequence[Finding], after: Sequence[Finding]) -> list[Finding]:
    """One finding per check of either look, in the order of `after`.

    Fine before and failing now fails; failing before and now is a warning (it was so before). Unknown now
    stays unknown, whatever it was: nobody has seen it well. Checked before and not looked at now is unknown.
    """
    was = {finding.check: finding for finding in before}
    now = {finding.check for finding in after}
    compared = [_one(was.get(finding.check), finding) for finding in after]
    gone = [finding for finding in before if finding.check not in now and finding.check not in _TOLD_ONLY]
    return compared + [_gone(finding) for finding in gone]


def _one(was: Finding | None, now: Finding) -> Finding:
    if was is None:
        return replace(now, seen=f"{now.seen} (new: not looked at before)") if now.blocks else now
    if now.status is Status.FAIL:
        return _fails_now(was, now)
    if now.status is Status.UNKNOWN:
        return replace(now, seen=f"{now.seen} Before: {was.seen}")
    if was.status is Status.PASS and now.evidence.get("version") != was.evidence.get("version"):
        seen = f"The version was {was.evidence.get('version')} and is {now.evidence.get('version')}."
        return Finding(now.check, Status.WARN, "version-changed", seen, Move.US, "See whether that was meant.")
    if was.blocks:
        return replace(now, seen=f"{now.seen} (mended: it was {was.status} before)")
    return now


def _fails_now(was: Finding, now: Finding) -> Finding:
    if was.status is Status.FAIL:
        return replace(now, status=Status.WARN, code="was-so-before", seen=f"{now.seen} It was so before the change.")
    if was.status is Status.UNKNOWN:
        return replace(now, seen=f"{now.seen} How it was before is not known.")
    return replace(
        now, code="broken-now", seen=f"{now.seen} Before the change: {was.seen}", move=Move.US, remedy=ROLL_BACK
    )


def _gone(was: Finding) -> Finding:
    seen = f"It was not looked at, or is not there, after the change. Before: {was.seen}"
    return Finding(was.check, Status.UNKNOWN, "not-seen-now", seen, Move.US, "Look at it by hand, or roll back.")
