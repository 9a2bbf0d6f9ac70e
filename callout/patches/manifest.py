"""The manifest of a bundle: what it is, what it is for, and what it does to which file.

Text on the wire is canonical JSON; `docs/reference/bundle-format.md` describes it for people. Format 1 is read
and written for ever: a manifest that says 1 has the very text, and hash, that it always had.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from access_check.escaping import shown
from access_check.profile import Product
from access_check.validation import Strict
from callout.errors import BadInput, CalloutError
from callout.ledger.event import canonical
from callout.patches.file_change import ABSENT_WORD, LINK_WORD, FileChange
from callout.patches.words import BundleId, CheckName, CustomerId, Moment, OneLine, ServiceName, Sha256, Version, moment

FORMAT_VERSION = 2
MAXIMUM_FILES = 500
MAXIMUM_MANIFEST_BYTES = 1024 * 1024
MAXIMUM_KEYS = 40
# What format 1 does not know. `tests/unit/patches/test_manifest.py` holds its text byte for byte.
SINCE_2 = frozenset(
    {"customers", "expires", "sequence", "requires", "conflicts", "supersedes", "sql", "health", "manual"}
)
FILE_SINCE_2 = frozenset({"target", "diff"})


class VersionRange(Strict):
    """Product versions the bundle is for, both ends included; `maximum: 8.1` includes every 8.1.x."""

    minimum: Version | None = None
    maximum: Version | None = None


class SqlChange(Strict):
    """What is done to the product's own database, by the SHA-256 of two texts in the bundle.

    `up` is run after the files are in, `down` takes it back. `transactional` says that all of `up` can be one
    transaction; where it is false (ALTER TABLE in MySQL commits by itself) the dump before the change guards it.
    """

    database: Literal["product"] = "product"
    up: Sha256
    down: Sha256
    transactional: Annotated[bool, Field(strict=True)]


class Manifest(Strict):
    """All that a bundle says of itself. `downtime_minutes` is an estimate for the customer.

    Since format 2: `customers` are the inventory ids it is for (empty: any). From `expires` (UTC) on nobody
    applies it any more. Of two bundles with one id a system never takes the one with the lower `sequence` after
    the other. `requires` must be in, `conflicts` must not, what it `supersedes` is in with it. `health` are
    findings that must pass besides the usual ones. `manual` are steps for people, one line each.
    """

    format_version: Literal[1, 2]
    id: BundleId
    title: OneLine
    severity: Literal["low", "medium", "high", "critical"]
    products: tuple[Product, ...] = Field(min_length=1, max_length=10)
    versions: Literal["any"] | VersionRange
    bug: OneLine
    documentation: Annotated[str, Field(max_length=500, pattern=r"^https?://[!-~]+$")]
    files: tuple[FileChange, ...] = Field(min_length=1, max_length=MAXIMUM_FILES)
    restart: tuple[ServiceName, ...] = Field(default=(), max_length=20)
    downtime_minutes: Annotated[int, Field(ge=0, le=1440, strict=True)]
    customers: tuple[CustomerId, ...] = Field(default=(), max_length=500)
    expires: Moment | None = None
    sequence: Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)] = 0
    requires: tuple[BundleId, ...] = Field(default=(), max_length=50)
    conflicts: tuple[BundleId, ...] = Field(default=(), max_length=50)
    supersedes: tuple[BundleId, ...] = Field(default=(), max_length=200)
    sql: SqlChange | None = None
    health: tuple[CheckName, ...] = Field(default=(), max_length=20)
    manual: tuple[OneLine, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _each_once(self) -> Manifest:
        paths = [one.path for one in self.files]
        lists = {"files": paths, **{key: list(getattr(self, key)) for key in ("restart", "health", *_SETS)}}
        for what, names in lists.items():
            if len(set(names)) != len(names):
                raise ValueError(f"'{what}' names the same one twice")
        if both := set(paths) & {str(folder) for path in paths for folder in PurePosixPath(path).parents}:
            raise ValueError(f"{min(both)} cannot be a file and a folder")
        return self

    @model_validator(mode="after")
    def _relations(self) -> Manifest:
        seen: dict[str, str] = {self.id: "its own id"}
        for key in ("requires", "conflicts", "supersedes"):
            for one in getattr(self, key):
                if one in seen:
                    raise ValueError(f"'{key}' names {one}, which is {seen[one]}")
                seen[one] = f"in '{key}' already"
        return self

    @model_validator(mode="after")
    def _of_its_format(self) -> Manifest:
        if self.format_version == 1 and (newer := _newer_than_1(self)):
            raise ValueError(f"format_version 1 knows no {newer}; say 2")
        if self.format_version > 1 and any(len(set(one.before)) != len(one.before) for one in self.files):
            raise ValueError("'before' names the same one twice")
        return self

    @property
    def expires_at(self) -> dt.datetime | None:
        """`expires` as an aware UTC time; None where it never does."""
        return None if self.expires is None else moment(self.expires)

    @property
    def members(self) -> dict[str, str]:
        """What lies beside the manifest in the payload: member name → SHA-256, in the payload's order."""
        names = {f"files/{one.content}": one.content for one in self.files if one.content}
        names |= {f"diffs/{one.diff}": one.diff for one in self.files if one.diff}
        if self.sql is not None:
            names |= {"sql/up.sql": self.sql.up, "sql/down.sql": self.sql.down}
        return dict(sorted(names.items()))

    @property
    def text(self) -> str:
        """The one canonical JSON text of this manifest."""
        values = self.model_dump(mode="json")
        if self.format_version == 1:
            values = {key: value for key, value in values.items() if key not in SINCE_2}
            values["files"] = [
                {key: value for key, value in one.items() if key not in FILE_SINCE_2} for one in values["files"]
            ]
        return canonical(values)


