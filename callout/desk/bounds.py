"""How long a text in a case may be. What a person types is refused where it is longer, never cut silently. Pure."""

from __future__ import annotations

from callout.errors import BadInput

LONGEST_SUBJECT = 300
LONGEST_REASON = 2_000
LONGEST_TEXT = 20_000


def subject_line(written: str) -> str:
    """A case's subject: one line that is not empty. Raises BadInput for none, for several, and for a longer one."""
    said = _needed(written, "A case needs a subject: one line that says what it is about.", "Give it with --subject.")
    if len(said.splitlines()) > 1:
        raise BadInput("A subject is one line.", "Say the rest in the text.")
    return bounded(said, "The subject", LONGEST_SUBJECT)


def reason_given(written: str, of_what: str) -> str:
    """Why something is done. Raises BadInput where nobody says it, and over 2000 characters."""
    said = _needed(written, f"{of_what} needs a reason.", "Say why: --reason.")
    return bounded(said, "The reason", LONGEST_REASON)


def text_given(written: str, of_what: str) -> str:
    """A message's text. Raises BadInput for an empty one, and over 20,000 characters."""
    said = _needed(written, f"{of_what} says nothing.", "Give it with --text, or --text-file FILE (- reads it).")
    return bounded(said, "The text", LONGEST_TEXT)


def bounded(written: str, what: str, most: int) -> str:
    """`written` without spaces at its ends. Raises BadInput where it is longer than `most` characters."""
    said = written.strip()
    if len(said) > most:
        raise BadInput(f"{what} has {len(said)} characters, {most} are the most.", "Say it shorter, or link the rest.")
    return said


def _needed(written: str, complaint: str, remedy: str) -> str:
    if not written.strip():
        raise BadInput(complaint, remedy)
    return written.strip()
