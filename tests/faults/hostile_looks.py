"""A thousand answers that no honest system gives to a look, made from those that one gave.

Each case takes the answers of an honest look (a script's output, its standard error, its exit status) and spoils them:
cut at some byte, bits turned, lines and records forged, doubled, left out, counts that lie, hashes that are none,
100 MB where little was asked for, packed bombs, streams without an end, complaints, statuses.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from callout.errors import Unreachable
from callout.programs import Completed
from callout.shell import script
from tests.unit.local_shell import LocalShellSession

SCRIPTS = ("drift_facts", "drift_database", "drift_files", "drift_hashes", "drift_check")
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What a system says to one script. `more` comes behind `said`, a piece at a time; `cut` breaks the line."""

    said: bytes
    stderr: bytes = b""
    rc: int = 0
    more: Callable[[], Iterable[bytes]] = tuple
    cut: bool = False


@dataclass
class Replayed:
    """Implements callout.shell.session.Session with answers by script; counts what was taken of them."""

    answers: dict[str, list[Answer]]
    name: str = "local"
    taken_bytes: int = 0
    asked: dict[str, int] = field(default_factory=dict)

    def run(self, text: str, *arguments: str, **options: Any) -> Completed:
        raise AssertionError("a look only streams")

    @contextmanager
    def stream(self, text: str, *arguments: str, **options: Any) -> Iterator[ReplayedStream]:
        """See Session.stream."""
        name = next(one for one in SCRIPTS if text.endswith(script(one)))
        for _ in options.get("stdin", ()) if not isinstance(options.get("stdin"), bytes) else ():
            pass
        place = self.asked.get(name, 0)
        self.asked[name] = place + 1
        answers = self.answers.get(name, [])
        yield ReplayedStream(self, answers[place] if place < len(answers) else Answer(b"", b"", 1))

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class ReplayedStream:
    """See callout.shell.session.Stream."""

    session: Replayed
    answer: Answer

    def chunks(self) -> Iterator[bytes]:
        for place in range(0, len(self.answer.said), 50_000):
            yield self._counted(self.answer.said[place : place + 50_000])
        for piece in self.answer.more():
            yield self._counted(piece)
        if self.answer.cut:
            raise Unreachable("local: the line was cut.", "Check the line.")

    def _counted(self, piece: bytes) -> bytes:
        self.session.taken_bytes += len(piece)
        return piece

    def finish(self) -> Completed:
        return Completed(self.answer.rc, b"", self.answer.stderr)


