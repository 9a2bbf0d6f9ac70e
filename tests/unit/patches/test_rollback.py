"""Taking bundles back: from here or from there, in any legal order, showing what would be lost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from callout.errors import Refused
from callout.ledger import Draft
from callout.patches.order import Applied, stands_on
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from callout.steps.roll_back import roll_back
from tests.unit.local_shell import BUSYBOX, DASH
from tests.unit.patches.conftest import NOW, Site, idle, sha256, three_changes, well


def applied(site: Site, files: list[dict[str, Any]], **values: Any) -> Path:
    bundle = site.bundle(files, **values)
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1").hash
    assert apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle).changed
    return bundle


def back(site: Site, bundle: str) -> bool:
    return roll_back(site.context, site.system, site.callout, bundle, well).changed


def replaces(path: str, before: bytes, after: bytes) -> dict[str, Any]:
    return {"path": path, "action": "replace", "before": [sha256(before)], "content": after}


@pytest.mark.parametrize("shell", [DASH, BUSYBOX])
@pytest.mark.parametrize("lost", ["here", "there", "none"])
def test_either_copy_of_the_originals_suffices(site: Site, shell, lost: str):
    site.shell = shell
    (site.root / "gui/link").symlink_to("login.php")
    before = site.tree()
    applied(site, [*three_changes(), {"path": "gui/link", "action": "delete", "before": [{"link": "login.php"}]}])
    kept = site.root / ".callout-originals"
    assert {path.stat().st_mode & 0o7777 for path in (kept, *kept.iterdir())} == {0o700}
    assert {path.stat().st_mode & 0o7777 for path in kept.glob("*/*")} == {0o600}
    if lost == "here":
        shutil.rmtree(site.context.places.originals)
    if lost == "there":
        shutil.rmtree(kept)
    assert back(site, "PW-2041")
    assert site.tree() == before


def test_both_copies_lost_is_refused_and_changes_nothing(site: Site):
    applied(site, three_changes())
    shutil.rmtree(site.context.places.originals)
    for copy in (site.root / ".callout-originals").glob("*/*"):
        copy.write_bytes(b"somebody was here")
    before = site.tree()
    with pytest.raises(Refused, match=r"is neither here in .* nor on the system") as refused:
        back(site, "PW-2041")
    assert [reason["code"] for reason in refused.value.reasons] == ["original-gone"]
    assert site.tree() == before


def test_kept_there_until_the_customer_accepts_or_it_is_taken_back(site: Site):
    """The next change cleans up; what is still wanted, and what is not ours, stays."""
    kept = site.root / ".callout-originals"
    applied(site, [replaces("gui/login.php", b"old login\n", b"1\n")], id="PW-1")
    first = {path.name for path in kept.iterdir()}
    applied(site, [replaces("etc/other.conf", b"other\n", b"2\n")], id="PW-2")
    assert len(list(kept.iterdir())) == 2
    of_another_desk = kept / "0123456789ab"
    of_another_desk.mkdir(mode=0o700)
    site.context.ledger.append(Draft("accepted", NOW, "eva@desk", "acme", "acme-pbx1", "CO-0001", {"by": "Anna"}))
    applied(site, [replaces("etc/stale.conf", b"stale\n", b"3\n")], id="PW-3")
    now = {path.name for path in kept.iterdir()}
    assert of_another_desk.name in now
    assert first.isdisjoint(now)
    assert len(now) == 2
    of_another_desk.rmdir()
    assert back(site, "PW-3")
    assert not kept.exists()


def test_forty_are_kept_there_and_more_are_told(site: Site):
    kept = site.root / ".callout-originals"
    kept.mkdir(mode=0o700)
    for number in range(40):
        (kept / f"{number:012x}").mkdir(mode=0o700)
    bundle = site.bundle(three_changes())
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1").hash
    outcome = apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle)
    assert [finding.code for finding in outcome.findings] == ["kept-here-only"]
    assert len(list(kept.iterdir())) == 40


def test_kept_folder_that_is_not_ours_alone_is_not_used(site: Site):
    kept = site.root / ".callout-originals"
    kept.mkdir(mode=0o777)
    kept.chmod(0o777)
    bundle = site.bundle(three_changes())
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1").hash
    outcome = apply_bundle(site.context, site.system, site.callout, bundle, plan, well, idle)
    assert [finding.code for finding in outcome.findings] == ["kept-here-only"]
    assert list(kept.iterdir()) == []


def test_bundle_with_a_later_one_on_the_same_file_is_refused_and_shown(site: Site):
    applied(site, [replaces("gui/login.php", b"old login\n", b"one\n")], id="PW-2041")
    applied(site, [replaces("gui/login.php", b"one\n", b"two\n")], id="PW-2042")
    before = site.tree()
    with pytest.raises(Refused, match=r"PW-2042 was applied after it \(CO-0001\) and changed .*login.php") as refused:
        back(site, "PW-2041")
    assert [reason["code"] for reason in refused.value.reasons] == ["applied-after"]
    assert site.tree() == before
    assert back(site, "PW-2042")
    assert back(site, "PW-2041")
    assert (site.root / "gui/login.php").read_bytes() == b"old login\n"


@pytest.mark.parametrize("order", [("PW-1", "PW-2", "PW-3"), ("PW-2", "PW-3", "PW-1")])
def test_unrelated_bundles_go_in_any_order(site: Site, order):
    before = site.tree()
    applied(site, [replaces("gui/login.php", b"old login\n", b"1\n")], id="PW-1")
    applied(site, [replaces("etc/other.conf", b"other\n", b"2\n")], id="PW-2")
    applied(site, [replaces("etc/stale.conf", b"stale\n", b"3\n")], id="PW-3")
    for bundle in order:
        assert back(site, bundle)
    assert site.tree() == before


def test_later_change_of_somebody_else_is_shown(site: Site):
    applied(site, three_changes())
    (site.root / "gui/login.php").write_bytes(b"new login\na customer's own line\n")
    with pytest.raises(Refused) as refused:
        back(site, "PW-2041")
    (reason,) = refused.value.reasons
    assert reason["code"] == "changed-since"
    assert reason["evidence"]["diff"].splitlines()[3:] == [" new login", "+a customer's own line"]


def one(bundle: str, seq: int, paths: str = "", database: bool = False, requires: str = "") -> Applied:
    return Applied(bundle, bundle, "CO-1", seq, frozenset(paths.split()), database, frozenset(requires.split()))


@pytest.mark.parametrize(
    ("this", "others", "codes"),
    [
        (one("PW-1", 1, "/a /b"), [one("PW-2", 2, "/c"), one("PW-3", 3, "/b")], ["applied-after"]),
        (one("PW-3", 3, "/a"), [one("PW-1", 1, "/a"), one("PW-2", 2, "/a")], []),
        (one("PW-1", 1, "/a"), [one("PW-2", 2, "/b", requires="PW-1")], ["required"]),
        (one("PW-1", 1, "/a", database=True), [one("PW-2", 2, "/b", database=True)], ["database-after"]),
        (one("PW-1", 1, "/a", database=True), [one("PW-2", 2, "/b")], []),
        (one("PW-1", 1, "/a"), [one("PW-2", 2, "/a"), one("PW-3", 3, "/a")], ["applied-after", "applied-after"]),
    ],
)
def test_what_stands_on_a_bundle(this: Applied, others: list[Applied], codes: list[str]):
    assert [finding.code for finding in stands_on(this, others)] == codes
