"""The support desk's words: when a clock runs, how urgent a case is, what its clocks are about."""

from __future__ import annotations

from enum import StrEnum


class Runs(StrEnum):
    """When a clock runs: in the vendor's hours, around the clock on the vendor's working days, or always."""

    HOURS = "hours"
    BUSINESS_DAYS = "business_days"
    ALWAYS = "always"


class Priority(StrEnum):
    """How much waits for an answer, the most urgent first."""

    EMERGENCY = "emergency"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class ClockName(StrEnum):
    """What a case's clocks are about."""

    FIRST_REPLY = "first_reply"
    NEXT_UPDATE = "next_update"
    PLAN = "plan"
    RESOLUTION = "resolution"
    CRITICAL_PATCH = "critical_patch"
    ACKNOWLEDGEMENT = "acknowledgement"
