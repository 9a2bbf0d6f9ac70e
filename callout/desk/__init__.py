"""Room for cases, clocks, escalation and letters. Empty: that is the work of later issues."""
