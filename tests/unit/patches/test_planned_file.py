"""One file of a bundle beside what is there: symlinks, diffs, and what stands in the way."""

from __future__ import annotations

import pytest

from callout.patches.file_change import FileChange, text_sha256
from callout.patches.images import ABSENT, Image, Observed
from callout.patches.planned_file import planned_file

FILE = Image("file", "1" * 64, "0640", 5, 6)
OTHER = Image("file", "2" * 64, "0640", 5, 6)
LINK, OTHER_LINK = Image("symlink", text_sha256("8.0")), Image("symlink", text_sha256("7.9"))
UNREAD_LINK = Image("symlink")
TO = {"action": "symlink", "target": "8.1"}
NOTHING_OR_LINK = {**TO, "before": ["absent", f"link:{LINK.sha256}"]}
PATCH = {"action": "patch", "before": [FILE.sha256], "after": "3" * 64, "size": 3, "diff": "4" * 64}


def verdict(change: dict, image: Image, **seen) -> tuple[str, str]:
    made = planned_file(
        FileChange(path="/opt/a", **change), Observed("/opt/a", image, **{"links": 1, "size_bytes": 3, **seen})
    )
    return made.verdict, made.code


@pytest.mark.parametrize(
    ("change", "image", "expected"),
    [
        (NOTHING_OR_LINK, ABSENT, ("symlink", "")),
        (NOTHING_OR_LINK, LINK, ("symlink", "")),
        (NOTHING_OR_LINK, Image("symlink", text_sha256("8.1"), "", 7, 7), ("already-in", "")),
        (NOTHING_OR_LINK, OTHER_LINK, ("blocked", "other-link")),
        (NOTHING_OR_LINK, UNREAD_LINK, ("blocked", "symlink")),
        (NOTHING_OR_LINK, FILE, ("blocked", "exists")),
        (NOTHING_OR_LINK, Image("folder"), ("blocked", "folder")),
        ({**TO, "before": [FILE.sha256]}, FILE, ("symlink", "")),
        ({**TO, "before": [FILE.sha256]}, OTHER, ("blocked", "modified")),
        ({**TO, "before": [FILE.sha256]}, ABSENT, ("blocked", "missing")),
        ({**TO, "before": [FILE.sha256]}, LINK, ("blocked", "symlink")),
        ({"action": "delete", "before": [f"link:{LINK.sha256}"]}, LINK, ("delete", "")),
        ({"action": "delete", "before": [f"link:{LINK.sha256}"]}, ABSENT, ("already-in", "")),
        ({"action": "delete", "before": [f"link:{LINK.sha256}"]}, FILE, ("blocked", "exists")),
        (PATCH, FILE, ("patch", "")),
        (PATCH, OTHER, ("blocked", "modified")),
        (PATCH, ABSENT, ("blocked", "missing")),
        (PATCH, LINK, ("blocked", "symlink")),
        (PATCH, Image("file", "3" * 64, "0640", 5, 6), ("already-in", "")),
        ({**PATCH, "mode": "0600"}, Image("file", "3" * 64, "0640", 5, 6), ("patch", "")),
    ],
)
def test_verdicts(change, image, expected):
    assert verdict(change, image) == expected


def test_patched_file_keeps_mode_and_owner():
    change = FileChange(path="/opt/a", **PATCH)
    made = planned_file(change, Observed("/opt/a", FILE, links=1, size_bytes=3))
    assert made.after == Image("file", "3" * 64, "0640", 5, 6)


def test_new_symlink_tells_what_it_will_say():
    made = planned_file(FileChange(path="/opt/a", **NOTHING_OR_LINK), Observed("/opt/a", LINK))
    assert made.as_dict() == {
        "path": "/opt/a",
        "verdict": "symlink",
        "before": {"kind": "symlink", "sha256": LINK.sha256, "owner": "0:0"},
        "after": {"kind": "symlink", "sha256": text_sha256("8.1"), "owner": "0:0"},
        "target": "8.1",
    }


def test_way_and_hard_links_count_for_every_action():
    assert verdict(PATCH, FILE, links=2) == ("blocked", "hard-links")
    assert verdict(NOTHING_OR_LINK, ABSENT, way="symlink") == ("blocked", "way-symlink")
    assert verdict({"action": "delete", "before": [FILE.sha256]}, ABSENT, way="missing") == ("blocked", "way-missing")
