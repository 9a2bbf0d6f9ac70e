"""Signatures by the real ssh-keygen: each way to fail has its own answer, and exit status 6."""

from __future__ import annotations

import datetime as dt

import pytest

from callout.errors import BadInput, TrustRefused
from callout.patches.build import build
from callout.patches.bundle import Container, read_container
from callout.patches.signature import Answer, judge, sign, trusted_bundle
from tests.unit.patches.conftest import NOW, Site, public, three_changes


def answer(site: Site, path, now=NOW) -> str:
    with pytest.raises(TrustRefused) as refused:
        trusted_bundle(path, site.inventory / "allowed_signers", now)
    assert refused.value.exit_status == 6
    assert refused.value.hint
    return refused.value.message.removeprefix(f"{path}: ").partition(":")[0]


def allow(site: Site, line: str) -> None:
    (site.inventory / "allowed_signers").write_text(line + "\n")


def test_good(site: Site, keys):
    bundle, signers = trusted_bundle(site.bundle(three_changes()), site.inventory / "allowed_signers", NOW)
    assert (bundle.manifest.id, signers) == ("PW-2041", ["anna@vendor.example"])


def test_not_signed(site: Site):
    path = site.inventory / "x.callout"
    path.write_bytes(build(site.source(three_changes())).to_bytes())
    with pytest.raises(TrustRefused, match="is not signed"):
        trusted_bundle(path, site.inventory / "allowed_signers", NOW)


def test_unknown_key(site: Site, keys):
    path = site.signed(build(site.source(three_changes())), keys["boris"])
    assert answer(site, path) == "unknown key"
    # The key arrives later: the very same bundle is good then.
    allow(site, f"boris {public(keys['boris'])}")
    assert trusted_bundle(path, site.inventory / "allowed_signers", NOW)[1] == ["boris"]


def test_one_unknown_signature_beside_a_good_one_is_not_enough(site: Site, keys):
    path = site.signed(build(site.source(three_changes())), keys["anna"], keys["boris"])
    assert answer(site, path) == "unknown key"


def test_key_that_may_sign_other_things_only(site: Site, keys):
    allow(site, f'anna namespaces="git" {public(keys["anna"])}')
    assert answer(site, site.bundle(three_changes())) == "unknown key"


def test_revoked_key(site: Site, keys):
    path = site.bundle(three_changes())
    (site.inventory / "revoked_keys").write_text(public(keys["anna"]) + "\n")
    assert answer(site, path) == "revoked key"


def test_validity_is_judged_at_the_time_that_is_given(site: Site, keys):
    path = site.bundle(three_changes())
    allow(site, f'anna valid-after="20260301Z",valid-before="20260401Z" {public(keys["anna"])}')
    assert trusted_bundle(path, site.inventory / "allowed_signers", NOW)[1] == ["anna"]
    assert answer(site, path, dt.datetime(2026, 4, 1, 0, 1, tzinfo=dt.UTC)) == "expired"
    assert answer(site, path, dt.datetime(2026, 2, 28, 23, 59, tzinfo=dt.UTC)) == "not yet valid"


def test_tampered_manifest_and_content(site: Site):
    container = read_container(site.bundle(three_changes()))
    path = site.inventory / "tampered.callout"
    for old, new in ((b"Keeps the login", b"Opens the login"), (b"new login\n", b"bad login\n"), (b"0640", b"4777")):
        assert old in container.payload
        path.write_bytes(Container(container.payload.replace(old, new), container.signatures).to_bytes())
        assert answer(site, path) == "tampered"


def test_signature_of_another_bundle_or_another_purpose(site: Site, keys):
    container = build(site.source(three_changes()))
    other = sign(build(site.source(three_changes(), title="Another")).payload, keys["anna"])
    for signature in (other, b"junk", b"", other[:-40]):
        verdicts = judge(Container(container.payload, (signature,)), site.inventory / "allowed_signers", NOW)
        assert [verdict.answer for verdict in verdicts] == [Answer.TAMPERED]


def test_without_allowed_signers_nothing_is_trusted(site: Site):
    path = site.bundle(three_changes())
    (site.inventory / "allowed_signers").unlink()
    with pytest.raises(TrustRefused, match="no file of allowed signers"):
        trusted_bundle(path, site.inventory / "allowed_signers", NOW)


def test_key_that_cannot_sign(site: Site, tmp_path):
    with pytest.raises(BadInput, match="There is no key"):
        sign(b"x", tmp_path / "nobody")
    (tmp_path / "junk").write_text("junk")
    with pytest.raises(BadInput, match="cannot sign"):
        sign(b"x", tmp_path / "junk")
