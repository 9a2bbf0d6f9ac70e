"""The shape of a check's result, the same on both sides of the house."""

from access_check.findings import Finding, Move, Status, exit_code, worst

__all__ = ["Finding", "Move", "Status", "exit_code", "worst"]
