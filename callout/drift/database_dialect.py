"""Pure: one definition, many ways of writing it: what servers of different versions say of an unchanged database."""

from __future__ import annotations

import re

_STRING = r"'(?:[^'\\]|\\.|'')*'"
# A string is taken whole, so that nothing in it is taken for a remark, a keyword or a blank.
_PIECES = re.compile(
    rf"(?P<string>{_STRING}|\"(?:[^\"\\]|\\.|\"\")*\")|(?P<conditional>/\*M?!\d{{5,6}}\s?|\*/)|(?P<remark>/\*.*?(?:\*/|$))"
    r"|(?P<quoted>`(?:[^`]|``)*`)|(?P<blank>\s+)|(?P<other>[^\s'\"`/*]+|.)",
    re.DOTALL,
)
_COUNTER = re.compile(r"\s*\bAUTO_INCREMENT\s*=\s*\d+", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_$]*", re.ASCII)
# MySQL 8.0.19 shows no widths of whole numbers any more; that of tinyint(1) it keeps. None of them is a limit.
_WIDTH = re.compile(r"\b(tinyint|smallint|mediumint|int|integer|bigint|year)\s*\(\s*\d+\s*\)", re.IGNORECASE)
_NOW = re.compile(r"\b(?:current_timestamp|now|localtime|localtimestamp)\b\s*(?:\(\s*(?:0\s*)?\))?", re.IGNORECASE)
_SAME_SET = re.compile(r"\butf8mb3", re.IGNORECASE)
_OPTION_NOISE = re.compile(
    r"\b(?:AUTO_INCREMENT|AVG_ROW_LENGTH|STATS_\w+|CHECKSUM|DELAY_KEY_WRITE|MAX_ROWS|MIN_ROWS)\s*=\s*\d+\b|\bpartitioned\b",
    re.IGNORECASE,
)
_DISPLAY = re.compile(r"\s*([(),=<>+;])\s*")


def normal_sql(text: str) -> str:
    """A definition as it is compared: without counters, display widths, quotes of plain names, remarks and blanks.

    What is in strings stays as it is. Not for being run.
    """
    pieces = []
    for found in _PIECES.finditer(_without_counter(text)):
        kind = found.lastgroup
        if kind in ("remark", "conditional", "blank"):
            pieces.append(" ")
        elif kind == "quoted":
            name = found[0][1:-1].replace("``", "`")
            pieces.append(name if _PLAIN_NAME.fullmatch(name.lower()) else found[0])
        else:
            pieces.append(found[0] if kind == "string" else "\0" + found[0] + "\0")
    return _words("".join(pieces))


def normal_type(text: str) -> str:
    """A column's type: `int(11)` is `int`."""
    return _SAME_SET.sub("utf8", _WIDTH.sub(r"\1", text)).lower()


def normal_default(text: str) -> str:
    """A column's default (`-` none, else `=` and it): a quoted number is the number, NULL is none at all."""
    said = text.removeprefix("=").strip()
    if text in ("-", "") or said.upper() == "NULL":
        return "-"
    if re.fullmatch(r"'-?\d+(?:\.\d+)?'", said):
        said = said[1:-1]
    elif re.fullmatch(_STRING, said):
        return "=" + said[1:-1].replace("''", "'")
    return "=" + _NOW.sub("now", said)


def normal_extra(text: str) -> str:
    """What else is said of a column: MySQL 8 notes that a default was computed."""
    return " ".join(_NOW.sub("now", text.lower()).replace("default_generated", "").split())


def normal_set(text: str) -> str:
    """A character set or collation: utf8mb3 is what utf8 always was."""
    return _SAME_SET.sub("utf8", text).lower()


def normal_options(text: str) -> str:
    """A table's options without those that only count, in order."""
    return " ".join(sorted(_OPTION_NOISE.sub("", text.lower()).split()))


def _without_counter(text: str) -> str:
    return _COUNTER.sub("", text)


def _words(text: str) -> str:
    """Everything between marks in small letters, the dialects' different words made one."""
    said = re.sub(r"\0([^\0]*)\0", lambda found: found[1].lower(), text)
    for pattern, word in ((_WIDTH, r"\1"), (_NOW, "now"), (_SAME_SET, "utf8")):
        said = pattern.sub(word, said)
    return _DISPLAY.sub(r"\1", " ".join(said.split()))
