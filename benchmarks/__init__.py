"""Benchmarks: one file per claim, ours and the peer in turn, a ratio of medians out."""
