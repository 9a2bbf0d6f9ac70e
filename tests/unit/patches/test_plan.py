"""The plan: pure, deterministic, and it says why not."""

from __future__ import annotations

import dataclasses

import pytest

from callout.patches.build import build
from callout.patches.bundle import Bundle, read_payload
from callout.patches.images import ABSENT, Image, Observed
from callout.patches.obstacles import SystemFacts
from callout.patches.plan import Plan, make_plan
from callout.patches.versions import within
from callout.policy.charging import charging_clause
from tests.unit.patches.conftest import Site, sha256, three_changes

CHARGING = charging_clause("maintenance", None, "EUR", 15)
RESTART = {"web": "service web restart"}
FACTS = SystemFacts("acme", "acme-pbx1", "192.0.2.1", 2020, "pbxware", "8.1", RESTART, CHARGING, {})


def file(content: bytes, mode: str = "0644") -> Image:
    return Image("file", sha256(content), mode, 0, 0)


def seen(path: str, image: Image, **more) -> Observed:
    return Observed(path, image, **{"size_bytes": 9, "links": 1, "device": 7, "free_kib": 10**6, **more})


@pytest.fixture
def bundle(site: Site) -> Bundle:
    return read_payload(build(site.source(three_changes(), versions={"minimum": "8.0", "maximum": "8.1"})), "x")


@pytest.fixture
def observed(bundle: Bundle) -> list[Observed]:
    images = (file(b"old login\n", "0755"), ABSENT, file(b"stale\n"))
    return [seen(one.path, image) for one, image in zip(bundle.manifest.files, images, strict=True)]


def plan(bundle: Bundle, observed: list[Observed], ticket: str = "T-1", **facts) -> Plan:
    return make_plan(bundle, ["anna"], observed, dataclasses.replace(FACTS, **facts), ticket)


def codes(made: Plan) -> list[str]:
    assert made.verdict == "blocked"
    return [reason.code for reason in made.reasons]


def test_applicable(bundle, observed):
    made = plan(bundle, observed)
    assert made.verdict == "applicable"
    assert [one.verdict for one in made.files] == ["replace", "create", "delete"]
    assert made.files[0].after == Image("file", sha256(b"new login\n"), "0755", 0, 0)
    assert "Expected downtime: 5 min" in made.text
    assert made.hash in made.text


def test_same_state_same_hash_whatever_is_free_there(bundle, observed):
    elsewhere = [dataclasses.replace(one, free_kib=10**7, device=8) for one in observed]
    assert plan(bundle, observed).hash == plan(bundle, elsewhere).hash
    assert plan(bundle, observed).hash != plan(bundle, observed, ticket="T-2").hash
    assert plan(bundle, observed).hash != plan(bundle, observed, address="192.0.2.2").hash
    changed = [dataclasses.replace(observed[0], image=file(b"old login\n", "0700")), *observed[1:]]
    assert plan(bundle, observed).hash != plan(bundle, changed).hash


def test_already_in_though_the_version_is_not_known(bundle, observed):
    images = (file(b"new login\n"), file(b"\x00\xffextra", "0640"), ABSENT)
    there = [dataclasses.replace(one, image=image) for one, image in zip(observed, images, strict=True)]
    assert plan(bundle, there, version=None).verdict == "already-in"


@pytest.mark.parametrize(
    ("number", "change", "code"),
    [
        (0, {"image": file(b"a customer's own\n")}, "modified"),
        (0, {"image": ABSENT}, "missing"),
        (0, {"image": Image("symlink")}, "symlink"),
        (0, {"image": Image("folder")}, "folder"),
        (0, {"image": Image("unreadable")}, "unreadable"),
        (0, {"links": 2}, "hard-links"),
        (0, {"links": None}, "hard-links"),
        (0, {"image": ABSENT, "way": "missing"}, "way-missing"),
        (1, {"way": "symlink"}, "way-symlink"),
        (1, {"image": file(b"somebody's\n")}, "exists"),
        (2, {"image": file(b"fresh\n")}, "modified"),
        (0, {"free_kib": 100}, "no-space"),
        (0, {"free_kib": None}, "no-space"),
        (0, {"size_bytes": 200 * 1024 * 1024}, "too-large"),
        (2, {"leftover": "0123456789ab"}, "unfinished"),
    ],
)
def test_what_blocks(bundle, observed, number, change, code):
    observed[number] = dataclasses.replace(observed[number], **change)
    assert codes(plan(bundle, observed)) == [code]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"version": None}, "version-unknown"),
        ({"version": "eight"}, "version-unknown"),
        ({"version": "8.2"}, "other-version"),
        ({"version": "7.9"}, "other-version"),
        ({"product": "serverware"}, "other-product"),
    ],
)
def test_what_blocks_for_the_product(bundle, observed, facts, code):
    assert codes(plan(bundle, observed, **facts)) == [code]


def test_service_that_nothing_restarts_names_the_key_to_add(site: Site, observed):
    bundle = read_payload(build(site.source(three_changes(), restart=["web", "asterisk"])), "x")
    made = plan(bundle, observed)
    assert codes(made) == ["no-restart-command"]
    assert "callout_system.operation.restart.asterisk" in made.reasons[0].remedy


def test_modified_file_names_both_hashes(bundle, observed):
    observed[0] = dataclasses.replace(observed[0], image=file(b"own\n"))
    (reason,) = plan(bundle, observed).reasons
    assert sha256(b"own\n")[:16] in reason.seen
    assert sha256(b"old login\n")[:16] in reason.seen


@pytest.mark.parametrize(
    ("version", "minimum", "maximum", "inside"),
    [
        ("8.1", "8.1", "8.1", True),
        ("8.1.7", "8.0", "8.1", True),
        ("8.10", "8.0", "8.2", False),
        ("8", "8.0", None, True),
        ("8", "8.1", None, False),
        ("8.0", None, "8", True),
        ("9", None, "8.9", False),
        ("8.1", None, None, True),
    ],
)
def test_versions(version, minimum, maximum, inside):
    assert within(version, minimum, maximum) is inside
