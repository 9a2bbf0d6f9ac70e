"""Pure: what an experienced colleague would say of a bundle before signing it. Nothing here decides about a system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from callout.findings import Finding, Move, Status
from callout.patches.bundle import Bundle
from callout.patches.lint_files import file_findings
from callout.patches.lint_sql import sql_findings
from callout.patches.manifest import Manifest


def lint(bundle: Bundle, now: dt.datetime) -> list[Finding]:
    """All findings; one that passes where there is nothing to say. `now` is aware.

    What fails must not be signed; a warning is to be answered by whoever signs.
    """
    manifest = bundle.manifest
    found = [
        *_manifest_findings(manifest, now),
        *(each for one in manifest.files for each in file_findings(one, bundle)),
        *sql_findings(bundle),
    ]
    if found:
        return found
    return [Finding("bundle.lint", Status.PASS, "clean", f"{manifest.id}: nothing to say against it.")]


def _manifest_findings(manifest: Manifest, now: dt.datetime) -> Iterator[Finding]:
    if manifest.expires_at is not None and manifest.expires_at <= now:
        yield _finding(Status.FAIL, "expires", "expired", f"It has expired: {manifest.expires}.", "Give a later time.")
    if manifest.format_version > 1 and manifest.expires is None:
        yield _finding(
            Status.WARN, "expires", "never", "It never expires: whoever finds it in ten years can apply it.",
            "Say expires, with a time that is long enough for all customers.",
        )  # fmt: skip
    if manifest.format_version > 1 and manifest.sequence == 0:
        yield _finding(
            Status.WARN, "sequence", "none", "It has no sequence: an older build of it cannot be told from a newer.",
            "Say sequence: 1, and one more at each build that is given away.",
        )  # fmt: skip
    if manifest.versions == "any":
        yield _finding(
            Status.WARN, "versions", "any", "It is for any version, also for those that are not made yet.",
            "Name the versions it was tried on.",
        )  # fmt: skip
    if manifest.restart and manifest.downtime_minutes == 0:
        yield _finding(
            Status.WARN, "downtime_minutes", "none",
            f"It restarts {', '.join(manifest.restart)} and expects no downtime.",
            "Say how long calls cannot be made: the customer consents to that.",
        )  # fmt: skip
    if manifest.sql is not None and not manifest.restart and not manifest.health:
        yield _finding(
            Status.WARN, "sql", "unseen", "It changes the database, restarts nothing and asks for no health check.",
            "Say in health which finding shows that the product still works with it.",
        )  # fmt: skip


def _finding(status: Status, key: str, code: str, seen: str, remedy: str) -> Finding:
    return Finding(f"bundle.{key}", status, code, seen, Move.US, remedy)
