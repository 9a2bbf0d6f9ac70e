"""A file that is changed by a diff, from bundle to system and back; and how a modified file is shown."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from callout.errors import CalloutError
from callout.patches.build import build
from callout.patches.bundle import Bundle, read_payload
from callout.patches.modified import MAXIMUM_SHOWN_LINES, Modified, modified_text
from callout.patches.patched import patched_contents
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from callout.steps.plan_notes import plan_notes
from callout.steps.roll_back import roll_back
from tests.unit.local_shell import BUSYBOX, DASH
from tests.unit.patches.conftest import Site, idle, sha256, three_changes, well

OLD, NEW = b"[general]\r\nport = 5060\r\nrealm = a", b"[general]\r\nport = 5070\r\nrealm = a"
DIFF = b"""--- a
+++ b
@@ -1,3 +1,3 @@
 [general]\r
-port = 5060\r
+port = 5070\r
 realm = a
\\ No newline at end of file
"""


def folder_of(site: Site, **more: Any) -> Any:
    change = {"path": "etc/sip.conf", "action": "patch", "before": ["files/original"], "diff": "files/diff"}
    folder = site.source([change], **more)
    (folder / "files/original").write_bytes(OLD)
    (folder / "files/diff").write_bytes(DIFF)
    return folder


def planned(site: Site, bundle: Any) -> Any:
    return make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1")


@pytest.mark.parametrize("shell", [DASH, BUSYBOX])
def test_fetched_patched_here_and_put_back(site: Site, shell):
    site.shell = shell
    target = site.root / "etc/sip.conf"
    target.write_bytes(OLD)
    target.chmod(0o640)
    before = site.tree()
    container = build(folder_of(site))
    assert NEW not in container.payload and OLD not in container.payload
    bundle = site.signed(container)
    plan = planned(site, bundle)
    assert plan.files[0].verdict == "patch"

    outcome = apply_bundle(site.context, site.system, site.callout, bundle, plan.hash, well, idle, check=True)
    assert (outcome.changed, site.tree()) == (True, before)
    outcome = apply_bundle(site.context, site.system, site.callout, bundle, plan.hash, well, idle)
    assert (target.read_bytes(), target.stat().st_mode) == (NEW, 0o100640)
    assert [(one["before"], one["after"]) for one in outcome.diff] == [(_shown(OLD), _shown(NEW))]
    assert not apply_bundle(site.context, site.system, site.callout, bundle, plan.hash, well, idle).changed

    assert roll_back(site.context, site.system, site.callout, "PW-2041", well).changed
    assert target.read_bytes() == OLD


def _shown(text: bytes) -> str:
    return text.decode().replace("\r", "\\r")


def _bundle(site: Site, **changed: Any) -> Bundle:
    bundle = read_payload(build(folder_of(site)), "x")
    files = (bundle.manifest.files[0].model_copy(update=changed),)
    return dataclasses.replace(bundle, manifest=bundle.manifest.model_copy(update={"files": files}))


def test_diff_that_makes_something_else_stops_before_anything_is_changed(site: Site):
    path = str(site.root / "etc/sip.conf")
    assert patched_contents(_bundle(site), {path: OLD}) == {sha256(NEW): NEW}
    assert patched_contents(_bundle(site), {}) == {}
    assert patched_contents(_bundle(site), {path: NEW}) == {sha256(NEW): NEW}
    with pytest.raises(CalloutError, match="is not what the manifest promises"):
        patched_contents(_bundle(site, after="1" * 64), {path: OLD})
    with pytest.raises(CalloutError, match="hunk 1 does not fit: line 2"):
        patched_contents(_bundle(site), {path: OLD.replace(b"5060", b"5061")})


def test_modified_file_is_shown_beside_what_was_there_before(site: Site):
    """The original is known from an earlier patch of the same file; the customer has changed it since."""
    first = site.bundle(three_changes())
    apply_bundle(site.context, site.system, site.callout, first, planned(site, first).hash, well, idle)
    target = site.root / "gui/login.php"
    target.write_bytes(b"old login\npassword = swordfish\n\x1b[2J\n")
    plan = planned(site, first)
    assert plan.verdict == "blocked"
    events = site.kinds()

    (told,) = plan_notes(site.context, site.system, plan).modified

    assert "\n old login\n+password = (not shown)\n+\\x1b[2J\n" in told
    assert "swordfish" not in told and "\x1b" not in told
    assert site.kinds() == events
    assert "swordfish" not in str(plan.as_dict())


def test_secret_file_is_named_and_not_shown(site: Site):
    (site.root / "etc/stale.conf").write_bytes(b"-----BEGIN OPENSSH PRIVATE KEY-----\n")
    (told,) = plan_notes(site.context, site.system, planned(site, site.bundle(three_changes()))).modified
    assert told.endswith("etc/stale.conf was modified: not shown, it holds secrets.\n")


def test_without_anything_to_compare_with_the_diff_of_the_bundle_tells(site: Site):
    target = site.root / "etc/sip.conf"
    bundle = site.signed(build(folder_of(site)))
    for text, words in (
        (OLD.replace(b"5060", b"5062"), "the bundle's diff: hunk 1 does not fit: line 2"),
        (OLD.replace(b"realm = a", b"realm = a\r\nmore"), "the bundle's diff: hunk 1 does not fit: line 3"),
    ):
        target.write_bytes(text)
        (told,) = plan_notes(site.context, site.system, planned(site, bundle)).modified
        assert words in told


def test_calls_are_told_and_unknown_is_said(site: Site):
    notes = plan_notes(site.context, site.system, planned(site, site.bundle(three_changes())))
    assert (notes.calls, notes.text) == (None, "Calls in progress now: not known\n")


def test_long_and_binary_differences_are_bounded():
    lines = b"".join(b"%d\n" % number for number in range(1000))
    told = modified_text(Modified("/opt/a", lines, b""))
    assert len(told.splitlines()) == MAXIMUM_SHOWN_LINES + 2
    assert told.endswith("lines more\n")
    assert "no text" in modified_text(Modified("/opt/a", b"\0", b"a\n"))
    assert max(map(len, modified_text(Modified("/opt/a", b"x" * 9999, b"a\n")).splitlines())) <= 300
