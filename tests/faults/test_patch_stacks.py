"""Random stacks of bundles with drift between: what a model of a few lines says happens, and nothing else."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from callout.errors import Refused
from callout.ledger import Draft, open_ledger
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from callout.steps.roll_back import roll_back
from tests.unit.patches.conftest import NOW, Site, idle, sha256, well
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site

pytestmark = pytest.mark.faults
NAMES = ("a", "b", "part/c", "part/d", "part/e f")
# A path of the model holds bytes (a file), text (a symlink) or nothing.
Tree = dict[str, bytes | str]


@dataclasses.dataclass
class Stack:
    """A tree, what is applied to it, and what must come of it."""

    site: Site
    chance: random.Random
    tree: Tree = dataclasses.field(default_factory=dict)
    applied: list[tuple[str, Tree, Tree]] = dataclasses.field(default_factory=list)
    done: Counter[str] = dataclasses.field(default_factory=Counter)
    number: int = 0

    def begin(self) -> None:
        """A new tree, a new ledger."""
        shutil.rmtree(self.site.root)
        (self.site.root / "part").mkdir(parents=True)
        shutil.rmtree(self.site.context.places.originals, ignore_errors=True)
        for name in NAMES:
            if self.chance.random() < 0.6:
                self.put(name, self.thing())
        self.applied = []

    def thing(self) -> bytes | str:
        """A file's content, or what a symlink says; never one that was there before."""
        self.number += 1
        return f"to {self.number}" if self.chance.random() < 0.25 else f"text {self.number}\n".encode()

    def put(self, name: str, thing: bytes | str | None) -> None:
        """What somebody does by hand, and what the model has from then on."""
        path = self.site.root / name
        path.unlink(missing_ok=True)
        self.tree.pop(name, None)
        if isinstance(thing, bytes):
            path.write_bytes(thing)
        elif thing is not None:
            path.symlink_to(thing)
        if thing is not None:
            self.tree[name] = thing

    def seen(self) -> Tree:
        """What is there, without what is ours."""
        found: Tree = {}
        for path in self.site.root.rglob("*"):
            name = str(path.relative_to(self.site.root))
            if path.is_symlink():
                found[name] = str(path.readlink())
            elif path.is_file() and not name.startswith(".callout"):
                found[name] = path.read_bytes()
        return found

    def apply(self) -> None:
        """A random bundle; where somebody was at a file of it after it was built, it is refused."""
        names = self.chance.sample(NAMES, self.chance.randint(1, 3))
        changes, after = [], dict(self.tree)
        for name in names:
            new = None if name in after and self.chance.random() < 0.25 else self.thing()
            changes.append(_change(name, after.get(name), new))
            after.pop(name, None)
            if new is not None:
                after[name] = new
        self.number += 1
        bundle_id = f"PW-{self.number}"
        bundle = self.site.bundle(changes, id=bundle_id)
        drifted = self.drift(0.2)
        plan = make_plan(self.site.context, self.site.system, self.site.callout, bundle, lambda _: "8.1").hash
        before = {name: thing for name, thing in self.tree.items() if name in names}
        try:
            apply_bundle(self.site.context, self.site.system, self.site.callout, bundle, plan, well, idle)
        except Refused:
            assert drifted in names, "refused without a reason"
            self.done["blocked by drift"] += 1
        else:
            assert drifted not in names, "somebody's change was overwritten"
            self.tree = after if not drifted else {**after, drifted: self.tree[drifted]}
            left = {name: thing for name, thing in after.items() if name in names}
            self.applied.append((bundle_id, {n: before[n] for n in before}, left))
            self.applied[-1][1].update({n: "" for n in names if n not in before})
            self.done["applied"] += 1
        assert self.seen() == self.tree

    def drift(self, likely: float) -> str:
        """Somebody changes a file, perhaps; its name."""
        if self.chance.random() >= likely:
            return ""
        name = self.chance.choice(NAMES)
        self.put(name, self.thing())
        return name

    def roll_back(self) -> None:
        """A random one that is in; refused where a later one or somebody has changed one of its files."""
        place = self.chance.randrange(len(self.applied))
        bundle_id, before, left = self.applied[place]
        later = any(set(before) & set(other) for _, other, _ in self.applied[place + 1 :])
        changed = any(self.tree.get(name) != left.get(name) for name in before)
        with contextlib.suppress(Refused):
            roll_back(self.site.context, self.site.system, self.site.callout, bundle_id, well)
            assert not later, "a later bundle was lost"
            assert not changed, "somebody's change was lost"
            for name, thing in before.items():
                self.tree.pop(name, None)
                if thing:
                    self.tree[name] = thing
            del self.applied[place]
            self.done["taken back"] += 1
            assert self.seen() == self.tree
            return
        assert later or changed, "refused without a reason"
        self.done["kept: later bundle" if later else "kept: drift"] += 1
        assert self.seen() == self.tree


def _change(name: str, old: bytes | str | None, new: bytes | str | None) -> dict[str, Any]:
    before: list[Any] = [sha256(old) if isinstance(old, bytes) else {"link": old}] if old is not None else []
    attributes = {"mode": "0644", "owner": "0:0"}
    if new is None:
        return {"path": name, "action": "delete", "before": before}
    if isinstance(new, str):
        return {"path": name, "action": "symlink", "target": new, "before": before or ["absent"]}
    action = "create" if old is None else "replace"
    return {"path": name, "action": action, "content": new, **attributes, **({"before": before} if before else {})}


WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3 * 3600)]
PARTS = [pytest.param(500, seed, marks=WHOLE) for seed in range(2042, 2046)]


@pytest.mark.parametrize(("stacks", "seed"), [(1, 2042), *PARTS])
def test_stacks_do_what_the_model_says(site: Site, tmp_path: Path, record_property, stacks: int, seed: int):
    stack = Stack(site, random.Random(seed))
    for number in range(stacks):
        ledger = open_ledger(f"sqlite:///{tmp_path}/stack-{number}.sqlite", lambda: NOW)
        site.context = dataclasses.replace(site.context, ledger=ledger)
        ledger.append(Draft("opened", NOW, "eva@desk", "acme", "acme-pbx1", "CO-0001", {"ticket": "T-1"}))
        stack.tree = {}
        stack.begin()
        for _ in range(stack.chance.randint(2, 4)):
            stack.apply()
        stack.drift(0.3)
        for _ in range(stack.chance.randint(1, 4)):
            if stack.applied:
                stack.roll_back()
        ledger.close()
        for source in site.inventory.glob("source-*"):
            shutil.rmtree(source)
    record_property("stacks", stacks)
    record_property("what happened", dict(sorted(stack.done.items())))
