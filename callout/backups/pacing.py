"""Pure: how fast we may read from a system, and how long to wait so that it is not faster."""

from __future__ import annotations

from dataclasses import dataclass

from callout.inventory.models import System

# What was not used may be made up for later, but only so much of it: calls in progress share the line.
BURST_S = 0.1
BITS_PER_KBIT = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """The bandwidth for reading a system, in 1000 bits per second, and which inventory key sets it."""

    kbit_s: int
    key: str

    @property
    def bytes_s(self) -> float:
        """The same in bytes per second."""
        return self.kbit_s * BITS_PER_KBIT / 8


def limit_of(system: System) -> Limit | None:
    """The limit for one system: its own, else its customer's, else the policy's; 0 lifts it. None: no limit."""
    asked = (
        (system.operation.backup.bandwidth_kbit_s, "callout_system.operation.backup.bandwidth_kbit_s"),
        (system.customer.backup.bandwidth_kbit_s, "callout_customer.backup.bandwidth_kbit_s"),
        (system.policy.backups.bandwidth_kbit_s, "callout_policy.backups.bandwidth_kbit_s"),
    )
    kbit_s, key = next(((kbit_s, key) for kbit_s, key in asked if kbit_s is not None), (0, ""))
    return Limit(kbit_s, key) if kbit_s else None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket: `free_at_s` is when all that was taken is paid for. Seconds are of any one clock that only rises.

    It begins empty, so that n bytes never take less than n / `bytes_s`.
    """

    bytes_s: float
    free_at_s: float

    def take(self, count: int, now_s: float) -> tuple[Bucket, float]:
        """The bucket after `count` more bytes have come at `now_s`, and how long to wait before the next are read."""
        begins_s = max(self.free_at_s, now_s - BURST_S)
        free_at_s = begins_s + count / self.bytes_s
        return Bucket(self.bytes_s, free_at_s), max(0.0, free_at_s - now_s)
