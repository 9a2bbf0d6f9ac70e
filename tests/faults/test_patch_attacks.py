"""A local attacker who swaps folders and files for symlinks, and two operators at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from callout.errors import CalloutError
from callout.patches.change import Change, new_transaction
from callout.patches.images import image_from_word
from callout.patches.observe import observe
from callout.patches.remote import Remote
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from callout.steps.recover import recover
from callout.steps.roll_back import roll_back
from tests.faults.patch_trial import KilledSession
from tests.faults.swapping import NOBODY, Attacker
from tests.unit.local_shell import DASH, LocalShellSession
from tests.unit.patches.conftest import Site, idle, sha256, well
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site

pytestmark = pytest.mark.faults
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]


@pytest.fixture
def open_way(site: Site) -> Site:
    """The attacker can reach what it owns: `www` in the product's folder, with `gui` in it."""
    if os.geteuid() != 0:
        pytest.skip("only root can be two people")
    (site.root / "www/gui").mkdir(parents=True)
    fill(site)
    return site


def fill(site: Site) -> None:
    www = site.root / "www"
    shutil.rmtree(www)
    (www / "gui").mkdir(parents=True)
    (www / "gui/login.php").write_bytes(b"old login\n")
    (www / "gui/other.php").write_bytes(b"other\n")
    for path in (www, www / "gui", www / "gui/login.php", www / "gui/other.php"):
        os.chown(path, NOBODY, NOBODY)


def trap_of(folder: Path) -> Path:
    """What must not be written to: the same names, root's."""
    trap = folder / "trap"
    trap.mkdir()
    for name in ("login.php", "other.php", "new.php"):
        (trap / name).write_bytes(b"of root\n")
        (trap / name).chmod(0o640)
    for parent in (trap, *trap.parents):
        with contextlib.suppress(OSError):
            parent.chmod(parent.stat().st_mode | 0o011)
    return trap


def everything(folder: Path) -> list[tuple[Any, ...]]:
    found = []
    for path in sorted([folder, *folder.rglob("*")]):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found.append((path.name, content, status.st_mode, status.st_uid, status.st_gid, status.st_nlink))
    return found


CHANGES = [
    {"path": "www/gui/login.php", "action": "replace", "before": [sha256(b"old login\n")], "content": b"new login\n"},
    {"path": "www/gui/new.php", "action": "create", "content": b"new\n", "mode": "4755", "owner": "0:0"},
    {"path": "www/gui/made", "action": "symlink", "target": "login.php"},
    {"path": "www/gui/other.php", "action": "delete", "before": [sha256(b"other\n")]},
]


@pytest.mark.parametrize(("swaps", "applications"), [(300, 3), pytest.param(10_000, 60, marks=WHOLE)])
def test_swaps_of_folders_and_files_for_symlinks_write_nothing_outside(
    open_way: Site, tmp_path: Path, record_property, swaps: int, applications: int
):
    site, trap = open_way, trap_of(tmp_path)
    before = everything(trap)
    bundle = site.bundle(CHANGES)
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1").hash
    made, ends = 0, Counter[str]()
    while made < swaps or sum(ends.values()) < applications:
        with Attacker(site.root / "www", trap) as attacker:
            for act in (
                lambda: apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle),
                lambda: recover(site.context, site.system, site.callout, well),
                lambda: roll_back(site.context, site.system, site.callout, "PW-2041", well),
            ):
                try:
                    act()
                    ends["done"] += 1
                except CalloutError as error:
                    ends[type(error).__name__] += 1
        made += attacker.swaps
        assert everything(trap) == before, ends
        # As it was, whatever the attacker has made of it.
        shutil.rmtree(site.root / ".callout", ignore_errors=True)
        shutil.rmtree(site.root / ".callout-originals", ignore_errors=True)
        shutil.rmtree(site.context.places.originals, ignore_errors=True)
        fill(site)
    record_property("swaps", made)
    record_property("ends", dict(ends))
    assert made >= swaps


