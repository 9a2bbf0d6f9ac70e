"""Pure: what the makers of facts share: subjects, lines of files, and what is told twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from callout.drift.look import Fact, Section
from callout.drift.secret_texts import without_secrets
from callout.drift.sections import Block

LONGEST_SUBJECT = 1024


class FactsRefused(ValueError):
    """What a section says cannot be; the message says what is wrong with it, without control characters."""


def subject_in(root: str, subject: str) -> str:
    """A subject of a root file system: a chroot's path stands before it."""
    return subject if root == "/" else f"{root} {subject}"


def lines_of_files(
    section: Section,
    blocks: Sequence[Block],
    salt: bytes,
    *,
    continued: bool = False,
    not_comments: tuple[str, ...] = (),
) -> Iterator[Fact]:
    """A fact for each line of files that says something: path, line. `continued`: a backslash ends no line."""
    for block in blocks:
        if not block.path:
            continue
        pending = ""
        for line in block.content():
            said = pending + " ".join(line.split())
            pending = ""
            if continued and said.endswith("\\"):
                pending = said[:-1]
            elif said and (not said.startswith("#") or said.startswith(not_comments or ("\0",))):
                yield _line(section, block.path, without_secrets(salt, said))
        if pending:
            yield _line(section, block.path, without_secrets(salt, pending))


def _line(section: Section, path: str, line: str) -> Fact:
    return Fact(section, f"{path}: {line}", {"path": path, "line": line})


def numbered(facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts, each with a subject of its own: the second one of a subject has ` (2)` behind it."""
    seen: dict[tuple[Section, str], int] = {}
    for fact in facts:
        subject = fact.subject if len(fact.subject) <= LONGEST_SUBJECT else fact.subject[:LONGEST_SUBJECT] + "…"
        count = seen[fact.section, subject] = seen.get((fact.section, subject), 0) + 1
        if count > 1:
            subject = f"{subject} ({count})"
        yield fact if subject == fact.subject else replace(fact, subject=subject)
