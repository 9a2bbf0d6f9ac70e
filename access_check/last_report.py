"""Reads a report that was made earlier, for what was open then."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from access_check.errors import AccessCheckError
from access_check.findings import Finding
from access_check.last_seen import LastSeen, last_seen

LIMIT_BYTES = 64 * 1024 * 1024


class NoReport(AccessCheckError):
    """The file is not a report of `access-check --format json`."""


def read_last_report(path: Path, now: dt.datetime) -> dict[str, LastSeen]:
    """System → when it was last open, from a report in JSON. `now` is aware.

    Raises NoReport for a file that cannot be read, or is none.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise NoReport(f"--before: {path} cannot be read: {error.strerror}.", "Name a report.") from None
    try:
        if len(text) > LIMIT_BYTES:
            raise ValueError("it is longer than 64 MiB")
        return _last_seen(json.loads(text), now)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"{type(error).__name__}: {error}"[:100]
        hint = "Give a file made by access-check --format json, of a version that writes `at` into it."
        raise NoReport(f"--before: {path} is no report of ours ({why}).", hint) from None


def _last_seen(document: Mapping[str, Any], now: dt.datetime) -> dict[str, LastSeen]:
    at = dt.datetime.fromisoformat(document["at"])
    if at.tzinfo is None:
        raise ValueError("at has no time zone")
    found: dict[str, LastSeen] = {}
    for system in document["systems"]:
        findings = [Finding.from_dict(raw) for raw in system["findings"]]
        if (before := last_seen([(at, findings)], now)) is not None:
            found[str(system["system"])] = before
    return found
