"""Pure: what stands in the way of a bundle on a system, each as a finding with all that was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callout.findings import Finding, Move, Status
from callout.patches.file_change import LINK_WORD, FileChange
from callout.patches.images import Observed
from callout.patches.manifest import Manifest
from callout.patches.planned_file import PlannedFile
from callout.patches.relations import AppliedPatch
from callout.patches.versions import within

ORIGINALS_LIMIT_BYTES = 128 * 1024 * 1024
# What must stay free beside the new contents: a full disk stops a telephone system.
SPARE_KIB = 4096


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """What the plan must know of the system. `version` is the product's, None where it could not be had.

    `restart` maps the services that can be restarted to their commands; `charging` is the charging clause
    (policy.charging) that a consent to the plan covers; `unfinished` maps runs that were cut to their call-outs.
    `history` is what the system has had, oldest first; `database` is the name of the product's, empty for none.
    """

    customer: str
    system: str
    address: str
    port: int
    product: str
    version: str | None
    restart: Mapping[str, str]
    charging: Mapping[str, Any]
    unfinished: Mapping[str, str]
    history: tuple[AppliedPatch, ...] = ()
    database: str = ""


_SENTENCES = {
    "way-missing": "the folder is not there",
    "way-symlink": "a folder on the way is a symlink; the bundle must name the real path",
    "folder": "a folder is in its place",
    "symlink": "a symlink is in its place",
    "other-link": "a symlink is there, and it says something else than the bundle takes",
    "other": "something that is no ordinary file is in its place",
    "unreadable": "it cannot be read",
    "exists": "there is a file already",
    "missing": "the file is not there",
    "modified": "the file was modified",
    "hard-links": "the file has more names than one (hard links)",
}


def file_reason(one: PlannedFile) -> Finding:
    """One blocked file's reason: what is there, what the bundle takes."""
    seen = f"{one.path}: {_SENTENCES[one.code]}"
    if one.before.kind == "file":
        accepted = ", ".join(short_before(word) for word in one.accepted)
        seen += f": it is {one.before.sha256[:16]}, the bundle takes {accepted}"
    remedy = "Find out who changed it and why, then have a bundle made for this state."
    evidence = {"found": one.before.as_dict(), "accepted": list(one.accepted)}
    return Finding(f"patch.file@{one.path}", Status.FAIL, one.code, f"{seen}.", Move.US, remedy, evidence)


def short_before(word: str) -> str:
    """A word of `before` as people compare it: the first 16 digits of its hash."""
    return f"{LINK_WORD}{word.removeprefix(LINK_WORD)[:16]}" if word.startswith(LINK_WORD) else word[:16]


def product_reasons(manifest: Manifest, facts: SystemFacts) -> list[Finding]:
    """Why this product, or this version of it, is not what the bundle is for. An unknown version blocks."""
    if facts.product not in manifest.products:
        seen = f"{manifest.id} is for {', '.join(manifest.products)}; {facts.system} is {facts.product}."
        return [
            Finding("patch.product", Status.FAIL, "other-product", seen, Move.US, "Use the bundle for this product.")
        ]
    if manifest.versions == "any":
        return []
    wanted = f"{manifest.versions.minimum or 'any'} to {manifest.versions.maximum or 'any'}"
    if facts.version is None:
        seen = f"The version of {facts.system} is not known; {manifest.id} is for {wanted}."
        remedy = "Give an API key (callout_system.api.key), or use a bundle that says versions: any."
        return [Finding("patch.version", Status.UNKNOWN, "version-unknown", seen, Move.US, remedy)]
    try:
        if within(facts.version, manifest.versions.minimum, manifest.versions.maximum):
            return []
    except ValueError:
        seen = f"The version that {facts.system} tells is not understood; {manifest.id} is for {wanted}."
        return [Finding("patch.version", Status.UNKNOWN, "version-unknown", seen, Move.US, "Look at it in the GUI.")]
    seen = f"{facts.system} has {facts.version}; {manifest.id} is for {wanted}."
    return [Finding("patch.version", Status.FAIL, "other-version", seen, Move.US, "Use the bundle for this version.")]


