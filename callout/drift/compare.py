"""Pure: two looks at one system → what changed, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from callout.drift.change import Change, What, file_values
from callout.drift.look import FileSeen, Look, Section, SectionState, Whole

# What there is of these depends on the scope: on its folders, its root file systems, the tables that are counted.
_BY_SCOPE = frozenset(
    (Section.FILES, Section.PACKAGES, Section.REPOSITORIES, Section.USERS, Section.GROUPS, Section.SUDOERS,
     Section.AUTHORISED_KEYS, Section.CRON, Section.COUNTS)
)  # fmt: skip
NOT_LOOKED = SectionState(Whole.UNKNOWN, "It was not looked at.")


@dataclass(frozen=True, slots=True)
class Compared:
    """What two looks come to. `changes` are by section and subject, `unknown` sections with a sentence each.

    A section that is unknown may still have changes: what stands whole in both looks, and differs. `carried` are the
    places of those that an earlier baseline had found, and the present one took over: they are older than it.
    """

    changes: tuple[Change, ...]
    unknown: tuple[tuple[Section, str], ...]
    carried: frozenset[tuple[Section, str]] = frozenset()

    @property
    def not_whole(self) -> dict[Section, str]:
        """The unknown sections, for the judge."""
        return dict(self.unknown)


def compare(before: Look, after: Look, files: Iterable[tuple[str, FileSeen | None, FileSeen | None]] = ()) -> Compared:
    """What differs. `files` are the paths that differ in anything, from `differing`.

    Of a section that one of the looks does not have whole nothing is called added or removed on that look's word:
    what did not come is not what is not there.
    """
    states = {section: _state(section, before, after) for section in Section}
    found = list(_files(states[Section.FILES], files))
    for section in Section:
        if section is not Section.FILES:
            found += _facts(section, states[section], before, after)
    unknown = tuple((section, state.why) for section, state in states.items() if state.why)
    return Compared(in_order(found), unknown)


@dataclass(frozen=True, slots=True)
class _State:
    """Whether a thing that is missing in a look is known to be missing there; `why` where one is not."""

    before: bool
    after: bool
    why: str = ""


def _state(section: Section, before: Look, after: Look) -> _State:
    old, new = before.sections.get(section, NOT_LOOKED), after.sections.get(section, NOT_LOOKED)
    known = (old.state is not Whole.UNKNOWN, new.state is not Whole.UNKNOWN)
    if not all(known):
        which, state = ("baseline", old) if not known[0] else ("look", new)
        return _State(*known, f"In the {which}: {state.why or 'it did not come whole.'}")
    if section in _BY_SCOPE and before.scope_hash != after.scope_hash:
        return _State(False, False, "The baseline was recorded with another scope: record a new one, with --anew.")
    if old.is_whole and new.is_whole and old.way != new.way:
        return _State(False, False, f"It was asked in two ways: {old.way or '?'}, then {new.way or '?'}.")
    return _State(True, True)


def _files(state: _State, files: Iterable[tuple[str, FileSeen | None, FileSeen | None]]) -> Iterator[Change]:
    for path, old, new in files:
        if (old is None and not state.before) or (new is None and not state.after):
            continue
        change = file_change(path, old, new)
        if change is not None:
            yield change


def file_change(path: str, before: FileSeen | None, after: FileSeen | None) -> Change | None:
    """What differs between two sights of one path; None where it is nothing but where it lies on the disk."""
    if before is None or after is None:
        if before is None and after is None:
            return None
        what = What.ADDED if before is None else What.REMOVED
        told = (file_values(one) if one else None for one in (before, after))
        return Change(Section.FILES, path, what, (), *told)
    aspects = tuple(_aspects(before, after))
    if not aspects:
        return None
    return Change(Section.FILES, path, What.CHANGED, aspects, file_values(before), file_values(after))


def _aspects(before: FileSeen, after: FileSeen) -> Iterator[str]:
    if before.kind != after.kind:
        yield "kind"
    regular = before.kind == after.kind == "f"
    if regular and _content_differs(before, after):
        yield "content"
    if regular and before.size != after.size:
        yield "size"
    elif regular and before.size and not (before.sha256 and after.sha256) and _touched(before, after):
        yield "unread"
    if before.mode != after.mode and "l" not in (before.kind, after.kind):
        yield "mode"
    if (before.uid, before.gid) != (after.uid, after.gid):
        yield "owner"
    if before.target != after.target:
        yield "target"
    if before.kind in "bc" and before.kind == after.kind and before.device != after.device:
        yield "device"
    if before.capabilities != after.capabilities and "?" not in (before.capabilities, after.capabilities):
        yield "capabilities"
    if regular and before.links != after.links:
        yield "links"
    if _touched(before, after):
        yield "time"


def _touched(before: FileSeen, after: FileSeen) -> bool:
    return (before.mtime, before.ctime, before.inode) != (after.mtime, after.ctime, after.inode)


def _content_differs(before: FileSeen, after: FileSeen) -> bool:
    """By the hashes; where one was not read, another size is another content, and the same size tells nothing."""
    if before.sha256 and after.sha256:
        return before.sha256 != after.sha256
    return before.size != after.size


def _facts(section: Section, state: _State, before: Look, after: Look) -> Iterator[Change]:
    old = {fact.subject: fact.value for fact in before.of(section)}
    new = {fact.subject: fact.value for fact in after.of(section)}
    for subject in old.keys() | new.keys():
        was, now = old.get(subject), new.get(subject)
        if was == now or (was is None and not state.before) or (now is None and not state.after):
            continue
        yield fact_change(section, subject, was, now)


def fact_change(
    section: Section, subject: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None
) -> Change:
    """The change of one fact; its aspects are the keys of its value that differ, in order."""
    if before is None or after is None:
        what = What.ADDED if before is None else What.REMOVED
        return Change(section, subject, what, (), before, after)
    aspects = tuple(key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key))
    return Change(section, subject, What.CHANGED, aspects, before, after)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """By section, as `Section` has them, and subject."""
    return tuple(sorted(changes, key=lambda one: (_PLACES[one.section], one.subject)))


_PLACES = {section: number for number, section in enumerate(Section)}
