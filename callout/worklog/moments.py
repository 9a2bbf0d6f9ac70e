"""Times, days and durations as people write them. Nothing is guessed: what could mean two moments is refused."""

from __future__ import annotations

import datetime as dt
import re

from callout.errors import BadInput

LIKE = "Write it like 2026-03-01T17:30+01:00."
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_DURATION = re.compile(r"(?:([0-9]{1,3})h)?(?:([0-9]{1,4})m)?(?:([0-9]{1,5})s)?")
_CLOCKED_DURATION = re.compile(r"([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9]))?")


def moment_of(text: str, zone: dt.tzinfo, what: str, day: dt.date | None = None) -> dt.datetime:
    """The moment (UTC) that `text` names: ISO 8601, with an offset or by the clocks of `zone`; or HH:MM of `day`.

    `what` is the option that it came from. Raises BadInput for what is no time, and for a local time that comes
    twice or never because clocks were changed: that asks for the offset.
    """
    clock = _CLOCK.fullmatch(text.strip())
    try:
        if clock is None:
            written = dt.datetime.fromisoformat(text.strip())
        elif day is None:
            raise BadInput(f"{what} {text[:40]} says no day.", "Give --date, too, like 2026-03-01, or the whole time.")
        else:
            written = dt.datetime.combine(day, dt.time(int(clock[1]), int(clock[2]), int(clock[3] or 0)))
        return local_moment(written, zone, what) if written.tzinfo is None else written.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise BadInput(f"{what} {text[:40]!r} is no time.", LIKE) from None


def local_moment(written: dt.datetime, zone: dt.tzinfo, what: str) -> dt.datetime:
    """The moment (UTC) at which clocks of `zone` showed `written` (naive).

    Raises BadInput where they showed it twice or never.
    """
    both = {written.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1)}
    shown = sorted(moment for moment in both if moment.astimezone(zone).replace(tzinfo=None) == written)
    if len(shown) == 1:
        return shown[0]
    offsets = " or ".join(moment.astimezone(zone).isoformat()[-6:] for moment in shown)
    how_often = f"comes twice in {zone} ({offsets})" if shown else f"does not exist in {zone}"
    raise BadInput(
        f"{what} {written.isoformat(timespec='minutes')} {how_often}: the clocks are changed then.",
        f"Give the offset. {LIKE}",
    )


def day_of(text: str, what: str) -> dt.date:
    """The date that `YYYY-MM-DD` names. Raises BadInput for anything else."""
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip()):
            raise ValueError
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"{what} {text[:40]!r} is no date.", "Write it like 2026-03-01.") from None


def seconds_of(text: str, what: str) -> int:
    """Seconds of a duration like `1h30m`, `90m`, `45s` or `1:30`. Raises BadInput for anything else, and for none."""
    written = text.strip()
    found = _CLOCKED_DURATION.fullmatch(written) or (_DURATION.fullmatch(written) if written else None)
    seconds = (
        sum(int(part or 0) * unit for part, unit in zip(found.groups(), (3600, 60, 1), strict=True)) if found else 0
    )
    if not seconds:
        raise BadInput(f"{what} {text[:40]!r} is no duration.", "Write it like 1h30m, 90m or 1:30.")
    return seconds
