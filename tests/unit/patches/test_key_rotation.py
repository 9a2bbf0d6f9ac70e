"""docs/howto/patches.md, step by step: a key is followed by a new one, and a key is stolen."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded
from callout.errors import TrustRefused
from callout.inventory.policy import Patches
from callout.patches.build import build
from callout.patches.bundle import MAXIMUM_SIGNATURES, read_container
from callout.patches.signature import trust_of, trusted_bundle
from tests.unit.patches.conftest import Site, make_key, public, three_changes

TWO = Patches(signatures_needed=2, revoked_keys="revoked.krl")
BEFORE, BOTH, AFTER = (dt.datetime(2027, month, 1, tzinfo=dt.UTC) for month in (6, 12, 3))
AFTER = AFTER.replace(year=2028)


@pytest.fixture
def people(tmp_path: Path) -> dict[str, Path]:
    names = ("anna", "boris", "anna-2028", "boris-2028")
    return {name: make_key(tmp_path, name) for name in names}


def allow(site: Site, people: dict[str, Path], **valid: str) -> None:
    lines = []
    for name, span in valid.items():
        key = public(people[name.replace("_", "-")])
        lines.append(f'{name.partition("_")[0]}@vendor.example namespaces="callout-bundle",{span} {key}')
    (site.inventory / "allowed_signers").write_text("\n".join([*lines, ""]))


def sign(file: Path, key: Path, *more: str) -> int:
    words = ["patch", "sign", str(file), "--key", str(key), *more]
    return guarded(lambda: build_app("patch")(words, prog_name="callout"))


def answer(site: Site, file: Path, now: dt.datetime, policy: Patches = TWO) -> str:
    try:
        return " ".join(trusted_bundle(file, trust_of(site.inventory, policy), now)[1])
    except TrustRefused as refused:
        return refused.message.removeprefix(f"{file}: ")


def test_new_keys_follow_old_ones_without_a_day_between(site: Site, people, tmp_path):
    file = tmp_path / "PW-2041.callout"
    file.write_bytes(build(site.source(three_changes())).to_bytes())
    known_by = read_container(file).sha256
    subprocess.run(["ssh-keygen", "-k", "-q", "-f", site.inventory / "revoked.krl"], check=True)
    old = 'valid-before="20280101Z"'
    allow(site, people, anna=old, boris=old)
    assert sign(file, people["anna"]) == 0
    assert answer(site, file, BEFORE).startswith("too few signatures: 1 of 2")
    assert sign(file, people["boris"]) == 0
    assert answer(site, file, BEFORE) == "anna@vendor.example boris@vendor.example"

    # 1. The new lines are added; the old ones stay.
    new = 'valid-after="20271101Z",valid-before="20300101Z"'
    allow(site, people, anna=old, boris=old, anna_2028=new, boris_2028=new)
    assert answer(site, file, BOTH) == "anna@vendor.example boris@vendor.example"
    # 2. A bundle that one signs with the old key and the other with the new one is good meanwhile.
    mixed = tmp_path / "mixed.callout"
    mixed.write_bytes(file.read_bytes())
    assert sign(mixed, people["anna"], "--anew") == sign(mixed, people["boris-2028"]) == 0
    assert answer(site, mixed, BOTH) == "anna@vendor.example boris@vendor.example"
    # Both keys of one person are not two people.
    assert sign(mixed, people["anna"], "--anew") == sign(mixed, people["anna-2028"]) == 0
    assert answer(site, mixed, BOTH).startswith("too few signatures: 1 of 2")
    # 3. After the old key's end the old signatures do not count, and a new one beside them does not help.
    assert answer(site, file, AFTER).startswith("expired: the key of")
    assert sign(file, people["anna-2028"]) == 0
    assert answer(site, file, AFTER).startswith("expired: the key of")
    assert sign(file, people["anna-2028"], "--anew") == sign(file, people["boris-2028"]) == 0
    assert answer(site, file, AFTER) == "anna@vendor.example boris@vendor.example"
    assert read_container(file).sha256 == known_by
    # 4. The old lines are taken out.
    allow(site, people, anna_2028=new, boris_2028=new)
    assert answer(site, file, AFTER) == "anna@vendor.example boris@vendor.example"
    assert answer(site, mixed, AFTER).startswith("unknown key")


def test_stolen_key_counts_no_more_whatever_its_line_says(site: Site, people, tmp_path):
    file, krl = tmp_path / "PW-2041.callout", site.inventory / "revoked.krl"
    file.write_bytes(build(site.source(three_changes())).to_bytes())
    sign(file, people["anna"])
    sign(file, people["boris"])
    allow(site, people, anna='valid-before="20300101Z"', boris='valid-before="20300101Z"')
    assert answer(site, file, BEFORE).startswith("There is no file of revoked keys")
    subprocess.run(["ssh-keygen", "-k", "-q", "-f", krl, people["anna-2028"].with_suffix(".pub")], check=True)
    assert answer(site, file, BEFORE) == "anna@vendor.example boris@vendor.example"
    subprocess.run(["ssh-keygen", "-k", "-q", "-u", "-f", krl, people["boris"].with_suffix(".pub")], check=True)
    assert answer(site, file, BEFORE).startswith("revoked key: the key of boris@vendor.example was revoked")
    assert sign(file, people["anna"], "--anew") == 0
    assert answer(site, file, BEFORE).startswith("too few signatures: 1 of 2")
    assert answer(site, file, BEFORE, TWO.model_copy(update={"signatures_needed": 1})) == "anna@vendor.example"


def test_no_more_signatures_than_a_bundle_has_room_for(site: Site, people, tmp_path):
    file = tmp_path / "PW-2041.callout"
    file.write_bytes(build(site.source(three_changes())).to_bytes())
    assert {sign(file, people["anna"]) for _ in range(MAXIMUM_SIGNATURES)} == {0}
    assert sign(file, people["anna"]) == 2
    assert sign(file, people["anna"], "--anew") == 0
