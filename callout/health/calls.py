"""Calls in progress, waited for up to a limit. An answer that is not understood is not zero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class CallsCode(StrEnum):
    """What waiting came to. Only `idle` lets a change begin."""

    IDLE = "idle"
    BUSY = "busy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CallsVerdict:
    """The end of the wait: `calls` is the last count, None where the last answer was not understood."""

    code: CallsCode
    calls: int | None
    waited_s: int
    seen: str

    @property
    def idle(self) -> bool:
        """True only where a count of zero was really read."""
        return self.code is CallsCode.IDLE

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"code": str(self.code), "calls": self.calls, "waited_s": self.waited_s, "seen": self.seen}


def wait_for_idle(
    ask: Callable[[], int | None],
    now: Callable[[], float],
    sleep: Callable[[float], None],
    limit_s: float,
    every_s: float = 10,
) -> CallsVerdict:
    """Asks until there are no calls, at most `limit_s` seconds long, and at least once.

    `ask` gives the calls in progress, None for unknown; `now` and `sleep` are in seconds of a clock that
    never goes back. Unknown is asked again and never passes. Channels without a call do not count.
    """
    began = now()
    asked_at_most = int(limit_s // every_s) + 2 if limit_s > 0 else 1
    calls = None
    for _ in range(asked_at_most):
        calls = ask()
        left_s = limit_s - (now() - began)
        if calls == 0 or left_s <= 0:
            break
        sleep(min(every_s, left_s))
    return _verdict(calls, round(now() - began))


def _verdict(calls: int | None, waited_s: int) -> CallsVerdict:
    after = f" after {waited_s} s" if waited_s else ""
    if calls is None:
        seen = f"How many calls are in progress is not known{after}: Asterisk gave no count."
        return CallsVerdict(CallsCode.UNKNOWN, None, waited_s, seen)
    if calls == 0:
        return CallsVerdict(CallsCode.IDLE, 0, waited_s, f"No call is in progress{after}.")
    plural = "call is" if calls == 1 else "calls are"
    return CallsVerdict(CallsCode.BUSY, calls, waited_s, f"{calls} {plural} still in progress{after}.")
