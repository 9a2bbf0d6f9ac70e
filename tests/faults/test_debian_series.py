"""The quilt series of a Debian source package, every patch as a bundle: stacked one after the other, then taken back.

After each bundle the tree is what quilt's `patch` makes; at the end it is what dpkg-source makes of the whole series,
and after the rollbacks the original again. The source is fetched with apt; where that cannot be had the case says so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from callout.patches.build import build
from callout.patches.bundle import Container
from callout.patches.new_folder import make_folder
from callout.patches.signature import sign
from callout.patches.tree_difference import tree_difference
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from callout.steps.roll_back import roll_back
from tests.unit.patches.conftest import NOW, Site, idle, well
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site

pytestmark = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
# The shell and tools of many appliances. A series that begins no folder: a bundle makes none.
PACKAGE = "busybox"
MIRROR = "http://deb.debian.org/debian"
SUITE = "bookworm"


def _run(words: Sequence[str | Path], folder: Path, given: bytes = b"") -> None:
    done = subprocess.run(words, cwd=folder, input=given, capture_output=True, check=False)
    assert done.returncode == 0, (words, done.stdout[-500:], done.stderr[-500:])


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `plain`, the source before its patches, and `patched`, as dpkg-source makes it."""
    if not all(map(shutil.which, ("apt-get", "dpkg-source", "patch"))):
        pytest.skip("apt-get, dpkg-source or patch is not installed: no Debian series was tried")
    folder = tmp_path_factory.mktemp("debian")
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    (folder / "sources.list").write_text(f"deb-src {MIRROR} {SUITE} main\n")
    options = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
    }
    told = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    for words in (["update"], ["source", "--download-only", PACKAGE]):
        done = subprocess.run(["apt-get", "-qq", *told, *words], cwd=folder, capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"{MIRROR} cannot be reached: no Debian series was tried")
    (control,) = folder.glob("*.dsc")
    _run(["dpkg-source", "--no-check", "--skip-patches", "-x", control.name, "plain"], folder)
    _run(["dpkg-source", "--no-check", "-x", control.name, "patched"], folder)
    shutil.rmtree(folder / "patched/.pc")
    return folder


def tree_hash(top: Path) -> str:
    """Of all that lies below: path, kind, mode and content. What we keep on a system, originals, is left out."""
    told = hashlib.sha256()
    for path in sorted(top.rglob("*")):
        name = path.relative_to(top)
        if name.parts[0].startswith(".callout"):
            continue
        status = path.lstat()
        link = str(path.readlink()) if path.is_symlink() else ""
        content = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
        told.update(f"{name}\0{status.st_mode:o}\0{link}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return told.hexdigest()


def _bundle(site: Site, number: int, before: Path, after: Path) -> Path:
    """Made as a person does: from two trees, every other one of diffs; each needs the one before it."""
    difference = tree_difference(before, after, str(site.root), as_diffs=number % 2 == 0)
    values = {"id": f"DEB-{number}", "title": f"Patch {number}", "version": "8.1"}
    file = make_folder(site.inventory / f"made-{number}", values, NOW, difference)
    if number > 1:
        file.write_text(file.read_text().replace("requires: []", f"requires: [DEB-{number - 1}]"))
    container = build(file.parent)
    path = site.inventory / f"DEB-{number}.callout"
    path.write_bytes(Container(container.payload, (sign(container.payload, site.anna),)).to_bytes())
    return path


def test_series_as_bundles(site: Site, source: Path, tmp_path: Path, record_property: Any):
    shutil.rmtree(site.root)
    shutil.copytree(source / "plain", site.root, symlinks=True)
    quilt = tmp_path / "quilt"
    shutil.copytree(source / "plain", quilt, symlinks=True)
    lines = (source / "plain/debian/patches/series").read_text().splitlines()
    series = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
    hashes = [tree_hash(site.root)]
    bundles = []
    for number, name in enumerate(series, 1):
        before = tmp_path / f"before-{number}"
        # `patch` renames what it makes into place: what is linked stays as it was.
        shutil.copytree(quilt, before, symlinks=True, copy_function=os.link)
        patch = (source / "plain/debian/patches" / name).read_bytes()
        _run(["patch", "-p1", "-F0", "-E", "--no-backup-if-mismatch", "--quiet"], quilt, patch)
        bundles.append(_bundle(site, number, before, quilt))
        shutil.rmtree(before)
        plan = make_plan(site.context, site.system, site.callout, bundles[-1], lambda _: "8.1")
        assert plan.verdict == "applicable", (name, [reason.seen for reason in plan.reasons])
        assert apply_bundle(site.context, site.system, site.callout, bundles[-1], plan.hash, well, idle).changed, name
        hashes.append(tree_hash(site.root))
        assert hashes[-1] == tree_hash(quilt), name
    assert hashes[-1] == tree_hash(source / "patched")

    for number in range(len(series), 0, -1):
        assert roll_back(site.context, site.system, site.callout, f"DEB-{number}", well).changed
        assert tree_hash(site.root) == hashes[number - 1], number
    # Out of its order it does not go in: by the ledger its prerequisite is missing.
    third = make_plan(site.context, site.system, site.callout, bundles[2], lambda _: "8.1")
    assert "missing-prerequisite" in [reason.code for reason in third.reasons]
    assert hashes[0] == tree_hash(source / "plain") == tree_hash(site.root)
    record_property("package", next(source.glob("*.dsc")).stem)
    record_property("patches", len(series))
    record_property("bytes of all bundles", sum(path.stat().st_size for path in bundles))
