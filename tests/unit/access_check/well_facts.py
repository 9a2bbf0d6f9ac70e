"""What the shell of a well system tells."""

from __future__ import annotations

from access_check.facts_observation import AsteriskSeen, CallCount, ClockSeen, Room, ShellFacts, Tool
from access_check.facts_profile import FactsProfile
from access_check.look_script import asked_tools

NOW_S = 1_795_400_000
MEBIBYTE = 1024

WELL_FACTS = ShellFacts(
    rooms=(Room("/", 100_000 * MEBIBYTE, 50_000 * MEBIBYTE),),
    inodes=(Room("/", 1_000_000, 900_000),),
    load="0.10 0.20 0.30",
    cpus=2,
    clock=ClockSeen(NOW_S, NOW_S * 1000 + 100, NOW_S * 1000 + 200),
    tools=dict.fromkeys(asked_tools(FactsProfile()), Tool.THERE),
    tar="tar (GNU tar) 1.34",
    product="8.1",
    asterisk=AsteriskSeen("/opt/pbxware/sh/asterisk", "Asterisk 16.28.0", CallCount(0, 0, 9), "0 active channels"),
    whole=True,
)
