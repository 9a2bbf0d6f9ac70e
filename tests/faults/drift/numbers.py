"""Deeds of a round of its own, numbered: what is legitimate by its script, and what is planted among it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import count

from tests.faults.drift import planted_files, planted_settings, planted_sql
from tests.faults.drift.deeds import PW, Deed, File, Mark, Means
from tests.faults.drift.practice import Practice
from tests.faults.drift.targets import Targets

SEED = 20261124
# Those that want nothing to be installed first, and may be kept out of the product's folders.
PLANTED = (
    *((name, kind) for name, (kind, _) in planted_files.KINDS.items() if name not in ("added", "symbolic link")),
    *((name, kind) for name, (kind, _) in planted_settings.KINDS.items() if name not in ("port", "firewall")),
)


class Numbers:
    """Makes deeds, each with a number of its own."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def shell(self, kind: str, text: str, *marks: Mark) -> Deed:
        """What is legitimate, as a script."""
        return Deed(next(self._numbers), kind, False, Means.SHELL, text, marks)

    def planted_one(self, kind: str, text: str, *marks: Mark) -> Deed:
        """One modification, as a script."""
        return Deed(next(self._numbers), kind, True, Means.SHELL, text, marks)

    def database(self, kind: str, text: str, *marks: Mark) -> Deed:
        """What is legitimate, as a statement."""
        return Deed(next(self._numbers), kind, False, Means.DATABASE, text, marks)

    def planted(self, files: Iterable[File], each: int, folders: Sequence[str] = ()) -> list[Deed]:
        """So many of each kind of modification, all outside of what an upgrade of the product puts in place.

        `folders`: in files below these alone.
        """
        dice = random.Random(SEED)
        targets = Targets(dice, (one for one in files if one.path.startswith(tuple(folders or ("/usr", "/bin")))),
                          frozenset())  # fmt: skip
        made = []
        for kind, drawing in PLANTED:
            for _ in range(each):
                while True:
                    text, marks, *beside = drawing(dice, targets)
                    if all(_is_outside(mark) for mark in marks) or (folders and kind in planted_files.KINDS):
                        break
                made.append(Deed(next(self._numbers), kind, True, Means.SHELL, text, marks, *beside))
        for _ in range(each):
            text, marks, nearby = planted_sql.grant(dice, targets)
            made.append(Deed(next(self._numbers), "grant", True, Means.DATABASE, text, marks, nearby))
        return made


def _is_outside(mark: Mark) -> bool:
    return not mark.pattern.startswith("/opt/") and f"{PW}/" not in mark.pattern


def remembered(practice: Practice) -> None:
    """The baseline of the round. Debian's own folder of rules is there where sudo is, and no deed's doing."""
    practice.stage.shell("mkdir -p /etc/sudoers.d")
    practice.watch.remember()
