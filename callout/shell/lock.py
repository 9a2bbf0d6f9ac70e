"""What a system says of its lock, as patch_lock.sh and patch_common.sh tell it; patches and restores take it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from callout.errors import Locked

_HELD = re.compile(r"held (\d{1,10}) ([A-Za-z0-9@._:-]{1,100}) (earlier-boot|at-work|connected|gone|unknown)", re.ASCII)
_TOKEN = re.compile(r"holder ([0-9a-f]{4,64})", re.ASCII)
_HOLDER = {
    "at-work": "a script of that run is at work now",
    "connected": "its line is up",
    "gone": "nothing of that run is left on the system, so it is dead, or its line is",
    "earlier-boot": "the system was started anew since, so that run is dead",
    "unknown": "whether that run is alive cannot be seen there",
}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a system's lock: `token` of the run, `actor`, `callout` (may be empty), and the whole line `told`."""

    token: str
    actor: str
    callout: str
    told: str

    @property
    def dead(self) -> bool:
        """True where nothing of that run is left on the system, or the system was started anew since."""
        return self.told.endswith((" gone", " earlier-boot"))


def holder_of(lines: Sequence[str]) -> Holder | None:
    """What patch_holder.sh told of a lock that somebody has; None where that is not what it told."""
    if len(lines) != 2 or not (token := _TOKEN.fullmatch(lines[0])) or not (held := _HELD.fullmatch(lines[1])):
        return None
    actor, _, callout = held[2].rpartition(":")
    return Holder(token[1], actor or held[2], callout if actor else "", lines[1])


def locked_by(system: str, line: str, again: str, lost: str = "") -> Locked | None:
    """The refusal that `held SINCE WHO HOLDER` stands for; None for any other line.

    `again` is what ends a run that is dead, `lost` what does where the machine that ran it is no more; `{callout}` in
    them stands for the call-out of the lock's holder.

    A lock is never taken from somebody because its run looks dead: its own machine knows best what it has left
    half-way. So that is where the remedy leads first; where that machine is lost, a colleague takes the run over.
    """
    match = _HELD.fullmatch(line)
    if match is None:
        return None
    since = dt.datetime.fromtimestamp(int(match[1]), dt.UTC)
    who, holder = match[2], match[3]
    told = f"{system}: {who} is changing it, since {since:%Y-%m-%d %H:%M} UTC by its own clock; {_HOLDER[holder]}."
    owner, _, callout = who.rpartition(":")
    end = f"{again.format(callout=callout)}, on the machine of {owner or who}."
    if lost:
        end += f" Where that is lost: {lost.format(callout=callout)}"
    if holder in ("gone", "earlier-boot"):
        return Locked(told, f"End that run: {end}")
    return Locked(told, f"Wait; if that run is dead: {end}")
