"""Errors of access_check: we could not find out, or the impossible was asked for."""

from __future__ import annotations


class AccessCheckError(Exception):
    """One clear sentence, a remedy, and the exit status that belongs to it.

    Shown to the user as it stands, without a traceback.
    """

    exit_status = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InventoryError(AccessCheckError):
    """The inventory cannot be read, or a value in it is not usable; the message names file and key."""


class Interrupted(AccessCheckError):
    """Somebody pressed Ctrl-C; said in a sentence because typer says nothing."""

    exit_status = 130
