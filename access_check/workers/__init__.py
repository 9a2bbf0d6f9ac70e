"""Processes that hold the conversations with hostile servers, so that a spinning one costs one process."""
