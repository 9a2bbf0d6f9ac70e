"""A bundle file: the signed payload, the signatures beside it, and what the payload holds.

PW-2041.callout            archive (callout.patches.archive)
  payload.tar              archive, and exactly what is signed
    bundle.json            the manifest
    diffs/<sha256>         each unified diff once
    files/<sha256>         each new content once
    sql/down.sql  up.sql   what is done to the database, and how it is taken back
  signatures/1.sig …       detached signatures, outside what they sign
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from callout.errors import BadInput
from callout.patches.archive import read_members, write_members
from callout.patches.manifest import MAXIMUM_FILES, Manifest, manifest_from_text
from callout.patches.sql_text import sql_complaint
from callout.patches.text_diff import DiffError, read_diff

MAXIMUM_BYTES = 64 * 1024 * 1024
# The manifest, a content or a diff per file, and the two texts of SQL.
MAXIMUM_MEMBERS = 1 + MAXIMUM_FILES + 2
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
    """A payload read and checked: every member is there once and has the hash and size that the manifest says.

    `contents` and `diffs` are by SHA-256; what a diff makes is in neither, see patches.patched. `sql` has `up`
    and `down`, in UTF-8, where the manifest has an `sql`; else it is empty.
    """

    manifest: Manifest
    sha256: str
    contents: Mapping[str, bytes]
    diffs: Mapping[str, bytes] = field(default_factory=dict)
    sql: Mapping[str, bytes] = field(default_factory=dict)


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
    """The bundle in `container`. Raises BadInput unless manifest and members fit each other exactly."""
    members = read_members(container.payload, what=what, maximum_members=MAXIMUM_MEMBERS)
    manifest = manifest_from_text(members.pop("bundle.json", b""), what)
    for name, sha256 in manifest.members.items():
        if name not in members:
            raise BadInput(f"{what}: {name[:30]} is not in it, as its manifest says.", "Build it anew.")
        if hashlib.sha256(members[name]).hexdigest() != sha256:
            raise BadInput(f"{what}: {name[:30]} is not what its name says.", "Get it again, or build it anew.")
    for one in manifest.files:
        if one.content and len(members[f"files/{one.content}"]) != one.size:
            raise BadInput(f"{what}: the content for {one.path} is not in it as its manifest says.", "Build it anew.")
    if payload_bytes(manifest, members.values()) != container.payload:
        raise BadInput(f"{what}: it holds more than its manifest names, or in another order.", "Build it anew.")
    _require_texts(manifest, members, what)
    return Bundle(
        manifest,
        container.sha256,
        _under("files/", members),
        _under("diffs/", members),
        {name.removesuffix(".sql"): content for name, content in _under("sql/", members).items()},
    )


def payload_bytes(manifest: Manifest, contents: Iterable[bytes]) -> bytes:
    """The payload: the manifest, then each of `contents` that the manifest names once by hash, in order of names."""
    named = {hashlib.sha256(content).hexdigest(): content for content in contents}
    members = [(name, named[sha256]) for name, sha256 in manifest.members.items() if sha256 in named]
    return write_members([("bundle.json", manifest.text.encode()), *members])


def _under(folder: str, members: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(folder): content for name, content in members.items() if name.startswith(folder)}


def _require_texts(manifest: Manifest, members: Mapping[str, bytes], what: str) -> None:
    for one in manifest.files:
        if one.diff is not None:
            try:
                read_diff(members[f"diffs/{one.diff}"])
            except DiffError as error:
                raise BadInput(f"{what}: the diff for {one.path}: {error}.", "Build it anew.") from None
    for name in ("sql/up.sql", "sql/down.sql"):
        if name in members and (complaint := sql_complaint(members[name])):
            raise BadInput(f"{what}: {name}: {complaint}.", "Build it anew.")
