"""A damaged store: `data` finds all that touches a backup, `structure` the structural; what Borg mends is whole."""

from __future__ import annotations

import collections
import os
import random
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from callout.backups.archive import Repository, repository_of
from callout.backups.levels import verify_stored
from callout.backups.record import BackupRecord, Level
from callout.errors import CalloutError
from callout.steps.backup import back_up
from tests.faults.store_damage import FOUND, MENDED
from tests.faults.test_backup_faults import at
from tests.unit.backups.practice_site import PracticeSite, build_site

SIDE_BY_SIDE = 2
# The looks with which both levels begin.
COMMON = {"backup.repository", "backup.manifest"}


@dataclass(frozen=True)
class Good:
    """A good store and the one backup in it: all that counts in the store is that backup's."""

    site: PracticeSite
    store: Path
    record: BackupRecord
    repository: Repository

    def verdict(self, store: Path, level: Level) -> tuple[str, ...]:
        """The checks that found something, none where it is whole; or the name of the error that was told."""
        base = store.with_name(f"{store.name}-borg")
        repository = replace(self.repository, location=str(store), borg=replace(self.repository.borg, base=base))
        try:
            verification = verify_stored(
                self.site.session(), self.site.system(), repository, self.record, level, base / "spool"
            )
        except CalloutError as error:
            return (type(error).__name__,)
        finally:
            shutil.rmtree(base, ignore_errors=True)
        return tuple(finding.check for finding in verification.findings if finding.blocks)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Good]:
    home = tmp_path_factory.mktemp("good")
    site = build_site(home)
    # Small, so that a thousand trials are minutes; still of many objects.
    (site.product / "nasty/large").write_bytes(random.Random(1).randbytes(200_000))
    context = at(home, site.session())
    system = site.system()
    record = back_up(context, system, "CO-0001")
    yield Good(site, Path(record.repository), record, repository_of(system, context.places))
    context.ledger.close()


def linked(good: Good, trial: Path) -> Path:
    """The good store once more, of hard links: Borg replaces files, and a damage makes a copy of its own first.

    Only those that Borg writes to in place are copied.
    """
    shutil.copytree(good.store, trial, copy_function=os.link)
    for name in ("config", "nonce"):
        (trial / name).unlink()
        shutil.copy2(good.store / name, trial / name)
    return trial


def try_one(good: Good, folder: Path, number: int) -> tuple[str, bool, bool]:
    """One damage: its name, whether `data` found it, and whether `structure` did.

    Both begin with the same looks, at the store and at the manifest. What these found for `data` is found for
    `structure`, too: of such damages only one in ten is put before it, which proves that.
    """
    names = [*FOUND, *MENDED]
    # Two of three hit what holds data.
    name = list(FOUND)[number % len(FOUND)] if number % 3 else names[number // 3 % len(names)]
    damage = FOUND[name][0] if name in FOUND else MENDED[name]

    def verdict(level: Level) -> tuple[str, ...]:
        trial = linked(good, folder / f"{number}-{level}")
        damage(trial, random.Random(number))
        found = good.verdict(trial, level)
        shutil.rmtree(trial)
        return found

    data = verdict(Level.DATA)
    surely = not COMMON.isdisjoint(data)
    structure = bool(verdict(Level.STRUCTURE)) if not surely or number % 10 == 0 else True
    assert structure or not surely, f"{name}: structure looks otherwise than data ({number})"
    return name, bool(data), structure


def damage_stores(good: Good, folder: Path, numbers: range) -> dict[str, int]:
    """How many of each damage came to what, as `data/structure`."""
    counted: collections.Counter[str] = collections.Counter()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for number, (name, data, structure) in enumerate(
            pool.map(lambda number: try_one(good, folder, number), numbers), numbers.start
        ):
            if name in FOUND:
                assert data, f"{name}: data did not find it ({number})"
                assert structure or not FOUND[name][1], f"{name}: structure did not find it ({number})"
            words = ["found" if found else "whole" for found in (data, structure)]
            counted[f"{name}: {'/'.join(words)}"] += 1
    return dict(sorted(counted.items()))


def test_the_good_store_is_whole(good: Good, tmp_path: Path) -> None:
    trial = linked(good, tmp_path / "trial")
    assert good.verdict(trial, Level.DATA) == ()
    assert good.verdict(trial, Level.STRUCTURE) == ()


@pytest.mark.faults
def test_damage_in_the_store_is_found(good: Good, tmp_path: Path) -> None:
    damage_stores(good, tmp_path, range(1, 6))


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_1000_damages_in_the_store_are_found(
    good: Good, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    for outcome, count in damage_stores(good, tmp_path, range(1000)).items():
        record_property(outcome, count)
