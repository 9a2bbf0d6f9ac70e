"""The manifest of a bundle: what it is, what it is for, and what it does to which file.

Text on the wire is canonical JSON; `docs/reference/bundle-format.md` describes it for people.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from access_check.profile import Product
from access_check.validation import Strict
from callout.errors import BadInput, CalloutError
from callout.ledger.event import canonical
from callout.patches.paths import safe_path
from callout.patches.versions import version_numbers

FORMAT_VERSION = 1
MAXIMUM_FILES = 500
MAXIMUM_MANIFEST_BYTES = 1024 * 1024


def _one_line(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("is one line of printable text, without spaces at its ends")
    return text


def _version(text: str) -> str:
    version_numbers(text)
    return text


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
OneLine = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_one_line)]
Version = Annotated[str, Field(max_length=40), AfterValidator(_version)]
SystemPath = Annotated[str, AfterValidator(safe_path)]
ServiceName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")]


class VersionRange(Strict):
    """Product versions the bundle is for, both ends included; `maximum: 8.1` includes every 8.1.x."""

    minimum: Version | None = None
    maximum: Version | None = None


class FileChange(Strict):
    """What happens to one file.

    `before` are the SHA-256 of the contents that may be replaced or deleted (empty for `create`: nothing may
    be there). `after` and `size` (bytes) describe the new content. `mode` is four octal digits, `owner` is
    `uid:gid` in numbers; `keep` means as the replaced file had it.
    """

    path: SystemPath
    action: Literal["create", "replace", "delete"]
    before: tuple[Sha256, ...] = Field(default=(), max_length=50)
    after: Sha256 | None = None
    size: Annotated[int, Field(ge=0, strict=True)] | None = None
    mode: Annotated[str, Field(pattern=r"^(keep|[0-7]{4})$")] = "keep"
    owner: Annotated[str, Field(pattern=r"^(keep|[0-9]{1,9}:[0-9]{1,9})$")] = "keep"

    @model_validator(mode="after")
    def _whole(self) -> FileChange:
        if (self.action == "create") != (not self.before):
            raise ValueError(f"{self.action} {'takes no' if self.before else 'needs at least one'} 'before'")
        if (self.action == "delete") == (self.after is not None):
            raise ValueError(f"{self.action} {'takes no' if self.after else 'needs'} new content")
        if (self.after is None) != (self.size is None):
            raise ValueError("'after' and 'size' go together")
        if self.action == "create" and "keep" in (self.mode, self.owner):
            raise ValueError("create needs 'mode' and 'owner': there is nothing to keep them from")
        if self.action == "delete" and (self.mode, self.owner) != ("keep", "keep"):
            raise ValueError("delete takes no 'mode' and no 'owner'")
        return self


class Manifest(Strict):
    """All that a bundle says of itself. `downtime_minutes` is an estimate for the customer."""

    format_version: Literal[1]
    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,15}(-[A-Z0-9]{1,16}){1,3}$")]
    title: OneLine
    severity: Literal["low", "medium", "high", "critical"]
    products: tuple[Product, ...] = Field(min_length=1, max_length=10)
    versions: Literal["any"] | VersionRange
    bug: OneLine
    documentation: Annotated[str, Field(max_length=500, pattern=r"^https?://[!-~]+$")]
    files: tuple[FileChange, ...] = Field(min_length=1, max_length=MAXIMUM_FILES)
    restart: tuple[ServiceName, ...] = Field(default=(), max_length=20)
    downtime_minutes: Annotated[int, Field(ge=0, le=1440, strict=True)]

    @model_validator(mode="after")
    def _each_once(self) -> Manifest:
        for what, names in (("files", [one.path for one in self.files]), ("restart", list(self.restart))):
            if len(set(names)) != len(names):
                raise ValueError(f"'{what}' names the same one twice")
        paths = {one.path for one in self.files}
        if both := paths & {str(folder) for path in paths for folder in PurePosixPath(path).parents}:
            raise ValueError(f"{min(both)} cannot be a file and a folder")
        return self

    @property
    def text(self) -> str:
        """The one canonical JSON text of this manifest."""
        return canonical(self.model_dump(mode="json"))


def manifest_from(values: Any, what: str) -> Manifest:
    """The validated manifest. `what` is the file it comes from. Raises BadInput naming file and key."""
    try:
        return Manifest.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "the whole"
        more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
        sentence = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"{what}: {key}: {sentence}{more}.", "See docs/reference/bundle-format.md.") from None


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
