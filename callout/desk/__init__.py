"""The support desk: cases, their clocks, escalation, outcomes and letters. It knows no other craft, nor they it."""
