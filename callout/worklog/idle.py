"""Pure: stretches in which the person typed nothing for longer than policy allows."""

from __future__ import annotations

from dataclasses import dataclass, field

# So many stretches are told one by one; the sum counts all of them.
LISTED = 20


@dataclass(frozen=True, slots=True)
class Stretch:
    """From so many seconds after the start, for so many seconds."""

    from_s: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Idle:
    """All stretches together in whole seconds, the first of them, and how many more there were."""

    seconds: int = 0
    stretches: tuple[Stretch, ...] = ()
    more: int = 0


@dataclass
class IdleWatch:
    """Told of each keystroke. Times are seconds on one steady clock that goes on while the machine sleeps.

    A stretch counts whole, from its first second, once it is longer than `limit_s`; so does the one before the first
    keystroke and the one after the last.
    """

    limit_s: float
    began_s: float
    _typed_s: float = field(init=False)
    _stretches: list[Stretch] = field(default_factory=list, init=False)
    _more: int = field(default=0, init=False)
    _seconds: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._typed_s = self.began_s

    def typed(self, at_s: float) -> None:
        """The person did something at `at_s`."""
        gap_s = at_s - self._typed_s
        if gap_s > self.limit_s:
            stretch = Stretch(int(self._typed_s - self.began_s), int(gap_s))
            self._seconds += stretch.seconds
            if len(self._stretches) < LISTED:
                self._stretches.append(stretch)
            else:
                self._more += 1
        self._typed_s = at_s

    def ended(self, at_s: float) -> Idle:
        """What it came to by the end of the session; asked once."""
        self.typed(at_s)
        return Idle(self._seconds, tuple(self._stretches), self._more)
