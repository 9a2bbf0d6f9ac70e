"""Room for baselines and what differs from them. Empty: that is the work of later issues."""
