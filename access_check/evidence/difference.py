"""Pure: two looks at the same systems → what changed, per system and check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from access_check.findings import Finding, Status

_NOT_REACHED = "not-reached"
# Check (without its port; a family with its dot stands for all of its pages) → the facts in a finding's evidence that
# matter when they become others. A test holds them against what the verdicts write; `a.b` is b within a.
FACTS: Mapping[str, tuple[str, ...]] = {
    "address.resolves": ("addresses",),
    "ssh.banner": ("banner",),
    "ssh.host_key": ("kind", "fingerprint"),
    "ssh.login": ("user", "method", "offered"),
    "ssh.certificate": ("fingerprint", "authority", "principals", "valid_before"),
    "facts.version": ("product", "asterisk"),
    "facts.tools": ("tools", "tar"),
    "api.license": ("version",),
    "api.services": ("services",),
    "sip.options": ("user_agent",),
    "web.": ("url", "server", "location", "certificate", "presented.sha256", "presented.not_after"),
}
_CLASSES = {Status.PASS: 0, Status.WAIVED: 0, Status.WARN: 1, Status.UNKNOWN: 2, Status.FAIL: 2}


class Change(StrEnum):
    """How a check stands to what it was. The first ones of the list matter most."""

    BROKEN = "broken"
    MENDED = "mended"
    CODE = "code"
    FACTS = "facts"
    APPEARED = "appeared"
    GONE = "gone"


class Outcome(StrEnum):
    """What all changes come to."""

    SAME = "same"
    WORSE = "worse"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Looked:
    """The findings of one look at one system; `moment` is when, as text, empty where it is not known.

    `facts_by` names the stand-ins that the facts are written with, empty for none.
    """

    system: str
    findings: tuple[Finding, ...]
    moment: str = ""
    facts_by: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """One check that is not what it was. `worse` where it matters more now than before.

    `facts` maps a name to before and after. `follows` where it merely was not reached because of another one.
    """

    check: str
    change: Change
    before: Finding | None
    after: Finding | None
    worse: bool = False
    facts: Mapping[str, tuple[Any, Any]] | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True)
class SystemDifference:
    """What changed at one system; `only_in` is `before` or `after` for one that the other look has not."""

    system: str
    moments: tuple[str, str]
    changes: tuple[Changed, ...] = ()
    only_in: str = ""


def differences(before: Sequence[Looked], after: Sequence[Looked]) -> list[SystemDifference]:
    """Every system that changed, the earlier look's order first, then the ones that are new."""
    then = {looked.system: looked for looked in before}
    now = {looked.system: looked for looked in after}
    found: list[SystemDifference] = []
    for system in dict.fromkeys([*then, *now]):
        old, new = then.get(system), now.get(system)
        if old is None or new is None:
            moments = (old.moment if old else "", new.moment if new else "")
            found.append(SystemDifference(system, moments, only_in="before" if old else "after"))
            continue
        changes = _changes(old.findings, new.findings, facts=old.facts_by == new.facts_by)
        if changes:
            found.append(SystemDifference(system, (old.moment, new.moment), changes))
    return found


def not_compared(before: Sequence[Looked], after: Sequence[Looked]) -> list[str]:
    """The systems whose facts cannot be compared: one look was redacted otherwise than the other."""
    then = {looked.system: looked.facts_by for looked in before}
    return [one.system for one in after if one.system in then and then[one.system] != one.facts_by]


def outcome(found: Sequence[SystemDifference], after: Sequence[Looked]) -> Outcome:
    """Worse where a check is worse, or a system that is new does not stand well; else changed, or the same."""
    broken = {one.system for one in after if any(_class(finding) for finding in one.findings)}
    for one in found:
        if any(change.worse for change in one.changes) or (one.only_in == "after" and one.system in broken):
            return Outcome.WORSE
    return Outcome.CHANGED if found else Outcome.SAME


def _changes(before: Sequence[Finding], after: Sequence[Finding], *, facts: bool) -> tuple[Changed, ...]:
    then = _by_check(before)
    now = _by_check(after)
    found: list[Changed] = []
    for check in dict.fromkeys([*then, *now]):
        change = _changed(check, then.get(check), now.get(check), facts=facts)
        if change is not None:
            found.append(change)
    blocking = {finding.check for finding in after if finding.blocks}
    marked = [_with_follows(one, blocking) for one in found]
    return tuple(sorted(marked, key=lambda one: list(Change).index(one.change)))


def _by_check(findings: Sequence[Finding]) -> dict[str, Finding]:
    return {finding.check: finding for finding in findings}


def _with_follows(one: Changed, blocking: set[str]) -> Changed:
    after = one.after
    if after is None or after.code != _NOT_REACHED or after.evidence.get("needs") not in blocking:
        return one
    return Changed(one.check, one.change, one.before, after, one.worse, one.facts, follows=True)


def _changed(check: str, old: Finding | None, new: Finding | None, *, facts: bool) -> Changed | None:
    if old is None or new is None:
        # `details` stands for "nothing is missing" and gives way to what is: only what is amiss is news.
        change = Change.APPEARED if old is None else Change.GONE
        if change is Change.GONE and old is not None and _class(old) and check.startswith("details"):
            return Changed(check, Change.MENDED, old, None)
        if check == "details":
            return None
        return Changed(check, change, old, new, worse=new is not None and _class(new) > 0)
    if _class(new) != _class(old):
        worse = _class(new) > _class(old)
        return Changed(check, Change.BROKEN if worse else Change.MENDED, old, new, worse)
    others = _facts(check, old, new) if facts else {}
    if new.code != old.code or new.status is not old.status:
        return Changed(check, Change.CODE, old, new, facts=others)
    return Changed(check, Change.FACTS, old, new, facts=others) if others else None


def _class(finding: Finding) -> int:
    return _CLASSES[finding.status]


def _facts(check: str, old: Finding, new: Finding) -> dict[str, tuple[Any, Any]]:
    kind = check.partition("@")[0]
    names = FACTS.get(kind) or FACTS.get(f"{kind.partition('.')[0]}.", ())
    pairs = {name: (fact(old, name), fact(new, name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def fact(finding: Finding, name: str) -> Any:
    """What a finding's evidence says under a name of FACTS; None where it says nothing."""
    above, _, below = name.partition(".")
    value = finding.evidence.get(above)
    return value.get(below) if below and isinstance(value, Mapping) else (None if below else value)
