"""Pure: a manifest as text for people. Everything in it was validated as printable."""

from __future__ import annotations

from callout.patches.file_change import FileChange
from callout.patches.manifest import Manifest
from callout.patches.obstacles import short_before


def manifest_text(manifest: Manifest, sha256: str) -> str:
    """What the bundle says of itself, without a line's end at the end."""
    versions = manifest.versions
    told = "any" if versions == "any" else f"{versions.minimum or 'any'} to {versions.maximum or 'any'}"
    lines = [
        f"{manifest.id} ({manifest.severity}): {manifest.title}",
        f"  for {', '.join(manifest.products)}, versions {told}",
        f"  why: {manifest.bug}, {manifest.documentation}",
        f"  sha256 {sha256}",
        f"  expected downtime {manifest.downtime_minutes} min; restarts {', '.join(manifest.restart) or 'nothing'}",
        *_bounds(manifest),
        "Files",
    ]
    for one in manifest.files:
        before = ", ".join(short_before(word) for word in one.before) or "nothing"
        lines += [f"  {one.action:<8} {one.path}", f"           {before} → {_after(one)}"]
    if manifest.sql is not None:
        way = "in one transaction" if manifest.sql.transactional else "not in a transaction"
        lines += [f"SQL, {way}: up {manifest.sql.up[:16]}, down {manifest.sql.down[:16]}"]
    if manifest.manual:
        lines += ["By hand", *(f"  {number}. {step}" for number, step in enumerate(manifest.manual, 1))]
    return "\n".join(lines)


def _bounds(manifest: Manifest) -> list[str]:
    """What format 2 says of where and when it counts; nothing for what is not bound."""
    told = {
        "sequence": str(manifest.sequence or ""),
        "expires": manifest.expires or "",
        "only for": ", ".join(manifest.customers),
        "requires": ", ".join(manifest.requires),
        "conflicts with": ", ".join(manifest.conflicts),
        "supersedes": ", ".join(manifest.supersedes),
        "must be well besides": ", ".join(manifest.health),
    }
    return [f"  {words} {value}" for words, value in told.items() if value]


def _after(one: FileChange) -> str:
    if one.action == "symlink":
        return f"symlink that says {one.target}"
    if one.after is None:
        return "nothing"
    by = f" by diff {one.diff[:16]}" if one.diff else ""
    return f"{one.after[:16]}{by}, {one.size} bytes, mode {one.mode}, owner {one.owner}"
