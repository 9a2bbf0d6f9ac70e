"""Whose clocks a time without an offset is by: those of a zone that is named, else those of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from callout.errors import BadInput

LOCALTIME = Path("/etc/localtime")


def zone_for(named: str, environment: Mapping[str, str], localtime: Path = LOCALTIME) -> ZoneInfo:
    """The zone `named`, else this machine's: `TZ`, else `localtime`, else UTC.

    Raises BadInput for a zone that nobody knows: a misspelt TZ is UTC to the C library, and would be to us.
    """
    if named:
        return _known(named, "--zone")
    wanted = environment.get("TZ", "").removeprefix(":")
    if wanted and not wanted.startswith("/"):
        return _known(wanted, "TZ")
    path = Path(wanted) if wanted else localtime
    if not path.exists():
        return ZoneInfo("UTC")
    _, found, key = str(path.resolve()).partition("/zoneinfo/")
    if found:
        return _known(key.removeprefix("posix/"), str(path))
    with path.open("rb") as stream:
        return ZoneInfo.from_file(stream, key="this machine's zone")


def _known(name: str, where: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a folder, a path outside, no such zone
        raise BadInput(f"{where}: {name[:60]!r} is no time zone.", "Name one like Europe/Berlin: --zone") from None
