"""Pure: the difference between two contents as text for people: bounded, escaped, without secrets."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from access_check.escaping import shown
from callout.backups.secrets import holds_a_key, redacted

MAXIMUM_TEXT_BYTES = 128 * 1024
# Python's difflib takes the square of the lines in the worst case.
MAXIMUM_SOURCE_LINES = 3000
MAXIMUM_LINES = 200
MAXIMUM_LINE_CHARACTERS = 400
# What is looked through for secrets: more than is shown.
LONGEST_LINE = 2000


def text_diff(before: bytes | None, after: bytes | None) -> tuple[tuple[str, ...], str]:
    """Lines of a unified diff, and why there are none or not all of them (empty where there are).

    None stands for a file that is not there. Control characters are shown as `\\x1b`; the value of what is called a
    password, token or key is not shown, and nothing of a file that holds a private key.
    """
    contents = [content for content in (before, after) if content is not None]
    if any(holds_a_key(content) for content in contents):
        return (), "secret"
    if any(len(content) > MAXIMUM_TEXT_BYTES for content in contents):
        return (), "too large"
    if any(b"\0" in content for content in contents):
        return (), "not text"
    try:
        old, new = (_lines(content) for content in (before, after))
    except UnicodeDecodeError:
        return (), "not text"
    if max(len(old), len(new)) > MAXIMUM_SOURCE_LINES:
        return (), "too large"
    # Compared as they are, then made fit to show: a change of nothing but a password shows that there is one.
    found = [_shown(line) for line in difflib.unified_diff(old, new, n=2, lineterm="")][2:]
    return tuple(found[:MAXIMUM_LINES]), "cut" if len(found) > MAXIMUM_LINES else ""


def _lines(content: bytes | None) -> Sequence[str]:
    lines = (content or b"").decode("utf-8").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _shown(line: str) -> str:
    line = line[:LONGEST_LINE]
    return shown(line[:1] + redacted(line[1:].rstrip("\r")).replace("\t", "    "), MAXIMUM_LINE_CHARACTERS)
