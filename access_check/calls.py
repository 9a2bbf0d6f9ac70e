"""Pure: calls in progress, read strictly. An answer that is not understood is not zero."""

from __future__ import annotations

import re

from access_check.facts_observation import CallCount

_CHANNELS = re.compile(r"(\d{1,9}) active channels?", re.ASCII)
_CALLS = re.compile(r"(\d{1,9}) active calls?", re.ASCII)
_PROCESSED = re.compile(r"(\d{1,12}) calls? processed", re.ASCII)


def parse_calls(text: str) -> CallCount | None:
    """The three numbers of `core show channels count`, or None for anything else, an empty answer first of all.

    Each line must be there exactly once, and no call can be without a channel.
    """
    numbers = []
    for pattern in (_CHANNELS, _CALLS, _PROCESSED):
        found = [match for line in text.split("\n") if (match := pattern.fullmatch(line.strip()))]
        if len(found) != 1:
            return None
        numbers.append(int(found[0][1]))
    channels, calls, processed = numbers
    return CallCount(channels, calls, processed) if calls <= channels else None
