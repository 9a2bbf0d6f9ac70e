"""Builds a bundle from a source folder: `bundle.yml` and the files it names."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from callout.errors import BadInput
from callout.patches.bundle import MAXIMUM_BYTES, Container, payload_bytes
from callout.patches.manifest import FORMAT_VERSION, manifest_from

_SHA256 = re.compile(r"[0-9a-f]{64}")
_HINT = "See docs/reference/bundle-format.md, The source folder."


def build(folder: Path) -> Container:
    """The unsigned bundle of a source folder. Equal folders give equal bytes, on any machine, on any day.

    Raises BadInput naming file and key for what is missing or wrong.
    """
    source = folder / "bundle.yml"
    values = _read_yaml(source)
    listed = values.get("files")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadInput(f"{source}: files: is a list with path, action, before, content.", _HINT)
    contents: dict[str, bytes] = {}
    values["files"] = [_file(folder, source, one, contents) for one in listed]
    manifest = manifest_from({"format_version": FORMAT_VERSION, **values}, str(source))
    container = Container(payload_bytes(manifest, list(contents.values())))
    if len(container.to_bytes()) > MAXIMUM_BYTES - 1024 * 1024:
        raise BadInput(f"{folder}: the bundle would be over 63 MiB.", "Split it, or ship it another way.")
    return container


def _file(folder: Path, source: Path, raw: dict[str, Any], contents: dict[str, bytes]) -> dict[str, Any]:
    values = dict(raw)
    if "content" in values:
        content = _read(folder, source, values.pop("content"))
        values["after"], values["size"] = hashlib.sha256(content).hexdigest(), len(content)
        contents[values["after"]] = content
    before = values.get("before", [])
    if not isinstance(before, list):
        raise BadInput(f"{source}: before: is a list of SHA-256, or of files in the folder.", _HINT)
    values["before"] = sorted({_hash(folder, source, one) for one in before})
    if values.get("action") == "create":
        values = {"mode": "0644", "owner": "0:0", **values}
    return values


def _hash(folder: Path, source: Path, named: Any) -> str:
    if isinstance(named, str) and _SHA256.fullmatch(named):
        return named
    return hashlib.sha256(_read(folder, source, named)).hexdigest()


def _read(folder: Path, source: Path, named: Any) -> bytes:
    if not isinstance(named, str):
        raise BadInput(f"{source}: {named!r} is no file name.", _HINT)
    path = (folder / named).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BadInput(f"{source}: {named} is outside the folder.", "Put the file into the bundle's folder.")
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise BadInput(f"{path} is over 64 MiB.", "Split it, or ship it another way.")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{source}: {named} cannot be read: {error.strerror}.", _HINT) from None


def _read_yaml(source: Path) -> dict[str, Any]:
    import yaml

    try:
        loaded = yaml.safe_load(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{source} cannot be read: {error.strerror}.", _HINT) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        first = " ".join(str(error).split())
        raise BadInput(
            f"{source} is no YAML: {first[:200]}.", "Mend it; strings with digits only need quotes."
        ) from None
    if not isinstance(loaded, dict) or not all(isinstance(key, str) for key in loaded):
        raise BadInput(f"{source} is no mapping of keys to values.", _HINT)
    return loaded
