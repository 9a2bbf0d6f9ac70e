"""Baselines of systems, what differs from them, and whose doing that is: looks see, rules judge."""
