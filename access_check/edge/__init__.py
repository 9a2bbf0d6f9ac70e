"""The customer's router: which ports it forwards, read from its own words. Pure; the looking is in probes/edge.py."""
