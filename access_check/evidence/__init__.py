"""What was seen, kept so that it can be judged again in the office, and compared."""
