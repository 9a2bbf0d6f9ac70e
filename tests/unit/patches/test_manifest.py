"""Manifests: format 1 byte for byte as it always was, format 2 with all that it says, and what neither takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callout.errors import BadInput
from callout.patches.build import build
from callout.patches.bundle import read_payload
from callout.patches.file_change import text_sha256
from callout.patches.manifest import FILE_SINCE_2, SINCE_2, Manifest, manifest_from, manifest_from_text
from tests.unit.patches.conftest import Site, sha256, three_changes

ONE = "0" * 64
# Built by callout 0.1.0, before there was a format 2.
TEXT_OF_FORMAT_1 = (
    '{"bug":"PBX-77","documentation":"https://docs.example/PBX-77","downtime_minutes":5,"files":[{"action":"replace",'
    '"after":"' + ONE + '","before":["' + ONE + '"],"mode":"keep","owner":"keep","path":"/opt/a","size":3},'
    '{"action":"create","after":"' + ONE + '","before":[],"mode":"0644","owner":"0:0","path":"/opt/b","size":3}],'
    '"format_version":1,"id":"PW-1","products":["pbxware"],"restart":["web"],"severity":"high","title":"T",'
    '"versions":{"maximum":"8.1","minimum":null}}'
)
BEFORE, LINK = "1" * 64, "link:" + "2" * 64


def values(**changed: Any) -> dict[str, Any]:
    return {**json.loads(TEXT_OF_FORMAT_1), "format_version": 2, **changed}


def one_file(**changed: Any) -> dict[str, Any]:
    return values(files=[{"path": "/opt/a", **changed}])


def complaint(raw: dict[str, Any]) -> str:
    with pytest.raises(BadInput) as refused:
        manifest_from(raw, "bundle.yml")
    assert "\n" not in refused.value.message
    return refused.value.message


def test_format_1_is_what_it_was_byte_for_byte():
    assert manifest_from_text(TEXT_OF_FORMAT_1.encode(), "x").text == TEXT_OF_FORMAT_1


@pytest.mark.parametrize("key", sorted(SINCE_2))
def test_format_1_with_a_key_of_format_2_is_none(key):
    default = json.loads(json.dumps(Manifest.model_fields[key].default))
    raw = json.dumps({**json.loads(TEXT_OF_FORMAT_1), key: default}, sort_keys=True, separators=(",", ":"))
    with pytest.raises(BadInput, match="not canonical"):
        manifest_from_text(raw.encode(), "x")


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"sequence": 1}, "sequence"),
        ({"customers": ["acme"]}, "customers"),
        ({"files": [{"path": "/a", "action": "symlink", "target": "b", "before": ["absent"]}]}, "action symlink"),
        ({"files": [{"path": "/a", "action": "delete", "before": [LINK]}]}, "before with"),
    ],
)
def test_format_1_cannot_say_what_only_format_2_has_words_for(changed, what):
    assert what in complaint({**values(**changed), "format_version": 1})


def test_all_of_format_2_there_and_back(site: Site):
    folder = site.source(
        [*three_changes(), {"path": "current", "action": "symlink", "target": "../8.1", "before": ["absent"]}],
        customers=["zeta", "acme"], expires="2027-01-31T00:00:00Z", sequence=3, requires=["PW-2", "PW-1"],
        conflicts=["PW-3"], supersedes=["PW-4"], health=["service@asterisk"], manual=["Tell them."],
        sql={"up": "files/up", "down": "files/down", "transactional": True},
    )  # fmt: skip
    (folder / "files/up").write_text("UPDATE a SET b = 1;\n")
    (folder / "files/down").write_text("UPDATE a SET b = 0;\n")
    bundle = read_payload(build(folder), "x")
    manifest = bundle.manifest
    assert (manifest.format_version, manifest.customers, manifest.requires) == (2, ("acme", "zeta"), ("PW-1", "PW-2"))
    assert manifest.expires_at is not None and manifest.expires_at.isoformat() == "2027-01-31T00:00:00+00:00"
    assert bundle.sql == {"up": b"UPDATE a SET b = 1;\n", "down": b"UPDATE a SET b = 0;\n"}
    assert manifest.files[3].target_sha256 == sha256(b"../8.1")
    assert set(json.loads(manifest.text)) >= SINCE_2
    assert set(json.loads(manifest.text)["files"][0]) >= FILE_SINCE_2


def test_diff_in_a_folder_becomes_what_it_makes(site: Site):
    folder = site.source([{"path": "gui/login.php", "action": "patch", "before": ["files/old"], "diff": "files/d"}])
    (folder / "files/old").write_bytes(b"old login\n")
    (folder / "files/d").write_bytes(b"--- a\n+++ b\n@@ -1 +1 @@\n-old login\n+new login\n")
    bundle = read_payload(build(folder), "x")
    (one,) = bundle.manifest.files
    assert (one.before, one.after, one.size) == ((sha256(b"old login\n"),), sha256(b"new login\n"), 10)
    assert list(bundle.diffs) == [one.diff]
    assert not bundle.contents


@pytest.mark.parametrize(
    ("diff", "sentence"),
    [
        (b"--- a\n+++ b\n@@ -1 +1 @@\n-other login\n+new login\n", "hunk 1 does not fit: line 1"),
        (b"--- a\n+++ b\n@@ -2 +2 @@\n-old login\n+new login\n", "hunk 1 goes to line 2"),
        (b"", "does not begin"),
    ],
)
def test_diff_that_does_not_fit_its_original_is_not_built(site: Site, diff, sentence):
    folder = site.source([{"path": "gui/login.php", "action": "patch", "before": ["files/old"], "diff": "files/d"}])
    (folder / "files/old").write_bytes(b"old login\n")
    (folder / "files/d").write_bytes(diff)
    with pytest.raises(BadInput, match=sentence):
        build(folder)


def test_diff_and_content_of_one_file_are_one_too_many(site: Site):
    change = {
        "path": "gui/login.php",
        "action": "patch",
        "before": ["files/old"],
        "diff": "files/d",
        "content": b"new\n",
    }
    folder = site.source([change])
    (folder / "files/old").write_bytes(b"old login\n")
    (folder / "files/d").write_bytes(b"--- a\n+++ b\n@@ -1 +1 @@\n-old login\n+new login\n")
    with pytest.raises(BadInput, match="the diff makes the content"):
        build(folder)


def test_time_that_yaml_reads_by_itself(site: Site):
    folder = site.source(three_changes())
    text = (folder / "bundle.yml").read_text()
    (folder / "bundle.yml").write_text(text[:-1] + ',\n"expires": 2027-01-31T02:00:00+02:00}')
    assert read_payload(build(folder), "x").manifest.expires == "2027-01-31T00:00:00Z"
    (folder / "bundle.yml").write_text(text[:-1] + ',\n"expires": 2027-01-31}')
    with pytest.raises(BadInput, match="expires"):
        build(folder)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (values(requires=["PW-1"]), "its own id"),
        (values(requires=["PW-2"], conflicts=["PW-2"]), "in 'requires' already"),
        (values(customers=["acme", "acme"]), "same one twice"),
        (values(sequence=-1), "sequence"),
        (values(sequence=1.0), "sequence"),
        (values(expires="2027-01-31"), "expires"),
        (values(expires="2027-02-31T00:00:00Z"), "expires"),
        (values(expires="2027-01-31T00:00:00+00:00"), "expires"),
        (values(sql={"up": ONE, "down": ONE}), "sql.transactional"),
        (values(sql={"up": ONE, "down": ONE, "transactional": "yes"}), "sql.transactional"),
        (values(sql={"database": "mysql", "up": ONE, "down": ONE, "transactional": True}), "sql.database"),
        (values(manual=["two\nlines"]), "manual"),
        (values(health=["web; reboot"]), "health"),
        (values(**{"\x1b[2Jkey": 1}), "x1b"),
        (one_file(action="symlink", before=["absent"]), "needs a 'target'"),
        (one_file(action="symlink", target="", before=["absent"]), "target"),
        (one_file(action="symlink", target="a\nb", before=["absent"]), "target"),
        (one_file(action="symlink", target="/proc/1/mem", before=["absent"]), "target"),
        (one_file(action="symlink", target="b"), "needs at least one 'before'"),
        (one_file(action="symlink", target="b", before=["absent"], mode="0777"), "takes no 'mode'"),
        (one_file(action="delete", before=["absent"]), "does not take absent"),
        (one_file(action="delete", before=[BEFORE], target="b"), "takes no 'target'"),
        (one_file(action="delete", before=[BEFORE, BEFORE]), "same one twice"),
        (one_file(action="replace", before=[LINK], after=ONE, size=1), "needs 'mode' and 'owner'"),
        (one_file(action="patch", before=[BEFORE], after=ONE, size=1), "needs a 'diff'"),
        (one_file(action="patch", before=[BEFORE, ONE], after=ONE, size=1, diff=ONE), "exactly one"),
        (one_file(action="patch", before=[LINK], after=ONE, size=1, diff=ONE), "exactly one"),
        (one_file(action="replace", before=[BEFORE], after=ONE, size=1, diff=ONE), "takes no 'diff'"),
        (values(files=[{"path": "/a", "action": "symlink", "target": "b", "before": ["absent"]},
                       {"path": "/a/b", "action": "delete", "before": [BEFORE]}]), "cannot be a file and a folder"),
    ],
    ids=range(29),
)  # fmt: skip
def test_what_format_2_does_not_take(raw, sentence):
    assert sentence in complaint(raw)


def test_link_in_a_folder_is_named_by_what_it_says(site: Site):
    folder = site.source(
        [{"path": "now", "action": "symlink", "target": "8.1", "before": ["absent", {"link": "8.0"}]}],
    )
    before = read_payload(build(folder), "x").manifest.files[0].before
    assert before == ("absent", f"link:{text_sha256('8.0')}")
