"""Text as Markdown that means nothing but itself: what a system or a customer said is never markup."""

from __future__ import annotations

# Enough for CommonMark and GitHub's dialect; a colon before slashes and an at sign would become links by themselves.
_MARKS = "\\`*_[]<>|#!~&$^{}"


def escaped(text: str) -> str:
    """One line of text for the inside of a paragraph, a list item or a table cell."""
    line = "".join(f"\\{character}" if character in _MARKS else character for character in text)
    return line.replace("://", "\\://").replace("@", "\\@").replace("www.", "www\\.")


def code_block(text: str) -> str:
    """Lines as they are, in a fence that none of them can end."""
    longest = max((len(line) - len(line.lstrip("`")) for line in map(str.strip, text.splitlines())), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text.rstrip()}\n{fence}"
