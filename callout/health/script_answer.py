"""Pure: what the shell told, as access_check's script asks it → ShellSeen."""

from __future__ import annotations

from access_check.facts_observation import AsteriskSeen, ShellFacts
from access_check.facts_profile import FactsProfile
from callout.health.observation import DiskRoom, ShellSeen

# What a look at the health asks: room on /, load, and Asterisk.
QUESTIONS = FactsProfile(asked=("disk", "load", "calls"), directories=("/",))


def seen_by(facts: ShellFacts) -> ShellSeen:
    """What the script saw, in the words of a look at the health."""
    asterisk = facts.asterisk or AsteriskSeen()
    root = facts.rooms[0] if facts.rooms else None
    return ShellSeen(
        command=asterisk.command,
        version=asterisk.version,
        calls=asterisk.calls,
        calls_said=asterisk.calls_said,
        complaints=asterisk.complaints,
        missing=asterisk.missing,
        disk=DiskRoom(root.size, root.free) if root else None,
        load=facts.load,
    )
