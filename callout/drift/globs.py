"""Pure: patterns over paths and names, as the catalogue writes them: `*` within one name, `**` anything at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_PIECES = re.compile(r"\*\*|\*|\?|\[[^\]/]+\]|[^*?\[]+|\[")


def matches(text: str, globs: Iterable[str]) -> bool:
    """Whether one of the patterns matches all of `text`.

    `**/` also matches nothing, so that `**/x` is any x, and `/a/**` all below /a. A class (`[0-9]`) is one character;
    nothing but `**` matches a slash.
    """
    return _any_of(tuple(globs)).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _any_of(globs: tuple[str, ...]) -> re.Pattern[str]:
    """All of them as one expression: a look after an upgrade asks a hundred thousand times."""
    return re.compile("|".join(_expression(glob) for glob in globs) or r"(?!)", re.DOTALL)


def _expression(glob: str) -> str:
    return "".join(_word(piece) for piece in _PIECES.findall(glob.replace("**/", "\0")))


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
