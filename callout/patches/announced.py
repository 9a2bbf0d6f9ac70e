"""Pure: what is known of a bundle without its file: what it is for, since when, and what it does to which file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from callout.ledger.event import Event, format_utc, parse_utc
from callout.patches.bundle import Bundle
from callout.patches.file_change import LINK_WORD, FileChange

KIND = "patch_announced"


@dataclass(frozen=True, slots=True)
class Announced:
    """A bundle as the ledger knows it. `versions` is None for any, else minimum and maximum, either may be None.

    `customers` is empty for every customer. `files` are path and SHA-256 after it (of
    a symlink `link:` and its target's), empty for a deleted one.
    `made_at` is when its first version was announced; `confirmed_at` when the bug was confirmed, None where nobody
    said. Both are aware (UTC).
    """

    bundle: str
    title: str
    severity: str
    bug: str
    products: tuple[str, ...]
    versions: tuple[str | None, str | None] | None
    customers: tuple[str, ...]
    supersedes: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    sha256: str
    made_at: dt.datetime
    confirmed_at: dt.datetime | None


def announcement_body(bundle: Bundle, signers: list[str], confirmed_at: dt.datetime | None) -> dict[str, Any]:
    """What an announcement records. `confirmed_at` is aware."""
    manifest = bundle.manifest.model_dump(mode="json")
    named = {name: manifest[name] for name in ("title", "severity", "bug", "documentation", "products", "versions")}
    named |= {name: manifest[name] for name in ("customers", "supersedes", "sequence")}
    files = [{"path": one.path, "after": _after(one)} for one in bundle.manifest.files]
    confirmed = format_utc(confirmed_at) if confirmed_at else ""
    return {"bundle": manifest["id"], "sha256": bundle.sha256, "signers": signers, **named, "files": files} | {
        "confirmed_at": confirmed
    }


def _after(change: FileChange) -> str:
    """The content's SHA-256, `link:` and that of a symlink's target, or empty for what is deleted."""
    if change.target_sha256:
        return f"{LINK_WORD}{change.target_sha256}"
    return change.after or ""


def announced_of(events: Iterable[Event]) -> dict[str, Announced]:
    """What `patch_announced` events (in order) come to, by the bundle's id: the newest word counts.

    A later announcement that does not say when the bug was confirmed leaves what an earlier one said.
    """
    known: dict[str, Announced] = {}
    for event in events:
        body = event.body
        before = known.get(body["bundle"])
        versions = body["versions"]
        confirmed = parse_utc(body["confirmed_at"]) if body.get("confirmed_at") else None
        known[body["bundle"]] = Announced(
            bundle=body["bundle"],
            title=body["title"],
            severity=body["severity"],
            bug=body["bug"],
            products=tuple(body["products"]),
            versions=None if versions == "any" else (versions.get("minimum"), versions.get("maximum")),
            customers=tuple(body.get("customers", ())),
            supersedes=tuple(body.get("supersedes", ())),
            files=tuple((one["path"], one["after"]) for one in body["files"]),
            sha256=body["sha256"],
            made_at=before.made_at if before else event.happened_at,
            confirmed_at=confirmed or (before.confirmed_at if before else None),
        )
    return known
