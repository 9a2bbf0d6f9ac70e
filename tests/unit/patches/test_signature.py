"""Signatures by the real ssh-keygen: each way to fail has its own answer, and exit status 6."""

from __future__ import annotations

import datetime as dt
import subprocess

import pytest

from callout.errors import BadInput, TrustRefused
from callout.inventory.policy import Patches
from callout.patches.build import build
from callout.patches.bundle import Container, read_container
from callout.patches.signature import judge, sign, trust_of, trusted_bundle
from callout.patches.trust import Answer, Trust, people
from tests.unit.patches.conftest import NOW, Site, make_key, public, three_changes


def trust(site: Site, **policy) -> Trust:
    return trust_of(site.inventory, Patches(**policy))


def answer(site: Site, path, now=NOW) -> str:
    with pytest.raises(TrustRefused) as refused:
        trusted_bundle(path, trust(site), now)
    assert refused.value.exit_status == 6
    assert refused.value.hint
    return refused.value.message.removeprefix(f"{path}: ").partition(":")[0]


def allow(site: Site, line: str) -> None:
    (site.inventory / "allowed_signers").write_text(line + "\n")


def test_good(site: Site, keys):
    bundle, signers = trusted_bundle(site.bundle(three_changes()), trust(site), NOW)
    assert (bundle.manifest.id, signers) == ("PW-2041", ["anna@vendor.example"])


def test_not_signed(site: Site):
    path = site.inventory / "x.callout"
    path.write_bytes(build(site.source(three_changes())).to_bytes())
    with pytest.raises(TrustRefused, match="is not signed"):
        trusted_bundle(path, trust(site), NOW)


def test_unknown_key(site: Site, keys):
    path = site.signed(build(site.source(three_changes())), keys["boris"])
    assert answer(site, path) == "unknown key"
    # The key arrives later: the very same bundle is good then.
    allow(site, f"boris {public(keys['boris'])}")
    assert trusted_bundle(path, trust(site), NOW)[1] == ["boris"]


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
    assert trusted_bundle(path, trust(site), NOW)[1] == ["anna"]
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
        verdicts = judge(Container(container.payload, (signature,)), trust(site), NOW)
        assert [verdict.answer for verdict in verdicts] == [Answer.TAMPERED]


def test_without_allowed_signers_nothing_is_trusted(site: Site):
    path = site.bundle(three_changes())
    (site.inventory / "allowed_signers").unlink()
    with pytest.raises(TrustRefused, match="no file of allowed signers"):
        trusted_bundle(path, trust(site), NOW)


def test_key_that_cannot_sign(site: Site, tmp_path):
    with pytest.raises(BadInput, match="There is no key"):
        sign(b"x", tmp_path / "nobody")
    (tmp_path / "junk").write_text("junk")
    with pytest.raises(BadInput, match="cannot sign"):
        sign(b"x", tmp_path / "junk")


def test_two_people_are_needed_and_two_keys_of_one_are_one(site: Site, keys, tmp_path):
    second = make_key(tmp_path, "anna-at-home")
    two = trust(site, signatures_needed=2)
    lines = {"anna": keys["anna"], "ANNA": second, "boris": keys["boris"]}
    (site.inventory / "allowed_signers").write_text("".join(f"{who} {public(key)}\n" for who, key in lines.items()))
    container = build(site.source(three_changes()))
    for signing in ([keys["anna"]], [keys["anna"]] * 2, [keys["anna"], second]):
        with pytest.raises(TrustRefused, match="too few signatures: 1 of 2 people"):
            trusted_bundle(site.signed(container, *signing), two, NOW)
    assert trusted_bundle(site.signed(container, second, keys["boris"]), two, NOW)[1] == ["ANNA", "boris"]


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ("anna", "boris", 2),
        ("anna,boris", "boris", 1),
        ("*@vendor", "anna@vendor", 1),
        ("*@vendor", "*@partner", 1),
        ("anna@vendor", "anna@partner", 2),
    ],
)
def test_nobody_counts_twice(site: Site, keys, first, second, count):
    text = f"{first} {public(keys['anna'])}\n{second} {public(keys['boris'])}\n"
    (site.inventory / "allowed_signers").write_text(text)
    path = site.signed(build(site.source(three_changes())), keys["anna"], keys["boris"])
    assert people(judge(read_container(path), trust(site), NOW)) == count


def test_revocation_list_by_policy(site: Site, keys, tmp_path):
    path = site.bundle(three_changes())
    krl = trust(site, revoked_keys="trust/revoked.krl")
    with pytest.raises(TrustRefused, match="no file of revoked keys"):
        trusted_bundle(path, krl, NOW)
    (site.inventory / "trust").mkdir()
    for name, refused in (("boris", False), ("anna", True)):
        public_half = keys[name].with_suffix(".pub")
        subprocess.run(["ssh-keygen", "-k", "-q", "-f", krl.revoked_keys, public_half], check=True)
        if refused:
            with pytest.raises(TrustRefused, match="revoked key"):
                trusted_bundle(path, krl, NOW)
        else:
            assert trusted_bundle(path, krl, NOW)[1] == ["anna@vendor.example"]


@pytest.mark.parametrize("raw", [b"junk\n", b"SSHKRL\n\0cut", b"ssh-ed25519 AAAA\n"])
def test_revocations_that_cannot_be_read_are_another_answer(site: Site, raw):
    path = site.bundle(three_changes())
    (site.inventory / "revoked_keys").write_bytes(raw)
    with pytest.raises(TrustRefused, match="neither a list of public keys nor a KRL"):
        trusted_bundle(path, trust(site), NOW)


def test_line_that_cannot_be_read_is_named(site: Site, keys):
    path = site.bundle(three_changes())
    allow(site, f'# who may\nanna valid-before="soon" {public(keys["anna"])}')
    with pytest.raises(TrustRefused, match="allowed_signers: line 2 cannot be read"):
        trusted_bundle(path, trust(site), NOW)


def test_bundle_has_its_own_end(site: Site):
    path = site.bundle(three_changes(), expires="2026-03-03T10:00:00Z")
    assert trusted_bundle(path, trust(site), NOW - dt.timedelta(seconds=1))[0].manifest.id == "PW-2041"
    assert answer(site, path) == "expired"
