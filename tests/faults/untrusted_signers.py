"""Signers whom nobody must believe, and bundles that come too late or to the wrong place, by name, and the answer."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Callable, Iterator

from callout.patches.archive import write_members
from tests.faults.bundle_stand import (
    BLOCKED,
    CANNOT_READ,
    EXPIRED,
    NO_BUNDLE,
    NOT_YET,
    REVOKED,
    TAMPERED,
    TOO_FEW,
    UNKNOWN,
    Case,
    Stand,
)


def untrusted_signers() -> list[Case]:
    """All of them, in order."""
    return [*_keys(), *_beside_a_good_one(), *_people(), *_fresh(), *_files()]


def _keys() -> Iterator[Case]:
    def signed_by(name: str) -> Callable[[Stand], None]:
        return lambda stand: setattr(stand, "signers", [name])

    for name in ("boris", "rsa", "ecdsa"):
        yield Case(f"key: {name}'s, which is not listed", signed_by(name), UNKNOWN)
    for name, lines, answer in (
        ("nobody listed", [], UNKNOWN),
        ("commented out", ["# anna {anna}"], UNKNOWN),
        ("for git only", ['anna namespaces="git" {anna}'], UNKNOWN),
        ("for a namespace that begins the same", ['anna namespaces="callout-bundles" {anna}'], UNKNOWN),
        ("for all but ours", ['anna namespaces="!callout-bundle,*" {anna}'], UNKNOWN),
        ("as an authority only", ["anna cert-authority {anna}"], UNKNOWN),
        ("another's key under her name", ["anna {boris}"], UNKNOWN),
        ("expired a second ago", ['anna valid-before="20260303095959Z" {anna}'], EXPIRED),
        ("expired a year ago", ['anna valid-before="20250303Z" {anna}'], EXPIRED),
        ("expired, the new one did not sign", ['anna valid-before="20260101Z" {anna}', "anna {boris}"], EXPIRED),
        ("valid in a second", ['anna valid-after="20260303100001Z" {anna}'], NOT_YET),
        ("valid in a year", ['anna valid-after="20270303Z" {anna}'], NOT_YET),
        ("valid never", ['anna valid-after="20270101Z",valid-before="20260101Z" {anna}'], CANNOT_READ),
        ("a time that is none", ['anna valid-before="soon" {anna}'], CANNOT_READ),
        ("an option that is none", ["anna trusted {anna}"], CANNOT_READ),
        ("a line that is none", ["anna"], CANNOT_READ),
    ):
        yield Case(f"key: {name}", lambda stand, lines=lines: stand.allow(*lines), answer)
    yield Case("key: revoked", lambda stand: stand.revoke("anna"), REVOKED)
    yield Case("key: revoked among others", lambda stand: stand.revoke("boris", "anna", "rsa"), REVOKED)
    yield Case("key: revoked by a KRL", lambda stand: _krl(stand, ""), REVOKED)
    for kind in ("key", "sha1", "sha256", "hash"):
        yield Case(f"key: revoked by a KRL's {kind}", lambda stand, kind=kind: _krl(stand, kind), REVOKED)
    for name, raw in (("junk", b"junk\n"), ("cut", b"SSHKRL\n\0\0\0"), ("half a key", b"ssh-ed25519 AAAA\n")):
        yield Case(
            f"revocations: {name}",
            lambda stand, raw=raw: (stand.inventory / "revoked_keys").write_bytes(raw),
            "neither a list",
        )
    yield Case("revocations: named and gone", lambda s: s.policy.update(revoked_keys="gone"), "no file of revoked")
    yield Case(
        "revocations: a link to nowhere", lambda s: (s.inventory / "revoked_keys").symlink_to("x"), "no file of rev"
    )
    yield Case("allowed signers: gone", lambda s: (s.inventory / "allowed_signers").unlink(), "no file of allowed")
    yield Case("allowed signers: named and gone", lambda s: s.policy.update(allowed_signers="x"), "no file of allowed")
    yield Case("allowed signers: a folder", lambda s: s.policy.update(allowed_signers="."), "no file of allowed")


def _krl(stand: Stand, kind: str) -> None:
    listed = stand.inventory / "to-revoke"
    key = stand.keys["anna"].with_suffix(".pub")
    if kind == "hash":
        told = subprocess.run(["ssh-keygen", "-lf", key], capture_output=True, check=True, text=True)
        text = f"hash: {told.stdout.split()[1]}\n"
    else:
        text = f"{kind}: {key.read_text()}" if kind else key.read_text()
    listed.write_text(text)
    subprocess.run(["ssh-keygen", "-k", "-q", "-f", stand.inventory / "revoked_keys", listed], check=True)


def _beside_a_good_one() -> Iterator[Case]:
    """A signature that does not count, before or after one that does: all must."""
    for first in (True, False):
        where = "before" if first else "after"
        for name, answer in (("boris", UNKNOWN), ("revoked", REVOKED), ("expired", EXPIRED), ("later", NOT_YET)):

            def spoil(stand: Stand, name: str = name, first: bool = first) -> None:
                stand.allow(
                    "anna {anna}",
                    "rsa {rsa}",
                    'ecdsa valid-before="20260101Z" {ecdsa}',
                    'carla valid-after="20270101Z" {carla}',
                )
                stand.revoke("rsa")
                key = {"boris": "boris", "revoked": "rsa", "expired": "ecdsa", "later": "carla"}[name]
                stand.signers = [key, "anna"] if first else ["anna", key]

            yield Case(f"{name} {where} a good one", spoil, answer)

        def junk(stand: Stand, first: bool = first) -> None:
            good = stand.made_signatures()
            stand.signatures = [b"junk", *good] if first else [*good, b"junk"]

        yield Case(f"junk {where} a good one", junk, TAMPERED)


def _people() -> Iterator[Case]:
    for name, needed, lines, signers, answer in (
        ("one of two", 2, ["anna {anna}", "boris {boris}"], ["anna"], TOO_FEW),
        ("one twice", 2, ["anna {anna}", "boris {boris}"], ["anna", "anna"], TOO_FEW),
        ("two keys of one", 2, ["anna {anna}", "anna {boris}"], ["anna", "boris"], TOO_FEW),
        ("two keys of one, in another case", 2, ["anna@x {anna}", "Anna@X {boris}"], ["anna", "boris"], TOO_FEW),
        ("a shared line", 2, ["anna,boris {anna}", "boris {boris}"], ["anna", "boris"], TOO_FEW),
        ("a pattern and one it matches", 2, ["*@x {anna}", "boris@x {boris}"], ["anna", "boris"], TOO_FEW),
        ("two patterns", 2, ["*@x {anna}", "*@y {boris}"], ["anna", "boris"], TOO_FEW),
        ("two of three", 3, ["anna {anna}", "boris {boris}", "carla {carla}"], ["anna", "boris"], TOO_FEW),
        ("two of two, one unknown", 2, ["anna {anna}"], ["anna", "boris"], UNKNOWN),
        (
            "two of two, one expired", 2,
            ["anna {anna}", 'boris valid-before="20260101Z" {boris}'], ["anna", "boris"], EXPIRED,
        ),
    ):  # fmt: skip

        def spoil(stand: Stand, needed: int = needed, lines: list[str] = lines, signers: list[str] = signers) -> None:
            stand.policy["signatures_needed"] = needed
            stand.allow(*lines)
            stand.signers = signers

        yield Case(f"people: {name}", spoil, answer)


def _fresh() -> Iterator[Case]:
    end = dt.datetime(2027, 1, 31, tzinfo=dt.UTC)
    for name, late in (("now", 0), ("a second ago", 1), ("a year ago", 365 * 86400)):
        later = end + dt.timedelta(seconds=late)
        yield Case(f"bundle expired {name}", lambda stand, later=later: setattr(stand, "now", later), EXPIRED)
    for name, customer in (
        ("another", "globex"),
        ("one whose name begins the same", "acme2"),
        ("one in capitals", "ACME"),
    ):
        yield Case(
            f"replayed at {name} customer",
            lambda s, c=customer: setattr(s, "customer", c),
            f"{BLOCKED}: other-customer",
        )
    yield Case(
        "replayed on another product", lambda s: setattr(s, "product", "serverware"), f"{BLOCKED}: other-product"
    )
    for version in ("7.9", "8.2", "80.1"):
        yield Case(
            f"replayed on version {version}", lambda s, v=version: setattr(s, "version", v), f"{BLOCKED}: other-version"
        )
    yield Case(
        "replayed where the version is not known", lambda s: setattr(s, "version", None), f"{BLOCKED}: version-unknown"
    )
    for sequence, standing in ((4, True), (4, False), (2**31 - 1, True)):
        told = {"sequence": sequence, "standing": standing}
        yield Case(
            f"older than one that was {'in' if standing else 'taken back'} ({sequence})",
            lambda stand, told=told: stand.applied.append(told),
            f"{BLOCKED}: downgrade",
        )


def _files() -> Iterator[Case]:
    def container(name: str, make: Callable[[Stand], list[tuple[str, bytes]]]) -> Case:
        return Case(f"file: {name}", lambda stand: setattr(stand, "raw", write_members(make(stand))), NO_BUNDLE)

    def one(stand: Stand) -> bytes:
        return stand.made_signatures()[0]

    yield container("signatures out of order", lambda s: [("payload.tar", s.payload), ("signatures/2.sig", one(s))])
    yield container("a signature outside", lambda s: [("payload.tar", s.payload), ("../1.sig", one(s))])
    yield container("no payload", lambda s: [("signatures/1.sig", one(s))])
    yield container(
        "17 signatures",
        lambda s: [("payload.tar", s.payload), *((f"signatures/{n}.sig", one(s)) for n in range(1, 18))],
    )
    yield container(
        "a signature over 16 KiB", lambda s: [("payload.tar", s.payload), ("signatures/1.sig", b"x" * 16_385)]
    )
