"""What a port or page is for, in the customer's words."""

from __future__ import annotations

from access_check.languages import Say, marked

_PURPOSES = {
    "SSH": marked("SSH"),
    "web GUI": marked("web GUI"),
    "Setup Wizard": marked("Setup Wizard"),
    "SIP": marked("SIP"),
    "API": marked("API"),
    "access": marked("access for support"),
}


def purpose_words(purpose: str, say: Say) -> str:
    """The purpose of a requirement, said; one that a site's own profile named stays as it is."""
    return say(_PURPOSES.get(purpose, purpose))
