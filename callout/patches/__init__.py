"""Signed bundles: built, verified, planned against a system, put in whole or not at all, and rolled back."""
