"""Can we get in? Says per system what stands between us and it, and whose move it is. Imports nothing of callout."""
