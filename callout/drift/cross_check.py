"""Pure: what is looked at a second time, and where two ways of looking tell differently.

A tool that was replaced (find, sha256sum) tells what its maker wants. The same is asked in ways that it does not
stand in: folders by the shell's own patterns, contents as bytes that are hashed on our side, sums by another program.
Where the two differ, and nothing changed in between, that is said; which of the two lies nobody can tell from here.
"""

from __future__ import annotations

import hashlib
import random
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from access_check.escaping import shown
from callout.drift.frames import Answer, Second

SAMPLED_FOLDERS = 40
SAMPLED_FILES = 20
LARGEST_FOLDER = 2000
LARGEST_BODY_BYTES = 32 * 1024
# Read as bytes even where they are larger: the programs that all else is asked of.
MOST_BYTES = 4 * 1024 * 1024
# Where things are put that shall run, or let somebody in.
TELLING_FOLDERS = (
    b"/etc", b"/etc/cron.d", b"/etc/ssh", b"/etc/sudoers.d", b"/etc/systemd/system", b"/etc/init.d", b"/root",
    b"/root/.ssh", b"/usr/local/bin", b"/usr/local/sbin", b"/opt",
)  # fmt: skip
_NOTHING = re.compile(rb"(?!)")


@dataclass(frozen=True, slots=True)
class Items:
    """What is asked a second time: files as bytes, files by another hasher, folders."""

    bodies: tuple[bytes, ...]
    sums: tuple[bytes, ...]
    folders: tuple[bytes, ...]

    def words(self) -> list[bytes]:
        """As drift_check.sh takes them."""
        named = ((b"b", self.bodies), (b"s", self.sums), (b"d", self.folders))
        return [letter + path for letter, paths in named for path in paths]


def chosen(
    paths: Sequence[bytes],
    told: Sequence[bytes],
    texts: Sequence[bytes],
    unread: Sequence[bytes],
    secret: re.Pattern[bytes],
    seed: int,
    sifted: re.Pattern[bytes] = _NOTHING,
) -> Items:
    """A sample that nobody over there can foresee, besides what is telling anyway; `texts` are read in any
    case, and `unread` once more.

    `paths` are sorted, and `told` what the listing tells of each. Secret files are hashed, never sent. Of `sifted`
    folders not all was listed: no name is missing from the list there.
    """
    draw = random.Random(seed)  # noqa: S311  # the seed cannot be foreseen, and can be told again
    children = Counter(path[: path.rfind(b"/")] for path in paths)
    few = {
        path
        for path, facts in zip(paths, told, strict=True)
        if facts.startswith(b"d ") and children[path] <= LARGEST_FOLDER and not sifted.fullmatch(path)
    }
    # Where the listing has nothing may be what it is silent of.
    folders = {path for path in TELLING_FOLDERS if path in few}
    small = sorted(path for path in few if children[path])
    folders |= set(draw.sample(small, min(SAMPLED_FOLDERS, len(small))))
    places = draw.sample(range(len(paths)), min(len(paths), SAMPLED_FILES * 4))
    bodies, sums = dict.fromkeys(texts), dict.fromkeys(unread)
    for place in [place for place in places if told[place].startswith(b"f ")][:SAMPLED_FILES]:
        path = paths[place]
        if int(told[place].split(b" ", 2)[1]) > LARGEST_BODY_BYTES or secret.match(path):
            sums[path] = None
        else:
            bodies[path] = None
    return Items(tuple(bodies), tuple(path for path in sums if path not in bodies), tuple(sorted(folders)))


