"""Reports of the walk as text and as data."""
