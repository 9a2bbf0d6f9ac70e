"""A plan out of one number: what is planted and what is legitimate, in which order, and by what each must be found."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults.drift import legitimate, packages, planted_files, planted_settings, planted_sql
from tests.faults.drift.deeds import GUI, Deed, File, Mark, Means
from tests.faults.drift.targets import Targets

MODULES = tuple(f"{GUI}/modules/m{number:03d}.php" for number in range(240))


@dataclass(frozen=True)
class Plan:
    """`rounds` of deeds: between two looks each. What has to be there before the first look: packages by state."""

    seed: int
    rounds: tuple[tuple[Deed, ...], ...]
    # Packages that deeds work with.
    wanted: tuple[str, ...] = ()

    def packages(self, means: Means) -> tuple[str, ...]:
        """The packages that are installed, upgraded or removed in any round."""
        return tuple(deed.text for deeds in self.rounds for deed in deeds if deed.means is means)

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """All, in the order of their numbers."""
        return tuple(deed for deeds in self.rounds for deed in deeds)


def draw(
    seed: int,
    files: Iterable[File],
    *,
    planted: int,
    legitimate_ones: int,
    rounds: int,
    without: frozenset[str] = frozenset(),
) -> Plan:
    """So many of each, spread over rounds; the same number and the same tree give the same plan.

    Kinds in `without` are left out: what takes long to prepare, for whoever has seconds only.
    """
    dice = random.Random(seed)
    installed = _some(dice, packages.NEW, legitimate_ones * 76 // 500)
    removed = [] if "apt purge" in without else _some(dice, packages.OLD, legitimate_ones * 20 // 500)
    upgraded = [] if "apt upgrade" in without else _some(dice, packages.OUTDATED, legitimate_ones * 24 // 500)
    patched = _some(dice, MODULES, legitimate_ones * 80 // 500)
    # A package that comes or goes takes what was planted in it along.
    targets = Targets(dice, (file for file in files if file.path not in patched), frozenset({*removed, *upgraded}))
    made = [
        *((kind, *one) for kind, one in _planted(dice, targets, planted, without)),
        *_packaged(installed, removed, upgraded),
        *(("our patches", False, Means.PATCH, path, (Mark("files", path),), ()) for path in patched),
    ]
    left = legitimate_ones - (len(made) - planted)
    made += [(kind, False, *one, ()) for kind, one in _drawn(dice, targets, legitimate.KINDS, left, without)]
    dice.shuffle(made)
    deeds = [Deed(number, *fields) for number, fields in enumerate(made)]
    wanted = tuple(name for name, kinds in packages.STAGE.items() if not kinds <= without)
    return Plan(seed, tuple(tuple(deeds[start::rounds]) for start in range(rounds)), wanted)


def _some(dice: random.Random, names: tuple[str, ...], count: int) -> list[str]:
    return dice.sample(names, min(max(count, 1), len(names)))


def _packaged(installed: list[str], removed: list[str], upgraded: list[str]) -> Iterable[tuple[Any, ...]]:
    for kind, means, names in (
        ("apt install", Means.INSTALL, installed),
        ("apt purge", Means.REMOVE, removed),
        ("apt upgrade", Means.UPGRADE, upgraded),
    ):
        for name in names:
            yield kind, False, means, name, (Mark("packages", name), Mark("packages", f"{name}:*", glob=True)), ()


def _planted(
    dice: random.Random, targets: Targets, count: int, without: frozenset[str]
) -> Iterable[tuple[str, tuple[Any, ...]]]:
    """Kinds in proportion to their weights, each at least once where the count allows."""
    settings = planted_settings.Settings(dice)
    of_files = {kind: ((lambda d, t, f=f: (*f(d, t), ())), weight) for kind, (f, weight) in planted_files.KINDS.items()}
    fixed = {
        "kernel setting": (settings.kernel, planted_settings.FIXED["kernel setting"]),
        "sshd setting": (settings.sshd, planted_settings.FIXED["sshd setting"]),
    }
    in_shell = {**of_files, **planted_settings.KINDS, **fixed}
    weights = {kind: weight for kind, (_, weight) in {**in_shell, **planted_sql.KINDS}.items()}
    for kind in _kinds(dice, weights, count, without):
        if kind in in_shell:
            yield kind, (True, Means.SHELL, *in_shell[kind][0](dice, targets))
        else:
            yield kind, (True, Means.DATABASE, *planted_sql.KINDS[kind][0](dice, targets))


def _drawn(
    dice: random.Random, targets: Targets, kinds: Mapping[str, tuple[Any, int]], count: int, without: frozenset[str]
) -> Iterable[tuple[str, tuple[Any, ...]]]:
    for kind in _kinds(dice, {kind: weight for kind, (_, weight) in kinds.items()}, count, without):
        yield kind, kinds[kind][0](dice, targets)


def _kinds(dice: random.Random, weights: Mapping[str, int], count: int, without: frozenset[str]) -> list[str]:
    """`count` kinds, as near to the weights as whole numbers allow; what is over is drawn."""
    weights = {kind: weight for kind, weight in weights.items() if kind not in without}
    total = sum(weights.values())
    exact = {kind: weight * count // total for kind, weight in weights.items()}
    kinds = [kind for kind, number in exact.items() for _ in range(number)]
    missing = [kind for kind, number in exact.items() if number == 0] if count >= len(weights) else []
    kinds += missing[: count - len(kinds)]
    return kinds + dice.choices(list(weights), list(weights.values()), k=count - len(kinds))