@dataclass
class Recording(LocalShellSession):
    """An honest system; `answers` are what it said, by script, in order, unpacked: a bit of gzip that is turned only
    cuts it."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)

    @contextmanager
    def stream(self, text: str, *arguments: str, **options: Any) -> Iterator[Any]:
        name = next(one for one in SCRIPTS if text.endswith(script(one)))
        with super().stream(text, *arguments, **options) as plain:
            said = b"".join(plain.chunks())
            completed = plain.finish()
        answer = Answer(_unpacked(said), completed.stderr, completed.rc)
        self.answers.setdefault(name, []).append(answer)
        yield ReplayedStream(Replayed({}), answer)


def _unpacked(said: bytes) -> bytes:
    first, ends, rest = said.partition(b"\n")
    if b" gzip " not in first + b" " or not first.startswith(b"callout-"):
        return said
    return first.replace(b" gzip", b" plain", 1) + ends + zlib.decompress(rest, wbits=31)


@dataclass(frozen=True)
class Hostile:
    """One case: which answer is spoilt, and how. `cut` says that it is a beginning of the honest answer, no more."""

    name: str
    script: str
    place: int
    spoil: Callable[[Answer], Answer]
    cut: bool = False


def _cases_of(name: str, place: int, first: int, draw: random.Random, count: int) -> Iterator[Hostile]:
    """Each answer begins at another way, so that a few cases of each meet them all."""
    for number in range(count):
        word, spoil, cut = WAYS[(first + number) % len(WAYS)]
        seed = draw.getrandbits(64)

        def spoilt(answer: Answer, spoil: Any = spoil, seed: int = seed) -> Answer:
            done: Answer = spoil(answer, random.Random(seed))
            return done

        yield Hostile(f"{name}-{place}-{word}-{number}", name, place, spoilt, cut)


def hostile_cases(honest: dict[str, list[Answer]], count: int) -> list[Hostile]:
    """So many cases, the same ones each time, spread over all scripts."""
    draw = random.Random(2026)
    places = [(name, place) for name, answers in honest.items() for place in range(len(answers))]
    each = -(-count // len(places))
    cases = [
        case for number, (name, place) in enumerate(places) for case in _cases_of(name, place, 7 * number, draw, each)
    ]
    return [case for number in range(each) for case in cases[number::each]][:count]


def _somewhere(answer: Answer, draw: random.Random) -> int:
    return draw.randrange(len(answer.said) + 1)


def _cut(answer: Answer, draw: random.Random) -> Answer:
    return replace(answer, said=answer.said[: draw.randrange(len(answer.said))], cut=True)


def _ended(answer: Answer, draw: random.Random) -> Answer:
    """As a script that was killed ends: with what was said, and no complaint."""
    return replace(answer, said=answer.said[: draw.randrange(len(answer.said))], stderr=b"", rc=0)


def _ended_at_a_line(answer: Answer, draw: random.Random) -> Answer:
    place = answer.said.rfind(b"\n", 0, _somewhere(answer, draw) or 1)
    return replace(answer, said=answer.said[: max(place, 0)])


def _flipped(answer: Answer, draw: random.Random) -> Answer:
    said = bytearray(answer.said)
    for _ in range(draw.choice((1, 3, 50))):
        said[draw.randrange(len(said))] ^= 1 << draw.randrange(8)
    return replace(answer, said=bytes(said))


FORGED = (
    b"\n= whole all is well\n", b"\n+ users\n= whole files\n", b"\n.\n", b"\0", b"\0\0\0", b"\n", b"\r\n",
    b"\x1b[2J\x1b]0;x\x07",
    b"\xff\xfe\xfd", b"/etc/passwd\0f 1 644 0 0 1 1 1 1 1 \0", b"/../../etc/shadow\0f 1 644 0 0 1 1 1 1 1 \0",
    b"relative\0f 1 644 0 0 1 1 1 1 1 \0", b"/x\0f -1 644 0 0 1 1 1 1 1 \0",
    b"/x\0f 99999999999999999999 644 0 0 1 1 1 1 1 \0", b"0" * 64 + b"  /etc/passwd\n", b"0" * 64 + b"  /not/asked\n",
    b"getcap /not/asked cap_setuid=ep\n", b"batch 99999999\n", b"batch -1\n", b"f name without an end\n",
    b"A" * 70_000, "\u202egnp.exe\u2066\n".encode(), b"+ files\n", b"= unknown \x1b[31m\n",
)  # fmt: skip


def _forged(answer: Answer, draw: random.Random) -> Answer:
    place = _somewhere(answer, draw)
    return replace(answer, said=answer.said[:place] + draw.choice(FORGED) + answer.said[place:])


def _doubled(answer: Answer, draw: random.Random) -> Answer:
    begins, ends = sorted((_somewhere(answer, draw), _somewhere(answer, draw)))
    return replace(answer, said=answer.said[:ends] + answer.said[begins:])


def _left_out(answer: Answer, draw: random.Random) -> Answer:
    begins = _somewhere(answer, draw)
    return replace(answer, said=answer.said[:begins] + answer.said[begins + draw.randrange(1, 4000) :])


def _numbers(answer: Answer, draw: random.Random) -> Answer:
    """Counts and sizes that lie."""
    digits = [place for place in range(len(answer.said)) if answer.said[place : place + 1].isdigit()]
    said = bytearray(answer.said)
    for place in draw.sample(digits, min(5, len(digits))):
        said[place : place + 1] = draw.choice((b"-7", b"999999999999999999999999", b"0x41", b"", "٣".encode(), b"1e9"))
    return replace(answer, said=bytes(said))


def _large(answer: Answer, draw: random.Random) -> Answer:
    """100 MB and more, of what may stand there, or of nothing at all."""
    piece = draw.choice(
        (bytes(MEBIBYTE), b"A" * MEBIBYTE, b" line\n" * (MEBIBYTE // 6), b"\n" * MEBIBYTE, answer.said[:MEBIBYTE])
    )
    keep = answer.said[: _somewhere(answer, draw)]
    return replace(answer, said=keep, more=lambda: (piece for _ in range(max(1, 100 * MEBIBYTE // len(piece)))))


def _bomb(answer: Answer, draw: random.Random) -> Answer:
    """What unpacks to a thousand times as much, without an end."""
    packer = zlib.compressobj(9, wbits=31)
    first = answer.said.partition(b"\n")[0].replace(b" plain", b" gzip")
    filler = draw.choice((bytes(MEBIBYTE), b"/x\0f 1 644 0 0 1 1 1 1 1 \0" * 1000, b" x\n" * 100_000))
    packed = b"".join(packer.compress(filler) for _ in range(200))
    return replace(answer, said=first + b"\n" + packed + packer.flush())


def _endless(answer: Answer, draw: random.Random) -> Answer:
    """It goes on and on behind its end; whoever does not stop reading never comes back."""
    piece = draw.choice((b"x" * 65536, b"\n" * 65536, b"\0" * 65536, b" y\n" * 20_000))

    def forever() -> Iterator[bytes]:
        while True:
            yield piece

    return replace(answer, more=forever)


def _complaint(answer: Answer, draw: random.Random) -> Answer:
    said = draw.choice((
        b"find: '/etc': Permission denied\n", b"callout-status find 1\n", b"callout-status hashes 127\n",
        b"callout-status find 0\ncallout-status xargs 124\n", b"\x1b[2Jfind: oops\n",
        b"callout-status find 99999999999999\n", b"A" * 70_000, b"",
    ))  # fmt: skip
    return replace(answer, stderr=draw.choice((b"", answer.stderr)) + said, rc=draw.choice((0, 1, 2, 127, 137)))


def _nonsense(answer: Answer, draw: random.Random) -> Answer:
    said = draw.choice(
        (b"", b"\n", draw.randbytes(5000), b"Welcome to this server!\n" + answer.said, b"{}", b"<html>" * 50)
    )
    return replace(answer, said=said)


WAYS: Sequence[tuple[str, Callable[[Answer, random.Random], Answer], bool]] = (
    ("cut", _cut, True),
    ("flipped", _flipped, False),
    ("ended", _ended, True),
    ("forged", _forged, False),
    ("cut", _cut, True),
    ("numbers", _numbers, False),
    ("ended-at-a-line", _ended_at_a_line, True),
    ("doubled", _doubled, False),
    ("cut", _cut, True),
    ("left-out", _left_out, False),
    ("ended", _ended, True),
    ("forged", _forged, False),
    ("complaint", _complaint, False),
    ("cut", _cut, True),
    ("nonsense", _nonsense, False),
    ("forged", _forged, False),
    ("large", _large, False),
    ("ended-at-a-line", _ended_at_a_line, True),
    ("flipped", _flipped, False),
    ("bomb", _bomb, False),
    ("endless", _endless, False),
)
