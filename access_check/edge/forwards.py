"""What a router forwards, whatever its maker; pure values."""

from __future__ import annotations

from dataclasses import dataclass

LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Ports:
    """A range of ports, both ends in it."""

    first: int
    last: int

    def __contains__(self, port: int) -> bool:
        return self.first <= port <= self.last


EVERY_PORT = Ports(0, LAST_PORT)


@dataclass(frozen=True, slots=True)
class Forward:
    """One rule that sends what arrives from outside to a host inside.

    `protocol` is `tcp`, `udp` or `any`. `inside` is None where ports stay as they are; one single port takes
    all outside ports. `source` says in the device's words who alone may use the rule, empty for everybody.
    `doubt` is a sentence about what the text does not tell of this rule; a rule in doubt is never right and
    never wrong. `outside_address` is empty where the rule names none. `line` counts from 1.
    """

    protocol: str
    outside: Ports
    inside_host: str
    inside: Ports | None
    line: int
    outside_address: str = ""
    source: str = ""
    enabled: bool = True
    doubt: str = ""

    def covers(self, port: int) -> bool:
        """Whether the rule speaks of this outside TCP port."""
        return self.protocol in ("tcp", "any") and port in self.outside

    def inside_port(self, port: int) -> int:
        """The port inside on which a connection to outside `port` arrives."""
        if self.inside is None:
            return port
        if self.inside.first == self.inside.last:
            return self.inside.first
        return self.inside.first + (port - self.outside.first)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was understood, in the device's order, and which lines were not (counted from 1).

    `cut` where the text was longer than what is read: what stood behind it is not known. `hidden` is a sentence
    about what the text cannot show: where it is set, a port that is not found is unknown and never absent.
    """

    forwards: tuple[Forward, ...]
    not_understood: tuple[int, ...] = ()
    cut: bool = False
    hidden: str = ""

    @property
    def whole(self) -> bool:
        """Whether every line was understood, so that what is not there is really absent."""
        return not self.not_understood and not self.cut
