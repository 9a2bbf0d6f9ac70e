"""Pure: patterns over paths and names, as the catalogue writes them: `*` within one name, `**` anything at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_PIECES = re.compile(r"\*\*|\*|\?|\[[^\]/]+\]|[^*?\[]+|\[")


@lru_cache(maxsize=4096)
def pattern(glob: str) -> re.Pattern[str]:
    """The pattern, to be matched whole. `**/` also matches nothing, so that `**/x` is any x, and `/a/**` all below /a.

    A class (`[0-9]`) is one character; nothing but `**` matches a slash.
    """
    return re.compile("".join(_word(piece) for piece in _PIECES.findall(glob.replace("**/", "\0"))), re.DOTALL)


def matches(text: str, globs: Iterable[str]) -> bool:
    """Whether one of them matches all of `text`."""
    return any(pattern(glob).fullmatch(text) for glob in globs)


def _word(piece: str) -> str:
    if piece == "**":
        return ".*"
    if piece == "*":
        return "[^/]*"
    if piece == "?":
        return "[^/]"
    if piece.startswith("[") and len(piece) > 2:
        inner = piece[1:-1]
        negated = inner.startswith("!")
        escaped = inner.lstrip("!").replace("\\", r"\\").replace("^", r"\^")
        return f"[^/{escaped}]" if negated else f"[{escaped}]"
    return re.escape(piece).replace("\\\0", "\0").replace("\0", "(?:.*/)?")