def leftover_reasons(observed: Sequence[Observed], unfinished: Mapping[str, str]) -> list[Finding]:
    """One reason per unfinished run whose files lie beside ours; `unfinished` maps it to its call-out here."""
    found = sorted({one.leftover for one in observed if one.leftover})
    return [_leftover(one, unfinished.get(one, "")) for one in found]


def _leftover(run: str, callout: str) -> Finding:
    seen, remedy = f"An unfinished run ({run}) is there.", f"Run callout patch recover {callout}."
    if not callout:
        seen, remedy = f"{seen} It was not begun here.", "Run callout patch recover on the machine that began it."
    return Finding(f"patch.leftover@{run}", Status.FAIL, "unfinished", seen, Move.US, remedy)


def space_reasons(
    changes: Sequence[FileChange], files: Sequence[PlannedFile], observed: Sequence[Observed]
) -> list[Finding]:
    """Not enough room, or room not known, on a filesystem; originals too large to be fetched."""
    needed: dict[int | None, int] = {}
    free: dict[int | None, int | None] = {}
    originals = 0
    for change, planned, seen in zip(changes, files, observed, strict=True):
        if planned.verdict in ("blocked", "already-in"):
            continue
        needed[seen.device] = needed.get(seen.device, 0) + (change.size or 0)
        known = free.get(seen.device, seen.free_kib)
        free[seen.device] = None if known is None or seen.free_kib is None else min(known, seen.free_kib)
        originals += seen.size_bytes or 0
    # Contents arrive in the work folder first, then lie beside their targets: twice, if both are on one disk.
    short = [
        device
        for device, needs in needed.items()
        if (available := free[device]) is None or available < SPARE_KIB + 2 * needs // 1024
    ]
    reasons = []
    if short:
        total = sum(needed[device] for device in short) // 1024
        room = f"There is not enough room, or it is not known: {2 * total + SPARE_KIB} KiB must be free."
        reasons.append(Finding("patch.space", Status.FAIL, "no-space", room, Move.CUSTOMER, "Make room there."))
    if originals > ORIGINALS_LIMIT_BYTES:
        size = "The files to be replaced are over 128 MiB together; their originals are kept in memory on the way."
        reasons.append(Finding("patch.originals", Status.FAIL, "too-large", size, Move.US, "Split the bundle."))
    return reasons


def restart_reasons(manifest: Manifest, facts: SystemFacts) -> list[Finding]:
    """One reason per service that nothing says how to restart; names the key to add."""
    return [
        Finding(
            f"patch.restart@{service}",
            Status.FAIL,
            "no-restart-command",
            f"{facts.system}: nothing says how {service} is restarted.",
            Move.US,
            f"Add callout_system.operation.restart.{service} to host_vars/{facts.system}.yml.",
        )
        for service in manifest.restart
        if not facts.restart.get(service)
    ]


def unseen_sql_reasons(manifest: Manifest, facts: SystemFacts) -> list[Finding]:
    """Files tell nothing of a database: where all are in, the ledger must say that the SQL was done, too."""
    if manifest.sql is None or any(one.standing and one.id == manifest.id for one in facts.history):
        return []
    seen = f"All files of {manifest.id} are in on {facts.system}, but the ledger does not say that its SQL was done."
    remedy = "Look at the database; then take the files back by hand, or do the SQL by hand."
    return [Finding("patch.database", Status.UNKNOWN, "sql-unknown", seen, Move.US, remedy)]


def database_reasons(manifest: Manifest, facts: SystemFacts) -> list[Finding]:
    """One reason where the bundle has SQL and the system has no database that anything is known of."""
    if manifest.sql is None or facts.database:
        return []
    seen = f"{manifest.id} changes the database; nothing says what the database of {facts.system} is."
    remedy = f"Add callout_system.operation.database to host_vars/{facts.system}.yml."
    return [Finding("patch.database", Status.FAIL, "no-database", seen, Move.US, remedy)]
