"""Puts a backup back: what is wanted, what is there, what would be done, and the doing of it, each a file."""