_SETS = ("customers", "requires", "conflicts", "supersedes")


def _newer_than_1(manifest: Manifest) -> str:
    """The first thing in it that format 1 has no words for; empty where there is none."""
    told = sorted(key for key in SINCE_2 if getattr(manifest, key) != Manifest.model_fields[key].default)
    for one in manifest.files:
        if one.action in ("symlink", "patch"):
            told.append(f"action {one.action}")
        if any(before == ABSENT_WORD or before.startswith(LINK_WORD) for before in one.before):
            told.append(f"before with {ABSENT_WORD} or {LINK_WORD}")
    return told[0] if told else ""


def manifest_from(values: Any, what: str) -> Manifest:
    """The validated manifest. `what` is the file it comes from. Raises BadInput naming file and key."""
    _require_bounded(values, what)
    try:
        return Manifest.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = shown(".".join(str(part) for part in first["loc"]), 120) or "the whole"
        more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
        sentence = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"{what}: {key}: {sentence}{more}.", "See docs/reference/bundle-format.md.") from None


def _require_bounded(values: Any, what: str) -> None:
    """Before anything is looked at more closely: every complaint about each of a million entries would be kept."""
    parts = values.values() if isinstance(values, dict) else ()
    files = values.get("files") if isinstance(values, dict) else None
    entries = [one for one in files[: MAXIMUM_FILES + 1] if isinstance(one, dict)] if isinstance(files, list) else []
    inner = [*parts, *(value for one in entries[:MAXIMUM_FILES] for value in list(one.values())[:MAXIMUM_KEYS])]
    keyed = [values, *entries, *inner]
    too_many = any(isinstance(one, dict) and len(one) > MAXIMUM_KEYS for one in keyed)
    if too_many or any(isinstance(one, list) and len(one) > MAXIMUM_FILES for one in inner):
        raise BadInput(f"{what}: it says more than any manifest can.", "See docs/reference/bundle-format.md, limits.")


def manifest_from_text(raw: bytes, what: str) -> Manifest:
    """The manifest of a built bundle. Raises BadInput for anything but the canonical text of a valid one."""
    if len(raw) > MAXIMUM_MANIFEST_BYTES:
        raise BadInput(f"{what} is no patch bundle: its manifest is over 1 MiB.", "Build it anew.")
    try:
        values = json.loads(raw)
        manifest = manifest_from(values, what)
        if manifest.text.encode() == raw:
            return manifest
    except CalloutError:
        raise
    except (ValueError, RecursionError):
        pass
    raise BadInput(f"{what} is no patch bundle: its manifest is not canonical JSON.", "Build it anew.")
