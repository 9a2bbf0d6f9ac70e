"""A bundle file: the signed payload, the signatures beside it, and what the payload holds.

PW-2041.callout            archive (callout.patches.archive)
  payload.tar              archive, and exactly what is signed
    bundle.json            the manifest
    files/<sha256>         each new content once
  signatures/1.sig …       detached signatures, outside what they sign
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from callout.errors import BadInput
from callout.patches.archive import read_members, write_members
from callout.patches.manifest import MAXIMUM_FILES, Manifest, manifest_from_text

MAXIMUM_BYTES = 64 * 1024 * 1024
MAXIMUM_SIGNATURES = 16
MAXIMUM_SIGNATURE_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Container:
    """A bundle file taken apart, nothing in it believed yet."""

    payload: bytes
    signatures: tuple[bytes, ...] = ()

    @property
    def sha256(self) -> str:
        """What the bundle is known by: the payload's hash, the same however many have signed it."""
        return hashlib.sha256(self.payload).hexdigest()

    def to_bytes(self) -> bytes:
        """The bundle file."""
        numbered = [(f"signatures/{number}.sig", one) for number, one in enumerate(self.signatures, 1)]
        return write_members([("payload.tar", self.payload), *numbered])


@dataclass(frozen=True, slots=True)
class Bundle:
    """A payload read and checked: every content is there once and has the hash and size that the manifest says."""

    manifest: Manifest
    sha256: str
    contents: Mapping[str, bytes]


def read_container(path: Path) -> Container:
    """The bundle file at `path`, taken apart. Raises BadInput for a file that is no bundle, or over 64 MiB."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Name the bundle's file.") from None
    if len(raw) > MAXIMUM_BYTES:
        raise BadInput(f"{path} is over 64 MiB; a patch bundle is not.", "Split it, or ship it another way.")
    members = read_members(raw, what=str(path), maximum_members=1 + MAXIMUM_SIGNATURES)
    payload = members.pop("payload.tar", None)
    expected = [f"signatures/{number}.sig" for number in range(1, len(members) + 1)]
    if payload is None or list(members) != expected:
        raise BadInput(f"{path} is no patch bundle: its members are not the ones of one.", "Build it anew.")
    if any(len(one) > MAXIMUM_SIGNATURE_BYTES for one in members.values()):
        raise BadInput(f"{path} is no patch bundle: a signature in it is over 16 KiB.", "Sign it anew.")
    return Container(payload, tuple(members.values()))


def read_payload(container: Container, what: str) -> Bundle:
    """The bundle in `container`. Raises BadInput unless manifest and contents fit each other exactly."""
    members = read_members(container.payload, what=what, maximum_members=1 + MAXIMUM_FILES)
    manifest_text = members.pop("bundle.json", b"")
    manifest = manifest_from_text(manifest_text, what)
    contents = {name.removeprefix("files/"): content for name, content in members.items()}
    bundle = Bundle(manifest, container.sha256, contents)
    for change in manifest.files:
        content = contents.get(change.after) if change.after else b""
        if content is None or (change.after and len(content) != change.size):
            raise BadInput(
                f"{what}: the content for {change.path} is not in it as its manifest says.", "Build it anew."
            )
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != name:
            raise BadInput(f"{what}: content {name[:16]} is not what its name says.", "Get it again, or build it anew.")
    if payload_bytes(manifest, list(contents.values())) != container.payload:
        raise BadInput(f"{what}: it holds more than its manifest names, or in another order.", "Build it anew.")
    return bundle


def payload_bytes(manifest: Manifest, contents: Sequence[bytes]) -> bytes:
    """The payload: manifest first, then each content that the manifest names once, by hash."""
    wanted = {change.after for change in manifest.files}
    named = {hashlib.sha256(content).hexdigest(): content for content in contents}
    files = [(f"files/{name}", named[name]) for name in sorted(named) if name in wanted]
    return write_members([("bundle.json", manifest.text.encode()), *files])