def disagreements(
    answer: Answer,
    paths: Sequence[bytes],
    told: Sequence[bytes],
    sums: Mapping[bytes, bytes],
    unnamed: Collection[bytes] = (),
    began_s: int = 0,
) -> Iterator[str]:
    """A sentence for each thing that two ways tell differently, though it did not change in between.

    `paths` are sorted, and `told` what the listing tells of each; `sums` are what sha256sum tells by path.
    `unnamed` are paths that the listing was told to leave out, `began_s` is the system's second when it began.
    """
    for path, second in answer.seconds.items():
        place = bisect_left(paths, path)
        facts = told[place] if place < len(paths) and paths[place] == path else None
        if facts is None:
            # Only programs are asked for without having been listed; they may lie outside of what is looked at.
            if second.there and place and path.startswith(paths[0].rstrip(b"/") + b"/"):
                yield f"{shown(path)} is there, and find does not list it."
            continue
        if told_otherwise(facts, second.stat, began_s):
            yield f"{shown(path)} has another size or other times by find than by stat, and was not changed in between."
        if second.found is not None:
            left_out = {one.rpartition(b"/")[2] for one in unnamed if one.rpartition(b"/")[0] == path.rstrip(b"/")}
            yield from _folder(path, second, facts, _children(path, paths) | left_out)
        elif unchanged(facts, second.stat):
            yield from _file(path, second, facts, sums.get(path, b""))


def _children(folder: bytes, paths: Sequence[bytes]) -> frozenset[bytes]:
    """The names that the listing has in a folder."""
    within = folder.rstrip(b"/") + b"/"
    last = bisect_left(paths, within[:-1] + b"0")
    found = (path[len(within) :] for path in paths[bisect_left(paths, within) : last])
    return frozenset(name for name in found if name and b"/" not in name)


def missing(answer: Answer, items: Items) -> int:
    """How many of the items were not answered for at all."""
    return sum(1 for path in (*items.bodies, *items.sums, *items.folders) if path not in answer.seconds)


def unchanged(told: bytes, stat: bytes) -> bool:
    """Whether stat, asked afterwards, tells the same size and times as the listing did."""
    facts, after = told.split(b" ", 7), stat.split(b" ")
    return len(after) == 3 and after == [facts[1], facts[5].partition(b".")[0], facts[6].partition(b".")[0]]


def told_otherwise(told: bytes, stat: bytes, began_s: int) -> bool:
    """Whether stat tells of another size or another time than the listing, though nothing changed since that began.

    A replaced find that tells what was true before it was replaced gives itself away by this.
    """
    after = stat.split(b" ")
    return len(after) == 3 and after[2].isdigit() and int(after[2]) < began_s and not unchanged(told, stat)


def _file(path: bytes, second: Second, told: bytes, sum_: bytes) -> Iterator[str]:
    name = shown(path)
    if second.body is not None:
        size = int(told.split(b" ", 2)[1])
        if len(second.body) != min(size, MOST_BYTES):
            yield f"{name} has {size} bytes as find tells, but {len(second.body)} came."
        elif size <= MOST_BYTES and sum_ and hashlib.sha256(second.body).hexdigest().encode() != sum_:
            yield f"{name} has other bytes than sha256sum tells."
    if second.sum and sum_ and second.sum != sum_:
        yield f"{name} has another SHA-256 by a second program than by sha256sum."


def _folder(path: bytes, second: Second, told: bytes, listed: frozenset[bytes]) -> Iterator[str]:
    if len(second.globs) != 2 or second.found is None:
        return
    # What was there before find was asked, and after: it was there when it was asked.
    standing, ever = second.globs[0] & second.globs[1], second.globs[0] | second.globs[1]
    for name in sorted(standing - second.found)[:5]:
        yield f"{shown(path)}/{shown(name)} is there, and find does not list it."
    for name in sorted(second.found - ever)[:5]:
        yield f"{shown(path)}/{shown(name)} is listed by find, and the shell does not see it."
    after = second.stat.split(b" ")
    if len(after) == 3 and after[1] == told.split(b" ", 7)[5].partition(b".")[0]:
        # The folder is as it was when all was listed: nothing came into it since.
        for name in sorted((standing & second.found) - listed)[:5]:
            yield f"{shown(path)}/{shown(name)} is there, and the list of all files does not have it."
