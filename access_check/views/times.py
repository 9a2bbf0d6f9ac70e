"""Moments as a customer reads them: UTC, and their own clock beside it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

# Written out, so that no newer table of locales changes a letter.
_PATTERNS = {"en": "d MMMM y, HH:mm", "de": "d. MMMM y, HH:mm"}


def moment(now: dt.datetime, zone: str, language: str) -> str:
    """`now` to the minute as `23 November 2026, 02:50 UTC (03:50 Europe/Vienna)`, the date too where it differs.

    `now` has a zone. Months are named in `language`.
    """
    from babel.dates import format_datetime

    pattern = _PATTERNS.get(language, _PATTERNS["en"])
    there, utc = now.astimezone(ZoneInfo(zone)), now.astimezone(dt.UTC)
    said = f"{format_datetime(utc, pattern, tzinfo=dt.UTC, locale=language)} UTC"
    if zone in ("UTC", "Etc/UTC"):
        return said
    same = there.date() == utc.date()
    local = format_datetime(there, "HH:mm" if same else pattern, tzinfo=ZoneInfo(zone), locale=language)
    return f"{said} ({local} {zone})"
