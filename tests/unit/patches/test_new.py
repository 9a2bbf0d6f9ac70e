"""`callout patch new` and `lint` as a person types them; what two trees differ in, there and back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from callout.cli.main import build_app
from callout.cli.shared import guarded
from callout.errors import BadInput
from callout.patches.build import build
from callout.patches.bundle import Bundle, read_payload
from callout.patches.tree_difference import tree_difference
from tests.unit.patches.conftest import Site, sha256, three_changes

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def callout(capsys: pytest.CaptureFixture[str]):
    def run(*words: Any) -> tuple[int, str, str]:
        status = guarded(lambda: build_app("patch")(["patch", *map(str, words)], prog_name="callout"))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    before, after = tmp_path / "before", tmp_path / "after"
    for tree in (before, after):
        (tree / "www").mkdir(parents=True)
        (tree / "www/same.txt").write_text("same\n")
    (before / "www/text.conf").write_text("a\nb\n")
    (after / "www/text.conf").write_text("a\nc\n")
    (before / "logo").write_bytes(b"\0\1")
    (after / "logo").write_bytes(b"\0\2")
    (after / "logo").chmod(0o600)
    (before / "logo").chmod(0o644)
    (before / "gone").write_text("gone\n")
    (after / "new file: a").write_text("new\n")
    (before / "now").symlink_to("8.0")
    (after / "now").symlink_to("8.1")
    (before / "file-to-link").write_text("x\n")
    (after / "file-to-link").symlink_to("www")
    (before / "link-to-file").symlink_to("www")
    (after / "link-to-file").write_text("y\n")
    return before, after


def test_skeleton_builds_once_filled_in(callout, tmp_path):
    folder = tmp_path / "PW-7"
    status, out, said = callout("new", folder, "--id", "PW-7")
    assert (status, out.strip(), "Fill it in" in said) == (0, f"{folder}/bundle.yml: no files.", True)
    with pytest.raises(BadInput, match="CHANGE-ME"):
        build(folder)
    (folder / "files/CHANGE-ME").write_text("new\n")
    (folder / "originals/CHANGE-ME").write_text("old\n")
    manifest = read_payload(build(folder), "x").manifest
    assert (manifest.id, manifest.format_version, manifest.sequence) == ("PW-7", 2, 1)
    status, _, said = callout("new", folder)
    assert (status, "is there already" in said) == (2, True)
    # Every example that is commented out is one that is read, too.
    examples = (folder / "bundle.yml").read_text().partition("\nfiles:")[2]
    assert len(yaml.safe_load("files:" + examples.replace("\n#", "\n"))["files"]) == 4


@pytest.mark.parametrize("diffs", [False, True])
def test_two_trees_become_a_bundle_that_leads_from_one_to_the_other(callout, tmp_path, trees, diffs):
    before, after = trees
    folder = tmp_path / "made"
    words = ["--before", before, "--after", after, "--at", "/opt/pbxware"]
    status, out, _ = callout("new", folder, "--id", "PW-8", *words, *(["--diffs"] if diffs else []), "--json")
    assert (status, json.loads(out)["files"]) == (0, 7)
    bundle = read_payload(build(folder), "x")
    assert _carried_out(before, bundle) == _tree(after)
    actions = {one.path: one.action for one in bundle.manifest.files}
    assert actions["/opt/pbxware/www/text.conf"] == ("patch" if diffs else "replace")
    assert actions["/opt/pbxware/now"] == actions["/opt/pbxware/file-to-link"] == "symlink"


def _tree(top: Path) -> dict[str, bytes | str]:
    return {
        f"/opt/pbxware/{path.relative_to(top)}": str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in top.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def _carried_out(top: Path, bundle: Bundle) -> dict[str, bytes | str]:
    from callout.patches.patched import patched_contents

    tree = _tree(top)
    contents = {**bundle.contents, **patched_contents(bundle, {k: v for k, v in tree.items() if isinstance(v, bytes)})}
    for one in bundle.manifest.files:
        if one.action == "delete":
            del tree[one.path]
        else:
            tree[one.path] = one.target if one.target is not None else contents[one.after or ""]
    return tree


def test_trees_that_no_bundle_can_lead_between(tmp_path, trees):
    before, after = trees
    with pytest.raises(BadInput, match="are the same"):
        tree_difference(after, after, "/opt/pbxware")
    with pytest.raises(BadInput, match="is no folder"):
        tree_difference(before, after / "gone", "/opt/pbxware")
    with pytest.raises(BadInput, match="no absolute path"):
        tree_difference(before, after, "opt")
    os.mkfifo(after / "pipe")
    with pytest.raises(BadInput, match="no ordinary file"):
        tree_difference(before, after, "/opt/pbxware")


def test_nothing_is_overwritten(callout, tmp_path, trees):
    before, after = trees
    (tmp_path / "made/files").mkdir(parents=True)
    (tmp_path / "made/files/link-to-file").write_text("mine")
    status, _, said = callout("new", tmp_path / "made", "--before", before, "--after", after, "--at", "/opt/pbxware")
    assert (status, "cannot be written" in said) == (2, True)
    assert (tmp_path / "made/files/link-to-file").read_text() == "mine"
    assert callout("new", tmp_path / "other", "--before", before)[0] == 2
    assert callout("new", tmp_path / "other", "--id", "PW-1\nid: PW-2")[0] == 2
    assert not (tmp_path / "other").exists()


def test_lint_of_folder_and_of_bundle(site: Site, callout, tmp_path):
    folder = site.source(three_changes())
    status, out, _ = callout("lint", folder)
    assert (status, out.startswith("warn: It is for any version")) == (4, True)
    file = tmp_path / "x.callout"
    file.write_bytes(build(folder).to_bytes())
    status, out, _ = callout("lint", file, "--json")
    assert (status, [one["code"] for one in json.loads(out)["findings"]]) == (4, ["any"])
    (folder / "files/0").write_bytes(b"-----BEGIN PRIVATE KEY-----\n")
    assert callout("lint", folder)[0] == 3


@pytest.mark.parametrize(
    ("umask", "zone", "locale", "hash_seed"),
    [(0o077, "Pacific/Kiritimati", "C", "0"), (0o000, "America/St_Johns", "tr_TR.UTF-8", "7")],
)
def test_same_input_same_bytes_in_another_world(site: Site, tmp_path, umask, zone, locale, hash_seed):
    """Another umask, time zone, locale, hash seed, folder, order of creation and times of the files."""
    files = [*three_changes(), {"path": "now", "action": "symlink", "target": "8.1"}]
    folder = site.source(
        files, customers=["b", "a"], expires="2027-01-31T00:00:00Z", requires=["PW-2", "PW-1"], sequence=2,
        sql={"up": "files/up", "down": "files/down", "transactional": True},
    )  # fmt: skip
    (folder / "files/up").write_text("UPDATE a SET b = 'ü';\n")
    (folder / "files/down").write_text("UPDATE a SET b = 'i';\n")
    there = tmp_path / "another place"
    (there / "files").mkdir(parents=True)
    for path in sorted((folder / "files").iterdir(), reverse=True):
        (there / "files" / path.name).write_bytes(path.read_bytes())
        os.utime(there / "files" / path.name, (0, 1))
        (there / "files" / path.name).chmod(0o755)
    (there / "bundle.yml").write_bytes((folder / "bundle.yml").read_bytes())
    program = (
        "import os, sys; os.umask(int(sys.argv[2]));"
        "from pathlib import Path; from callout.patches.build import build;"
        "sys.stdout.buffer.write(build(Path(sys.argv[1])).to_bytes())"
    )
    environment = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program, str(there), str(umask)], env=environment, check=True, capture_output=True
    )
    assert sha256(done.stdout) == sha256(build(folder).to_bytes())
