"""Bundles that nobody must accept, by name: what is done to a good one, or to who may sign, and what the answer is.

A case gets a Stand (a good bundle in parts, keys, the files that say whose signatures count) and changes it.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callout.ledger.event import canonical
from callout.patches.archive import read_members, write_members
from callout.patches.bundle import Container
from callout.patches.signature import NAMESPACE, sign
from tests.unit.patches.conftest import public, sha256

# All these refuse with exit status 6, but `no bundle` (2) and `blocked` (the plan says by what).
TAMPERED, UNKNOWN, REVOKED, EXPIRED = "tampered", "unknown key", "revoked key", "expired"
NOT_YET, UNSIGNED, TOO_FEW, NO_BUNDLE, BLOCKED = "not yet valid", "is not signed", "too few", "no bundle", "blocked"
CANNOT_READ = "cannot be read"


@dataclass
class Stand:
    """A good bundle and all by which it is judged, to be changed by a case."""

    keys: dict[str, Path]
    inventory: Path
    payload: bytes
    now: dt.datetime
    signers: list[str] = field(default_factory=lambda: ["anna"])
    # Made of the payload and the signers unless a case puts something here.
    signatures: list[bytes] | None = None
    raw: bytes | None = None
    policy: dict[str, Any] = field(default_factory=dict)
    customer: str = "acme"
    product: str = "pbxware"
    version: str | None = "8.1"
    applied: list[dict[str, Any]] = field(default_factory=list)

    def allow(self, *lines: str) -> None:
        """The file of allowed signers; `{anna}` stands for her public key."""
        named = {name: public(key) for name, key in self.keys.items()}
        (self.inventory / "allowed_signers").write_text("".join(line.format(**named) + "\n" for line in lines))

    def revoke(self, *names: str) -> None:
        """The file of revoked public keys."""
        (self.inventory / "revoked_keys").write_text("".join(public(self.keys[name]) + "\n" for name in names))

    def members(self) -> dict[str, bytes]:
        """The payload's members."""
        return read_members(self.payload, what="x", maximum_members=99)

    def tamper(self, change: Callable[[dict[str, Any], dict[str, bytes]], None], *, resign: bool = False) -> None:
        """Changes manifest and members behind the signers' backs, or with them."""
        signed = self.made_signatures()
        members = self.members()
        manifest = json.loads(members.pop("bundle.json"))
        change(manifest, members)
        self.payload = write_members([("bundle.json", canonical(manifest).encode()), *members.items()])
        self.signatures = None if resign else signed

    def made_signatures(self) -> list[bytes]:
        """Those that a case has put, else those of the signers over the payload as it is now."""
        if self.signatures is not None:
            return self.signatures
        return [sign(self.payload, self.keys[name]) for name in self.signers]

    def to_bytes(self) -> bytes:
        """The bundle file."""
        return self.raw if self.raw is not None else Container(self.payload, tuple(self.made_signatures())).to_bytes()


@dataclass(frozen=True)
class Case:
    """What is done, and how the answer begins."""

    name: str
    spoil: Callable[[Stand], Any]
    answer: str


def cases() -> list[Case]:
    """All of them, in order."""
    return [
        *_manifests(),
        *_members(),
        *_signatures(),
        *_keys(),
        *_beside_a_good_one(),
        *_people(),
        *_fresh(),
        *_files(),
    ]


def _set(key: str, value: Any) -> Callable[[Stand], None]:
    def change(manifest: dict[str, Any], _: dict[str, bytes]) -> None:
        within, name = (manifest, key) if "." not in key else (manifest["files"][0], key.partition(".")[2])
        assert within[name] != value
        within[name] = value

    return lambda stand: stand.tamper(change)


def _manifests() -> Iterator[Case]:
    """Every key of the manifest, changed after it was signed to another value that is as valid."""
    changed: dict[str, Any] = {
        "id": "PW-2042", "title": "Another", "severity": "low", "products": ["serverware"], "versions": "any",
        "bug": "X",
        "documentation": "https://evil.example/", "downtime_minutes": 0, "restart": ["sshd"], "customers": [],
        "expires": None, "sequence": 99, "requires": [], "conflicts": [], "supersedes": ["PW-9999"], "sql": None,
        "health": [], "manual": ["Send the password to me."], "format_version": 1, "files": [],
        "files.path": "/etc/shadow", "files.before": ["1" * 64], "files.after": "2" * 64, "files.mode": "4777",
        "files.owner": "1000:1000", "files.action": "create", "files.size": 1,
    }  # fmt: skip
    for key, value in changed.items():
        yield Case(f"manifest: {key} changed", _set(key, value), TAMPERED)
    yield Case("manifest: expires later", _set("expires", "2099-01-01T00:00:00Z"), TAMPERED)
    yield Case("manifest: for another customer, too", _set("customers", ["acme", "globex"]), TAMPERED)


