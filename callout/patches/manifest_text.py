"""Pure: a manifest as text for people. Everything in it was validated as printable."""

from __future__ import annotations

from callout.patches.manifest import Manifest


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
        "Files",
    ]
    for one in manifest.files:
        new = f"{one.after[:16]}, {one.size} bytes, mode {one.mode}, owner {one.owner}" if one.after else "nothing"
        before = ", ".join(hash_[:16] for hash_ in one.before) or "nothing"
        lines += [f"  {one.action:<8} {one.path}", f"           {before} → {new}"]
    return "\n".join(lines)
