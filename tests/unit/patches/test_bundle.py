"""Bundles: the same input gives the same bytes, and only such bytes are read."""

from __future__ import annotations

import io
import json
import shutil
import tarfile

import pytest

from callout.errors import BadInput, CalloutError
from callout.patches.archive import read_members, write_members
from callout.patches.build import build
from callout.patches.bundle import Container, read_container, read_payload
from callout.patches.manifest import manifest_from_text
from tests.unit.patches.conftest import Site, sha256, three_changes

GOOD = write_members([("bundle.json", b"{}"), ("files/a", b"x" * 700)])


def test_built_twice_gives_the_same_bytes(site: Site, tmp_path):
    folder = site.source(three_changes())
    elsewhere = shutil.copytree(folder, tmp_path / "elsewhere")
    (elsewhere / "bundle.yml").touch()
    assert build(folder).to_bytes() == build(elsewhere).to_bytes()


def test_built_bundle_reads_back(site: Site):
    container = read_container(site.bundle(three_changes()))
    bundle = read_payload(container, "PW-2041.callout")
    assert [change.action for change in bundle.manifest.files] == ["replace", "create", "delete"]
    assert set(bundle.contents.values()) == {b"new login\n", b"\x00\xffextra"}
    # An ordinary tar reads it as well: nobody needs our program to look inside.
    with tarfile.open(fileobj=io.BytesIO(container.payload)) as archive:
        assert archive.getnames()[0] == "bundle.json"


def test_before_may_name_a_file_of_the_source(site: Site):
    folder = site.source([{"path": "gui/login.php", "action": "replace", "before": ["old"], "content": b"new"}])
    (folder / "old").write_bytes(b"old login\n")
    bundle = read_payload(build(folder), "x")
    assert bundle.manifest.files[0].before == (sha256(b"old login\n"),)


def foreign(**values) -> bytes:
    """A tar with one member that tarfile writes with these values."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=values.pop("format", tarfile.USTAR_FORMAT)) as archive:
        info = tarfile.TarInfo(values.pop("name", "bundle.json"))
        for key, value in values.items():
            setattr(info, key, value)
        archive.addfile(info, io.BytesIO(b"x" * info.size))
    return stream.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"\0" * 1024,
        b"not a tar at all, but long enough to hold a header " * 40,
        GOOD[:-1],
        GOOD[:-1024],
        GOOD[:700],
        GOOD + b"\0",
        GOOD[:600] + b"\1" + GOOD[601:],
        GOOD[:1024] + GOOD[:1024] + GOOD[1024:],
        foreign(type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        foreign(type=tarfile.LNKTYPE, linkname="bundle.json"),
        foreign(type=tarfile.DIRTYPE),
        foreign(type=tarfile.CHRTYPE),
        foreign(mode=0o4755),
        foreign(mtime=1),
        foreign(uid=0, uname="root"),
        foreign(name="x" * 120, format=tarfile.GNU_FORMAT),
        foreign(name="é", format=tarfile.PAX_FORMAT),
    ],
    ids=range(18),
)
def test_other_archives_are_no_bundles(archive, tmp_path):
    path = tmp_path / "x.callout"
    path.write_bytes(archive)
    with pytest.raises(BadInput, match="is no patch bundle"):
        read_container(path)


def test_every_single_bit_of_a_header_counts():
    for place in range(512):
        damaged = bytearray(GOOD)
        damaged[place] ^= 1
        try:
            members = read_members(bytes(damaged), what="x", maximum_members=9)
        except BadInput:
            continue
        raise AssertionError(f"byte {place}: {list(members)}")


def test_too_many_members():
    many = write_members([(f"files/{number}", b"") for number in range(600)])
    with pytest.raises(BadInput, match="more than 501 members"):
        read_members(many, what="x", maximum_members=501)


def test_over_64_mib_is_not_read_whole(tmp_path):
    path = tmp_path / "huge.callout"
    with path.open("wb") as stream:
        stream.truncate(10 * 1024 * 1024 * 1024)
    with pytest.raises(BadInput, match="over 64 MiB"):
        read_container(path)


def test_payload_must_fit_its_manifest_exactly(site: Site):
    payload = build(site.source(three_changes())).payload
    members = read_members(payload, what="x", maximum_members=9)
    names = list(members)
    variants = [
        [(name, members[name]) for name in reversed(names)],
        [(name, members[name]) for name in names[:-1]],
        [*members.items(), ("files/" + "0" * 64, b"more")],
        [(name, content + b"!" if name.startswith("files/") else content) for name, content in members.items()],
        [*members.items(), ("../../etc/cron.d/x", b"more")],
        [("bundle.json", b" " + members["bundle.json"]), *list(members.items())[1:]],
    ]
    for variant in variants:
        with pytest.raises(BadInput):
            read_payload(Container(write_members(variant)), "x")


@pytest.mark.parametrize(
    "path",
    [
        "relative", "/", "//etc/passwd", "/etc/../passwd", "/etc/./passwd", "/etc/", "/proc/1/mem", "/dev/sda", "/sys",
        "/etc/a\nb", "/etc/a\x1b[2J", "/etc/ a", "/etc/a ", "/" + "x" * 300, "/x" * 300, "/opt/.callout",
        "/opt/.callout-1-1.new", "/opt/\ud800", "",
    ],
)  # fmt: skip
def test_paths_that_no_bundle_may_name(site: Site, path):
    text = read_members(build(site.source(three_changes())).payload, what="x", maximum_members=9)["bundle.json"]
    values = json.loads(text)
    values["files"][0]["path"] = path
    with pytest.raises(BadInput):
        manifest_from_text(json.dumps(values, sort_keys=True, separators=(",", ":")).encode(), "x")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b"9" * 10_000,
        b'{"format_version": 2}',
        b'{"a": NaN}',
        b'"x"',
    ],
)
def test_manifests_that_are_none(raw):
    with pytest.raises(CalloutError):
        manifest_from_text(raw, "x")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"severity": "dire"}, "severity"),
        ({"versions": {"minimum": 8.0}}, "versions"),
        ({"extra": 1}, "extra"),
        ({"id": "../PW"}, "id"),
        ({"title": "two\nlines"}, "title"),
        ({"restart": ["web; reboot"]}, "restart"),
        ({"files": []}, "files"),
        ({"files": [{"path": "/etc/x", "action": "replace"}]}, "before"),
        ({"files": [{"path": "/etc/x", "action": "create", "content": "../../secret"}]}, "outside the folder"),
        ({"files": [{"path": "/etc/x", "action": "create", "content": "not there"}]}, "No such file"),
        ({"files": "x"}, "is a list"),
    ],
)
def test_source_that_is_wrong_is_told_with_file_and_key(site: Site, change, sentence):
    folder = site.source(three_changes(), **change) if "files" not in change else site.source([])
    if "files" in change:
        (folder / "bundle.yml").write_text(json.dumps({**json.loads((folder / "bundle.yml").read_text()), **change}))
    with pytest.raises(BadInput, match=sentence) as told:
        build(folder)
    assert "bundle.yml" in told.value.message
    assert "\n" not in told.value.message