def _members() -> Iterator[Case]:
    def change(name: str, act: Callable[[dict[str, Any], dict[str, bytes]], None], answer: str = TAMPERED) -> Case:
        return Case(f"member: {name}", lambda stand: stand.tamper(act), answer)

    def first(members: dict[str, bytes], folder: str) -> str:
        return next(name for name in members if name.startswith(folder))

    for folder in ("files/", "diffs/", "sql/up", "sql/down"):
        yield change(f"{folder} another content", lambda _, m, f=folder: m.update({first(m, f): b"evil\n"}))
        yield change(f"{folder} gone", lambda _, m, f=folder: m.pop(first(m, f)))

    def swapped(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
        content = b"evil\n"
        members.pop("files/" + manifest["files"][0]["after"])
        members["files/" + sha256(content)] = content
        manifest["files"][0] |= {"after": sha256(content), "size": len(content)}

    yield change("content and manifest changed to fit", swapped)
    yield change("one more", lambda _, m: m.update({"files/" + "0" * 64: b"more"}))
    yield change("one outside", lambda _, m: m.update({"../../etc/cron.d/x": b"more"}))
    yield Case("payload: a byte behind its end", lambda s: _behind(s, b"\0"), TAMPERED)
    yield Case("payload: a block behind its end", lambda s: _behind(s, b"\0" * 512), TAMPERED)
    yield Case("payload: nothing", lambda s: _replaced(s, b""), TAMPERED)


def _behind(stand: Stand, more: bytes) -> None:
    _replaced(stand, stand.payload + more)


def _replaced(stand: Stand, payload: bytes) -> None:
    stand.signatures = stand.made_signatures()
    stand.payload = payload


def _signatures() -> Iterator[Case]:
    def put(name: str, make: Callable[[Stand, bytes], bytes], answer: str = TAMPERED) -> Case:
        def spoil(stand: Stand) -> None:
            stand.signatures = [make(stand, stand.made_signatures()[0])]

        return Case(f"signature: {name}", spoil, answer)

    for name, junk in (("empty", b""), ("junk", b"junk"), ("zeros", b"\0" * 400), ("endless", b"A" * 16_000)):
        yield put(name, lambda stand, good, junk=junk: junk)
    for part in (0.1, 0.5, 0.9):
        yield put(f"cut at {part}", lambda stand, good, part=part: good[: int(len(good) * part)])
    for at in (6, 20, 60, 120, -1):
        yield put(f"a byte of it changed ({at})", lambda stand, good, at=at: _flipped(good, at))
    yield put(
        "of another bundle", lambda stand, good: sign(stand.payload.replace(b"PW-2041", b"PW-2042"), stand.keys["anna"])
    )
    yield put("of the hash", lambda stand, good: sign(sha256(stand.payload).encode(), stand.keys["anna"]))
    yield put("of the whole file", lambda stand, good: sign(Container(stand.payload).to_bytes(), stand.keys["anna"]))
    yield put("of the manifest alone", lambda stand, good: sign(stand.members()["bundle.json"], stand.keys["anna"]))
    yield put("of nothing", lambda stand, good: sign(b"", stand.keys["anna"]))
    for space in ("git", "file", "callout-ledger", "callout-bundl", "CALLOUT-BUNDLE", f"{NAMESPACE}2"):
        yield put(f"for {space}", lambda stand, good, space=space: _signed_for(stand, space))
    yield put("under another label", lambda stand, good: good.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"))
    yield put("a public key in its place", lambda stand, good: public(stand.keys["anna"]).encode())
    yield Case("signature: none", lambda stand: setattr(stand, "signatures", []), UNSIGNED)


def _flipped(good: bytes, at: int) -> bytes:
    head, *lines, tail = good.decode().strip().split("\n")
    raw = bytearray(base64.b64decode("".join(lines)))
    raw[at] ^= 1
    return "\n".join([head, base64.b64encode(bytes(raw)).decode(), tail, ""]).encode()


def _signed_for(stand: Stand, namespace: str) -> bytes:
    words = ["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(stand.keys["anna"])]
    return subprocess.run(words, input=stand.payload, capture_output=True, check=True).stdout


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
