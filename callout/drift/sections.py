"""Pure: the lines in which a system tells what it is set up like → sections, as hostile input.

The first letter of each line is ours (see drift_facts.sh and drift_database.sh), what the system says stands behind
it. A section counts when its end has come; one that was cut off is unknown, one that nobody spoke of is, too. Where a
line is none of ours somebody else speaks: then nothing of it is believed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from access_check.escaping import shown
from callout.drift.look import Section, SectionState, Whole

LONGEST_BLOCK_BYTES = 4 * 1024 * 1024
LONGEST_LINE_BYTES = 4 * 1024 * 1024
LONGEST_ANSWER_BYTES = 32 * 1024 * 1024
MAXIMUM_LINES = 1_000_000
MAXIMUM_LOGINS = 50


class SectionsRefused(ValueError):
    """What came is no answer of our script; the message says what is wrong, without control characters."""


@dataclass
class Block:
    """What belongs together: a file (its path), or the answer of a command (`kind`), of one root file system."""

    root: str
    kind: str
    path: str
    lines: list[str] = field(default_factory=list)

    def content(self) -> list[str]:
        """The lines, without the empty ones at the end, of which one is the script's own."""
        lines = list(self.lines)
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def is_cut(self) -> bool:
        """It is as long as what the script cuts."""
        return sum(len(line.encode("utf-8", "surrogateescape")) + 1 for line in self.lines) >= LONGEST_BLOCK_BYTES


@dataclass
class Told:
    """All that one answer told. `clock_s` is the system's clock, 0 where it was not told. `ended` says that it did."""

    sections: dict[Section, tuple[SectionState, list[Block]]] = field(default_factory=dict)
    clock_s: int = 0
    tools: set[str] = field(default_factory=set)
    logins: list[str] = field(default_factory=list)
    ended: bool = False

    def state(self, section: Section, why: str = "it did not come") -> SectionState:
        """What came of a section; unknown where none did, for the reason given."""
        found = self.sections.get(section)
        return found[0] if found else SectionState(Whole.UNKNOWN, why)

    def blocks(self, section: Section) -> list[Block]:
        """The blocks of a section that came whole, else none."""
        state, blocks = self.sections.get(section, (SectionState(Whole.UNKNOWN), []))
        return blocks if state.is_whole else []


def read_sections(pieces: Iterable[bytes], wanted: Collection[Section], told: Told) -> None:
    """Fills `told` while the pieces come: what it holds when they stop coming is what came.

    Raises SectionsRefused for a line that is none of ours, after which `told` is worth nothing.
    """
    reader = _Reader(told, frozenset(wanted))
    for line in _lines(pieces):
        reader.take(line[:1], line[1:].decode("utf-8", "surrogateescape"))


class _Reader:
    def __init__(self, told: Told, wanted: Collection[Section]) -> None:
        self._told, self._wanted = told, wanted
        self._section: Section | None = None
        self._blocks: list[Block] = []
        self._root, self._kind = "/", ""
        self._name: list[str] = []

    def take(self, letter: bytes, rest: str) -> None:
        if self._told.ended:
            raise SectionsRefused("it goes on behind its end")
        if self._name and letter not in (b"f", b":"):
            raise SectionsRefused("a name has no end")
        if letter == b"+":
            self._begin(rest)
        elif letter == b".":
            self._end_all(rest)
        elif self._section is not None:
            self._within(letter, rest)
        else:
            self._outside(letter, rest)

    def _outside(self, letter: bytes, rest: str) -> None:
        if letter == b"c" and rest.startswith(" "):
            self._told.clock_s = int(rest[1:]) if rest[1:].isascii() and rest[1:].isdigit() and len(rest) < 14 else 0
        elif letter == b"t" and rest.startswith(" "):
            self._told.tools.add(rest[1:])
        elif letter == b"l" and rest.startswith(" "):
            # `last` ends with a line on its own file.
            ends = rest.lstrip().startswith("wtmp begins")
            if rest.strip() and not ends and len(self._told.logins) < MAXIMUM_LOGINS:
                self._told.logins.append(shown(rest[1:]))
        else:
            raise SectionsRefused(f"a line is not understood: {shown(letter.decode('latin-1') + rest[:200])}")

    def _within(self, letter: bytes, rest: str) -> None:
        if letter == b" ":
            self._block().lines.append(rest)
        elif letter == b"f" and rest.startswith(" "):
            self._name.append(rest[1:])
        elif letter == b":" and self._name and not rest:
            # Each name is followed by a line's end of the script's own.
            path = "\n".join(self._name).removesuffix("\n")
            self._name = []
            self._blocks.append(Block(self._root, self._kind, path))
        elif letter == b"r" and rest.startswith(" /"):
            self._root, self._kind = rest[1:], ""
            self._blocks.append(Block(self._root, "", ""))
        elif letter == b"k" and rest.startswith(" "):
            self._kind = rest[1:]
            self._blocks.append(Block(self._root, self._kind, ""))
        elif letter == b"=" and rest.startswith(" "):
            self._end_section(rest[1:])
        else:
            raise SectionsRefused(f"a line is not understood: {shown(letter.decode('latin-1') + rest[:200])}")

    def _block(self) -> Block:
        if not self._blocks:
            self._blocks.append(Block(self._root, self._kind, ""))
        return self._blocks[-1]

    def _begin(self, rest: str) -> None:
        name = rest[1:]
        if self._section is not None or name not in set(Section) or Section(name) not in self._wanted:
            raise SectionsRefused(f"a section begins that was not asked for: {shown(name[:100])}")
        if Section(name) in self._told.sections:
            raise SectionsRefused(f"{name} is told twice")
        self._section, self._blocks, self._root, self._kind = Section(name), [], "/", ""

    def _end_section(self, rest: str) -> None:
        assert self._section is not None
        word, _, more = rest.partition(" ")
        if word not in set(Whole):
            raise SectionsRefused(f"a section ends in no known way: {shown(rest[:100])}")
        state = Whole(word)
        if state is Whole.WHOLE:
            told = SectionState(state, way=shown(more))
            if self._section is not Section.PACKAGES and any(block.is_cut() for block in self._blocks):
                told = SectionState(Whole.UNKNOWN, f"something in it is longer than {LONGEST_BLOCK_BYTES} bytes")
        else:
            told = SectionState(state, why=shown(more) or "no reason was told")
        self._told.sections[self._section] = (told, self._blocks)
        self._section = None

    def _end_all(self, rest: str) -> None:
        if self._section is not None or rest:
            raise SectionsRefused("it ends in the middle of a section")
        self._told.ended = True


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    pending, left, count = b"", LONGEST_ANSWER_BYTES, 0
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise SectionsRefused(f"it is longer than {LONGEST_ANSWER_BYTES} bytes")
        *whole, pending = (pending + piece).split(b"\n")
        count += len(whole)
        if len(pending) > LONGEST_LINE_BYTES or count > MAXIMUM_LINES:
            raise SectionsRefused("it has a line without an end, or too many of them")
        yield from whole
    # A line without an end is one that was cut: it is not read.
