"""What a foreign system said, made safe to show: bounded, and without anything that moves a cursor."""

from __future__ import annotations

import re

LIMIT = 255
_NOT_PLAIN = re.compile(r"[^ -~]+")


def shown(said: bytes | str, limit: int = LIMIT) -> str:
    """At most `limit` characters of `said`, with every unprintable one written as an escape (`\\x1b`).

    Bytes are read as UTF-8; what is not UTF-8 is escaped. Covers terminal sequences, line breaks,
    directional marks and lone surrogates, so the result stands on one line of any output.
    """
    text = said[: limit * 4].decode("utf-8", "backslashreplace") if isinstance(said, bytes) else said
    # No escape is shorter than what it stands for: what is behind the limit changes nothing.
    escaped = _NOT_PLAIN.sub(_escaped, text[: limit + 1])
    return escaped if len(escaped) <= limit else escaped[: limit - 1] + "…"


def _escaped(found: re.Match[str]) -> str:
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in found[0]
    )