# What an attacker does who is as fast as can be: right before one call of a script.
ACTS = {
    "file": 'command rm -rf "$W/gui/login.php"; command ln -s "$T" "$W/gui/login.php"',
    "room": 'for r in "$W"/gui/.callout-*; do command mv "$r" "$W/aside"; command ln -s "$T" "$r"; done',
    "folder": 'command mv "$W/gui" "$W/aside"; command ln -s "$T" "$W/gui"',
}


@pytest.mark.parametrize("step", [29, pytest.param(1, marks=WHOLE)])
@pytest.mark.parametrize("act", ["file", "room", "folder"])
def test_swap_right_before_each_call_writes_nothing_outside(
    open_way: Site, tmp_path: Path, record_property, act: str, step: int
):
    site, trap = open_way, trap_of(tmp_path)
    before, count = everything(trap), tmp_path / "count"
    bundle = site.bundle(CHANGES)
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1").hash
    text = f"W='{site.root}/www' T='{trap}'\nact() {{ {ACTS[act]}; }}\n"

    def attempt(place: int) -> int:
        count.unlink(missing_ok=True)
        attacked = site.wrapped(lambda session: KilledSession(session, count, place, "act", text))
        with contextlib.suppress(CalloutError):
            apply_bundle(attacked, site.system, site.callout, bundle, plan, well, idle)
        with contextlib.suppress(CalloutError):
            recover(site.context, site.system, site.callout, well)
        assert everything(trap) == before, place
        for ours in (site.root / ".callout", site.root / ".callout-originals", site.context.places.originals):
            shutil.rmtree(ours, ignore_errors=True)
        fill(site)
        return int(count.read_text())

    total = attempt(0)
    assert total > 50
    for place in range(step, total + 1, step):
        attempt(place)
    record_property("calls", total)


def operator(folder: Path, name: str, before: bytes, after: bytes) -> tuple[Remote, dict[str, bytes]]:
    session = LocalShellSession(folder / "tools", DASH)
    path = str(folder / "product/file")
    here = observe(session, [path])[0].image
    new = image_from_word(f"{sha256(after)}:{int(here.mode, 8):o}:{here.uid}:{here.gid}")
    transaction = new_transaction(f"PW-{name}", "", [Change(1, path, here, new)], [])
    remote = Remote(session, transaction, str(folder / "product/.callout"), f"{name}@desk:CO-1", keeps=True)
    return remote, {new.sha256: after}


@pytest.mark.parametrize("races", [3, pytest.param(500, marks=WHOLE)])
def test_two_operators_at_once_one_wins(tmp_path: Path, record_property, races: int):
    """Whoever is second finds the lock, or, once it is free, another file than the one it planned for."""
    (tmp_path / "product").mkdir()
    file = tmp_path / "product/file"
    wins: Counter[str] = Counter()
    losses: Counter[str] = Counter()
    for race in range(races):
        file.write_bytes(f"old {race}\n".encode())
        sides = [operator(tmp_path, name, file.read_bytes(), f"{name} {race}\n".encode()) for name in ("anna", "boris")]
        gate = threading.Barrier(2)

        def change(side: tuple[Remote, dict[str, bytes]], gate: threading.Barrier = gate) -> str:
            remote, contents = side
            gate.wait()
            try:
                remote.lock()
            except CalloutError as error:
                return type(error).__name__
            try:
                remote.stage(contents)
                remote.commit()
            except CalloutError as error:
                remote.undo()
                remote.finish(forgetting=False)
                return type(error).__name__
            remote.finish(forgetting=False)
            return "won"

        with ThreadPoolExecutor(2) as pool:
            ends = list(pool.map(change, sides))
        assert ends.count("won") == 1, (race, ends)
        name = ("anna", "boris")[ends.index("won")]
        assert file.read_bytes() == f"{name} {race}\n".encode()
        assert not (tmp_path / "product/.callout").exists()
        shutil.rmtree(tmp_path / "product/.callout-originals")
        wins[name] += 1
        losses[next(end for end in ends if end != "won")] += 1
    record_property("wins", dict(wins))
    record_property("losses", dict(losses))
