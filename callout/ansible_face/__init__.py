"""What the action plugins have in common."""
