"""When a customer lets us change things: windows and blackouts, in the customer's own time zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Window(Protocol):
    """`closes` before or equal to `opens` means the next day; no `days` means every day."""

    @property
    def days(self) -> Sequence[str]: ...
    @property
    def opens(self) -> dt.time: ...
    @property
    def closes(self) -> dt.time: ...


class Closed(Protocol):
    """Days without changes, both ends included."""

    @property
    def first(self) -> dt.date: ...
    @property
    def last(self) -> dt.date: ...
    @property
    def reason(self) -> str: ...


def window_refusal(moment: dt.datetime, zone: str, window: Window | None) -> str:
    """Why `moment` (aware) is outside the change window, as a sentence; empty where it is inside.

    No window on file means any time. A window that runs over midnight belongs to the day on which it opens.
    """
    if window is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    days = tuple(window.days) or WEEKDAYS
    today, yesterday = WEEKDAYS[local.weekday()], WEEKDAYS[(local.weekday() - 1) % 7]
    at = local.time()
    if window.closes > window.opens:
        inside = today in days and window.opens <= at < window.closes
    else:
        inside = (today in days and at >= window.opens) or (yesterday in days and at < window.closes)
    if inside:
        return ""
    return (
        f"It is {local:%a %H:%M} there ({zone}); the change window is {window.opens:%H:%M} to "
        f"{window.closes:%H:%M} on {', '.join(days)}."
    )


def blackout_refusal(moment: dt.datetime, zone: str, blackouts: Sequence[Closed]) -> str:
    """The blackout that `moment` (aware) falls into, as a sentence; empty where there is none."""
    today = moment.astimezone(ZoneInfo(zone)).date()
    for blackout in blackouts:
        if blackout.first <= today <= blackout.last:
            return f"{today} lies in the blackout from {blackout.first} to {blackout.last}: {blackout.reason}."
    return ""
