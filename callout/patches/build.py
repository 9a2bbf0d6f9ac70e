"""Builds a bundle from a source folder: `bundle.yml` and the files it names."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from callout.errors import BadInput
from callout.patches.bundle import MAXIMUM_BYTES, Container, payload_bytes
from callout.patches.manifest import FILE_SINCE_2, MAXIMUM_FILES, SINCE_2, manifest_from
from callout.patches.source_file import file_values
from callout.patches.source_folder import HINT, SourceFolder
from callout.patches.sql_text import sql_complaint

SOURCE = "bundle.yml"
_SORTED = ("customers", "requires", "conflicts", "supersedes")


def build(folder: Path) -> Container:
    """The unsigned bundle of a source folder. Equal folders give equal bytes, on any machine, on any day.

    A folder that says nothing of its format, and nothing that only format 2 has words for, becomes format 1,
    byte for byte as ever. Raises BadInput naming file and key for what is missing or wrong.
    """
    source = SourceFolder(folder, folder / SOURCE)
    values = source.yaml()
    listed = values.get("files")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadInput(f"{source.file}: files: is a list with path, action, before, content.", HINT)
    if len(listed) > MAXIMUM_FILES:
        raise BadInput(f"{source.file}: files: names more than {MAXIMUM_FILES}.", "Split the bundle.")
    values = {"format_version": _format_of(values, listed), **values}
    values["files"] = [file_values(source, one) for one in listed]
    if isinstance(values.get("expires"), dt.datetime):
        # YAML reads an unquoted time by itself.
        values["expires"] = _utc(source, values["expires"])
    for key in _SORTED:
        if isinstance(values.get(key), list) and all(isinstance(one, str) for one in values[key]):
            values[key] = sorted(values[key])
    if isinstance(values.get("sql"), dict):
        values["sql"] = _sql(source, values["sql"])
    manifest = manifest_from(values, str(source.file))
    container = Container(payload_bytes(manifest, source.contents.values()))
    if len(container.to_bytes()) > MAXIMUM_BYTES - 1024 * 1024:
        raise BadInput(f"{folder}: the bundle would be over 63 MiB.", "Split it, or ship it another way.")
    return container


def _format_of(values: dict[str, Any], listed: list[dict[str, Any]]) -> int:
    """1 where format 1 can say it, else 2."""
    if any(key in values for key in SINCE_2):
        return 2
    for one in listed:
        before = one.get("before", [])
        plain = not isinstance(before, list) or all(isinstance(each, str) and each != "absent" for each in before)
        if one.get("action") in ("symlink", "patch") or FILE_SINCE_2 & set(one) or not plain:
            return 2
    return 1


def _utc(source: SourceFolder, when: dt.datetime) -> str:
    try:
        if when.tzinfo is not None and not when.microsecond:
            return f"{when.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:
        pass
    raise BadInput(f"{source.file}: expires: is a time with its zone, to the second.", "Like 2027-01-31T00:00:00Z.")


def _sql(source: SourceFolder, raw: dict[str, Any]) -> dict[str, Any]:
    values = dict(raw)
    for key in ("up", "down"):
        if key not in values:
            continue
        content = source.read(values[key])
        if complaint := sql_complaint(content):
            raise BadInput(f"{source.file}: sql.{key}: {values[key]}: {complaint}.", HINT)
        values[key] = source.carry(content)
    return values
