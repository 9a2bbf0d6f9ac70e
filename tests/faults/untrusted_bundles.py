"""Bundles that nobody must accept, by name: what is done to a good one behind its signers' backs, and the answer."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

from callout.patches.bundle import Container
from callout.patches.signature import NAMESPACE, sign
from tests.faults.bundle_stand import TAMPERED, UNSIGNED, Case, Stand
from tests.unit.patches.conftest import public, sha256


def spoilt_bundles() -> list[Case]:
    """All of them, in order."""
    return [*_manifests(), *_members(), *_signatures()]


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
