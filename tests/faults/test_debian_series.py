"""The quilt series of a Debian package: each patch a bundle, stacked, then all taken back."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput
from callout.patches.build import build
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from callout.steps.roll_back import roll_back
from tests.faults.debian_source import fetched
from tests.unit.patches.conftest import Site, idle, sha256, well
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site

# With patches to files in several folders, new files and removed ones.
PACKAGE = "unzip"


def tree_hash(root: Path) -> str:
    """Over every file's path, mode and content; Debian's own folder and what is ours left out."""
    told = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_file() and not name.startswith(("debian/", ".callout", ".pc/")):
            told.update(f"{name} {path.stat().st_mode & 0o7777:o} {sha256(path.read_bytes())}\n".encode())
    return told.hexdigest()


def files_of(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not str(path.relative_to(root)).startswith(("debian/", ".pc/"))
    }


def changes_between(old: Path, new: Path, folder: Path, diffs: bool) -> list[dict[str, Any]]:
    """What leads from one tree to the other; with `diffs` as unified diffs where both have the file."""
    before, after, changes = files_of(old), files_of(new), []
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if now is None:
            changes.append({"path": name, "action": "delete", "before": [sha256(was or b"")]})
        elif was is None:
            mode = f"{(new / name).stat().st_mode & 0o7777:04o}"
            changes.append({"path": name, "action": "create", "content": now, "mode": mode})
        elif diffs:
            original, diff = folder / f"{len(changes)}.orig", folder / f"{len(changes)}.diff"
            original.write_bytes(was)
            made = subprocess.run(["diff", "-u", old / name, new / name], capture_output=True, env={"LC_ALL": "C"})
            diff.write_bytes(made.stdout)
            changes.append({"path": name, "action": "patch", "before": [original.name], "diff": diff.name})
        else:
            changes.append({"path": name, "action": "replace", "before": [sha256(was)], "content": now})
    return changes


def bundle_of(site: Site, number: int, old: Path, new: Path, used: Counter[str]) -> Path:
    """Patch actions where the diff is one that we take, else whole files."""
    scratch = site.root.parent / "diffs"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    for diffs in (True, False):
        changes = changes_between(old, new, scratch, diffs)
        source = site.source(changes, id=f"DEB-{number}")
        for made in scratch.iterdir():
            shutil.copy(made, source)
        try:
            container = build(source)
        except BadInput:
            if not diffs:
                raise
            continue
        used.update(one["action"] for one in changes)
        return site.signed(container)
    raise AssertionError


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_each_patch_of_the_series_is_a_bundle(site: Site, tmp_path: Path, record_property):
    folder = tmp_path / "source"
    folder.mkdir()
    series = fetched(PACKAGE, folder)
    assert len(series.patches) >= 10
    shutil.rmtree(site.root)
    shutil.copytree(series.plain, site.root, symlinks=True, ignore=shutil.ignore_patterns("debian"))
    original = tree_hash(site.root)
    old, used = series.plain, Counter[str]()
    for number, patch in enumerate(series.patches, 1):
        new = folder / f"after-{number}"
        shutil.copytree(old, new, symlinks=True)
        words = ["patch", "-p1", "-s", "--fuzz=0", "--no-backup-if-mismatch", "-i", str(patch)]
        subprocess.run(words, cwd=new, check=True, capture_output=True)
        bundle = bundle_of(site, number, old, new, used)
        plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1")
        assert apply_bundle(site.context, site.system, site.callout, bundle, plan.hash, well, idle).changed, patch.name
        assert tree_hash(site.root) == tree_hash(new), patch.name
        old = new
    assert tree_hash(site.root) == tree_hash(series.patched)
    for number in range(len(series.patches), 0, -1):
        assert roll_back(site.context, site.system, site.callout, f"DEB-{number}", well).changed
    assert tree_hash(site.root) == original
    record_property("package", PACKAGE)
    record_property("patches", len(series.patches))
    record_property("changes", dict(sorted(used.items())))
