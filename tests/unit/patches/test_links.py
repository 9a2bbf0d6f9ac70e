"""Symlinks, old ones and new ones: made, replaced, removed, never followed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from callout.errors import Refused, RolledBack
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from callout.steps.roll_back import roll_back
from tests.unit.local_shell import BUSYBOX, DASH
from tests.unit.patches.conftest import Site, idle, sha256, well
from tests.unit.patches.test_apply import ill


def says(target: str) -> dict[str, str]:
    return {"link": target}


def seven_changes() -> list[dict[str, Any]]:
    """Each way between a file, a symlink and nothing, on the tree that `linked` makes."""
    new = {"content": b"a file now\n", "mode": "0644", "owner": "0:0"}
    return [
        {"path": "gui/current", "action": "symlink", "target": "login.php"},
        {"path": "gui/dangling new", "action": "symlink", "target": "/nowhere/at all", "before": ["absent"]},
        {"path": "gui/old link", "action": "symlink", "target": "../etc/other.conf", "before": [says("login.php")]},
        {"path": "gui/file to link", "action": "symlink", "target": "login.php", "before": [sha256(b"plain\n")]},
        {"path": "gui/link to file", "action": "replace", "before": [says("../etc/other.conf")], **new},
        {"path": "gui/link to go", "action": "delete", "before": [says("-n *$(id)")]},
        {"path": "gui/login.php", "action": "replace", "before": [sha256(b"old login\n")], "content": b"new login\n"},
    ]


def linked(site: Site, folder_link: bool = False) -> None:
    gui = site.root / "gui"
    (gui / "old link").symlink_to("login.php")
    (gui / "file to link").write_bytes(b"plain\n")
    (gui / "link to file").symlink_to("../etc/other.conf")
    (gui / "link to go").symlink_to("-n *$(id)")
    if folder_link:
        (gui / "into").symlink_to("../etc")


def planned(site: Site, bundle: Path) -> str:
    return make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1").hash


@pytest.mark.parametrize("shell", [DASH, BUSYBOX])
def test_each_way_between_file_link_and_nothing_and_back(site: Site, shell):
    site.shell = shell
    linked(site)
    before = site.tree()
    bundle = site.bundle(seven_changes())

    outcome = apply_bundle(site.context, site.system, site.callout, bundle, planned(site, bundle), well, idle)

    after = site.own_tree()
    assert after["gui/current"][0] == b"login.php"
    assert after["gui/dangling new"][0] == b"/nowhere/at all"
    assert after["gui/old link"][0] == b"../etc/other.conf"
    assert (site.root / "gui/file to link").is_symlink()
    assert after["gui/link to file"][:2] == (b"a file now\n", 0o100644)
    assert "gui/link to go" not in after
    assert after["etc/other.conf"] == before["etc/other.conf"]
    assert [one["after"] for one in outcome.diff][:2] == ["login.php", "/nowhere/at all"]

    assert roll_back(site.context, site.system, site.callout, "PW-2041", well).changed
    assert site.tree() == before


@pytest.mark.parametrize("shell", [DASH, BUSYBOX])
def test_health_that_fails_takes_links_back(site: Site, shell):
    site.shell = shell
    linked(site)
    before = site.tree()
    bundle = site.bundle(seven_changes())
    with pytest.raises(RolledBack):
        apply_bundle(site.context, site.system, site.callout, bundle, planned(site, bundle), ill, idle)
    assert site.tree() == before


def test_link_into_a_folder_becomes_a_file_and_the_folder_is_not_written_into(site: Site):
    linked(site, folder_link=True)
    before = site.tree()
    new = {"content": b"a file now\n", "mode": "0644", "owner": "0:0"}
    bundle = site.bundle([{"path": "gui/into", "action": "replace", "before": [says("../etc")], **new}])
    apply_bundle(site.context, site.system, site.callout, bundle, planned(site, bundle), well, idle)
    after = site.own_tree()
    assert after.pop("gui/into")[:2] == (b"a file now\n", 0o100644)
    assert after == {path: image for path, image in before.items() if path != "gui/into"}
    roll_back(site.context, site.system, site.callout, "PW-2041", well)
    assert site.tree() == before


def test_busybox_that_cannot_put_a_file_in_place_of_a_link_to_a_folder_leaves_all_as_it_was(site: Site):
    """Its `mv -T` refuses that: then nothing is changed, rather than written into that folder."""
    site.shell = BUSYBOX
    linked(site, folder_link=True)
    before = site.tree()
    new = {"content": b"a file now\n", "mode": "0644", "owner": "0:0"}
    changes = [*seven_changes(), {"path": "gui/into", "action": "replace", "before": [says("../etc")], **new}]
    bundle = site.bundle(changes)
    with pytest.raises(RolledBack, match="gui/into could not be renamed"):
        apply_bundle(site.context, site.system, site.callout, bundle, planned(site, bundle), well, idle)
    assert site.tree() == before


def test_link_that_says_something_else_blocks(site: Site):
    linked(site)
    (site.root / "gui/old link").unlink()
    (site.root / "gui/old link").symlink_to("somewhere else")
    bundle = site.bundle(seven_changes())
    with pytest.raises(Refused) as refused:
        apply_bundle(site.context, site.system, site.callout, bundle, planned(site, bundle), well, idle)
    assert [reason["code"] for reason in refused.value.reasons] == ["other-link"]


def test_link_that_changes_after_the_plan_is_refused(site: Site):
    linked(site)
    bundle = site.bundle(seven_changes())
    plan = planned(site, bundle)
    (site.root / "gui/link to go").unlink()
    (site.root / "gui/link to go").write_text(hashlib.sha256(b"x").hexdigest())
    before = site.tree()
    with pytest.raises(Refused):
        apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle)
    assert site.tree() == before
