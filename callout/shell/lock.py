"""What a system says of its lock, as patch_lock.sh and patch_common.sh tell it; patches and restores take it."""

from __future__ import annotations

import datetime as dt
import re

from callout.errors import Locked

_HELD = re.compile(r"held (\d{1,10}) ([A-Za-z0-9@._:-]{1,100}) (earlier-boot|at-work|connected|gone|unknown)", re.ASCII)
_HOLDER = {
    "at-work": "a script of that run is at work now",
    "connected": "its line is up",
    "gone": "nothing of that run is left on the system, so it is dead, or its line is",
    "earlier-boot": "the system was started anew since, so that run is dead",
    "unknown": "whether that run is alive cannot be seen there",
}


def locked_by(system: str, line: str, again: str) -> Locked | None:
    """The refusal that `held SINCE WHO HOLDER` stands for; None for any other line.

    `again` is what ends a run that is dead; `{callout}` in it stands for the call-out of the lock's holder.

    A lock is never taken from somebody because its run looks dead: what it has left half-way, only the machine that
    ran it knows. So that is where the remedy leads.
    """
    match = _HELD.fullmatch(line)
    if match is None:
        return None
    since = dt.datetime.fromtimestamp(int(match[1]), dt.UTC)
    who, holder = match[2], match[3]
    told = f"{system}: {who} is changing it, since {since:%Y-%m-%d %H:%M} UTC by its own clock; {_HOLDER[holder]}."
    owner, _, callout = who.rpartition(":")
    end = f"{again.format(callout=callout)}, on the machine of {owner or who}."
    if holder in ("gone", "earlier-boot"):
        return Locked(told, f"End that run: {end}")
    return Locked(told, f"Wait; if that run is dead: {end}")
